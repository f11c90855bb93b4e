"""Loads bound rows into their table, in the quickest way that it allows; names what refuses one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autogpt_seed.binding import Bound
from autogpt_seed.catalog import Table
from autogpt_seed.database.loading import copy, insert
from autogpt_seed.database.loading.copy import Advance
from autogpt_seed.database.loading.violations import RowRefused, refusals_named
from autogpt_seed.database.target import Driver
from autogpt_seed.rows import Record


def takes_copy(table: Table) -> bool:
    """Whether COPY can fill it: not under row security, nor a view that only passes rows on."""
    if table.relation == "v":
        return any("INSTEAD OF INSERT" in trigger.definition for trigger in table.triggers)
    return not table.row_security


async def send(driver: Driver, bound: Bound, advance: Advance | None = None) -> int:
    """Send the rows by COPY where the table takes it, else by INSERT; return how many it took."""
    way = copy.load if takes_copy(bound.table) else insert.load
    return await way(driver, bound, advance=advance)


async def load(
    driver: Driver,
    bound: Bound,
    tables: Mapping[str, Table],
    *,
    advance: Advance | None = None,
    sent: Sequence[Record] = (),
) -> int:
    """Send the rows, all of which the table must take; return how many there are.

    Raises `DatabaseUnsuitable` that names what refuses a row (see `violations.refusals_named`,
    also for `tables` and `sent`), or the table, where the server keeps fewer rows than it was sent.
    """
    with refusals_named(bound, tables, sent):
        loaded = await send(driver, bound, advance)
    if loaded != bound.count:
        raise _swallowed(bound.table, loaded, bound.count)
    return loaded


def _swallowed(table: Table, loaded: int, sent: int) -> RowRefused:
    makers = ", ".join([*(trigger.name for trigger in table.triggers), *table.rules])
    return RowRefused(
        f'Table "{table.name}" took {loaded} of {sent} rows.',
        evidence=f"The server dropped the others. Triggers and rules: {makers or 'none'}.",
        remedy="Look at its triggers and rules. Nothing was written.",
        tables=(table.name,),
    )
