"""The checks -> answers to the questions that a user has. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from autogpt_seed.database.cron.jobs import CronJob, CronStatus
from autogpt_seed.verification.report import Answer, Check, Outcome
from autogpt_seed.views import REFRESH_FUNCTION

YES, NO, UNKNOWN = "yes", "no", "cannot verify"


def answer_all(checks: Iterable[Check], cron: CronStatus) -> tuple[Answer, ...]:
    """Whether there is a job, data were added, the refresh worked, the views are right, and by
    what they are refreshed."""
    checks = tuple(checks)
    return (
        Answer("Is there a cron job for the views?", _job(cron), _job_titles(checks)),
        _answer("Were test data added?", checks, "data."),
        _answer("Did the manual refresh work?", checks, "refresh.function", "view.fresh"),
        _answer("Are the views right?", checks, "view.", "store."),
        _refreshed_by(checks, cron),
    )


def _answer(question: str, checks: tuple[Check, ...], *codes: str) -> Answer:
    """Yes if all checks of these codes passed, else the worst, with the titles of those."""
    about = [check for check in checks if check.code.startswith(codes)]
    for outcome, word in ((Outcome.FAILED, NO), (Outcome.INCONCLUSIVE, UNKNOWN)):
        bad = [check.title for check in about if check.outcome is outcome]
        if bad:
            return Answer(question, word, "; ".join(bad))
    if not about:
        return Answer(question, UNKNOWN, "nothing was checked")
    warned = [check.title for check in about if check.outcome is Outcome.WARNING]
    held = about[0].title if len(about) == 1 else f"all {len(about)} checks hold"
    return Answer(question, YES, "; ".join(warned) or held)


def _job(cron: CronStatus) -> str:
    if cron.job:
        return YES
    return NO if cron.sees_all and not (cron.elsewhere or cron.unclear) else UNKNOWN


def _refreshed_by(checks: tuple[Check, ...], cron: CronStatus) -> Answer:
    known = _by_job(checks, cron.job) if cron.job else _without_job(cron)
    if waited := _titles(checks, "cron.refresh", Outcome.PASSED):
        known = YES, waited[0]
    return Answer("Do the views refresh by themselves?", *known)


def _without_job(cron: CronStatus) -> tuple[str, str]:
    if cron.elsewhere:
        return UNKNOWN, f"the jobs are in database {cron.home}"
    if cron.unclear:
        names = ", ".join(job.name for job in cron.unclear)
        return UNKNOWN, f"it cannot be told whether {names} refreshes them"
    if not cron.sees_all:
        return UNKNOWN, "the jobs of other roles are not visible"
    return NO, f"refresh them by hand: SELECT {REFRESH_FUNCTION}()"


def _by_job(checks: tuple[Check, ...], job: CronJob) -> tuple[str, str]:
    if broken := _titles(checks, "cron.replay", Outcome.FAILED):
        return NO, broken[0]
    if job.runs and not job.runs[0].succeeded:
        return NO, "the job is there, but its last run failed"
    if late := _titles(checks, "cron.late", Outcome.WARNING):
        return UNKNOWN, late[0]
    return YES, f"on the schedule {job.schedule}"


def _titles(checks: tuple[Check, ...], code: str, outcome: Outcome) -> list[str]:
    """The titles of the store's own checks with that code and outcome."""
    found = [check for check in checks if check.code == code and not check.subject]
    return [check.title for check in found if check.outcome is outcome]


def _job_titles(checks: tuple[Check, ...]) -> str:
    codes = {"cron.job", "cron.active", "cron.database", "cron.command"}
    return "; ".join(check.title for check in checks if check.code in codes)
