"""The rows that tables hold after a load: how many, and what is in those that were sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.catalog import Catalog, Table
from autogpt_seed.database.sql import fetch, quote


async def count_all(
    connection: AsyncConnection, catalog: Catalog, names: Iterable[str]
) -> dict[str, int]:
    """How many rows there are in each of the tables."""
    named = list(names)
    terms = [f"(SELECT count(*) FROM {quote(catalog.schema, name)})" for name in named]
    found = await connection.exec_driver_sql(f"SELECT {', '.join(terms)}")
    return dict(zip(named, found.one(), strict=True))


async def read_back(
    connection: AsyncConnection, table: Table, columns: Sequence[str], ids: Sequence[str]
) -> list[tuple[str, ...]]:
    """These columns, the id first, as text, of the rows with these ids."""
    terms = ", ".join(f"CAST({quote(name)} AS text)" for name in columns)
    query = (
        f"SELECT {terms} FROM {quote(table.schema, table.name)} "
        f"WHERE CAST({quote(columns[0])} AS text) = ANY(CAST($1 AS text[]))"
    )
    return [tuple(map(str, row)) for row in await fetch(connection, query, list(ids))]
