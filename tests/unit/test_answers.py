"""The answers that follow from the checks of a verification."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autogpt_seed.database.cron.jobs import CronJob, CronRun, CronStatus
from autogpt_seed.verification.answers import answer_all
from autogpt_seed.verification.report import Answer, Check, Outcome

ELSEWHERE = CronStatus(version=None, home="jobs", database="platform")
HERE = CronStatus(version="1.6", home="platform", database="platform")
JOB = CronJob(1, "refresher", "@hourly", "SELECT 1", "platform", "owner", active=True)
FAILED = CronRun(False, "no such view", None, None)


def _by_themselves(*checks: Check) -> str:
    answers = {answer.question: answer.answer for answer in answer_all(checks, ELSEWHERE)}
    return answers["Do the views refresh by themselves?"]


def test_jobs_of_another_database_cannot_be_verified() -> None:
    assert _by_themselves() == "cannot verify"


def test_a_job_that_was_waited_for_is_the_answer_wherever_it_is_kept() -> None:
    assert _by_themselves(Check("cron.refresh", "The job refreshed", Outcome.PASSED)) == "yes"


@pytest.mark.parametrize(
    ("status", "job", "by_themselves", "why"),
    [
        (HERE, "no", "no", "refresh them by hand"),
        (ELSEWHERE, "cannot verify", "cannot verify", "the jobs are in database jobs"),
        (replace(HERE, sees_all=False), "cannot verify", "cannot verify", "other roles"),
        (
            replace(HERE, misled=(replace(JOB, unclear=True),)),
            "cannot verify",
            "cannot verify",
            "whether refresher refreshes them",
        ),
        (replace(HERE, jobs=(JOB,)), "yes", "yes", "on the schedule @hourly"),
        (replace(HERE, jobs=(replace(JOB, active=False),)), "no", "no", "by hand"),
        (replace(HERE, jobs=(replace(JOB, runs=(FAILED,)),)), "yes", "no", "its last run failed"),
    ],
)
def test_what_is_known_of_jobs_is_the_answer(
    status: CronStatus, job: str, by_themselves: str, why: str
) -> None:
    first, *_, last = answer_all([], status)
    assert (first.answer, last.answer) == (job, by_themselves)
    assert why in last.why


def test_what_failed_goes_before_what_could_not_be_told_and_is_named() -> None:
    checks = [
        Check("view.fresh", "Told by nothing", Outcome.INCONCLUSIVE),
        Check("store.agents", "Wrong", Outcome.FAILED),
        Check("view.counts", "Right", Outcome.PASSED),
    ]
    assert answer_all(checks, HERE)[3] == Answer("Are the views right?", "no", "Wrong")
    assert answer_all(checks[::2], HERE)[3].answer == "cannot verify"
    assert answer_all(checks[2:], HERE)[3].why == "Right"
