"""Whether a load leaves the keys of the tables as they are, or drops and rebuilds them.

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
from autogpt_seed.choices import Load
from autogpt_seed.database.loading.suspend import NOTHING, Suspension, find_suspension
from autogpt_seed.database.sql import quote
from autogpt_seed.errors import DatabaseUnsuitable, RefusedForSafety

LEAST_ROWS = 10_000
"""The fewest new rows for which suspending pays off at all."""

LEAST_TABLE_ROWS = 500
OLD_ROWS_SHARE = 0.3
"""The keys of a table are suspended from this many new rows on, plus this share of the old ones.

Measured, see docs/performance.md. Each key that is dropped and rebuilt costs a few
milliseconds, whatever the rows; new rows cost more with keys than old ones when keys are made.
"""

_ROW_BYTES = 200
"""Assumed of a table whose rows were never counted."""


@dataclass(frozen=True)
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
    """How to load the number of `rows` into each table.

    `joined` tells that the transaction is somebody else's, `embedded` that the server is the
    package's own. Where `load` demands to suspend what cannot be suspended, raises
    `RefusedForSafety` or `DatabaseUnsuitable`.
    """
    filled = [catalog.tables[name] for name, count in rows.items() if count]
    tables = [table for table in filled if _has_own_keys(table)]
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
    return await _weigh(connection, tables, rows, embedded=embedded)


async def _weigh(
    connection: AsyncConnection,
    tables: Sequence[Table],
    rows: Mapping[str, int],
    *,
    embedded: bool,
) -> Strategy:
    """Suspend the keys of those tables for which it pays, where nobody is disturbed."""
    old = await _old_rows(connection, tables)
    if any(old.values()) and not embedded:
        return Strategy("live", "the tables hold rows, and the server is not the embedded one")
    least = {name: LEAST_TABLE_ROWS + OLD_ROWS_SHARE * number for name, number in old.items()}
    tables = [table for table in tables if rows[table.name] >= least[table.name]]
    new, present = (sum(number[t.name] for t in tables) for number in (rows, old))
    if new < LEAST_ROWS:
        what = f"beside {_about(sum(old.values()))} existing ones " if any(old.values()) else ""
        return Strategy("live", f"too few new rows {what}for rebuilding the indexes to pay off")
    suspension = await _find(connection, tables)
    if use := await _other_use(connection, tables[0].schema, suspension.tables):
        return Strategy("live", use)
    met = f"join {_about(present)} existing ones in" if present else "go into"
    reason = f"{new:,} new rows {met} {len(tables)} tables that no other session uses"
    return Strategy("suspended", reason, suspension)


def _about(number: int) -> str:
    """An estimate, in words that do not claim more than its first two digits."""
    return f"about {round(number, 2 - len(str(number))):,}"


async def _demand(
    connection: AsyncConnection, schema: str, tables: Sequence[Table], *, joined: bool
) -> None:
    remedy = "Use --load live, or leave the choice to --load auto."
    if joined:
        raise RefusedForSafety(
            "The keys of the tables are not suspended in the caller's transaction.",
            evidence="They would be locked for everybody until the caller ends it.",
            remedy=remedy,
        )
    if missing := await _missing_right(connection, schema, tables):
        raise DatabaseUnsuitable(
            "The keys of the tables cannot be suspended.", evidence=missing, remedy=remedy
        )


def _has_own_keys(table: Table) -> bool:
    """Whether its keys belong to it alone, as those of partitioned tables do not."""
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


async def _old_rows(connection: AsyncConnection, tables: Sequence[Table]) -> dict[str, int]:
    """How many rows each table holds, by the server's statistics and the sizes of the files."""
    schema, values = tables[0].schema, {"tables": [table.name for table in tables]}
    sizes = (await connection.execute(text(_SIZES), {"schema": schema, **values})).all()
    old = {name: int(rows) for name, rows in sizes}
    files = [name for name, rows in old.items() if rows]
    if not files:
        return old
    # A file may hold dead rows only.
    terms = [f"EXISTS (SELECT FROM {quote(schema, name)})" for name in files]
    found = (await connection.exec_driver_sql(f"SELECT {', '.join(terms)}")).one()
    return old | {name: 0 for name, holds in zip(files, found, strict=True) if not holds}


async def _other_use(
    connection: AsyncConnection, schema: str, tables: Collection[str]
) -> str | None:
    """Which other session has one of the tables in use, in words."""
    values = {"schema": schema, "tables": list(tables)}
    row = (await connection.execute(text(_USERS), values)).first()
    return (
        f"process {row.pid} ({row.application}) has the table {row.table} in use" if row else None
    )


_JOINED = "the transaction is the caller's, and may last"

# The server counts live and dead rows as transactions end, but starts from nothing in a copy of a
# database and after a crash; the size of the file remembers all rows, those rolled back included.
_SIZES = f"""
SELECT name, CEIL(CASE
           WHEN bytes = 0 THEN 0
           WHEN row_bytes > 0 THEN GREATEST(1, live, bytes / row_bytes - dead)
           WHEN live > 0 THEN live
           ELSE bytes / {_ROW_BYTES} END)::bigint
FROM (
    SELECT c.relname::text AS name, pg_relation_size(c.oid)::float AS bytes,
           current_setting('block_size')::float * c.relpages / NULLIF(GREATEST(c.reltuples, 0), 0)
               AS row_bytes,
           pg_stat_get_live_tuples(c.oid) AS live, pg_stat_get_dead_tuples(c.oid) AS dead
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = :schema AND c.relname = ANY (CAST(:tables AS text[]))
) AS sized
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
  AND n.nspname = :schema AND c.relname = ANY (CAST(:tables AS text[]))
  AND a.backend_type IS DISTINCT FROM 'autovacuum worker'
LIMIT 1
"""
