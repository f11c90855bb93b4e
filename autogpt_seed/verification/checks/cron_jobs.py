"""What pg_cron does for the views -> checks. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from autogpt_seed.database.cron.jobs import CronJob, CronStatus
from autogpt_seed.database.cron.replaying import Replay
from autogpt_seed.database.cron.schedules import known_zone, parse_schedule
from autogpt_seed.database.sql import quote
from autogpt_seed.verification.checks.late_jobs import check_late
from autogpt_seed.verification.report import Check, Outcome
from autogpt_seed.views import REFRESH_FUNCTION

_USUAL = "*/15 * * * *"
"""The schedule that the platform's migrations give."""


@dataclass(frozen=True)
class Replayed:
    """How the replay of the jobs ended, and which views of the store were not fresh then."""

    replay: Replay
    stale: tuple[str, ...]


def check_cron(
    status: CronStatus, schema: str, now: datetime, *, required: bool = False
) -> tuple[Check, ...]:
    """Whether a job refreshes the views, and how its last runs ended.

    Its absence is a warning or, where it is `required`, a failure. `now` tells the next run.
    """
    if status.working:
        return tuple(_of_jobs(status.working, "the views", status, now))
    absent = Outcome.FAILED if required else Outcome.WARNING
    return (_not_working(status, schema, absent),)


def check_further(
    status: CronStatus, replayed: Mapping[str, Replayed], now: datetime
) -> Iterator[Check]:
    """Whether jobs refresh materialised views outside of the store; nothing for views without."""
    for view in dict.fromkeys(view for job in status.further for view in job.views):
        jobs = status.working_for(view)
        checks = [*_of_jobs(jobs, view, status, now)] if jobs else []
        if not jobs:
            idle = tuple(job for job in status.further if view in job.views)
            checks.append(_idle(idle, view, status, Outcome.WARNING))
        elif view in replayed:
            checks.append(check_replay(jobs, replayed[view], view))
        yield from (replace(check, subject=view) for check in checks)


def check_replay(jobs: Sequence[CronJob], replayed: Replayed, what: str = "the views") -> Check:
    """Whether the jobs' own commands, under their own roles, refresh the views."""
    code, replay = "cron.replay", replayed.replay
    names = ", ".join(job.name for job in jobs)
    where = f"Run again as {', '.join(dict.fromkeys(job.user for job in jobs))}, and rolled back."
    if replay.error and replay.remedy:
        title, evidence = f"{names} cannot be tried out here", tuple(replay.error.splitlines())
        return Check(code, title, Outcome.WARNING, evidence, replay.remedy)
    remedy = "See which schema the command works in: SET search_path, or qualify the names."
    if replay.error:
        evidence = tuple(replay.error.splitlines())
        return Check(code, f"{names} fails", Outcome.FAILED, evidence, remedy)
    if replayed.stale:
        left = f"Still as before: {', '.join(replayed.stale)}."
        return Check(
            code, f"{names} does not refresh {what}", Outcome.FAILED, (where, left), remedy
        )
    return Check(code, f"{names} refreshes {what}", Outcome.PASSED, (where,))


def describe_schedule(schedule: str, timezone: str, now: datetime) -> str:
    """A schedule in words, with its next run in a zone that is named."""
    parsed = parse_schedule(schedule)
    if parsed is None:
        return f"{schedule} (a schedule of a kind that is not known)"
    zone = known_zone(timezone) or UTC
    following = parsed.next_after(now.astimezone(zone))
    when = f", next at {following:%Y-%m-%d %H:%M} {zone}" if following else ", never again"
    return f"{schedule}, that is {parsed.words()}{when}"


def _of_jobs(
    jobs: Sequence[CronJob], what: str, status: CronStatus, now: datetime
) -> Iterator[Check]:
    evidence = []
    for job in jobs:
        schedule = describe_schedule(job.schedule, status.timezone, now)
        evidence += [f"{job.name}, as {job.user}: {_one_line(job.command)}", f"{schedule}."]
    title = f"A job of pg_cron refreshes {what}"
    yield Check("cron.job", title, Outcome.PASSED, tuple(evidence))
    for job in jobs:
        yield _runs(job)
        yield from check_late(job, status, now)


