"""The load of all tables, with what was dropped for it coming back on the way."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING

from autogpt_seed.binding import Bound
from autogpt_seed.catalog import Table
from autogpt_seed.database import copy
from autogpt_seed.database.ahead import Waits, made_ahead
from autogpt_seed.database.loading import load
from autogpt_seed.database.suspend import NOTHING, Restoration, Step, Suspension, suspend
from autogpt_seed.database.violations import named
from autogpt_seed.progress import Progress

if TYPE_CHECKING:
    from autogpt_seed.database.copy import Driver


async def load_all(
    driver: Driver,
    bounds: Sequence[Bound],
    tables: Mapping[str, Table],
    progress: Progress,
    *,
    suspension: Suspension = NOTHING,
    waits: Waits | None = None,
) -> dict[str, int]:
    """Load `bounds` and return how many rows the server counted in each table.

    They are loaded in their order, or, where nothing holds them to it, the largest first. What
    `suspension` holds is dropped first; all of it is back when this returns. Columns that had to
    wait for rows of later tables are set last. Raises `DatabaseUnsuitable` that names what
    refuses a row, see `violations.named`.
    """
    by_name = {bound.table.name: bound for bound in bounds}
    rows = dict.fromkeys(by_name, 0)
    restoration = Restoration(suspension, by_name)
    steps: deque[Step] = deque()
    waits = waits or {}
    async with made_ahead(_order(bounds, suspension, waits), waits) as ahead:
        # Checks of foreign keys that the session has planned while the tables were nearly empty
        # would scan them whole for every row.
        await driver.execute("DISCARD PLANS")
        await suspend(driver, suspension)
        while restoration.waiting or steps:
            # One index, then the rows that were made meanwhile, so that neither side waits.
            if steps:
                await _restore(driver, steps.popleft(), by_name, tables, progress)
            idle = restoration.waiting and not steps
            for _ in range(ahead.ready() or bool(idle)):
                batch = await ahead.take()
                name = batch.part.table.name
                progress.phase(name, batch.total)
                rows[name] += await load(driver, batch.part, tables, advance=progress.advance)
                if batch.last:
                    steps += restoration.loaded(name)
    for update in (update for bound in bounds for update in bound.updates):
        progress.phase(f"{update.table.name}.{update.column}", 0)
        await copy.set_late(driver, update)
    return rows


def _order(bounds: Sequence[Bound], suspension: Suspension, waits: Waits) -> Sequence[Bound]:
    """Large tables first: there is most to do for the server when their rows are there, and it
    does that while all others' rows are made."""
    dropped = {(key.table, key.name) for key in suspension.foreign_keys}
    names = {bound.table.name for bound in bounds if bound.count}
    held = any(
        bound.table.triggers
        or any(
            key.table in names and (bound.table.name, key.name) not in dropped
            for key in bound.table.foreign_keys
        )
        for bound in bounds
        if bound.count
    )
    if held:
        return bounds
    return sorted(bounds, key=lambda bound: (bound.table.name in waits, -bound.count))


async def _restore(
    driver: Driver,
    step: Step,
    bounds: Mapping[str, Bound],
    tables: Mapping[str, Table],
    progress: Progress,
) -> None:
    """Make a key again. A row that breaks it is named like one that COPY refuses."""
    bound = bounds.get(step.table)
    progress.phase(step.phase, step.total, step.phase)
    with named(bound, tables) if bound else nullcontext():
        await driver.execute(step.statements)
    progress.advance(1)
