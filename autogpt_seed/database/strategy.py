"""Whether a load leaves the keys of the tables as they are, or drops them and makes them again.

Live, every row is checked and indexed as it comes; others can use the tables meanwhile. With the
keys suspended the tables are locked against everybody until the end of the transaction, and the
keys are made once, over all rows, old ones included.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.catalog import Catalog, Table
from autogpt_seed.database.sql import quote
from autogpt_seed.database.suspend import NOTHING, Suspension, find_suspension
from autogpt_seed.errors import DatabaseUnsuitable, RefusedForSafety

Load = Literal["live", "suspended", "auto"]
"""What may be asked for."""

FIXED_ROWS = 10_000
OLD_ROWS_SHARE = 0.3
"""Suspending pays from so many new rows on, plus this share of the old ones: measured, see
docs/performance.md. The first is what dropping and making keys costs over no rows at all."""

_ROW_BYTES = 200
"""Of a table whose rows were never counted."""


@dataclass(frozen=True, slots=True)
class Strategy:
    """How the keys are treated during a load, why, and what is dropped for it."""

    name: Literal["live", "suspended"]
    reason: str
    suspension: Suspension = NOTHING


async def choose_strategy(
    connection: AsyncConnection,
    catalog: Catalog,
    rows: Mapping[str, int],
    load: Load,
    *,
    joined: bool,
    embedded: bool,
) -> Strategy:
    """How to load so many `rows` into each table.

    `joined` tells that the transaction is somebody else's, `embedded` that the server is the
    package's own. Where `load` demands to suspend what cannot be suspended, raises
    `RefusedForSafety` or `DatabaseUnsuitable`.
    """
    tables = [t for name, count in rows.items() if count and _has_keys(t := catalog.tables[name])]
    if load == "live":
        return Strategy("live", "it was asked for")
    if load == "suspended":
        await _demand(connection, catalog.schema, tables, joined=joined)
        return Strategy("suspended", "it was asked for", await _find(connection, tables))
    hindrance = (
        _JOINED if joined else await _missing_right(connection, catalog.schema, tables)
    ) or _triggers(tables)
    if hindrance or not tables:
        return Strategy("live", hindrance or "there is nothing to suspend")
    return await _weigh(connection, tables, sum(rows.values()), embedded=embedded)


async def _weigh(
    connection: AsyncConnection, tables: Sequence[Table], new: int, *, embedded: bool
) -> Strategy:
    old = await _old_rows(connection, tables)
    if old and not embedded:
        return Strategy("live", "the tables hold rows, and the server is not the embedded one")
    if new < FIXED_ROWS + OLD_ROWS_SHARE * old:
        return Strategy(
            "live", f"{new:,} rows are too few to make the keys again for, over {old:,} old ones"
        )
    suspension = await _find(connection, tables)
    if user := await _user(connection, tables[0].schema, suspension.tables):
        return Strategy("live", user)
    found = f"the tables hold {old:,} rows" if old else "the tables are empty"
    return Strategy("suspended", f"{found}, {new:,} come, and nobody else uses them", suspension)


async def _demand(
    connection: AsyncConnection, schema: str, tables: Sequence[Table], *, joined: bool
) -> None:
    remedy = "Use --load live, or leave the choice to --load auto."
    if joined:
        raise RefusedForSafety(
            "The keys of the tables are not suspended in a transaction of the caller's.",
            evidence="They would be locked for everybody until the caller ends it.",
            remedy=remedy,
        )
    if missing := await _missing_right(connection, schema, tables):
        raise DatabaseUnsuitable(
            "The keys of the tables cannot be suspended.", evidence=missing, remedy=remedy
        )


def _has_keys(table: Table) -> bool:
    """Whether it is a table by itself: the keys of partitioned ones belong to many."""
    return table.relation == "r" and not table.partition


def _triggers(tables: Sequence[Table]) -> str | None:
    names = [table.name for table in tables if table.triggers]
    return f"triggers may rely on keys: those of {', '.join(names)}" if names else None


async def _missing_right(
    connection: AsyncConnection, schema: str, tables: Sequence[Table]
) -> str | None:
    if others := [table.name for table in tables if not table.privileges.owner]:
        return f"the role does not own {', '.join(others)}"
    query = text("SELECT has_schema_privilege(:schema, 'CREATE')")
    if not (await connection.execute(query, {"schema": schema})).scalar_one():
        return f"the role may not create anything in the schema {schema}"
    return None


async def _find(connection: AsyncConnection, tables: Sequence[Table]) -> Suspension:
    names = [table.name for table in tables]
    return await find_suspension(connection, tables[0].schema, names) if tables else NOTHING


async def _old_rows(connection: AsyncConnection, tables: Sequence[Table]) -> int:
    """How many rows the tables hold, by the planner's statistics and the sizes of the files."""
    values = {"schema": tables[0].schema, "tables": [table.name for table in tables]}
    sizes = (await connection.execute(text(_SIZES), values)).all()
    old = 0
    for name, rows in sizes:
        table = quote(tables[0].schema, name)
        query = f"SELECT EXISTS (SELECT FROM {table})"  # a file may hold dead rows only
        if rows and (await connection.exec_driver_sql(query)).scalar_one():
            old += rows
    return old


async def _user(connection: AsyncConnection, schema: str, tables: Collection[str]) -> str | None:
    """A session that has one of the tables in use, in words."""
    values = {"schema": schema, "tables": list(tables)}
    row = (await connection.execute(text(_USERS), values)).first()
    return (
        f"process {row.pid} ({row.application}) has the table {row.table} in use" if row else None
    )


_JOINED = "the transaction is the caller's, and may last"

_SIZES = f"""
SELECT c.relname::text, CEIL(pg_relation_size(c.oid) / CASE
           WHEN c.reltuples > 0 AND c.relpages > 0
           THEN current_setting('block_size')::float * c.relpages / c.reltuples
           ELSE {_ROW_BYTES} END)::bigint
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = :schema AND c.relname = ANY (:tables)
"""

# An autovacuum worker makes room for whoever wants its table.
_USERS = """
SELECT COALESCE(l.pid, 0) AS pid, c.relname::text AS table,
       COALESCE(NULLIF(a.application_name, ''), 'unnamed') AS application
FROM pg_locks l
JOIN pg_class c ON c.oid = l.relation
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'relation' AND l.pid IS DISTINCT FROM pg_backend_pid()
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND n.nspname = :schema AND c.relname = ANY (:tables)
  AND a.backend_type IS DISTINCT FROM 'autovacuum worker'
LIMIT 1
"""
