"""The report of a gauntlet fits the terminal."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from autogpt_seed.cli.gauntlet_report import render
from autogpt_seed.database.migrations.watching import Lock
from autogpt_seed.gauntlet import GauntletReport, Reversal, StepReport

TABLES = ("AgentGraphExecution", "CreditTransaction", "LibraryAgent", "StoreListing", "User")


def rendered(*steps: StepReport, width: int = 80) -> str:
    out = StringIO()
    render(GauntletReport("2025_08", 2_279, steps), Console(file=out, width=width))
    return out.getvalue()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal_and_no_name_is_broken(width: int) -> None:
    locks = tuple(Lock(table, "AccessExclusiveLock", 1.5) for table in TABLES)
    printed = rendered(
        StepReport("2026_01", locks=locks, rows_touched=255, views_checked=3), width=width
    )
    lines = printed.splitlines()
    assert max(map(len, lines)) <= width
    assert set(TABLES) <= set(printed.replace(",", "").split())
    assert all(line.startswith(" " * 15) for line in lines if "LibraryAgent" in line)


@pytest.mark.parametrize(
    ("reversal", "told", "passed"),
    [
        (Reversal(), "restores the data", True),
        (Reversal(changed=("User", "APIKey")), "does not restore all data of User, APIKey", True),
        (Reversal("column does not exist"), "fails", False),
    ],
)
def test_a_downgrade_may_lose_data_and_must_not_fail(
    reversal: Reversal, told: str, passed: bool
) -> None:
    printed = rendered(StepReport("2026_01", reversal=reversal))
    assert f"  Downgrade  {told}\n" in printed
    assert printed.endswith(f"{int(passed)} passed, {int(not passed)} failed.\n")
    assert ("Fails      its downgrade fails: column does not exist" in printed) is not passed
