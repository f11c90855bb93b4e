"""Bound rows -> INSERT of many rows a statement, for what does not take COPY."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING

from autogpt_seed.binding import Bound
from autogpt_seed.catalog import Table
from autogpt_seed.database.copy import BATCH_ROWS, Advance
from autogpt_seed.database.sql import quote

if TYPE_CHECKING:
    from autogpt_seed.database.copy import Driver

_STATEMENT_VALUES = 10_000
"""Values of one statement; the protocol takes 65,535."""


async def load(
    driver: Driver, bound: Bound, *, batch_rows: int = BATCH_ROWS, advance: Advance | None = None
) -> int:
    """Insert the rows and return how many the server counted, like `copy.load`, which is faster.

    Rules and row security apply, and simple views pass the rows on to their tables.
    """
    most = min(batch_rows, max(1, _STATEMENT_VALUES // max(1, len(bound.columns))))
    records = bound.records()
    loaded = 0
    while batch := list(islice(records, most)):
        statement = _statement(bound.table, bound.columns, len(batch))
        status = await driver.execute(statement, *chain.from_iterable(batch))
        inserted = int(status.rpartition(" ")[2])
        loaded += inserted
        if advance:
            advance(inserted)
    return loaded


def _statement(table: Table, columns: Sequence[str], rows: int) -> str:
    width = len(columns)
    values = ", ".join(
        f"({', '.join(f'${row * width + place}' for place in range(1, width + 1))})"
        for row in range(rows)
    )
    names = ", ".join(map(quote, columns))
    return f"INSERT INTO {quote(table.schema, table.name)} ({names}) VALUES {values}"
