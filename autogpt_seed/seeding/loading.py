"""What a populate does in a schema that it has opened: prepare, probe, load, refresh, record."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from autogpt_seed import views
from autogpt_seed.binding import Binding, Note
from autogpt_seed.catalog import Catalog
from autogpt_seed.choices import Load
from autogpt_seed.database.loading.bulk import Prerequisite, Prerequisites, load_all
from autogpt_seed.database.loading.deferring import check_deferred, defer
from autogpt_seed.database.loading.driver_types import (
    can_take_raw_times,
    encode_json_natively,
    take_raw_times,
)
from autogpt_seed.database.loading.probe import probe
from autogpt_seed.database.loading.strategy import Strategy, choose_strategy
from autogpt_seed.database.loading.violations import RowRefused, late_refusals_named
from autogpt_seed.database.runs.record import RunRecord, record_run
from autogpt_seed.database.runs.tags import next_run
from autogpt_seed.database.views.storefront import store_notes
from autogpt_seed.entities.api_keys import KeyRing
from autogpt_seed.entities.miniature import miniature
from autogpt_seed.entities.world import World
from autogpt_seed.plan import Plan
from autogpt_seed.preparation import bind_world, refuse_notes, survey
from autogpt_seed.progress import Clock, Progress
from autogpt_seed.schema_facts import fingerprint
from autogpt_seed.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Prepared:
    """What is known before the first row is sent."""

    reflected: Catalog
    """The schema as it is."""
    catalog: Catalog
    """What can be filled of it."""
    world: World
    earlier: int
    """How many runs of the same plan, seed and as-of time there were before."""
    surveyed: tuple[Note, ...]
    """The notes on the schema; those on its binding are in `binding`."""
    binding: Binding
    without: Mapping[str, str] = field(default_factory=dict)
    """The optional tables that the probe found to refuse their rows, each with the reason."""
    raw_times: bool = False
    """Whether the driver takes timestamps as numbers, see `timestamps`."""

    @property
    def notes(self) -> tuple[Note, ...]:
        """All notes."""
        return self.surveyed + self.binding.notes

    def bind(self, suspended: Collection[tuple[str, str]] = ()) -> Binding:
        """Bind the rows for a load during which the foreign keys `suspended` are dropped."""
        return bind_world(
            self.world, self.catalog, suspended, self.without, raw_times=self.raw_times
        )


@dataclass(frozen=True)
class Loaded:
    """What is known after the load."""

    strategy: Strategy
    rows: dict[str, int]
    refresh: views.Refresh
    figures: views.ViewFigures
    notes: tuple[Note, ...]
    unrecorded: str


async def prepare_run(
    work: UnitOfWork,
    catalog: Catalog,
    plan: Plan,
    key_ring: KeyRing,
    load: Load,
    clock: Clock,
    *,
    strict: bool,
) -> Prepared:
    """Bind the rows to the schema, and try a few. With `strict`, notes raise `CheckFailed`."""
    run = await _prepare(work, catalog, plan, key_ring)
    clock.lap("prepare")
    if strict:
        refuse_notes(run.notes)
    if work.target is not None:
        run = await _quicken(work, run)
    await views.try_refresh(work.connection, run.catalog)
    run = await _probe(work, run, load)
    clock.lap("probe")
    if strict:
        refuse_notes(run.notes)
    return run


async def load_run(
    work: UnitOfWork, run: Prepared, load: Load, progress: Progress, clock: Clock, *, strict: bool
) -> Loaded:
    """Load the rows, refresh the views, read their figures, and record the run."""
    strategy, rows = await _load(work, run, load, progress)
    clock.lap("load")
    progress.phase("views", 0)
    refresh = await views.refresh(work.connection, run.catalog)
    figures = await views.figures(work.connection, run.catalog)
    clock.lap("refresh")
    notes = await store_notes(work.connection, run.catalog, run.world, run.binding.bounds)
    if strict:
        refuse_notes(notes)
    # Last, because whoever makes the record's tables keeps other schemas' runs waiting.
    unrecorded = await record_run(work.connection, run.reflected, _record(run, rows))
    clock.lap("record")
    return Loaded(strategy, rows, refresh, figures, notes, unrecorded)


async def _prepare(work: UnitOfWork, reflected: Catalog, plan: Plan, key_ring: KeyRing) -> Prepared:
    """Bind the marketplace to the schema."""
    catalog, abilities, notes = await survey(work.connection, reflected, plan)
    tag, earlier = await next_run(
        work.connection, catalog, plan.digest(), plan.seed, plan.as_of_text()
    )
    key_ring.settle(tag, salted=abilities.salted_keys)
    world = World(plan, tag, abilities, key_ring, earlier=earlier)
    return Prepared(reflected, catalog, world, earlier, notes, bind_world(world, catalog))


async def _quicken(work: UnitOfWork, run: Prepared) -> Prepared:
    """Set up the driver for the quickest form of the rows.

    It stays so to the end of the session, which must therefore be ours: neither a caller's own
    connection, nor one that goes back to the pool of a caller's engine.
    """
    driver = await work.driver()
    await encode_json_natively(driver)
    if not can_take_raw_times(run.binding.bounds):
        return run
    await take_raw_times(driver)
    return replace(run, raw_times=True)


async def _probe(work: UnitOfWork, run: Prepared, load: Load) -> Prepared:
    """Find out with a marketplace in miniature what the schema refuses.

    A table that refuses its rows is left out of the result, if nothing requires it. Updates are
    not tried where keys will be suspended: then the rows are complete when they are loaded.
    """
    few = replace(run, world=miniature(run.world)).bind()
    bounds = few.bounds
    if load == "suspended":
        bounds = tuple(replace(bound, updates=()) for bound in bounds)
    driver, as_of = await work.driver(), run.world.plan.as_of.replace(tzinfo=None)
    await defer(driver, run.catalog.schema, run.binding.deferred)
    try:
        notes = await probe(work.connection, driver, bounds, run.catalog.tables, as_of)
    except RowRefused as refusal:
        name = next((table for table in refusal.tables if table in few.optional), None)
        if name is None:
            raise
        fewer = replace(run, without={**run.without, name: refusal.sentence})
        return await _probe(work, replace(fewer, binding=fewer.bind()), load)
    return replace(run, surveyed=run.surveyed + notes)


async def _load(
    work: UnitOfWork, run: Prepared, load: Load, progress: Progress
) -> tuple[Strategy, dict[str, int]]:
    """Choose what happens to the keys during the load, and load all rows."""
    strategy = await choose_strategy(
        work.connection,
        run.catalog,
        {bound.table.name: bound.count for bound in run.binding.bounds},
        load,
        joined=work.joined,
        embedded=work.target is not None and work.target.embedded,
    )
    suspended = {(key.table, key.name) for key in strategy.suspension.foreign_keys}
    binding = run.bind(suspended)
    driver = await work.driver()
    rows = await load_all(
        driver,
        binding.bounds,
        run.catalog.tables,
        progress,
        suspension=strategy.suspension,
        prerequisites=_waits(run.world.keys),
    )
    with late_refusals_named(binding.bounds, run.catalog.tables):
        await check_deferred(driver, run.catalog.schema, run.binding.deferred)
    return strategy, rows


def _waits(keys: KeyRing) -> Prerequisites:
    """The table of the API keys is loaded once the keys are hashed."""
    return (
        {"APIKey": Prerequisite("API key hashes", keys.slow, "keys", keys.hashed)}
        if keys.slow
        else {}
    )


def _record(run: Prepared, rows: dict[str, int]) -> RunRecord:
    catalog, plan = run.reflected, run.world.plan
    return RunRecord(
        schema=catalog.schema,
        tag=str(run.world.tag),
        kind="populate",
        plan=plan.model_dump(mode="json"),
        plan_digest=plan.digest(),
        seed=plan.seed,
        as_of=plan.as_of_text(),
        n=run.earlier,
        rows=rows,
        fingerprint=fingerprint(catalog),
    )
