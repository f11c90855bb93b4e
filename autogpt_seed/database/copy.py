"""Bound rows -> COPY in batches, and late columns -> UPDATE, on the unit of work's connection."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING

from autogpt_seed.binding import Bound, Update
from autogpt_seed.database.sql import quote

if TYPE_CHECKING:
    import asyncpg

    Driver = asyncpg.Connection[asyncpg.Record]

BATCH_ROWS = 50_000
"""Rows of one COPY: enough to make its fixed cost vanish, few enough to bound what the server
keeps for the foreign-key checks at the statement's end (about 35 bytes a row and key)."""

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
    while loaded < bound.count:
        status = await driver.copy_records_to_table(
            bound.table.name,
            schema_name=bound.table.schema,
            columns=bound.columns,
            records=islice(records, batch_rows),
        )
        copied = int(status.rpartition(" ")[2])
        if copied == 0:
            break
        loaded += copied
        if advance:
            advance(copied)
    return loaded


async def set_late(driver: Driver, update: Update, *, batch_rows: int = BATCH_ROWS) -> int:
    """Set a late column by one UPDATE a batch and return how many rows were changed."""
    table = quote(update.table.schema, update.table.name)
    key, column = update.table.columns[update.key], update.table.columns[update.column]
    statement = (
        f"UPDATE {table} AS t SET {quote(column.name)} = late.value "
        f"FROM unnest($1::{key.type.text}[], $2::{column.type.text}[]) AS late (key, value) "
        f"WHERE t.{quote(key.name)} = late.key"
    )
    pairs = update.pairs()
    changed = 0
    while batch := list(islice(pairs, batch_rows)):
        keys, values = zip(*batch, strict=True)
        status = await driver.execute(statement, keys, values)
        changed += int(status.rpartition(" ")[2])
    return changed
