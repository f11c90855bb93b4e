"""Compares, on the server, what a view shows in plain columns with the tables it shows them of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.catalog import Catalog
from autogpt_seed.database.sql import quote
from autogpt_seed.database.views.plain_columns import Candidate, Origin, origin_of, plain_columns
from autogpt_seed.store_views import ColumnRoles

_EXCERPT = 40
"""How many characters an example shows of a value."""


@dataclass(frozen=True)
class Example:
    """A row, by its key, with what it shows and what it should, as texts."""

    key: str
    found: str | None
    expected: str | None


@dataclass(frozen=True)
class ColumnDifference:
    """A column of a view that differs from its `source` in so many rows, and one of these."""

    column: str
    source: str
    rows: int
    example: Example


@dataclass(frozen=True)
class RowComparison:
    """What a comparison found: over how many rows of which tables, which columns are the same,
    which are not, and which could be compared with nothing."""

    rows: int
    tables: tuple[str, ...]
    equal: tuple[str, ...]
    different: tuple[ColumnDifference, ...]
    unknown: tuple[str, ...]


async def compare_rows(
    connection: AsyncConnection, catalog: Catalog, view: ColumnRoles
) -> RowComparison | None:
    """Compare a view of the store with the rows of its tables; None where there are no two columns
    to compare. What is NULL or empty in a table may be shown as anything."""
    origin = origin_of(catalog, view)
    plain, unknown = plain_columns(view, origin) if origin else ((), ())
    if origin is None or not plain:
        return None
    source = f"{quote(view.view.schema, view.view.name)} AS shown {origin.joins}"
    candidates = [(one.column.name, candidate) for one in plain for candidate in one.candidates]
    counts = [f"count(*) FILTER (WHERE {_differs(candidate)})" for _, candidate in candidates]
    rows, *different = await _aggregates(connection, ["count(*)", *counts], source)
    nearest = _nearest(candidates, different)
    wrong = {name: found for name, found in nearest.items() if found[0]}
    examples = [_example(candidate, origin) for _, candidate in wrong.values()]
    found = await _aggregates(connection, examples, source) if wrong else ()
    return RowComparison(
        rows=rows,
        tables=tuple(table.table for table in origin.tables),
        equal=tuple(name for name in nearest if name not in wrong),
        different=tuple(
            ColumnDifference(name, candidate.source, number, Example(*example))
            for (name, (number, candidate)), example in zip(wrong.items(), found, strict=True)
        ),
        unknown=unknown,
    )


def _nearest(
    candidates: Sequence[tuple[str, Candidate]], different: Sequence[int]
) -> dict[str, tuple[int, Candidate]]:
    """For each column the choice that differs in the fewest rows, with the number of these."""
    nearest: dict[str, tuple[int, Candidate]] = {}
    for (name, candidate), rows in zip(candidates, different, strict=True):
        if name not in nearest or rows < nearest[name][0]:
            nearest[name] = (rows, candidate)
    return nearest


async def _aggregates(
    connection: AsyncConnection, terms: Sequence[str], source: str
) -> tuple[Any, ...]:
    statement = f"SELECT {', '.join(terms)} FROM {source}"
    return tuple((await connection.exec_driver_sql(statement)).one())


def _differs(candidate: Candidate) -> str:
    """What mostly decides comes first: whether the values are the same."""
    distinct = (f"{candidate.found} IS DISTINCT FROM {wanted}" for wanted in candidate.wanted)
    return " AND ".join((*distinct, candidate.present))


def _example(candidate: Candidate, origin: Origin) -> str:
    """The least of the rows that differ, with the beginnings of both values."""
    values = (
        f"left(CAST({v} AS text), {_EXCERPT})" for v in (candidate.found, candidate.wanted[0])
    )
    return f"min(ARRAY[{origin.key}, {', '.join(values)}]) FILTER (WHERE {_differs(candidate)})"
