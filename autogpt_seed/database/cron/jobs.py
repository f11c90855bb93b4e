"""pg_cron: which jobs refresh the store's views, and how they fared. Reads only, never creates.

`cron.job` (https://github.com/citusdata/pg_cron) differs between versions, so its rows are read
as JSON. It has row security: a role sees its own jobs only, unless it may bypass that.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.catalog import Catalog
from autogpt_seed.database.cron.commands import (
    named_for_store,
    refreshed_views,
    refreshes_store,
    speaks_of_refreshing,
)
from autogpt_seed.database.cron.schedules import parse_schedule
from autogpt_seed.database.failures import explain

_EXTENSION = """
SELECT (SELECT extversion::text FROM pg_extension WHERE extname = 'pg_cron') AS version,
       (SELECT setting FROM pg_settings WHERE name = 'cron.database_name') AS home,
       current_database()::text AS database,
       (SELECT setting FROM pg_settings WHERE name = 'cron.timezone') AS timezone,
       COALESCE((SELECT setting FROM pg_settings WHERE name = 'cron.log_run'), 'on') AS logged
"""

_ACCESS = """
SELECT c.relname::text AS name, row_security_active(c.oid) AS filtered,
       has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS readable
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'cron' AND c.relname IN ('job', 'job_run_details')
"""

_JOBS = "SELECT to_jsonb(j)::text FROM cron.job AS j ORDER BY j.jobid"

_LAST_RUNS = """
SELECT to_jsonb(d)::text FROM cron.job_run_details AS d
WHERE d.jobid = :job ORDER BY d.runid DESC LIMIT 6
"""
_ENDED = frozenset({"succeeded", "failed"})
_GOING = frozenset({"starting", "connecting", "sending", "running"})


@dataclass(frozen=True)
class CronRun:
    """A run of a job. One that goes on has not succeeded, has no end and maybe no start yet."""

    succeeded: bool
    message: str
    started: datetime | None
    ended: datetime | None


@dataclass(frozen=True)
class CronJob:
    """A job that refreshes materialised views: those of the store, or `views` outside of it.

    `runs` are its last runs that have ended, at most five, the newest first; `going` is a later run
    that has not. For a job of which only the name says that it refreshes the store, `unclear` tells
    whether its text speaks of a refresh at all, and `found` what happened when it was tried out.
    """

    number: int
    name: str
    schedule: str
    command: str
    database: str
    user: str
    active: bool
    runs: tuple[CronRun, ...] = ()
    views: tuple[str, ...] = ()
    going: CronRun | None = None
    unclear: bool = False
    found: str = ""

    @property
    def never(self) -> bool:
        """Whether its schedule, where it can be read, never comes."""
        schedule = parse_schedule(self.schedule)
        return schedule is not None and schedule.never


@dataclass(frozen=True)
class CronStatus:
    """What this session can know of pg_cron.

    `version` is None where the extension is not installed in this database; `home` is the
    database in which the server would have it, if this role may know that. `problem` says why
    the jobs could not be read; `sees_all` is false where jobs of other roles may be hidden.
    """

    version: str | None
    home: str | None
    database: str
    jobs: tuple[CronJob, ...] = ()
    misled: tuple[CronJob, ...] = ()
    """Jobs that have the name of one that refreshes the store's views, and no text that says so."""
    further: tuple[CronJob, ...] = ()
    """Jobs that refresh materialised views outside of the store."""
    timezone: str = "GMT"
    sees_all: bool = True
    problem: str = ""

    @property
    def job(self) -> CronJob | None:
        """The job that does it: the first of those that work."""
        return next(iter(self.working), None)

    @property
    def elsewhere(self) -> bool:
        """Whether the server has it in another database, whose jobs may work in this one."""
        return self.version is None and self.home not in (None, "", self.database)

    @property
    def tells_settings(self) -> bool:
        """Whether this role may read the settings of pg_cron, such as its time zone."""
        return self.home is not None

    @property
    def working(self) -> tuple[CronJob, ...]:
        """The jobs that are active, come some time, and work in this database."""
        return self._working(self.jobs)

    @property
    def nominal(self) -> tuple[CronJob, ...]:
        """The `misled` jobs that are active, come some time, and work in this database."""
        return self._working(self.misled)

    @property
    def unclear(self) -> tuple[CronJob, ...]:
        """The nominal jobs of which nothing tells whether they refresh a view."""
        return tuple(job for job in self.nominal if job.unclear)

    def working_for(self, view: str) -> tuple[CronJob, ...]:
        """The working jobs of a materialised view outside of the store."""
        return self._working(job for job in self.further if view in job.views)

    def _working(self, jobs: Iterable[CronJob]) -> tuple[CronJob, ...]:
        here = (job for job in jobs if job.active and job.database == self.database)
        return tuple(job for job in here if not job.never)


