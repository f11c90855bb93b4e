"""Proof that a transaction left nothing: the server's own word, and digests before and after.

A digest can be compared only while nobody else writes. Who committed meanwhile is told by the
transaction ids that the server gave out, for the whole server (PostgreSQL docs, 9.27.10).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.catalog import Catalog
from autogpt_seed.database.sql import quote

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


@dataclass(frozen=True, slots=True)
class Digest:
    """The number of rows and a sum of their hashes, whatever their order. None: never populated."""

    rows: int
    hashes: int


async def digests(
    connection: AsyncConnection, catalog: Catalog, names: Iterable[str]
) -> dict[str, Digest | None]:
    """The digest of the logical contents of each table or view, in one scan each."""
    found: dict[str, Digest | None] = {}
    for name in names:
        view = catalog.views.get(name)
        if view and not catalog.readable(view):
            found[name] = None
            continue
        statement = (
            "SELECT count(*), COALESCE(sum(hashtextextended(CAST(ROW(contents.*) AS text), 0)), 0)"
            f" FROM {quote(catalog.schema, name)} AS contents"
        )
        rows, hashes = tuple((await connection.exec_driver_sql(statement)).one())
        found[name] = Digest(rows, int(hashes))
    return found


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
    connection: AsyncConnection, catalog: Catalog, ids: Mapping[str, Sequence[str]]
) -> int:
    """How many of the rows with these ids are there, over all tables."""
    found = 0
    for name, wanted in ids.items():
        table = catalog.tables[name]
        key = quote(table.primary_key[0] if table.primary_key else "id")
        statement = (
            f"SELECT count(*) FROM {quote(table.schema, name)} "
            f"WHERE CAST({key} AS text) = ANY(CAST($1 AS text[]))"
        )
        found += (await connection.exec_driver_sql(statement, (list(wanted),))).scalar_one()
    return found
