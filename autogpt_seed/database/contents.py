"""What a view holds, or would hold if it were refreshed now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.catalog import View
from autogpt_seed.comparison import Row, Snapshot
from autogpt_seed.database.sql import quote
from autogpt_seed.store_views import is_number


async def snapshot(
    connection: AsyncConnection,
    view: View,
    key: Sequence[str] = (),
    *,
    columns: Sequence[str] | None = None,
) -> Snapshot:
    """The contents of a view, as a multiset of rows under the values of the `key` columns.

    Numbers stay numbers, all else is text. Without a key each row is its own. `columns` are those
    that are read, by default all of them.
    """
    return await _snapshot(connection, view, quote(view.schema, view.name), key, columns)


async def definition_snapshot(
    connection: AsyncConnection, view: View, key: Sequence[str] = ()
) -> Snapshot:
    """What the view would hold if it were refreshed now: its own definition, evaluated.

    The search path must be as it was when the view was reflected.
    """
    definition = view.definition.rstrip().rstrip(";")
    return await _snapshot(connection, view, f"({definition})", key)


async def _snapshot(
    connection: AsyncConnection,
    view: View,
    source: str,
    key: Sequence[str],
    columns: Sequence[str] | None = None,
) -> Snapshot:
    names = tuple(view.columns if columns is None else columns)
    terms = [
        quote(name) if is_number(view.columns[name]) else f"CAST({quote(name)} AS text)"
        for name in names
    ]
    statement = f"SELECT {', '.join(terms)} FROM {source} AS contents"
    found = (await connection.exec_driver_sql(statement)).all()
    places = [names.index(name) for name in key or names]
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in found:
        groups[", ".join(str(row[place]) for place in places)].append(tuple(row))
    return Snapshot(names, {key: _ordered(rows) for key, rows in groups.items()})


def _ordered(rows: list[Row]) -> tuple[Row, ...]:
    """The rows of a key in an order that depends on their values alone."""
    return tuple(rows if len(rows) == 1 else sorted(rows, key=repr))
