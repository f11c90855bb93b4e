"""The use case diagnose(): what a populate would do to a schema, without doing anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from autogpt_seed.binding import Binding, Bound, Note
from autogpt_seed.binding.application_tables import is_own
from autogpt_seed.catalog import Catalog, Table
from autogpt_seed.cycles import cycles
from autogpt_seed.database.cron.jobs import CronStatus, cron_status
from autogpt_seed.database.reflection.reflect import reflect
from autogpt_seed.database.session import Session, read_session
from autogpt_seed.database.views.refresh_function import refused_refreshes
from autogpt_seed.entities import ENTITIES
from autogpt_seed.entities.api_keys import KeyRing
from autogpt_seed.entities.capabilities import Capabilities
from autogpt_seed.entities.world import World
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.ids import RunTag
from autogpt_seed.known_versions import Distance, nearest_version
from autogpt_seed.plan import Plan
from autogpt_seed.preparation import bind_world, survey
from autogpt_seed.store_views import FigureColumns, review_stats, run_counts, store_agents
from autogpt_seed.unit_of_work import Bind, Timeouts, UnitOfWork
from autogpt_seed.views import REFRESH_FUNCTION


@dataclass(frozen=True)
class Diagnosis:
    """What was seen of a server and a schema, and what a populate would do about it.

    `cycles` are tables that refer to each other, `late_columns` those that are set once all rows
    are loaded. `rules` counts the checks and triggers, and `elsewhere` are the keys to tables of
    other schemas, where populate makes no rows: only a populate finds out whether they hold.
    `views` says what each view shows. `problems` are the reasons why nothing can be seeded.
    """

    session: Session
    schema: str
    version: Distance
    tables: tuple[str, ...] = ()
    unknown_tables: tuple[str, ...] = ()
    cycles: tuple[tuple[str, ...], ...] = ()
    late_columns: tuple[str, ...] = ()
    rules: int = 0
    elsewhere: tuple[str, ...] = ()
    views: Mapping[str, str] = field(default_factory=dict)
    function: bool = False
    cron: CronStatus | None = None
    extensions: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """Whether the schema can be seeded, as the report ends with it."""
        if self.problems:
            return "cannot be seeded"
        return "can be seeded, with notes" if self.notes else "can be seeded"

    def as_json(self) -> dict[str, Any]:
        """Everything, of types that `json` can write, but for times."""
        return asdict(self) | {"verdict": self.verdict}


async def diagnose(
    target: Bind,
    plan: Plan | None = None,
    *,
    schema: str | None = None,
    timeouts: Timeouts | None = None,
) -> Diagnosis:
    """Look at the platform's schema of `target`, in a read-only transaction.

    It locks no more than any SELECT does: the catalogue's tables, those of pg_cron, those in which
    blocks and an existing user are looked up, and lookup tables. Raises `SeedError` where there
    is no schema to look at.
    """
    plan = plan or Plan()
    async with UnitOfWork(target, timeouts=timeouts, read_only=True) as work:
        connection = work.connection
        name = await work.open_schema(schema, exclusive=False)
        session, catalog = await read_session(connection), await reflect(connection, name)
        problems = list(_obstacles(session))
        filled, bounds, notes = catalog, tuple[Bound, ...](), tuple[Note, ...]()
        try:
            filled, abilities, notes = await survey(connection, catalog, plan)
            binding = _bind(filled, abilities, plan)
            bounds, notes = binding.bounds, notes + binding.notes
        except DatabaseUnsuitable as error:
            problems.append(str(error))
        if refused := await refused_refreshes(connection, catalog):
            problems.append(f"The role may not refresh {', '.join(refused)}: it is not the owner.")
        cron = await cron_status(connection, catalog)
    loaded = [bound.table.name for bound in bounds]
    return Diagnosis(
        session=session,
        schema=name,
        version=nearest_version(catalog),
        tables=tuple(loaded),
        unknown_tables=tuple(
            table.name for table in filled.tables.values() if _unknown(table, loaded)
        ),
        cycles=tuple(cycles(filled.tables)),
        late_columns=tuple(f"{b.table.name}.{u.column}" for b in bounds for u in b.updates),
        rules=sum(len(b.table.checks) + len(b.table.triggers) for b in bounds),
        elsewhere=tuple(key for bound in bounds for key in _keys_elsewhere(bound)),
        views=dict(_views(catalog)),
        function=catalog.callable(REFRESH_FUNCTION) is not None,
        cron=cron,
        extensions=tuple(sorted(catalog.extensions)),
        notes=notes,
        problems=tuple(problems),
    )


def _bind(catalog: Catalog, abilities: Capabilities, plan: Plan) -> Binding:
    """Bind as a populate does, but with quick hashes for the API keys."""
    tag = RunTag.of(plan.digest(), plan.seed, "", 0)
    quick = plan.model_copy(update={"api_key_hash": "sha256"})
    with KeyRing.of(quick, tag, salted=False) as keys:
        return bind_world(World(plan, tag, abilities, keys), catalog)


def _obstacles(session: Session) -> Iterator[str]:
    if session.replica:
        yield "The server is a read-only replica."
    elif session.read_only:
        yield "Transactions of this role are read-only: default_transaction_read_only is on."


def _keys_elsewhere(bound: Bound) -> Iterator[str]:
    """The foreign keys to tables of other schemas for which the rows have values."""
    for key in bound.table.foreign_keys:
        if key.schema != bound.table.schema and set(key.columns) <= set(bound.columns):
            columns = ", ".join(key.columns)
            yield f"{bound.table.name}.{columns} refers to {key.schema}.{key.table}"


def _unknown(table: Table, filled: list[str]) -> bool:
    """Whether it is the application's, and neither an entity nor anything else fills it."""
    known = table.name in ENTITIES or table.name in filled or table.lookup_rows is not None
    return is_own(table) and not (known or table.partition)


def _views(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """What is known of each view that carries figures, and of each materialised one."""
    carrying = {
        "runs of each agent": run_counts(catalog),
        "reviews of each listing": review_stats(catalog),
        "what the store shows": store_agents(catalog),
    }
    known = {view.view.name: _figures(what, view) for what, view in carrying.items() if view}
    for view in catalog.views.values():
        if view.materialized:
            how = "concurrently" if view.concurrently_refreshable else "plainly, blocking readers"
            yield view.name, f"{known.get(view.name, 'unknown figures')}; refreshed {how}"
        elif view.name in known:
            yield view.name, known[view.name]


def _figures(what: str, columns: FigureColumns) -> str:
    return f"{what}: {', '.join(columns.figures) or 'no figures'} by {columns.key}"
