"""Some rows of tables that new rows must refer to, read where the database has any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.binding import Existing
from autogpt_seed.binding.text_form import carried
from autogpt_seed.catalog import Catalog, Column
from autogpt_seed.database.sql import quote

_MOST = 100
"""So many rows are enough to be referred to in turn."""


async def existing_rows(
    connection: AsyncConnection, catalog: Catalog, wanted: Mapping[str, Sequence[str]]
) -> list[Existing]:
    """Up to 100 rows of each of the tables, with the columns that are wanted: those with the
    first keys, wherever they lie."""
    found = []
    for name, columns in wanted.items():
        table = catalog.tables.get(name)
        if table is not None and table.privileges.select:
            terms = ", ".join(_term(table.columns[column]) for column in columns)
            order = ", ".join(map(quote, table.primary_key or columns))
            query = (
                f"SELECT {terms} FROM {quote(table.schema, name)} ORDER BY {order} LIMIT {_MOST}"
            )
            records = (await connection.exec_driver_sql(query)).all()
            found.append(Existing(name, tuple(columns), tuple(map(tuple, records))))
    return found


def _term(column: Column) -> str:
    """What the driver cannot carry is read as the text that the binding writes of it."""
    name = quote(column.name)
    return name if carried(column.type) else f"{name}::text"
