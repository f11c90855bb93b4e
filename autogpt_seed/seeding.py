"""The use case populate(): plan and database in, a seeded marketplace and a report out."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from autogpt_seed import views
from autogpt_seed.binding import Binding, Note
from autogpt_seed.catalog import Catalog
from autogpt_seed.database.bulk import load_all
from autogpt_seed.database.copy import encode_json_natively
from autogpt_seed.database.deferring import check_deferred, defer
from autogpt_seed.database.probe import probe
from autogpt_seed.database.reflect import find_schema, reflect
from autogpt_seed.database.run_record import RunRecord, record_run
from autogpt_seed.database.runs import next_run
from autogpt_seed.database.storefront import store_notes
from autogpt_seed.database.strategy import Load, Strategy, choose_strategy
from autogpt_seed.database.violations import RowRefused
from autogpt_seed.earlier_runs import OnExisting, refuse_runs, same_run
from autogpt_seed.entities import ENTITIES
from autogpt_seed.entities.accounts import raw_api_keys
from autogpt_seed.entities.capabilities import Capabilities, ExistingUser
from autogpt_seed.entities.keys import KeyRing
from autogpt_seed.entities.miniature import miniature
from autogpt_seed.entities.world import World
from autogpt_seed.fingerprint import fingerprint
from autogpt_seed.ids import RunTag
from autogpt_seed.key_file import key_file as new_key_file
from autogpt_seed.plan import Plan
from autogpt_seed.preparation import bind_world, refuse_notes, survey
from autogpt_seed.progress import Progress, Silence
from autogpt_seed.removal import clear
from autogpt_seed.safety import require_name
from autogpt_seed.seeded import Coverage, PopulateReport
from autogpt_seed.unit_of_work import Bind, Timeouts, UnitOfWork

__all__ = ["Coverage", "PopulateReport", "expected_rows", "populate"]


async def populate(
    target: Bind,
    plan: Plan | None = None,
    *,
    schema: str | None = None,
    into: str | None = None,
    rollback: bool = False,
    timeouts: Timeouts | None = None,
    progress: Progress | None = None,
    api_keys_out: Path | None = None,
    strict: bool = False,
    load: Load = "auto",
    on_existing: OnExisting = "append",
) -> PopulateReport:
    """Fill the platform's schema of `target` with the marketplace of `plan`, in one transaction.

    Everything is committed or, with `rollback` or after an error, nothing. On a caller's
    connection the rows join the caller's transaction. `api_keys_out` is written after the commit
    only, readable by its owner alone. `strict` raises `CheckFailed` where there is anything to
    note, before a row is written where it is known by then. `load` is how to treat the keys of
    the tables meanwhile, see `database.strategy`. A database with users that no run made must be
    named by `into`, as DATABASE@HOST, unless all is rolled back; else `RefusedForSafety` is
    raised. `on_existing` says what to do about earlier runs of the schema, see `earlier_runs`.
    Raises `SeedError`.
    """
    plan, progress, clock = plan or Plan(), progress or Silence(), _Clock()
    async with AsyncExitStack() as stack:
        key_file = stack.enter_context(new_key_file(api_keys_out)) if api_keys_out else None
        work = await stack.enter_async_context(UnitOfWork(target, timeouts=timeouts))
        catalog, present = await _open(work, schema or work.named_schema, plan, on_existing)
        if present:
            return await _skipped(work, catalog, plan, present, clock)
        if not rollback:
            await require_name(work, catalog, into)
        replacing = on_existing == "replace"
        replaced = await clear(work.connection, catalog, "all") if replacing else None
        run = await _prepare(work, catalog, plan, stack)
        clock.lap("prepare")
        if strict:
            refuse_notes(run.notes)
        run = await _probe(work, run)
        clock.lap("probe")
        if strict:
            refuse_notes(run.notes)
        embedded = work.target is not None and work.target.embedded
        strategy, rows = await _load(work, run, load, progress, embedded=embedded)
        clock.lap("load")
        progress.phase("views", 0)
        refresh = await views.refresh(work.connection, run.catalog)
        figures = await views.figures(work.connection, run.catalog)
        clock.lap("refresh")
        shown = await store_notes(work.connection, run.catalog, run.world, run.binding.bounds)
        if strict:
            refuse_notes(shown)
        # Last, because whoever makes the record's tables keeps other schemas' runs waiting.
        unrecorded = await record_run(work.connection, catalog, _record(run, catalog, rows))
        clock.lap("record")
        if not rollback:
            await work.commit()
            clock.lap("commit")
            if key_file:
                key_file.fill(raw_api_keys(run.world))
    filled = sum(map(bool, rows.values()))
    return PopulateReport(
        schema=catalog.schema,
        server_version=catalog.server_version,
        run_tag=str(run.world.tag),
        plan=plan,
        committed=not rollback,
        strategy=strategy,
        rows=rows,
        seconds=clock.seconds,
        refresh=refresh,
        figures=figures,
        coverage=Coverage(filled, run.binding.unfilled),
        notes=run.notes + shown,
        uses=_uses(run.world.capabilities, plan),
        look_at=_look_at(run.world),
        unrecorded=unrecorded,
        replaced=replaced,
    )


@dataclass(frozen=True)
class _Run:
    """What is known before the first row: what there is to fill, and with what."""

    catalog: Catalog
    world: World
    earlier: int
    surveyed: tuple[Note, ...]
    binding: Binding
    without: Mapping[str, str] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[Note, ...]:
        """All of them."""
        return self.surveyed + self.binding.notes


async def _open(
    work: UnitOfWork, wanted: str | None, plan: Plan, on_existing: OnExisting
) -> tuple[Catalog, str | None]:
    """The schema, locked among seeders, or, where the run to be made is there already, its tag.

    It is looked for before another seeder is waited for, and after.
    """
    schema = await find_schema(work.connection, wanted)
    for locked in (False, True) if on_existing == "skip" else (True,):
        await work.enter_schema(schema, exclusive=locked)
        catalog = await reflect(work.connection, schema)
        if on_existing == "skip" and (tag := await same_run(work.connection, catalog, plan)):
            return catalog, tag
    if on_existing == "fail":
        await refuse_runs(work.connection, catalog)
    return catalog, None


async def _skipped(
    work: UnitOfWork, catalog: Catalog, plan: Plan, tag: str, clock: _Clock
) -> PopulateReport:
    figures = await views.figures(work.connection, catalog)
    clock.lap("look")
    return PopulateReport(
        schema=catalog.schema,
        server_version=catalog.server_version,
        run_tag=tag,
        plan=plan,
        committed=False,
        strategy=Strategy("live", "nothing was loaded"),
        rows={},
        seconds=clock.seconds,
        refresh=views.Refresh(None, (), 0.0),
        figures=figures,
        coverage=Coverage(0, ()),
        skipped=True,
    )


async def _prepare(work: UnitOfWork, reflected: Catalog, plan: Plan, stack: AsyncExitStack) -> _Run:
    """Bind the marketplace to the schema. The keys are hashed from here to the stack's end."""
    catalog, abilities, notes = await survey(work.connection, reflected, plan)
    tag, earlier = await next_run(
        work.connection, catalog, plan.digest(), plan.seed, plan.as_of_text()
    )
    keys = stack.enter_context(KeyRing(plan, tag, salted=abilities.salted_keys))
    world = World(plan, tag, abilities, keys, earlier=earlier)
    return _Run(catalog, world, earlier, notes, bind_world(world, catalog))


