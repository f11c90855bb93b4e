"""When a job is late, by its own schedule and the runs that are recorded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from autogpt_seed.database.cron.jobs import CronJob, CronRun, CronStatus
from autogpt_seed.verification.answers import answer_all
from autogpt_seed.verification.checks.cron_jobs import check_cron
from autogpt_seed.verification.report import Check, Outcome

NOW = datetime(2026, 1, 15, 12, 7, 30, tzinfo=UTC)  # a Thursday
SECOND, MINUTE, HOUR, DAY = (
    timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days")
)


def finished(ago: timedelta, lasting: timedelta = SECOND, *, succeeded: bool = True) -> CronRun:
    """A run that ended so long ago."""
    return CronRun(succeeded, "", NOW - ago - lasting, NOW - ago)


def going(ago: timedelta | None) -> CronRun:
    """A run that began so long ago, or at an unknown time, and goes on."""
    return CronRun(False, "", NOW - ago if ago else None, None)


def status(
    schedule: str,
    *runs: CronRun,
    goes_on: CronRun | None = None,
    timezone: str = "GMT",
    home: str | None = "jobs",
) -> CronStatus:
    job = CronJob(1, "job", schedule, "SELECT 1", "jobs", "me", True, runs, going=goes_on)
    return CronStatus("1.6", home, "jobs", (job,), timezone=timezone)


def late(cron: CronStatus, now: datetime = NOW) -> list[Check]:
    """What is said of it."""
    return [check for check in check_cron(cron, "platform", now) if check.code == "cron.late"]


@pytest.mark.parametrize(
    ("schedule", "ago"),
    [
        ("*/15 * * * *", 45 * MINUTE),
        ("*/15 * * * *", 90 * DAY),
        ("30 seconds", 3 * MINUTE),
        ("0 3 * * *", 3 * DAY),
        ("0 9 * * mon-fri", 4 * DAY),
    ],
)
def test_a_job_is_late_that_missed_three_runs(schedule: str, ago: timedelta) -> None:
    (check,) = late(status(schedule, finished(ago)))
    assert check.outcome is Outcome.WARNING


@pytest.mark.parametrize(
    ("schedule", "ago"),
    [
        ("*/15 * * * *", 35 * MINUTE),
        ("* * * * *", 3 * MINUTE),
        ("1 second", 20 * SECOND),
        ("0 3 * * *", 2 * DAY),
        ("0 9 * * mon", 10 * DAY),
        ("0 0 1 1 *", 350 * DAY),
        ("now and then", 900 * DAY),
        ("0 0 30 2 *", 900 * DAY),
    ],
)
def test_a_job_is_not_late_that_may_still_come(schedule: str, ago: timedelta) -> None:
    assert not late(status(schedule, finished(ago)))


def test_nothing_is_said_without_a_run_that_is_recorded() -> None:
    assert not late(status("* * * * *"))


def test_of_a_run_that_failed_nothing_more_is_said() -> None:
    assert not late(status("* * * * *", finished(DAY, succeeded=False)))


def test_a_run_that_ended_just_now_is_not_late_however_long_it_took() -> None:
    assert not late(status("* * * * *", finished(SECOND, lasting=HOUR)))


def test_a_run_hangs_that_outlasts_three_periods() -> None:
    (check,) = late(status("*/15 * * * *", finished(2 * HOUR), goes_on=going(HOUR)))
    assert check.title == "A run of job does not end"


@pytest.mark.parametrize(
    ("schedule", "goes_on", "lasting"),
    [
        ("*/15 * * * *", going(30 * MINUTE), SECOND),
        ("30 seconds", going(10 * MINUTE), 4 * MINUTE),
        ("10 seconds", going(MINUTE), SECOND),
    ],
)
def test_a_run_may_take_its_time(schedule: str, goes_on: CronRun, lasting: timedelta) -> None:
    assert not late(status(schedule, finished(HOUR, lasting), goes_on=goes_on))


def test_a_run_that_does_not_get_to_begin_is_late_after_the_one_before() -> None:
    (check,) = late(status("*/15 * * * *", finished(2 * HOUR), goes_on=going(None)))
    assert check.title == "job has not run when it should have"


def test_a_schedule_is_reckoned_in_the_zone_of_pg_cron() -> None:
    ended = datetime(2026, 1, 15, 10, 45, tzinfo=ZoneInfo("Asia/Tokyo"))
    run = CronRun(True, "", ended, ended)
    evening = datetime(2026, 1, 15, 19, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
    office_hours = "*/15 8-10 * * *"
    assert not late(status(office_hours, run, timezone="Asia/Tokyo"), evening)
    assert late(status(office_hours, run), evening)


@pytest.mark.parametrize(("timezone", "home"), [("GMT", None), ("Nowhere/Else", "jobs")])
def test_where_the_zone_is_not_known_a_job_has_a_day_more(timezone: str, home: str | None) -> None:
    for ago, is_late in ((DAY, False), (4 * DAY, True)):
        found = late(status("*/15 8-10 * * *", finished(ago), timezone=timezone, home=home))
        assert bool(found) is is_late


def test_a_late_job_of_a_further_view_says_nothing_of_the_store() -> None:
    cron = status("*/15 * * * *", finished(SECOND))
    checks = (Check("cron.late", "It is late", Outcome.WARNING, subject="mv_other"),)
    (answer,) = (a for a in answer_all(checks, cron) if a.question.startswith("Do the views"))
    assert answer.answer == "yes"
