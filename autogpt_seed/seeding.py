"""The use case populate(): plan and database in, a seeded marketplace and a report out."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from autogpt_seed import views
from autogpt_seed.binding import Note
from autogpt_seed.database.bulk import load_all
from autogpt_seed.database.deferring import check_deferred, defer
from autogpt_seed.database.probe import probe
from autogpt_seed.database.reflect import find_schema, reflect
from autogpt_seed.database.runs import next_run_tag
from autogpt_seed.database.storefront import store_notes
from autogpt_seed.database.strategy import Load, Strategy, choose_strategy
from autogpt_seed.database.target import Target
from autogpt_seed.entities import ENTITIES
from autogpt_seed.entities.accounts import raw_api_keys
from autogpt_seed.entities.capabilities import Capabilities, ExistingUser
from autogpt_seed.entities.keys import KeyRing
from autogpt_seed.entities.miniature import miniature
from autogpt_seed.entities.world import World
from autogpt_seed.ids import RunTag
from autogpt_seed.key_file import key_file as new_key_file
from autogpt_seed.plan import Plan
from autogpt_seed.preparation import bind_world, refuse_notes, survey
from autogpt_seed.progress import Progress, Silence
from autogpt_seed.unit_of_work import Bind, Timeouts, UnitOfWork


@dataclass(frozen=True)
class Coverage:
    """How many tables the run put rows into, and the application's own others, by name."""

    filled: int
    without_rows: tuple[str, ...]

    @property
    def tables(self) -> int:
        """All of them."""
        return self.filled + len(self.without_rows)


@dataclass(frozen=True)
class PopulateReport:
    """What a populate did. `rows` are as counted by the server, in the order of loading."""

    schema: str
    server_version: int
    run_tag: str
    plan: Plan
    committed: bool
    strategy: Strategy
    rows: dict[str, int]
    seconds: dict[str, float]
    refresh: views.Refresh
    figures: views.ViewFigures
    coverage: Coverage
    notes: tuple[Note, ...] = ()
    uses: tuple[str, ...] = ()
    """What was there before and takes part."""
    look_at: dict[str, str] = field(default_factory=dict)

    @property
    def total_rows(self) -> int:
        """All rows of the run."""
        return sum(self.rows.values())


async def populate(
    target: Bind,
    plan: Plan | None = None,
    *,
    schema: str | None = None,
    rollback: bool = False,
    timeouts: Timeouts | None = None,
    progress: Progress | None = None,
    api_keys_out: Path | None = None,
    strict: bool = False,
    load: Load = "auto",
) -> PopulateReport:
    """Fill the platform's schema of `target` with the marketplace of `plan`, in one transaction.

    Everything is committed or, with `rollback` or after an error, nothing. On a caller's
    connection the rows join the caller's transaction. `api_keys_out` is written after the commit
    only, readable by its owner alone. `strict` raises `CheckFailed` where there is anything to
    note, before a row is written where it is known by then. `load` is how to treat the keys of
    the tables meanwhile, see `database.strategy`. Raises `SeedError`.
    """
    plan, progress, clock = plan or Plan(), progress or Silence(), _Clock()
    async with AsyncExitStack() as stack:
        key_file = stack.enter_context(new_key_file(api_keys_out)) if api_keys_out else None
        work = await stack.enter_async_context(UnitOfWork(target, timeouts=timeouts))
        wanted = schema or getattr(target, "schema", None)
        schema = await find_schema(work.connection, wanted)
        await work.enter_schema(schema)
        reflected = await reflect(work.connection, schema)
        catalog, abilities, notes = await survey(work.connection, reflected, plan)
        tag = await next_run_tag(work.connection, catalog, plan)
        keys = stack.enter_context(KeyRing(plan, tag, salted=abilities.salted_keys))
        world = World(plan, tag, abilities, keys)
        clock.lap("prepare")
        binding = bind_world(world, catalog)
        notes += binding.notes
        if strict:
            refuse_notes(notes)
        few = bind_world(miniature(world), catalog)
        await defer(work.connection, catalog.schema, binding.deferred)
        await probe(work.connection, await work.driver(), few.bounds, catalog.tables)
        clock.lap("probe")
        strategy = await choose_strategy(
            work.connection,
            catalog,
            {bound.table.name: bound.count for bound in binding.bounds},
            load,
            joined=work.joined,
            embedded=isinstance(target, Target) and target.embedded,
        )
        suspended = strategy.suspension.foreign_keys
        names = {(key.table, key.name) for key in suspended}
        binding = bind_world(world, catalog, names)
        clock.lap("strategy")
        rows = await load_all(
            await work.driver(),
            binding.bounds,
            catalog.tables,
            progress,
            suspension=strategy.suspension,
            waits={"APIKey": keys.wait},
        )
        await check_deferred(work.connection, catalog.schema, binding.deferred)
        clock.lap("load")
        progress.phase("views", 0)
        refresh = await views.refresh(work.connection, catalog)
        figures = await views.figures(work.connection, catalog)
        clock.lap("refresh")
        shortcomings = await store_notes(work.connection, catalog, world, binding.bounds)
        if strict:
            refuse_notes(shortcomings)
        if not rollback:
            await work.commit()
            clock.lap("commit")
            if key_file:
                key_file.fill(raw_api_keys(world))
    return PopulateReport(
        schema=catalog.schema,
        server_version=catalog.server_version,
        run_tag=str(tag),
        plan=plan,
        committed=not rollback,
        strategy=strategy,
        rows=rows,
        seconds=clock.seconds,
        refresh=refresh,
        figures=figures,
        coverage=Coverage(filled=sum(map(bool, rows.values())), without_rows=binding.unfilled),
        notes=notes + shortcomings,
        uses=_uses(abilities, plan),
        look_at=_look_at(world),
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
