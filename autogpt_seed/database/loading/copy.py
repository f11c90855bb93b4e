"""Bound rows -> COPY in batches, and late columns -> UPDATE, on the unit of work's connection."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from itertools import islice

from autogpt_seed.binding import Bound, Update
from autogpt_seed.binding.text_form import copy_line
from autogpt_seed.database.sql import quote
from autogpt_seed.database.target import Driver
from autogpt_seed.rows import Record

BATCH_ROWS = 20_000
"""Rows of one COPY: enough to make its fixed cost vanish, few enough to bound what the server
keeps for the foreign-key checks at the statement's end (about 35 bytes a row and key)."""

_SENT_LINES = 500
"""Rows in the text form that are handed to the driver at once."""

Advance = Callable[[int], None]


async def load(
    driver: Driver, bound: Bound, *, batch_rows: int = BATCH_ROWS, advance: Advance | None = None
) -> int:
    """Stream the rows into their table and return how many the server counted.

    Memory is bounded by the driver's buffers: no batch is ever held as a whole. `advance` is
    called with the rows of each finished batch.
    """
    records = bound.records()
    loaded = 0
    send = _send_text if bound.text else _send
    while loaded < bound.count:
        status = await send(driver, bound, islice(records, batch_rows))
        copied = row_count(status)
        if copied == 0:
            break
        loaded += copied
        if advance:
            advance(copied)
    return loaded


def row_count(status: str) -> int:
    """The rows that the status of a statement counts, such as `COPY 20` or `INSERT 0 20`."""
    return int(status.rpartition(" ")[2])


async def _send(driver: Driver, bound: Bound, records: Iterator[Record]) -> str:
    return await driver.copy_records_to_table(
        bound.table.name,
        schema_name=bound.table.schema,
        columns=bound.columns,
        records=records,
    )


async def _send_text(driver: Driver, bound: Bound, records: Iterator[Record]) -> str:
    return await driver.copy_to_table(
        bound.table.name,
        schema_name=bound.table.schema,
        columns=bound.columns,
        source=_lines(records),
        format="text",
    )


async def _lines(records: Iterator[Record]) -> AsyncIterator[bytes]:
    while lines := [copy_line(record) for record in islice(records, _SENT_LINES)]:
        yield "".join(lines).encode()


async def set_late(driver: Driver, update: Update, *, batch_rows: int = BATCH_ROWS) -> None:
    """Set late columns by one UPDATE a batch."""
    statement = _late_statement(update)
    pairs = update.pairs()
    while batch := list(islice(pairs, batch_rows)):
        await driver.execute(statement, *zip(*batch, strict=True))


def _late_statement(update: Update) -> str:
    """An UPDATE from one array for each key and each column."""
    arrays = ", ".join(f"${n}::{array}" for n, array in enumerate(update.arrays, 1))
    names = ", ".join(f"c{n}" for n in range(1, len(update.arrays) + 1))
    keys = " AND ".join(f"t.{quote(name)} = late.c{n}" for n, name in enumerate(update.keys, 1))
    first = len(update.keys) + 1
    values = ", ".join(f"{quote(name)} = late.c{n}" for n, name in enumerate(update.columns, first))
    return (
        f"UPDATE {quote(update.table.schema, update.table.name)} AS t SET {values} "
        f"FROM unnest({arrays}) AS late ({names}) WHERE {keys}"
    )
