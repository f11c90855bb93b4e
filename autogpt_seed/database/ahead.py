"""Rows of one table: some made while the server is busy, the others as they are sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from itertools import islice
from sys import getsizeof

from autogpt_seed.binding import Bound
from autogpt_seed.rows import Record

MOST_BYTES = 20_000_000
"""How much memory rows may take, roughly, that were made and not sent."""

_SLICE_ROWS = 500  # about a millisecond of making, after which the event loop has its turn


class Ahead:
    """The rows of `bound`, in their order, none of them twice."""

    def __init__(self, bound: Bound) -> None:
        self._bound = bound
        self._records = bound.records()
        self._made: list[Record] = []
        self.unmade = bound.count
        """How many rows are not made yet."""

    @asynccontextmanager
    async def made_beside(self) -> AsyncIterator[None]:
        """Make rows during the block, as long as memory is allowed for them."""
        making = asyncio.create_task(self._make())
        try:
            yield
        finally:
            making.cancel()
            await asyncio.wait([making])
        if not making.cancelled():
            making.result()

    def take_made(self) -> Bound:
        """The rows that were made and not taken."""
        made, self._made = self._made, []
        return replace(self._bound, count=len(made), records=partial(iter, made))

    def take_unmade(self) -> Bound:
        """All other rows. They are made when they are iterated, once."""
        count, self.unmade = self.unmade, 0
        return replace(self._bound, count=count, records=partial(iter, self._records))

    async def _make(self) -> None:
        size = 0
        while self.unmade and size < MOST_BYTES:
            made = list(islice(self._records, min(_SLICE_ROWS, self.unmade)))
            self._made += made
            self.unmade -= len(made)
            size += len(made) * _size(made[0])
            await asyncio.sleep(0)


def _size(record: Record) -> int:
    return getsizeof(record) + sum(map(getsizeof, record))
