"""What pg_cron does for the views -> checks. Pure."""

from __future__ import annotations

from autogpt_seed.database.cron import CronJob, CronStatus
from autogpt_seed.database.sql import quote
from autogpt_seed.verification.report import Check, Outcome
from autogpt_seed.views import REFRESH_FUNCTION


def check_cron(status: CronStatus, schema: str) -> tuple[Check, ...]:
    """Whether a job refreshes the views, and how its last runs ended. Its absence is a warning."""
    if status.job is not None:
        return (_working(status.job), *_runs(status.job))
    return (_not_working(status, schema),)


def _working(job: CronJob) -> Check:
    evidence = (f"{job.name}, {job.schedule}, as {job.user}: {_one_line(job.command)}",)
    return Check("cron.job", "A job of pg_cron refreshes the views", Outcome.PASSED, evidence)


def _runs(job: CronJob) -> tuple[Check, ...]:
    code = "cron.runs"
    if not job.runs:
        evidence = ("It has not run yet, or this role cannot see its runs.",)
        return (Check(code, "No run of the job is recorded", Outcome.WARNING, evidence),)
    last = job.runs[0]
    when = f"{last.started:%Y-%m-%d %H:%M:%S %Z}" if last.started else "an unknown time"
    evidence = (f"At {when}: {_one_line(last.message) or 'no message'}",)
    if last.succeeded:
        return (Check(code, "The job's last run succeeded", Outcome.PASSED, evidence),)
    failed = sum(not run.succeeded for run in job.runs)
    always = failed == len(job.runs)
    return (
        Check(
            code,
            "The job fails each time" if always else "The job's last run failed",
            Outcome.FAILED if always else Outcome.WARNING,
            (*evidence, f"{failed} of the last {len(job.runs)} runs failed."),
            f"Look at cron.job_run_details WHERE jobid = {job.number}.",
        ),
    )


def _not_working(status: CronStatus, schema: str) -> Check:
    code, warning = "cron.job", Outcome.WARNING
    command = f"SET search_path TO {quote(schema)}; SELECT {REFRESH_FUNCTION}()"
    remedy = (
        f"Schedule one: SELECT cron.schedule('refresh-store-views', '*/15 * * * *', $${command}$$)"
    )
    if status.version is None:
        home = f"The server would have it in database {status.home}."
        evidence = (home,) if status.home and status.home != status.database else ()
        return Check(
            code,
            "pg_cron is not installed in this database",
            warning,
            (*evidence, "The views stay as they are until somebody refreshes them."),
            f"Refresh them by hand or with another scheduler: {command}",
        )
    if status.problem:
        title, remedy = "The jobs of pg_cron cannot be read", "Ask an administrator for the jobs."
        return Check(code, title, warning, (status.problem,), remedy)
    if status.jobs:
        return Check(
            code,
            "The job that would refresh the views does not",
            warning,
            tuple(_why_not(job, status) for job in status.jobs),
            "Activate it, or let it work here: cron.alter_job, cron.schedule_in_database.",
        )
    if not status.sees_all:
        evidence = ("This role sees its own jobs only; another role may have one.",)
        remedy = "Ask an administrator, or verify as the role that owns the jobs."
        return Check(code, "No job that refreshes the views is visible", warning, evidence, remedy)
    return Check(code, "No job of pg_cron refreshes the views", warning, (), remedy)


def _why_not(job: CronJob, status: CronStatus) -> str:
    if not job.active:
        return f"{job.name} is not active."
    return f"{job.name} works in database {job.database}, not in {status.database}."


def _one_line(text: str) -> str:
    return " ".join(text.split())
