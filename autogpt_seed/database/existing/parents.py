"""Some rows of tables that new rows must refer to, read where the database has any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.binding.adapt import TEXT_TYPES
from autogpt_seed.binding.text_form import carried
from autogpt_seed.catalog import Catalog, Column, Existing, Table
from autogpt_seed.database.sql import fetch, quote

_MOST = 100
"""Rows that are enough to be referred to in turn."""


async def existing_rows(
    connection: AsyncConnection, catalog: Catalog, wanted: Mapping[str, Sequence[str]]
) -> list[Existing]:
    """Up to 100 rows of each of the tables, with the columns that are wanted: the rows with
    the smallest keys, regardless of physical order."""
    tables = {name: catalog.tables[name] for name in wanted if name in catalog.tables}
    return [
        await read_rows(connection, table, wanted[name], _MOST)
        for name, table in tables.items()
        if table.privileges.select
    ]


async def further_columns(
    connection: AsyncConnection, table: Table, columns: Sequence[str], ids: Sequence[str]
) -> Existing | None:
    """All columns but the first, which is that of the ids, of the rows with these ids, in their
    order; None where not each id is that of one row."""
    identifier, *further = columns
    terms = ", ".join(_term(table.columns[name]) for name in further)
    query = (
        f"SELECT {terms} FROM unnest(CAST($1 AS text[])) WITH ORDINALITY AS given (id, place)"
        f" JOIN {quote(table.schema, table.name)} AS t"
        f" ON CAST(t.{quote(identifier)} AS text) = given.id ORDER BY place"
    )
    records = await fetch(connection, query, list(ids))
    if len(records) != len(ids):
        return None
    return Existing(table.name, tuple(further), tuple(records))


async def read_rows(
    connection: AsyncConnection,
    table: Table,
    columns: Sequence[str],
    most: int,
    condition: str = "true",
    values: tuple[str, ...] = (),
) -> Existing:
    """Those rows of the table that meet the condition, `most` of them, in the order of their key.

    The condition calls the row `t`, and the values $1, $2 and so on.
    """
    terms = ", ".join(_term(table.columns[name]) for name in columns)
    only = "ONLY " if table.relation == "r" else ""  # nothing refers to what tables inherit from it
    query = f"SELECT {terms} FROM {only}{quote(table.schema, table.name)} AS t WHERE {condition}"
    order = ", ".join(sort_term(table.columns[name]) for name in table.primary_key or columns)
    query += f" ORDER BY {order} LIMIT {most}"
    return Existing(table.name, tuple(columns), tuple(await fetch(connection, query, *values)))


def _term(column: Column) -> str:
    """What the driver cannot carry is read as the text that the binding writes of it."""
    name = f"t.{quote(column.name)}"
    return name if carried(column.type) else f"{name}::text"


def sort_term(column: Column) -> str:
    """The column of `t` to sort by, which gives the same order whatever the collation."""
    name = f"t.{quote(column.name)}"
    return f'{name} COLLATE "C"' if column.type.base.name in TEXT_TYPES else name