def _runs(job: CronJob) -> Check:
    code = "cron.runs"
    if not job.runs:
        evidence = ("It has not run yet, or its runs are not logged, or not for this role to see.",)
        if job.going:
            evidence = ("One goes on; none has ended yet.",)
        return Check(code, f"No run of {job.name} is recorded", Outcome.WARNING, evidence)
    last = job.runs[0]
    when = f"{last.started:%Y-%m-%d %H:%M:%S %Z}" if last.started else "an unknown time"
    evidence = (f"At {when}: {_one_line(last.message) or 'no message'}",)
    if last.succeeded:
        return Check(code, f"The last run of {job.name} succeeded", Outcome.PASSED, evidence)
    failed = sum(not run.succeeded for run in job.runs)
    always = failed == len(job.runs)
    return Check(
        code,
        f"{job.name} fails each time" if always else f"The last run of {job.name} failed",
        Outcome.FAILED if always else Outcome.WARNING,
        (*evidence, f"{failed} of the last {len(job.runs)} runs failed."),
        f"Look at cron.job_run_details WHERE jobid = {job.number}.",
    )


def _not_working(status: CronStatus, schema: str, absent: Outcome) -> Check:
    code = "cron.job"
    command = f"SET search_path TO {quote(schema)}; SELECT {REFRESH_FUNCTION}()"
    remedy = f"Schedule one: SELECT cron.schedule('refresh-store-views', '{_USUAL}', $${command}$$)"
    if status.version is None:
        return _not_installed(status, command, absent)
    if status.problem:
        title, remedy = "The jobs of pg_cron cannot be read", "Ask an administrator for the jobs."
        return Check(code, title, absent, (status.problem,), remedy)
    if status.unclear:
        return _unclear(status.unclear, absent)
    if status.jobs:
        return _idle(status.jobs, "the views", status, absent)
    if status.misled:
        title = "The job that has the name for it does not refresh the views"
        evidence = _commands(status.misled)
        return Check("cron.command", title, Outcome.FAILED, evidence, remedy)
    if not status.sees_all:
        evidence = ("This role sees its own jobs only; another role may have one.",)
        remedy = "Ask an administrator, or verify as the role that owns the jobs."
        return Check(code, "No job that refreshes the views is visible", absent, evidence, remedy)
    return Check(code, "No job of pg_cron refreshes the views", absent, (), remedy)


def _unclear(jobs: Sequence[CronJob], absent: Outcome) -> Check:
    """Jobs that have the name for it, and may make up the names of the views as they run."""
    title = "It cannot be told whether the job that has the name for it refreshes the views"
    remedy = (
        "Verify as a superuser, or as the job's own role, with the URL of the database; or let the "
        "job itself do it: autogpt-seed verify --commit --wait-for-cron 20m."
    )
    return Check("cron.command", title, absent, _commands(jobs), remedy)


def _commands(jobs: Sequence[CronJob]) -> tuple[str, ...]:
    """What each of them does, and what came of it."""
    lines: list[str] = []
    for job in jobs:
        lines += [f"{job.name}: {_one_line(job.command)}", *job.found.splitlines()]
    return tuple(lines)


def _not_installed(status: CronStatus, command: str, absent: Outcome) -> Check:
    """A server that has it in another database may run jobs for this one from there."""
    title = "pg_cron is not installed in this database"
    evidence = "The views stay as they are until somebody refreshes them."
    remedy = f"Refresh them by hand or with another scheduler: {command}"
    if status.elsewhere:
        evidence = f"The server keeps jobs in database {status.home}; one may refresh the views."
        remedy = (
            f"Look there for jobs in cron.job whose database is {status.database}; if there is "
            "none, make one with cron.schedule_in_database."
        )
    return Check("cron.job", title, absent, (evidence,), remedy)


def _idle(jobs: Sequence[CronJob], what: str, status: CronStatus, absent: Outcome) -> Check:
    """Jobs that would refresh it, were they active, in this database and due at any time.

    Some put off a job by a day that never comes: that is no worse than having none.
    """
    inactive = [job for job in jobs if not job.active]
    if inactive:
        names = ", ".join(job.name for job in inactive)
        remedy = f"SELECT cron.alter_job({inactive[0].number}, active := true)"
        why = tuple(f"{job.name} is not active." for job in inactive)
        title = f"The job that would refresh {what} is switched off: {names}"
        return Check("cron.active", title, Outcome.FAILED, why, remedy)
    if never := [job for job in jobs if job.never and job.database == status.database]:
        evidence = tuple(f"{job.name}: {job.schedule}, which never comes." for job in never)
        title = f"The job that would refresh {what} is never due"
        remedy = f"SELECT cron.alter_job({never[0].number}, schedule := '{_USUAL}')"
        return Check("cron.active", title, absent, evidence, remedy)
    evidence = tuple(
        f"{job.name} works in database {job.database}, not in {status.database}." for job in jobs
    )
    title = f"The job that would refresh {what} works in another database"
    remedy = "Make one for this database: cron.schedule_in_database."
    return Check("cron.database", title, Outcome.FAILED, evidence, remedy)


def _one_line(text: str) -> str:
    return " ".join(text.split())
