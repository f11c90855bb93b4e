"""Whether a job of pg_cron runs as its schedule says. Pure.

A run that succeeded says little if it was long ago: the scheduler may be dead, or the database
restored from a dump.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from autogpt_seed.database.cron.jobs import CronJob, CronRun, CronStatus
from autogpt_seed.database.cron.schedules import known_zone, parse_schedule
from autogpt_seed.verification.report import Check, Outcome

_CODE = "cron.late"
_MISSED = 3
"""How many runs must have been left out; a server that is restarted leaves out one or two."""
_TARDY = timedelta(minutes=1)
"""How late a busy server may begin a run."""
_UNSURE = timedelta(days=1)
"""How early or late a run may be where the time zone of the schedule is not known."""
_PATIENCE = 3
"""How many times as long as any run before it a run may take."""


def check_late(job: CronJob, status: CronStatus, now: datetime) -> Iterator[Check]:
    """A warning if three runs should have come since the last one ended, or since the one that
    goes on should have; nothing where no run is recorded, or the last one failed anyway."""
    going = job.going
    if going and going.started:
        enough = going.started + _PATIENCE * _longest(job.runs)
        if _left_behind(job, enough, status, now):
            yield _hanging(job, going.started)
    elif job.runs and job.runs[0].succeeded:
        last = job.runs[0].ended or job.runs[0].started
        if last and _left_behind(job, last, status, now):
            yield _overdue(job, last)


def _left_behind(job: CronJob, since: datetime, status: CronStatus, now: datetime) -> bool:
    """Whether three runs should have come since then, wherever the time zone may be."""
    schedule, zone = parse_schedule(job.schedule), known_zone(status.timezone)
    if schedule is None:
        return False
    slack = timedelta() if zone and status.tells_settings else _UNSURE
    third = schedule.nth_after((since + slack).astimezone(zone or UTC), _MISSED)
    return third is not None and third + slack + _TARDY <= now


def _longest(runs: Sequence[CronRun]) -> timedelta:
    took = (run.ended - run.started for run in runs if run.ended and run.started)
    return max(took, default=timedelta())


def _overdue(job: CronJob, last: datetime) -> Check:
    evidence = (
        f"The last run that is recorded ended at {_moment(last)}.",
        f"By the schedule {job.schedule} at least {_MISSED} should have come since.",
    )
    remedy = (
        "See that cron.launch_active_jobs is on, that pg_stat_activity shows the background worker "
        "of pg_cron, and what the server's log says of it. If the server was down meanwhile, or "
        "the job is new to it, wait for the next run."
    )
    title = f"{job.name} has not run when it should have"
    return Check(_CODE, title, Outcome.WARNING, evidence, remedy)


def _hanging(job: CronJob, begun: datetime) -> Check:
    evidence = (f"It goes on since {_moment(begun)}, and pg_cron begins no second one meanwhile.",)
    remedy = (
        f"Look at cron.job_run_details WHERE jobid = {job.number}, and in pg_stat_activity at what "
        "its job_pid waits for; pg_terminate_backend ends it."
    )
    title = f"A run of {job.name} does not end"
    return Check(_CODE, title, Outcome.WARNING, evidence, remedy)


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S %Z}"
