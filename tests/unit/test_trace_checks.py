"""What is found after the rollback decides whether a verification left a trace."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autogpt_seed.verification import Outcome
from autogpt_seed.verification.checks.traces import Trace, check_trace

CLEAN = Trace("aborted", ("AgentGraph", "mv_x"), (), others_wrote=False, injected=20, left=0)


@pytest.mark.parametrize(
    ("trace", "transaction", "contents"),
    [
        (CLEAN, Outcome.PASSED, Outcome.PASSED),
        (replace(CLEAN, others_wrote=True), Outcome.PASSED, Outcome.PASSED),
        (replace(CLEAN, status="committed"), Outcome.FAILED, Outcome.PASSED),
        (replace(CLEAN, status=None), Outcome.WARNING, Outcome.PASSED),
        (replace(CLEAN, changed=("mv_x",)), Outcome.PASSED, Outcome.FAILED),
        (replace(CLEAN, changed=("mv_x",), others_wrote=True), Outcome.PASSED, Outcome.WARNING),
        (
            replace(CLEAN, changed=("mv_x",), others_wrote=True, left=1),
            Outcome.PASSED,
            Outcome.FAILED,
        ),
    ],
)
def test_only_the_writing_of_others_excuses_a_difference(
    trace: Trace, transaction: Outcome, contents: Outcome
) -> None:
    assert [check.outcome for check in check_trace(trace)][:2] == [transaction, contents]


@pytest.mark.parametrize(
    ("trace", "catalog", "sequences"),
    [
        (CLEAN, Outcome.PASSED, Outcome.PASSED),
        (replace(CLEAN, redefined=("cron.job",)), Outcome.FAILED, Outcome.PASSED),
        (replace(CLEAN, redefined=("x",), others_wrote=True), Outcome.WARNING, Outcome.PASSED),
        (replace(CLEAN, moved=("s.q",)), Outcome.PASSED, Outcome.WARNING),
    ],
)
def test_definitions_must_not_change_and_sequences_should_not_move(
    trace: Trace, catalog: Outcome, sequences: Outcome
) -> None:
    assert [check.outcome for check in check_trace(trace)][2:] == [catalog, sequences]
