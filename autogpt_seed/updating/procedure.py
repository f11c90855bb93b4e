"""The use case update(): days happen in a marketplace, in one transaction. Prints nothing."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from autogpt_seed import views
from autogpt_seed.adding import add, bind_additional
from autogpt_seed.binding import Binding, Context, Note
from autogpt_seed.binding.bound import table_note
from autogpt_seed.binding.names import actual_name
from autogpt_seed.catalog import Catalog
from autogpt_seed.database.existing.lookups import reflect_platform
from autogpt_seed.database.existing.ongoing import end_runs, end_steps, read_ongoing
from autogpt_seed.database.existing.scene import Limits, change_versions, is_taken, read_scene
from autogpt_seed.database.loading.violations import RowRefused
from autogpt_seed.database.reflection.reflect import reflect
from autogpt_seed.database.runs.record import RunRecord, record_run
from autogpt_seed.database.runs.tags import next_run
from autogpt_seed.database.savepoints import Failed, attempt
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.ids import RunTag
from autogpt_seed.preparation import with_usable_refresh
from autogpt_seed.safety import require_name
from autogpt_seed.schema_facts import fingerprint
from autogpt_seed.timestamps import as_text
from autogpt_seed.unit_of_work import Bind, Timeouts, UnitOfWork
from autogpt_seed.updating.day import Activity, add_day, people_of
from autogpt_seed.updating.ending import ends
from autogpt_seed.updating.rows import new_rows, present_rows
from autogpt_seed.updating.settings import UpdateSettings

_CROWD = 200
"""How many users take part in a day at most."""

_EXECUTIONS = "running_rate=0 or failed_rate=0, if it objects to such executions, else graphs=0"
_WITHOUT = {
    "AgentGraphExecution": _EXECUTIONS,
    "AgentNodeExecution": _EXECUTIONS,
    "StoreListingReview": "listings=0",
    "CreditTransaction": "credit_users=0",
}
"""The settings that make no rows of a table, or fewer kinds of them."""


@dataclass(frozen=True)
class UpdateReport:
    """What an update did. `rows` are those that were added, `changed_versions` how many versions
    of the store got other categories and the opposite of their featured flag, `ended_runs` how
    many executions ended that earlier updates had left running."""

    schema: str
    run_tag: str
    settings: UpdateSettings
    committed: bool
    rows: Mapping[str, int]
    changed_versions: int
    ended_runs: int
    before: views.ViewFigures
    after: views.ViewFigures
    refresh: views.Refresh
    seconds: float
    notes: tuple[Note, ...] = ()
    unrecorded: str = ""
    """Why the run is not in the record of runs; "" where it is."""

    @property
    def total_rows(self) -> int:
        """All rows that were added."""
        return sum(self.rows.values())

    def as_json(self) -> dict[str, Any]:
        """Everything, of types that `json` can write."""
        settings = self.settings.model_dump(mode="json")
        return asdict(self) | {"settings": settings, "total_rows": self.total_rows}


async def update(
    target: Bind,
    settings: UpdateSettings | None = None,
    *,
    schema: str | None = None,
    into: str | None = None,
    rollback: bool = False,
    timeouts: Timeouts | None = None,
) -> UpdateReport:
    """Let some days happen in the marketplace of `target`: executions, reviews, transactions of
    credits, other featured versions and categories, and the ends of executions that earlier
    updates left running; then refresh the views.

    It is a run of its own, in one transaction: all is committed or, with `rollback` or after an
    error, nothing. Graphs, listings and users may be anybody's; versions are changed only where
    a run made them and executions where an update did, and removing the update's run does not
    change them back. A database with users that no run made must be named by `into`, as
    DATABASE@HOST; else `RefusedForSafety` is raised. Raises `SeedError`.
    """
    begun = time.perf_counter()
    settings = settings or UpdateSettings()
    async with UnitOfWork(target, timeouts=timeouts) as work:
        catalog = await reflect_platform(work.connection, await work.open_schema(schema))
        if not rollback:
            await require_name(work, catalog, into)
        usable, _ = with_usable_refresh(catalog)
        before = await views.figures(work.connection, usable)
        added = await _add_days(work, catalog, settings)
        refresh = await views.refresh(work.connection, usable)
        after = await views.figures(work.connection, usable)
        if not rollback:
            await work.commit()
    return UpdateReport(
        schema=catalog.schema,
        run_tag=added.record.tag,
        settings=settings,
        committed=not rollback,
        rows=added.record.rows,
        changed_versions=added.changed_versions,
        ended_runs=added.ended_runs,
        before=before,
        after=after,
        refresh=refresh,
        seconds=time.perf_counter() - begun,
        notes=added.notes,
        unrecorded=added.unrecorded,
    )


@dataclass(frozen=True)
class _Added:
    """What was added and changed, before the refresh."""

    record: RunRecord
    unrecorded: str
    changed_versions: int
    ended_runs: int
    notes: tuple[Note, ...]


async def _add_days(work: UnitOfWork, catalog: Catalog, settings: UpdateSettings) -> _Added:
    tag, earlier = await _next(work, catalog, settings)
    activity = await _happen(work, catalog, settings, tag)
    binding = await _bind(work, catalog, activity, settings)
    with _settings_named(catalog):
        await add(work, catalog, binding)
    rows = {bound.table.name: bound.count for bound in binding.bounds if bound.count}
    # Without views in the place of tables: the record is of what holds the rows.
    reflected = await reflect(work.connection, catalog.schema)
    record = _record(reflected, settings, tag, earlier, rows)
    unrecorded = await record_run(work.connection, reflected, record)
    # After the record: in tables whose rows change, it would not look for what triggers made.
    until = settings.as_of.replace(tzinfo=None)
    change = partial(change_versions, work.connection, catalog, activity.changes, until)
    changed = await _if_allowed(work, change, "StoreListingVersion", "no version changes")
    end = partial(_end_runs, work, catalog, until)
    ended = await _if_allowed(
        work, end, "AgentGraphExecution", "what earlier updates left running goes on"
    )
    notes = (*binding.notes, *changed.notes, *ended.notes)
    return _Added(record, unrecorded, changed.rows, ended.rows, notes)


@contextmanager
def _settings_named(catalog: Catalog) -> Iterator[None]:
    """Name the settings without which a row that the schema refuses would not be made."""
    try:
        yield
    except RowRefused as refusal:
        settings = {actual_name(name, catalog.tables): value for name, value in _WITHOUT.items()}
        if without := next(filter(None, map(settings.get, refusal.tables)), None):
            refusal.remedy += f" Or make no such rows: --set {without}."
        raise


class _Changed(NamedTuple):
    """How many existing rows were changed; where the schema refused it none, with a note."""

    rows: int
    notes: tuple[Note, ...] = ()


async def _if_allowed(
    work: UnitOfWork, change: Callable[[], Awaitable[int]], table: str, otherwise: str
) -> _Changed:
    """Change existing rows. That a trigger refuses it, or the role may not, becomes a note."""
    done = await attempt(work.connection, change)
    if isinstance(done, Failed):
        note = table_note("worked around", table, f"{otherwise}. {done.reason}")
        return _Changed(0, (note,))
    return _Changed(done)


async def _end_runs(work: UnitOfWork, catalog: Catalog, until: datetime) -> int:
    """End the executions of earlier updates that are over by `until`. Returns how many."""
    over = list(ends(await read_ongoing(work.connection, catalog), until))
    ended = await end_runs(work.connection, catalog, [run for run, _ in over])
    steps = [step for run, steps in over if run.id in ended for step in steps]
    await end_steps(work.connection, catalog, steps)
    return len(ended)


async def _next(work: UnitOfWork, catalog: Catalog, settings: UpdateSettings) -> tuple[RunTag, int]:
    """The run's tag, and how many such runs were made before, in the record or not."""
    digest, as_of = settings.digest(), settings.as_of.isoformat()
    tag, earlier = await next_run(work.connection, catalog, digest, settings.seed, as_of)
    while await is_taken(work.connection, catalog, tag):
        earlier += 1
        tag = RunTag.of(digest, settings.seed, as_of, earlier)
    return tag, earlier


