"""populate(): plan and database in, a seeded marketplace and a report out. Prints nothing."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from itertools import islice
from pathlib import Path

from autogpt_seed import views
from autogpt_seed.binding import Bound
from autogpt_seed.binding.finding import known_column
from autogpt_seed.catalog import Catalog
from autogpt_seed.choices import Load, OnExisting
from autogpt_seed.database.loading.strategy import Strategy
from autogpt_seed.database.reflection.reflect import reflect
from autogpt_seed.entities import ENTITIES
from autogpt_seed.entities.accounts import raw_api_keys
from autogpt_seed.entities.api_keys import KeyRing
from autogpt_seed.entities.capabilities import Capabilities, ExistingUser
from autogpt_seed.entities.world import World
from autogpt_seed.ids import RunTag
from autogpt_seed.plan import Plan
from autogpt_seed.progress import Clock, Progress, Silence
from autogpt_seed.removal import Cleared, clear
from autogpt_seed.safety import require_name
from autogpt_seed.seeding.earlier_runs import refuse_runs, same_run
from autogpt_seed.seeding.key_file import KeyFile, new_key_file
from autogpt_seed.seeding.loading import Loaded, Prepared, load_run, prepare_run
from autogpt_seed.seeding.report import Coverage, PopulateReport
from autogpt_seed.settings import check_choice
from autogpt_seed.unit_of_work import Bind, Timeouts, UnitOfWork


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
    key_ring: KeyRing | None = None,
) -> PopulateReport:
    """Fill the platform's schema of `target` with the marketplace of `plan`, in one transaction.

    Everything is committed or, with `rollback` or after an error, nothing. On a caller's
    connection the rows join the caller's transaction. `api_keys_out` is a new file, written after
    the commit only and readable by its owner alone. `strict` raises `CheckFailed` where there is
    anything to note, before a row is written where it is known by then. `load` is how to treat
    the keys of the tables meanwhile, and `on_existing` what to do about earlier runs of the schema,
    see `choices`. A database with users that no run made must be named by `into`, as DATABASE@HOST,
    unless all is rolled back; else `RefusedForSafety` is raised. `key_ring` is one of the plan, for
    this run alone, where hashing its keys began before: it is left open. `progress` is told each
    step and what of it is done, in the event loop. Raises `SeedError`.
    """
    check_choice("load", load, Load)
    check_choice("on_existing", on_existing, OnExisting)
    plan, progress, clock = plan or Plan(), progress or Silence(), Clock()
    async with AsyncExitStack() as stack:
        if key_ring is None:
            key_ring = stack.enter_context(KeyRing(plan))
        key_file = stack.enter_context(new_key_file(api_keys_out)) if api_keys_out else None
        work = await stack.enter_async_context(UnitOfWork(target, timeouts=timeouts))
        catalog, present = await _open(work, schema, plan, on_existing)
        if present:
            return await _skipped(work, catalog, plan, present, clock)
        if key_file:
            key_file.check()
        if not rollback:
            await require_name(work, catalog, into)
        replacing = on_existing == "replace"
        replaced = await _remove(work, catalog, progress, clock) if replacing else None
        run = await prepare_run(work, catalog, plan, key_ring, load, clock, strict=strict)
        loaded = await load_run(work, run, load, progress, clock, strict=strict)
        if not rollback:
            await _commit(work, run, key_file)
            clock.lap("commit")
    return _report(run, loaded, clock.seconds, replaced, committed=not rollback)


async def _open(
    work: UnitOfWork, wanted: str | None, plan: Plan, on_existing: OnExisting
) -> tuple[Catalog, str | None]:
    """The schema, locked among seeders; with "skip" also the tag of the run that is there already.

    That run is looked for before the lock is waited for, and again after.
    """
    for locked in (False, True) if on_existing == "skip" else (True,):
        schema = await work.open_schema(wanted, exclusive=locked)
        catalog = await reflect(work.connection, schema)
        if on_existing == "skip" and (tag := await same_run(work.connection, catalog, plan)):
            return catalog, tag
    if on_existing == "fail":
        await refuse_runs(work.connection, catalog)
    return catalog, None


async def _remove(work: UnitOfWork, catalog: Catalog, progress: Progress, clock: Clock) -> Cleared:
    """Remove all runs, timed as a step: it can take much longer than the new run."""
    clock.lap("open")
    cleared = await clear(work.connection, catalog, "all", progress=progress)
    clock.lap("remove")
    return cleared


async def _commit(work: UnitOfWork, run: Prepared, key_file: KeyFile | None) -> None:
    """Commit, after the API keys were written: where the disk is full, no row is kept."""
    if key_file:
        key_file.write(raw_api_keys(run.world))
    await work.commit()
    if key_file:
        key_file.keep()


async def _skipped(
    work: UnitOfWork, catalog: Catalog, plan: Plan, tag: str, clock: Clock
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


def _report(
    run: Prepared,
    loaded: Loaded,
    seconds: dict[str, float],
    replaced: Cleared | None,
    *,
    committed: bool,
) -> PopulateReport:
    world = run.world
    return PopulateReport(
        schema=run.reflected.schema,
        server_version=run.reflected.server_version,
        run_tag=str(world.tag),
        plan=world.plan,
        committed=committed,
        strategy=loaded.strategy,
        rows=loaded.rows,
        seconds=seconds,
        refresh=loaded.refresh,
        figures=loaded.figures,
        coverage=Coverage(sum(map(bool, loaded.rows.values())), run.binding.unfilled),
        notes=run.notes + loaded.notes,
        uses=_uses(world.capabilities, world.plan),
        look_at=_look_at(world, run.binding.bounds),
        unrecorded=loaded.unrecorded,
        replaced=replaced,
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


def _look_at(world: World, bounds: Sequence[Bound]) -> dict[str, str]:
    """A creator that the store shows and one of their listings, by username and slug."""
    if not world.graphs:
        return {}
    creator = _loaded(bounds, "Profile", "username", world.listing_owner[0])
    tables = ("StoreListing", "StoreListingVersion")  # older schemas keep the slug in the version
    slug = next(filter(None, (_loaded(bounds, table, "slug", 0) for table in tables)), "")
    found = {"creator": creator, "listing": f"{creator}/{slug}" if creator and slug else ""}
    return {what: name for what, name in found.items() if name}


def _loaded(bounds: Sequence[Bound], table: str, name: str, row: int) -> str:
    """The value of a row in the column of this name; "" where there is no such row or column."""
    for bound in (found for found in bounds if found.table.name == table):
        column = known_column(bound.table, name)
        record = next(islice(bound.records(), row, None), None)
        if record and column and column.name in bound.columns:
            return str(record[bound.columns.index(column.name)])
    return ""
