"""A small marketplace, loaded inside a savepoint and undone, to find out what the schema refuses.

Checks, exclusion constraints, unique keys, triggers, policies and partitions are the server's to
judge: it does so here on a few hundred rows, before the mass is loaded. What a trigger does within
the transaction is undone as well; numbers that rows draw from sequences are not given back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.binding import Bound, Note
from autogpt_seed.catalog import Table
from autogpt_seed.database.loading import copy
from autogpt_seed.database.loading.driver_types import learn_types
from autogpt_seed.database.loading.overwriting import overwritten
from autogpt_seed.database.loading.table import load, takes_copy
from autogpt_seed.database.loading.violations import RowRefused, late_refusals_named, refusals_named
from autogpt_seed.database.target import Driver

_UNSENDABLE = (TypeError, ValueError, ArithmeticError)
"""What the driver raises for a value that it cannot encode as the column's type."""


async def probe(
    connection: AsyncConnection,
    driver: Driver,
    bounds: Sequence[Bound],
    tables: Mapping[str, Table],
    as_of: datetime,
) -> tuple[Note, ...]:
    """Load `bounds`, few rows each, in their order, and undo it. `tables` are the catalog's.

    Returns notes on what triggers do to the times of the rows, of which none is after `as_of`.
    `driver` is that of `connection`. Raises `DatabaseUnsuitable` for the first row that is
    refused or not kept. Afterwards the transaction is as it was before.
    """
    await learn_types(driver, bounds)
    savepoint = await connection.begin_nested()
    try:
        for part in (part for bound in bounds for part in _parts(bound)):
            await _try(driver, part, tables)
        for bound in bounds:
            with refusals_named(bound, tables):
                for update in bound.updates:
                    await copy.set_late(driver, update)
        with late_refusals_named(bounds, tables):
            await driver.execute("SET CONSTRAINTS ALL IMMEDIATE")
        return await overwritten(connection, bounds, as_of)
    finally:
        if not driver.is_closed():  # a lost session has nothing left to undo
            await savepoint.rollback()


def _parts(bound: Bound) -> Iterator[Bound]:
    """All rows at once where COPY loads them, since it names the one refused; else one by one."""
    records = list(bound.records())
    step = max(1, len(records)) if takes_copy(bound.table) else 1
    for start in range(0, len(records), step):
        sent = records[start : start + step]
        yield replace(bound, count=len(sent), records=partial(iter, sent))


async def _try(driver: Driver, part: Bound, tables: Mapping[str, Table]) -> None:
    try:
        await load(driver, part, tables, sent=list(part.records()))
    except _UNSENDABLE as error:
        raise RowRefused(
            f'A value for table "{part.table.name}" does not fit the type of its column.',
            evidence=f"The driver says: {error}",
            remedy=f"Look at what the plan sets: [columns.{part.table.name}].",
            tables=(part.table.name,),
        ) from error