async def cron_status(connection: AsyncConnection, catalog: Catalog) -> CronStatus:
    """Find the jobs that refresh the store's views, by what their commands do.

    Lacking privileges are told in the status; the transaction stays usable.
    """
    found = (await connection.execute(text(_EXTENSION))).one()
    status = CronStatus(found.version, found.home, found.database)
    if found.version is None:
        return status
    access = {row.name: row for row in await connection.execute(text(_ACCESS))}
    if "job" not in access or not access["job"].readable:
        problem = "The role lacks USAGE on the schema cron, or SELECT on cron.job."
        return replace(status, sees_all=False, problem=problem)
    readable = "job_run_details" in access and access["job_run_details"].readable
    logged = found.logged == "on"  # what was logged before it was off says nothing of now
    try:
        async with connection.begin_nested():
            status = await _with_jobs(connection, catalog, status, history=readable and logged)
    except DBAPIError as error:
        return replace(status, sees_all=False, problem=explain(error).evidence)
    return replace(status, timezone=found.timezone or "GMT", sees_all=not access["job"].filtered)


async def _with_jobs(
    connection: AsyncConnection, catalog: Catalog, status: CronStatus, *, history: bool
) -> CronStatus:
    """The status with the jobs, as far as their texts tell what they refresh."""
    rows = [json.loads(row) for row in await connection.scalars(text(_JOBS))]
    jobs: list[CronJob] = []
    further: list[CronJob] = []
    misled: list[CronJob] = []
    for job in map(_job, rows):
        for_store = refreshes_store(job.command, catalog)
        views = () if for_store else refreshed_views(job.command, catalog)
        nominal = not for_store and named_for_store(job.name, catalog.schema)
        if not (for_store or views or nominal):
            continue
        ran = await _with_runs(connection, job) if history else job
        if for_store:
            jobs.append(ran)
        if views:
            further.append(replace(ran, views=views))
        if nominal:
            misled.append(replace(ran, unclear=speaks_of_refreshing(job.command, catalog)))
    return replace(status, jobs=tuple(jobs), misled=tuple(misled), further=tuple(further))


def _job(row: dict[str, Any]) -> CronJob:
    return CronJob(
        number=row["jobid"],
        name=row.get("jobname") or f"job {row['jobid']}",
        schedule=row["schedule"],
        command=row["command"],
        database=row["database"],
        user=row["username"],
        active=row.get("active", True),
    )


async def _with_runs(connection: AsyncConnection, job: CronJob) -> CronJob:
    """The job with its last runs."""
    found = await connection.scalars(text(_LAST_RUNS), {"job": job.number})
    rows = [json.loads(row) for row in found]
    ended = tuple(_run(row) for row in rows if row["status"] in _ENDED)
    going = (_run(row) for row in rows[:1] if row["status"] in _GOING)
    return replace(job, runs=ended[:5], going=next(going, None))


def _run(row: dict[str, Any]) -> CronRun:
    return CronRun(
        succeeded=row["status"] == "succeeded",
        message=(row.get("return_message") or "").strip(),
        started=_instant(row.get("start_time")),
        ended=_instant(row.get("end_time")),
    )


def _instant(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