async def _probe(work: UnitOfWork, run: _Run) -> _Run:
    """Find out on a marketplace in miniature what the schema refuses.

    A table that refuses its rows, and that nothing requires, is left out of what is returned.
    """
    few = bind_world(miniature(run.world), run.catalog, without=run.without)
    await defer(work.connection, run.catalog.schema, run.binding.deferred)
    try:
        await probe(work.connection, await work.driver(), few.bounds, run.catalog.tables)
    except RowRefused as refusal:
        name = next((table for table in refusal.tables if table in few.optional), None)
        if name is None:
            raise
        without = {**run.without, name: refusal.sentence}
        binding = bind_world(run.world, run.catalog, without=without)
        return await _probe(work, replace(run, binding=binding, without=without))
    return run


async def _load(
    work: UnitOfWork, run: _Run, load: Load, progress: Progress, *, embedded: bool
) -> tuple[Strategy, dict[str, int]]:
    """Choose what happens to the keys meanwhile, and load all rows."""
    strategy = await choose_strategy(
        work.connection,
        run.catalog,
        {bound.table.name: bound.count for bound in run.binding.bounds},
        load,
        joined=work.joined,
        embedded=embedded,
    )
    suspended = {(key.table, key.name) for key in strategy.suspension.foreign_keys}
    binding = bind_world(run.world, run.catalog, suspended, run.without)
    driver = await work.driver()
    if not work.joined:
        await encode_json_natively(driver)
    rows = await load_all(
        driver,
        binding.bounds,
        run.catalog.tables,
        progress,
        suspension=strategy.suspension,
        waits={"APIKey": run.world.keys.wait},
    )
    await check_deferred(work.connection, run.catalog.schema, run.binding.deferred)
    return strategy, rows


def _record(run: _Run, catalog: Catalog, rows: dict[str, int]) -> RunRecord:
    plan = run.world.plan
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


def expected_rows(plan: Plan) -> dict[str, int]:
    """How many rows of each table a populate of `plan` makes, without a database."""
    tag = RunTag.of(plan.digest(), plan.seed, plan.as_of_text(), 0)
    someone = ExistingUser(0, {"User": "", "Profile": ""}) if plan.for_user else None
    world = World(plan, tag, Capabilities(existing_user=someone), None)
    return {table: make(world).count for table, make in ENTITIES.items()}


def _uses(abilities: Capabilities, plan: Plan) -> tuple[str, ...]:
    blocks = len(abilities.existing_blocks)
    uses = (
        f"{blocks:,} blocks that were there before" if blocks else "",
        f"the account {plan.for_user}" if plan.for_user else "",
    )
    return tuple(filter(None, uses))


def _look_at(world: World) -> dict[str, str]:
    """A creator and a listing of theirs that the store shows, by what they are looked up with."""
    listing = next(ENTITIES["StoreListing"](world).named(), None)
    if listing is None:
        return {}
    profiles = ENTITIES["Profile"](world).named()
    creator = next(p for p in profiles if p["userId"] == listing["owningUserId"])
    return {"creator": creator["username"], "listing": f"{creator['username']}/{listing['slug']}"}


class _Clock:
    """Seconds of wall time by step, each lap from the end of the one before."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name] = now - self._last
        self._last = now
