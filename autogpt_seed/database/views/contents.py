"""What a view holds, or would hold if it were refreshed now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.catalog import Column, View
from autogpt_seed.comparison import ResultSet, Row, Snapshot
from autogpt_seed.database.sql import fetch, quote
from autogpt_seed.store_views.columns import is_list, is_number


async def snapshot(connection: AsyncConnection, view: View, key: Sequence[str] = ()) -> Snapshot:
    """The contents of a view, as a multiset of rows under the values of the `key` columns.

    Numbers stay numbers, all else is text. Without a key each row is its own.
    """
    return await _snapshot(connection, view, quote(view.schema, view.name), key)


async def definition_snapshot(
    connection: AsyncConnection, view: View, key: Sequence[str]
) -> Snapshot:
    """What the view would hold if it were refreshed now: its own definition, evaluated.

    The search path must be as it was when the view was reflected.
    """
    definition = view.definition.rstrip().rstrip(";")
    return await _snapshot(connection, view, f"({definition})", key)


async def result_set(connection: AsyncConnection, view: View, columns: Sequence[str]) -> ResultSet:
    """What a view shows in these columns; no rows without any. Numbers stay numbers, lists lists of
    texts."""
    source = quote(view.schema, view.name)
    terms = [_term(view.columns[name]) for name in columns]
    return ResultSet(tuple(columns), await _rows(connection, source, terms) if terms else ())


async def _snapshot(
    connection: AsyncConnection, view: View, source: str, key: Sequence[str]
) -> Snapshot:
    names = tuple(view.columns)
    rows = await _rows(connection, source, [_flat_term(c) for c in view.columns.values()])
    places = [names.index(name) for name in key or names]
    if len(places) == 1:
        (place,) = places
        keys = [str(row[place]) for row in rows]
    else:
        keys = [", ".join(str(row[place]) for place in places) for row in rows]
    return Snapshot(names, _grouped(keys, rows))


async def _rows(connection: AsyncConnection, source: str, terms: Sequence[str]) -> list[Row]:
    return await fetch(connection, f"SELECT {', '.join(terms)} FROM {source} AS contents")


def _term(column: Column) -> str:
    if is_list(column):
        return f"CAST({quote(column.name)} AS text[])"
    return _flat_term(column)


def _flat_term(column: Column) -> str:
    name = quote(column.name)
    return name if is_number(column) else f"CAST({name} AS text)"


def _grouped(keys: Sequence[str], rows: Sequence[Row]) -> Mapping[str, tuple[Row, ...]]:
    """The rows by key, those of one key in an order that depends on their values alone."""
    single = {key: (row,) for key, row in zip(keys, rows, strict=True)}
    if len(single) == len(rows):
        return single
    groups: dict[str, list[Row]] = defaultdict(list)
    for key, row in zip(keys, rows, strict=True):
        groups[key].append(row)
    return {key: tuple(sorted(rows, key=repr)) for key, rows in groups.items()}
