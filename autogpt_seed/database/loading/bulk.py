"""Loads all tables, and meanwhile rebuilds the keys that were dropped for the load.

Rows are made as they are sent, so that none waits in memory; but while the server makes an index,
the next rows are made ahead.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

from autogpt_seed.binding import Bound
from autogpt_seed.catalog import Table
from autogpt_seed.database.loading import copy
from autogpt_seed.database.loading.prefetch import Prefetch
from autogpt_seed.database.loading.suspend import Restoration, Step, Suspension, suspend
from autogpt_seed.database.loading.table import load
from autogpt_seed.database.loading.violations import refusals_named
from autogpt_seed.database.target import Driver
from autogpt_seed.progress import Progress


@dataclass(frozen=True)
class Prerequisite:
    """What the rows of a table have to wait for, shown as a `phase` of the progress.

    `parts()` blocks, and yields how many more of the `total` are done each time.
    """

    phase: str
    total: int
    unit: str
    parts: Callable[[], Iterator[int]]


Prerequisites = Mapping[str, Prerequisite]
"""Such waits by table."""

_LARGE = 1 / 20
"""The share of all rows from which on a table is a large one."""


async def load_all(
    driver: Driver,
    bounds: Sequence[Bound],
    tables: Mapping[str, Table],
    progress: Progress,
    *,
    suspension: Suspension,
    prerequisites: Prerequisites,
) -> dict[str, int]:
    """Load `bounds` and return how many rows the server counted in each table.

    They are loaded in their order, or, where nothing holds them to it, in that of `_order`. What
    `suspension` holds is dropped first; all of it is back when this returns. Columns that had to
    wait for rows of later tables are set last. Raises `DatabaseUnsuitable` that names what
    refuses a row, see `violations.refusals_named`.
    """
    by_name = {bound.table.name: bound for bound in bounds}
    rows = dict.fromkeys(by_name, 0)
    restoration = Restoration(suspension, by_name)
    ordered = _order(bounds, suspension, prerequisites)
    work = _Work(driver, by_name, tables, progress, Prefetch(ordered, prerequisites))
    # Checks of foreign keys that the session has planned while the tables were nearly empty
    # would scan them whole for every row.
    await driver.execute("DISCARD PLANS")
    async with work.prefetch.running():
        await suspend(driver, suspension)
    for bound in ordered:
        name = bound.table.name
        if prerequisite := prerequisites.get(name):
            await work.restore_all()
            await work.wait_for(prerequisite)
            work.prefetch.release(name)
        rows[name] = await work.load(bound)
        work.steps += restoration.loaded(name)
    await work.restore_all()
    for update in (update for bound in bounds for update in bound.updates):
        progress.phase(f"{update.table.name}.{update.column}", 0)
        await copy.set_late(driver, update)
    return rows


def _order(
    bounds: Sequence[Bound], suspension: Suspension, prerequisites: Prerequisites
) -> Sequence[Bound]:
    """Johnson's rule for jobs on two machines: the client makes rows, the server makes keys.

    The keys of a large table take longer than its rows: these come first, the largest last, so
    that the server soon has something to do, and the rows of each are made meanwhile. The texts
    of small tables take longer than their keys: they are made beside the keys of the largest.
    """
    filled = {bound.table.name: bound.table for bound in bounds if bound.count}
    dropped = {(key.table, key.name) for key in suspension.foreign_keys}
    kept = any(
        key.table in filled and (table.name, key.name) not in dropped
        for table in filled.values()
        for key in table.foreign_keys
    )
    if kept or any(table.triggers for table in filled.values()):
        return bounds
    large = sum(bound.count for bound in bounds) * _LARGE

    def turn(bound: Bound) -> tuple[bool, bool, int]:
        small = bound.count < large
        return bound.table.name in prerequisites, small, -bound.count if small else bound.count

    return sorted(bounds, key=turn)


@dataclass
class _Work:
    """The load of one table after another, and the `steps` that are left to rebuild keys."""

    driver: Driver
    bounds: Mapping[str, Bound]
    tables: Mapping[str, Table]
    progress: Progress
    prefetch: Prefetch
    steps: deque[Step] = field(default_factory=deque)

    async def load(self, bound: Bound) -> int:
        """Load the rows of a table, with a step before each part of them while any are unmade."""
        name, loaded = bound.table.name, 0
        while self.steps and self.prefetch.unmade(name):
            async with self.prefetch.running():
                await self._restore(self.steps.popleft())
            loaded += await self._load_part(self.prefetch.take_made(name), bound.count)
        return loaded + await self._load_part(self.prefetch.take_rest(name), bound.count)

    async def wait_for(self, prerequisite: Prerequisite) -> None:
        """Return when all of it is done."""
        self.progress.phase(prerequisite.phase, prerequisite.total, prerequisite.unit)
        parts = prerequisite.parts()
        while done := await asyncio.to_thread(next, parts, 0):
            self.progress.advance(done)

    async def restore_all(self) -> None:
        """Take all steps that are left."""
        while self.steps:
            await self._restore(self.steps.popleft())

    async def _load_part(self, part: Bound, total: int) -> int:
        self.progress.phase(part.table.name, total)
        return await load(self.driver, part, self.tables, advance=self.progress.advance)

    async def _restore(self, step: Step) -> None:
        """Rebuild a key. A row that breaks it is named like one that COPY refuses."""
        bound = self.bounds.get(step.table)
        self.progress.phase(step.phase, step.total, step.phase)
        with refusals_named(bound, self.tables) if bound else nullcontext():
            await self.driver.execute(step.statements)
        self.progress.advance(1)
