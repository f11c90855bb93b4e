"""pg_cron: which jobs refresh the store's views, and how they fared. Reads only, never creates.

`cron.job` (https://github.com/citusdata/pg_cron) differs between versions, so its rows are read
as JSON. It has row security: a role sees its own jobs only, unless it may bypass that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed import store_views
from autogpt_seed.catalog import Catalog
from autogpt_seed.database.failures import explain
from autogpt_seed.database.refreshing import REFRESH_FUNCTION
from autogpt_seed.database.schedules import parse_schedule
from autogpt_seed.database.sql import quote

_JOB_NAME = "refresh-store-views"

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
    """A job that refreshes materialised views: those of the store, or the further `views` that are
    named. `runs` are the last five at most that came to their end, newest first; `going` is the
    one after them that has not."""

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
    """Jobs that have the name of one that refreshes the store's views, and do something else."""
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

    def working_for(self, view: str) -> tuple[CronJob, ...]:
        """The same for a materialised view outside of the store."""
        return self._working(job for job in self.further if view in job.views)

    def _working(self, jobs: Iterable[CronJob]) -> tuple[CronJob, ...]:
        here = (job for job in jobs if job.active and job.database == self.database)
        return tuple(job for job in here if not job.never)


async def cron_status(connection: AsyncConnection, catalog: Catalog) -> CronStatus:
    """Find the jobs that refresh the store's views, by what their commands do.

    Lacking privileges are told in the status; the transaction stays usable.
    """
    found = (await connection.execute(text(_EXTENSION))).one()
    version, home, database, timezone, logged = found
    if version is None:
        return CronStatus(version, home, database)
    access = {row.name: row for row in await connection.execute(text(_ACCESS))}
    if "job" not in access or not access["job"].readable:
        problem = "The role lacks USAGE on the schema cron, or SELECT on cron.job."
        return CronStatus(version, home, database, sees_all=False, problem=problem)
    readable = "job_run_details" in access and access["job_run_details"].readable
    history = readable and logged == "on"  # what was logged before it was off says nothing of now
    try:
        async with connection.begin_nested():
            jobs, further, misled = await _jobs(connection, catalog, history=history)
    except DBAPIError as error:
        problem = explain(error).evidence
        return CronStatus(version, home, database, sees_all=False, problem=problem)
    return CronStatus(
        version,
        home,
        database,
        jobs,
        misled,
        further,
        timezone or "GMT",
        sees_all=not access["job"].filtered,
    )


def refreshes_store(command: str, catalog: Catalog) -> bool:
    """Whether a job's command calls the platform's function or refreshes one of the store's views.

    A name that is qualified with another schema belongs to another platform.
    """
    views = [view.name for view in store_views.materialized(catalog)]
    return _calls(command, catalog, REFRESH_FUNCTION) or any(
        _refreshes(command, catalog, view) for view in views
    )


def refreshed_views(command: str, catalog: Catalog) -> tuple[str, ...]:
    """Which materialised views outside of the store a job's command refreshes: it names them, or
    calls a function whose text does."""
    store = {view.name for view in store_views.materialized(catalog)}
    called = [f.definition for f in catalog.functions if _calls(command, catalog, f.name)]
    return tuple(
        view.name
        for view in catalog.materialized_views
        if view.name not in store
        and any(_refreshes(text, catalog, view.name) for text in (command, *called))
    )


def _calls(command: str, catalog: Catalog, function: str) -> bool:
    pattern = rf'(?<![\w".]){_schema(catalog)}"?{re.escape(function)}"?\s*\('
    return re.search(pattern, command, re.IGNORECASE) is not None


def _refreshes(command: str, catalog: Catalog, view: str) -> bool:
    pattern = rf'\bview\s+(?:concurrently\s+)?{_schema(catalog)}"?{re.escape(view)}(?!\w)'
    return re.search(pattern, command, re.IGNORECASE) is not None


def _schema(catalog: Catalog) -> str:
    """The pattern of the schema before a name, or of none."""
    name = f"{re.escape(quote(catalog.schema))}|{re.escape(catalog.schema)}"
    return rf"(?:(?:{name})\s*\.\s*)?"


def named_for_store(name: str, schema: str) -> bool:
    """Whether the platform's migrations would give a job of this schema that name."""
    return name in {_JOB_NAME, f"{_JOB_NAME}-{schema}", f"{_JOB_NAME}_{schema}"}


async def _jobs(
    connection: AsyncConnection, catalog: Catalog, *, history: bool
) -> tuple[tuple[CronJob, ...], tuple[CronJob, ...], tuple[CronJob, ...]]:
    """The jobs that refresh the store's views, those of further materialised views, and those that
    only have the name for it."""
    rows = [json.loads(row) for row in (await connection.execute(text(_JOBS))).scalars()]
    jobs: list[CronJob] = []
    further: list[CronJob] = []
    misled: list[CronJob] = []
    for row in rows:
        job = CronJob(
            number=row["jobid"],
            name=row.get("jobname") or f"job {row['jobid']}",
            schedule=row["schedule"],
            command=row["command"],
            database=row["database"],
            user=row["username"],
            active=row.get("active", True),
        )
        for_store = refreshes_store(job.command, catalog)
        views = () if for_store else refreshed_views(job.command, catalog)
        if for_store or views:
            ran = await _with_runs(connection, job) if history else job
            (jobs if for_store else further).append(replace(ran, views=views))
        if not for_store and named_for_store(job.name, catalog.schema):
            misled.append(job)
    return tuple(jobs), tuple(further), tuple(misled)


async def _with_runs(connection: AsyncConnection, job: CronJob) -> CronJob:
    """The job with its last runs."""
    found = (await connection.execute(text(_LAST_RUNS), {"job": job.number})).scalars()
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
