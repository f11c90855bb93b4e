"""Rows that are made while the server works on earlier ones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from sys import getsizeof

from autogpt_seed.binding import Bound
from autogpt_seed.rows import Record

BATCH_ROWS = 10_000
BATCH_BYTES = 3_000_000
"""The most rows of a batch, and the most memory that they take, roughly."""

BATCHES_AHEAD = 8
"""How many batches may wait for the server."""

_SLICE_ROWS = 500  # about a millisecond of making, after which the event loop has its turn

Waits = Mapping[str, Callable[[], None]]
"""For some tables what has to be waited for, in a thread, before their rows can be made."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a table, in memory, of `total`. The last one of a table may be empty."""

    part: Bound
    total: int
    last: bool


class Ahead:
    """The batches of some bounds, in their order."""

    def __init__(self) -> None:
        self._made: asyncio.Queue[Batch | Exception] = asyncio.Queue(BATCHES_AHEAD)

    def ready(self) -> int:
        """How many batches `take` gives at once."""
        return self._made.qsize()

    async def take(self) -> Batch:
        """The next batch, waiting for it. Raises what making it raised."""
        made = await self._made.get()
        if isinstance(made, Exception):
            raise made
        return made

    async def make(self, bounds: Sequence[Bound], waits: Waits) -> None:
        """Make all batches, stopping while `BATCHES_AHEAD` of them wait."""
        try:
            for bound in bounds:
                if wait := waits.get(bound.table.name):
                    await asyncio.to_thread(wait)
                await self._make_table(bound)
        except Exception as error:  # it is raised where the rows are missing
            await self._made.put(error)

    async def _make_table(self, bound: Bound) -> None:
        records, left, last = bound.records(), bound.count, False
        while not last:
            batch = await _next_batch(records)
            left -= len(batch)
            last = left <= 0 or not batch
            part = replace(bound, count=len(batch), records=partial(iter, batch))
            await self._made.put(Batch(part, bound.count, last))


@asynccontextmanager
async def made_ahead(bounds: Sequence[Bound], waits: Waits) -> AsyncIterator[Ahead]:
    """Make the rows of `bounds` beside what happens in the block."""
    ahead = Ahead()
    making = asyncio.create_task(ahead.make(bounds, waits))
    try:
        yield ahead
    finally:
        making.cancel()
        await asyncio.wait([making])


async def _next_batch(records: Iterator[Record]) -> list[Record]:
    batch: list[Record] = []
    size = 0
    while len(batch) < BATCH_ROWS and size < BATCH_BYTES:
        made = list(islice(records, _SLICE_ROWS))
        if not made:
            break
        batch += made
        size += len(made) * sum(map(getsizeof, made[0]))
        await asyncio.sleep(0)
    return batch
