"""Rows removed by their ids, and nothing else of their tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.catalog import Catalog
from autogpt_seed.database.sql import quote


async def remove(
    connection: AsyncConnection, catalog: Catalog, ids: Mapping[str, Sequence[str]]
) -> int:
    """Delete the rows with these ids and return how many there were.

    The tables stand in the order of filling; they are emptied from the last to the first, after
    the references of a row to a table that is emptied before its own are set to NULL.
    """
    names = list(ids)
    for place, name in enumerate(names):
        for key in catalog.tables[name].foreign_keys:
            if key.table in names[place + 1 :]:
                await _clear(connection, catalog, name, key.columns, ids[name])
    removed = 0
    for name in reversed(names):
        query = f"DELETE FROM {quote(catalog.schema, name)} {_among(catalog, name)}"
        removed += (await connection.exec_driver_sql(query, (list(ids[name]),))).rowcount
    return removed


async def _clear(
    connection: AsyncConnection,
    catalog: Catalog,
    table: str,
    columns: Sequence[str],
    ids: Sequence[str],
) -> None:
    nullable = [name for name in columns if catalog.tables[table].columns[name].nullable]
    if nullable:
        nulls = ", ".join(f"{quote(name)} = NULL" for name in nullable)
        query = f"UPDATE {quote(catalog.schema, table)} SET {nulls} {_among(catalog, table)}"
        await connection.exec_driver_sql(query, (list(ids),))


def _among(catalog: Catalog, table: str) -> str:
    key = catalog.tables[table].primary_key
    return f"WHERE CAST({quote(key[0] if key else 'id')} AS text) = ANY(CAST($1 AS text[]))"
