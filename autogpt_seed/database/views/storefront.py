"""Does the store show what was seeded? If not, what its view reads that the run does not fill."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Text, cast, func, literal, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.binding import Bound, Note
from autogpt_seed.catalog import Catalog, Column
from autogpt_seed.database.sql import clause
from autogpt_seed.entities.world import World
from autogpt_seed.store_views import FigureColumns, review_stats, run_counts, store_agents

_VIEW_COLUMNS = """
SELECT r.relname::text AS relation, a.attname::text AS name
FROM pg_rewrite w
JOIN pg_class v ON v.oid = w.ev_class
JOIN pg_namespace n ON n.oid = v.relnamespace
JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
                AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> v.oid
JOIN pg_class r ON r.oid = d.refobjid AND r.relkind IN ('r', 'p', 'f')
JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = d.refobjsubid
WHERE n.nspname = :schema AND v.relname = :view
ORDER BY r.relname, a.attnum
"""


async def store_notes(
    connection: AsyncConnection, catalog: Catalog, world: World, bounds: Sequence[Bound]
) -> tuple[Note, ...]:
    """What the store, freshly refreshed, should show of the world and does not.

    It is asked for the listing that every world makes sure of: approved, reviewed, and run by
    somebody else, as far as the plan allows.
    """
    store = store_agents(catalog)
    if store is None or not catalog.readable(store.view) or not world.showcases:
        return ()
    listings = (bound for bound in bounds if bound.table.name == "StoreListing")
    listing = next((found for bound in listings for found in bound.ids()), None)
    if listing is None:
        return ()
    shown = await _shown(connection, store, str(listing))
    notes = []
    for view, what in _missing(catalog, world, store, shown):
        hints = "; ".join(await _unfilled(connection, catalog, view, bounds))
        because = f": {view} reads {hints}" if hints else ""
        notes.append(Note("not shown", store.view.name, None, f"StoreAgent {what}{because}"))
    return tuple(notes)


class _Shown(NamedTuple):
    rows: int
    runs: float
    rating: float


async def _shown(connection: AsyncConnection, store: FigureColumns, listing: str) -> _Shown:
    """How many rows the store has for the listing, and its greatest runs and rating."""
    view = store.view
    source = clause(view)
    figures = [
        func.coalesce(func.max(source.c[name]), 0) if name else literal(0)
        for name in (store.count, store.mean)
    ]
    query = select(func.count(), *figures).where(cast(source.c[store.key], Text) == listing)
    rows, runs, rating = (await connection.execute(query)).one()
    return _Shown(rows, float(runs), float(rating))


def _missing(
    catalog: Catalog, world: World, store: FigureColumns, shown: _Shown
) -> Iterator[tuple[str, str]]:
    """What is not shown, and the view that decides it."""
    name, plan = store.view.name, world.plan
    if not shown.rows:
        yield name, "shows no approved listing of the run"
        return
    counts, reviews = run_counts(catalog), review_stats(catalog)
    if store.count and not shown.runs and world.executions and world.users > 1:
        yield (counts.view.name if counts else name), "shows no runs of it"
    if store.mean and not shown.rating and plan.reviews_per_version.high:
        yield (reviews.view.name if reviews else name), "shows no ratings of it"


async def _unfilled(
    connection: AsyncConnection, catalog: Catalog, view: str, bounds: Sequence[Bound]
) -> list[str]:
    """What the view reads that the run leaves as it is: tables without rows, unset columns."""
    parameters = {"schema": catalog.schema, "view": view}
    filled = {bound.table.name: bound for bound in bounds}
    hints: dict[str, None] = {}
    for name, attribute in (await connection.execute(text(_VIEW_COLUMNS), parameters)).all():
        found = catalog.tables.get(name)
        if found is None or not (bound := filled.get(name)):
            hints[f"{name}, of which the run makes no rows"] = None
        elif attribute not in {*bound.columns, *(update.column for update in bound.updates)}:
            hints[
                f"{name}.{attribute}, which the run leaves {_default(found.columns[attribute])}"
            ] = None
    return list(hints)


def _default(column: Column) -> str:
    return f"at {column.default}" if column.default else "empty"
