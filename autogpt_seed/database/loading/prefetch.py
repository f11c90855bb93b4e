"""Rows of several tables: some made while the server is busy, the others as they are sent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from itertools import chain, islice
from sys import getsizeof

from autogpt_seed.binding import Bound
from autogpt_seed.rows import Record

MOST_BYTES = 16_000_000
"""How much memory rows may take that were made and not sent, roughly."""

_SLICE_ROWS = 50

_TURN_SECONDS = 0.001
"""Rows are made for so long before the event loop has its turn."""


class Prefetch:
    """The rows of `bounds`, made in their order, none of them twice.

    No rows of a table in `held`, or of a table after it, are made ahead before it is released.
    """

    def __init__(self, bounds: Sequence[Bound], held: Collection[str]) -> None:
        self._buffers = {bound.table.name: _Buffer(bound) for bound in bounds}
        self._held = set(held)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Make rows during the block, as long as memory is allowed for them."""
        making = asyncio.create_task(self._make())
        try:
            yield
        finally:
            making.cancel()
            await asyncio.wait([making])
        if not making.cancelled():
            making.result()

    def release(self, table: str) -> None:
        """Let the rows of the table be made: what they had to wait for is there."""
        self._held.discard(table)

    def unmade(self, table: str) -> int:
        """How many rows of the table are not made yet."""
        return self._buffers[table].unmade

    def take_made(self, table: str) -> Bound:
        """The rows of the table that are made and not taken yet."""
        return self._buffers[table].take()

    def take_rest(self, table: str) -> Bound:
        """All rows that are not taken yet; those that are not made are made as they are sent."""
        buffer = self._buffers.pop(table)
        made = buffer.take()
        records = partial(chain, made.records(), buffer.records)
        return replace(made, count=made.count + buffer.unmade, records=records)

    async def _make(self) -> None:
        for name, buffer in self._buffers.items():
            if name in self._held:
                return
            while buffer.unmade:
                if self._size() >= MOST_BYTES:
                    return
                buffer.make(_TURN_SECONDS)
                await asyncio.sleep(0)

    def _size(self) -> int:
        return sum(buffer.size for buffer in self._buffers.values())


class _Buffer:
    """The rows of one table: those that are made, and the others."""

    def __init__(self, bound: Bound) -> None:
        self.bound = bound
        # Not begun before the first row is asked for: some look up what their parents hold.
        self.records = chain.from_iterable(start() for start in (bound.records,))
        self.unmade = bound.count
        self.made: list[Record] = []
        self.size = 0
        """In bytes, roughly."""

    def make(self, seconds: float) -> None:
        """Make some rows, for about so long."""
        until, before = time.perf_counter() + seconds, len(self.made)
        while True:
            made = list(islice(self.records, min(_SLICE_ROWS, self.unmade)))
            self.made += made
            self.unmade -= len(made)
            if not self.unmade or time.perf_counter() >= until:
                break
        self.size += (len(self.made) - before) * _size(self.made[before], shared_with=self.made[-1])

    def take(self) -> Bound:
        made, self.made, self.size = self.made, [], 0
        return replace(self.bound, count=len(made), records=partial(iter, made))


def _size(record: Record, *, shared_with: Record) -> int:
    """The bytes of a record, without those values that it shares with another one."""
    pairs = zip(record, shared_with, strict=True)
    return getsizeof(record) + sum(getsizeof(own) for own, other in pairs if own is not other)
