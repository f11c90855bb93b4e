"""Proof that a transaction left nothing: the server's own word, and digests before and after.

A digest can be compared only while nobody else writes. Who committed meanwhile is shown by the
transaction ids that the server gave out, for the whole server (PostgreSQL docs, 9.27.10).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.catalog import Catalog
from autogpt_seed.database.sql import fetch, quote

_COMMITTED_SINCE = """
WITH since (snapshot) AS (SELECT CAST(CAST(:snapshot AS text) AS pg_snapshot)),
     running (id) AS (
        SELECT pg_snapshot_xip(snapshot) FROM since
        UNION ALL
        SELECT CAST(CAST(number AS text) AS xid8) FROM since, generate_series(
            CAST(CAST(pg_snapshot_xmax(snapshot) AS text) AS bigint),
            CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint) - 1) AS number
     )
SELECT EXISTS (SELECT FROM running WHERE pg_xact_status(id) = 'committed')
"""

_CATALOG_DIGEST = """
WITH facts (fact) AS (
    SELECT concat_ws('|', 'relation', c.relname, c.relkind, c.relowner, c.relacl, c.relrowsecurity,
                     c.relispopulated, c.reloptions,
                     CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END)
    FROM pg_class c WHERE c.relnamespace = to_regnamespace(:quoted) AND c.relkind <> 'i'
    UNION ALL
    SELECT concat_ws('|', 'column', c.relname, a.attnum, a.attname,
                     format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated,
                     pg_get_expr(d.adbin, d.adrelid))
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE c.relnamespace = to_regnamespace(:quoted) AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT concat_ws('|', 'index', pg_get_indexdef(i.indexrelid), i.indisvalid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    WHERE c.relnamespace = to_regnamespace(:quoted)
    UNION ALL
    SELECT concat_ws('|', 'constraint', k.conrelid::regclass, k.conname,
                     pg_get_constraintdef(k.oid), k.convalidated)
    FROM pg_constraint k WHERE k.connamespace = to_regnamespace(:quoted)
    UNION ALL
    SELECT concat_ws('|', 'trigger', pg_get_triggerdef(t.oid), t.tgenabled)
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace = to_regnamespace(:quoted) AND NOT t.tgisinternal
    UNION ALL
    SELECT concat_ws('|', 'function', p.oid::regprocedure, p.prosrc, p.proconfig, p.proowner,
                     p.proacl, p.prosecdef)
    FROM pg_proc p WHERE p.pronamespace = to_regnamespace(:quoted)
    UNION ALL
    SELECT concat_ws('|', 'label', t.typname, e.enumlabel, e.enumsortorder)
    FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid
    WHERE t.typnamespace = to_regnamespace(:quoted)
)
SELECT md5(string_agg(fact, chr(10) ORDER BY fact COLLATE "C")) FROM facts
"""

_SIZE = """
SELECT COALESCE(sum(pg_table_size(oid)), 0) FROM pg_class
WHERE relnamespace = to_regnamespace(:quoted) AND relkind = 'r'
"""

_CRON_READABLE = """
SELECT COALESCE(bool_and(has_schema_privilege(n.oid, 'USAGE')
                         AND has_table_privilege(c.oid, 'SELECT')), false)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'cron' AND c.relname = 'job'
"""

_CRON_DIGEST = """
SELECT md5(COALESCE(string_agg(j::text, '|' ORDER BY j.jobid), '')) FROM cron.job AS j
"""

_SEQUENCES = """
SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename) AS name, last_value
FROM pg_sequences
WHERE schemaname NOT IN ('cron', 'information_schema') AND schemaname NOT LIKE 'pg\\_%'
ORDER BY 1
"""


@dataclass(frozen=True)
class Digest:
    """The number of rows and a sum of their hashes, whatever their order. None: never populated."""

    rows: int
    hashes: int


async def digests(
    connection: AsyncConnection, catalog: Catalog, names: Iterable[str]
) -> dict[str, Digest | None]:
    """The digest of the logical contents of each table or view, in one scan each."""
    found: dict[str, Digest | None] = dict.fromkeys(names)
    unreadable = {view.name for view in catalog.views.values() if not catalog.readable(view)}
    read = [name for name in found if name not in unreadable]
    scans = [
        f"SELECT {place}, count(*),"
        " COALESCE(sum(hashtextextended(CAST(ROW(contents.*) AS text), 0)), 0)"
        f" FROM {quote(catalog.schema, name)} AS contents"
        for place, name in enumerate(read)
    ]
    if scans:
        for place, rows, hashes in await fetch(connection, " UNION ALL ".join(scans)):
            found[read[place]] = Digest(rows, int(hashes))
    return found


async def size_of_tables(connection: AsyncConnection, schema: str) -> int:
    """How many bytes the tables of a schema hold."""
    return int((await connection.execute(text(_SIZE), {"quoted": quote(schema)})).scalar_one())


async def catalog_digest(connection: AsyncConnection, catalog: Catalog) -> str:
    """A digest of what the schema is made of: relations, columns, keys, indexes, triggers, views,
    functions and types, whatever their files and statistics."""
    query = text(_CATALOG_DIGEST)
    return str((await connection.execute(query, {"quoted": quote(catalog.schema)})).scalar_one())


async def cron_digest(connection: AsyncConnection) -> str | None:
    """A digest of pg_cron's jobs, as far as this role sees them; None where it sees none."""
    if not (await connection.execute(text(_CRON_READABLE))).scalar_one():
        return None
    return str((await connection.execute(text(_CRON_DIGEST))).scalar_one())


async def sequences(connection: AsyncConnection) -> dict[str, int | None]:
    """The last value of each sequence of the database that this role may read."""
    found = await connection.execute(text(_SEQUENCES))
    return {row.name: row.last_value for row in found}


async def current_snapshot(connection: AsyncConnection) -> str:
    """What this transaction can see of others, for `committed_since`."""
    query = text("SELECT CAST(pg_current_snapshot() AS text)")
    return str((await connection.execute(query)).scalar_one())


async def current_transaction(connection: AsyncConnection) -> str:
    """The id of this transaction, for `transaction_status`."""
    query = text("SELECT CAST(pg_current_xact_id() AS text)")
    return str((await connection.execute(query)).scalar_one())


async def transaction_status(connection: AsyncConnection, transaction: str) -> str | None:
    """The server's word on a transaction: aborted, committed, in progress; None when long gone."""
    query = text("SELECT pg_xact_status(CAST(CAST(:id AS text) AS xid8))")
    status: str | None = (await connection.execute(query, {"id": transaction})).scalar_one()
    return status


async def committed_since(connection: AsyncConnection, snapshot: str) -> bool:
    """Whether any transaction on this server that wrote something committed since then."""
    return bool(
        (await connection.execute(text(_COMMITTED_SINCE), {"snapshot": snapshot})).scalar_one()
    )


async def count_rows(
    connection: AsyncConnection, catalog: Catalog, ids: Mapping[tuple[str, str], Sequence[str]]
) -> int:
    """How many of the rows with these ids, by table and column, are there, over all tables."""
    counts = [
        f"(SELECT count(*) FROM {quote(catalog.tables[name].schema, name)} "
        f"WHERE CAST({quote(column)} AS text) = ANY(CAST(${place} AS text[])))"
        for place, (name, column) in enumerate(ids, 1)
    ]
    statement, wanted = f"SELECT {' + '.join(counts) or 0}", tuple(map(list, ids.values()))
    return int((await connection.exec_driver_sql(statement, wanted)).scalar_one())
