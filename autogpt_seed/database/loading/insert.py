"""Bound rows -> INSERT of many rows a statement, for what does not take COPY."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain, islice

from autogpt_seed.binding import Bound
from autogpt_seed.binding.text_form import carried, plain_text
from autogpt_seed.catalog import Column, Table
from autogpt_seed.database.loading.copy import Advance, row_count
from autogpt_seed.database.sql import quote
from autogpt_seed.database.target import Driver
from autogpt_seed.rows import Record

_STATEMENT_VALUES = 10_000
"""Values of one statement; the protocol takes 65,535."""


async def load(driver: Driver, bound: Bound, *, advance: Advance | None = None) -> int:
    """Insert the rows and return how many the server counted, like `copy.load`, which is faster.

    Rules and row security apply, and simple views pass the rows on to their tables.
    """
    most = max(1, _STATEMENT_VALUES // max(1, len(bound.columns)))
    records = bound.records()
    loaded = 0
    while batch := list(islice(records, most)):
        statement = _statement(bound.table, bound.columns, len(batch))
        sent = map(_as_text(bound), batch) if bound.text else batch
        status = await driver.execute(statement, *chain.from_iterable(sent))
        inserted = row_count(status)
        loaded += inserted
        if advance:
            advance(inserted)
    return loaded


def _as_text(bound: Bound) -> Callable[[Record], Record]:
    """A function that writes as text the values that the driver cannot carry."""
    places = [n for n, c in enumerate(bound.columns) if not carried(bound.table.columns[c].type)]

    def write(record: Record) -> Record:
        values = list(record)
        for place in places:
            values[place] = None if values[place] is None else plain_text(values[place])
        return tuple(values)

    return write


def _statement(table: Table, columns: Sequence[str], rows: int) -> str:
    width = len(columns)
    casts = [_cast(table.columns[name]) for name in columns]
    values = ", ".join(
        f"({', '.join(f'${row * width + n}{cast}' for n, cast in enumerate(casts, 1))})"
        for row in range(rows)
    )
    names = ", ".join(map(quote, columns))
    target = quote(table.schema, table.name)
    # As COPY does. Whether the table behind a view counts for itself, the view does not tell.
    return f"INSERT INTO {target} ({names}) OVERRIDING SYSTEM VALUE VALUES {values}"


def _cast(column: Column) -> str:
    """What the driver cannot carry is sent as text."""
    return "" if carried(column.type) else f"::text::{column.type.text}"