async def _happen(
    work: UnitOfWork, catalog: Catalog, settings: UpdateSettings, tag: RunTag
) -> Activity:
    """Draw the days one after the other. Raises `DatabaseUnsuitable` where nothing can happen."""
    activity = Activity(tag)
    limits = Limits(_CROWD, settings.graphs, settings.listings, settings.versions)
    for number in range(settings.days):
        until, salt = _day_end(settings, number), f"{tag}|{number}"
        scene = await read_scene(work.connection, catalog, limits, until, salt)
        add_day(activity, scene, _of_day(settings, number), until, salt)
    if not (activity.executions or activity.reviews or activity.transactions):
        raise DatabaseUnsuitable(
            f"Nothing can happen in schema {catalog.schema!r}.",
            evidence=f"It has no users or graphs from before {settings.as_of:%Y-%m-%d %H:%M} UTC.",
            remedy="Fill it first: autogpt-seed populate, or name a later time with --as-of.",
        )
    return activity


def _of_day(settings: UpdateSettings, number: int) -> UpdateSettings:
    """The settings of a day. Executions are left running on the last day only, not for days."""
    last = number == settings.days - 1
    return settings if last else settings.model_copy(update={"running_rate": 0.0})


async def _bind(
    work: UnitOfWork, catalog: Catalog, activity: Activity, settings: UpdateSettings
) -> Binding:
    made = [
        replace(rows, table=actual_name(rows.table, catalog.tables)) for rows in new_rows(activity)
    ]
    until = settings.as_of.replace(tzinfo=None)
    people = sum(1 for _ in people_of(activity))
    context = Context(activity.tag, until, people, overrides=settings.columns, additional=True)
    return await bind_additional(work, catalog, made, present_rows(activity), context)


def _day_end(settings: UpdateSettings, number: int) -> datetime:
    """The end of a day, UTC without zone; the last one ends at the as-of time."""
    back = timedelta(days=settings.days - 1 - number)
    return settings.as_of.replace(tzinfo=None) - back


def _record(
    catalog: Catalog,
    settings: UpdateSettings,
    tag: RunTag,
    earlier: int,
    rows: Mapping[str, int],
) -> RunRecord:
    return RunRecord(
        schema=catalog.schema,
        tag=str(tag),
        kind="update",
        plan=settings.model_dump(mode="json"),
        plan_digest=settings.digest(),
        seed=settings.seed,
        as_of=as_text(settings.as_of),
        n=earlier,
        rows=rows,
        fingerprint=fingerprint(catalog),
    )
