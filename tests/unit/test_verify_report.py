"""The report of a verification can be read at 80 columns and without colour."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from autogpt_seed.cli.verify_report import render
from autogpt_seed.database.cron.jobs import CronStatus
from autogpt_seed.verification import Answer, Check, Outcome, VerificationReport
from autogpt_seed.views import RunFigures, ViewFigures

LONG = "A sentence that goes on for longer than a line of a terminal has room for, [b]and on[/b]."
CHECKS = (
    Check("data.injected", "Test data were added", Outcome.PASSED, ("15 runs.",)),
    Check("cron.job", "There is no job", Outcome.WARNING, (LONG,), "Schedule one."),
    Check("view.fresh", "It cannot be told", Outcome.INCONCLUSIVE, (), "Add users.", "mv_x"),
    Check("view.counts", "mv_y counts wrongly", Outcome.FAILED, ("a: 1, not 2",), LONG, "mv_y"),
)


def report(*checks: Check) -> VerificationReport:
    return VerificationReport(
        schema="platform",
        server_version=180000,
        run_tag="0" * 15,
        committed=False,
        injected={"AgentGraphExecution": 15},
        before=ViewFigures(RunFigures(10, 1000, 20, 1), None, None),
        after=ViewFigures(RunFigures(10, 1015, 22, 1), None, None),
        refresh=None,
        cron=CronStatus(None, None, "database"),
        checks=checks,
        answers=(Answer("Are the views right?", "no", "mv_y counts wrongly"),),
        seconds=1.25,
    )


def rendered(found: VerificationReport) -> str:
    out = StringIO()
    render(found, Console(file=out, width=80, no_color=True))
    return out.getvalue()


def test_no_line_is_wider_than_80_columns_and_markup_in_evidence_is_no_markup() -> None:
    text = rendered(report(*CHECKS))
    assert not [line for line in text.splitlines() if line.endswith(" ")]
    assert max(map(len, text.splitlines())) <= 80
    assert "[b]and on[/b]." in " ".join(text.split())


def test_every_outcome_is_said_in_words_with_the_code_of_what_did_not_pass() -> None:
    lines = rendered(report(*CHECKS)).splitlines()
    assert lines[0].split() == ["passed", "Test", "data", "were", "added"]
    for outcome, code in (("inconclusive", "view.fresh"), ("failed", "view.counts")):
        assert any(line.startswith(outcome) and f"[{code}]" in line for line in lines)


def test_figures_stand_side_by_side_and_what_is_not_known_is_a_dash() -> None:
    lines = [line.split() for line in rendered(report(*CHECKS)).splitlines()]
    assert ["their", "runs", "1,000", "1,015"] in lines
    assert ["agents", "in", "the", "store", "-", "-"] in lines


@pytest.mark.parametrize(
    ("checks", "verdict", "status"),
    [
        (CHECKS[:2], "All checks hold: 1 passed, 1 warning", 0),
        (CHECKS[:3], "Not all checks hold: 1 inconclusive, 1 passed, 1 warning", 1),
        (CHECKS[3:], "Not all checks hold: 1 failed", 1),
    ],
)
def test_the_verdict_counts_the_checks(
    checks: tuple[Check, ...], verdict: str, status: int
) -> None:
    assert f"{verdict}; rolled back; 1.2 s." in rendered(report(*checks))
    assert report(*checks).exit_status == status
