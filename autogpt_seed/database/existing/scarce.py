"""Unique columns whose types have few values: which of these are taken already."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.binding.fill.checks import column_limits
from autogpt_seed.binding.fill.types import values_of
from autogpt_seed.binding.fill.values import SCARCE, FilledColumn, Unfillable
from autogpt_seed.catalog import Catalog, Table, UniqueKey
from autogpt_seed.database.sql import quote
from autogpt_seed.ids import RunTag

_NOBODY = RunTag("0" * 15)


async def with_taken_values(connection: AsyncConnection, catalog: Catalog) -> Catalog:
    """The catalog, with the values that rows have in unique columns of few possible values.

    A new row must have another one. Other unique columns have so many that runs do not meet.
    """
    tables = dict(catalog.tables)
    for name, table in catalog.tables.items():
        scarce = [key for key in table.unique_keys if _is_scarce(table, key)]
        if scarce and table.privileges.select:
            keys = [
                replace(key, taken=await _taken(connection, table, key)) if key in scarce else key
                for key in table.unique_keys
            ]
            tables[name] = replace(table, unique_keys=tuple(keys))
    return replace(catalog, tables=tables)


def _is_scarce(table: Table, key: UniqueKey) -> bool:
    if len(key.columns) != 1:
        return False
    column = table.columns[key.columns[0]]
    anywhere = FilledColumn(_NOBODY, datetime(2000, 1, 1), table.name, column.name)  # noqa: DTZ001
    try:
        values = values_of(column.type, column_limits(table, column.name), anywhere)
    except Unfillable:
        return False
    return values.size <= SCARCE


async def _taken(connection: AsyncConnection, table: Table, key: UniqueKey) -> frozenset[str]:
    column = quote(key.columns[0])
    query = (
        f"SELECT DISTINCT {column}::text FROM {quote(table.schema, table.name)} "
        f"WHERE {column} IS NOT NULL LIMIT {SCARCE}"
    )
    return frozenset((await connection.exec_driver_sql(query)).scalars())
