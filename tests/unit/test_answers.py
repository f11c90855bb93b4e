"""The answers that follow from the checks of a verification."""

from __future__ import annotations

from autogpt_seed.database.cron.jobs import CronStatus
from autogpt_seed.verification.answers import answer_all
from autogpt_seed.verification.report import Check, Outcome

ELSEWHERE = CronStatus(version=None, home="jobs", database="platform")


def _by_themselves(*checks: Check) -> str:
    answers = {answer.question: answer.answer for answer in answer_all(checks, ELSEWHERE)}
    return answers["Do the views refresh by themselves?"]


def test_jobs_of_another_database_cannot_be_verified() -> None:
    assert _by_themselves() == "cannot verify"


def test_a_job_that_was_waited_for_is_the_answer_wherever_it_is_kept() -> None:
    assert _by_themselves(Check("cron.refresh", "The job refreshed", Outcome.PASSED)) == "yes"
