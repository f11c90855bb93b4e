"""Changing a view under the views that read it, as a migration or a fault would."""

from __future__ import annotations

import asyncpg

from autogpt_seed.database.sql import quote
from tests.databases import session

_ABOVE = """
WITH RECURSIVE above (oid, depth) AS (
    SELECT $1::regclass::oid, 0
  UNION
    SELECT w.ev_class, above.depth + 1 FROM above
    JOIN pg_depend d ON d.refobjid = above.oid AND d.classid = 'pg_rewrite'::regclass
    JOIN pg_rewrite w ON w.oid = d.objid AND w.ev_class <> above.oid
)
SELECT c.relname::text AS name, c.relkind::text AS kind, pg_get_viewdef(c.oid) AS definition,
       ARRAY(SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indrelid = c.oid)
       AS indexes
FROM (SELECT oid, max(depth) AS depth FROM above GROUP BY oid) a
JOIN pg_class c ON c.oid = a.oid ORDER BY a.depth
"""


async def redefine(
    url: str, view: str, definition: str, *, table: bool = False, alone: bool = False
) -> None:
    """Put another definition, or a table that holds it, in the place of a view; `{old}` stands
    for the old definition. Its indexes and the views above it are rebuilt, unless `alone`."""
    async with session(url) as connection, connection.transaction():
        await connection.execute('SET LOCAL search_path TO "platform"')
        this, *above = await connection.fetch(_ABOVE, quote("platform", view))
        kind = "TABLE" if table else _kind(this)
        text = definition.replace("{old}", f"({this['definition'].rstrip(';')}) AS old")
        await connection.execute(f"DROP {_kind(this)} {quote(view)} CASCADE")
        await connection.execute(f"CREATE {kind} {quote(view)} AS {text}")
        if alone:
            return
        for statement in this["indexes"]:
            await connection.execute(statement)
        for record in above:
            await _make(connection, record)


async def recompute(url: str, view: str, column: str, expression: str) -> None:
    """Let one column of a view be something else, which may read the old columns."""
    async with session(url) as connection:
        names = await connection.fetch(
            "SELECT attname::text FROM pg_attribute WHERE attrelid = $1::text::regclass "
            "AND attnum > 0 ORDER BY attnum",
            quote("platform", view),
        )
    terms = [
        f"{expression} AS {quote(name)}" if name == column else quote(name) for (name,) in names
    ]
    await redefine(url, view, f"SELECT {', '.join(terms)} FROM {{old}}")


async def _make(connection: asyncpg.Connection[asyncpg.Record], record: asyncpg.Record) -> None:
    name = quote(record["name"])
    await connection.execute(f"CREATE {_kind(record)} {name} AS {record['definition']}")
    for statement in record["indexes"]:
        await connection.execute(statement)


def _kind(record: asyncpg.Record) -> str:
    return "MATERIALIZED VIEW" if record["kind"] == "m" else "VIEW"


async def run(url: str, *statements: str) -> None:
    """Execute statements in the platform's schema."""
    async with session(url) as connection:
        await connection.execute('SET search_path TO "platform"')
        for statement in statements:
            await connection.execute(statement)
