"""Locks seen by looking again and again, for roles that may not make event triggers.

Everybody may read `pg_locks`. What is held for less than the time between two looks may be missed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import TypeAlias

from asyncpg import Record
from asyncpg.prepared_stmt import PreparedStatement

from autogpt_seed.database.holders import HELD_BY_OTHERS
from autogpt_seed.database.migrations.watching import STRENGTH, Lock, strongest
from autogpt_seed.database.target import Target

_Held: TypeAlias = "PreparedStatement[Record]"

_PAUSE = 0.001
"""Seconds between two looks, beside what each of them takes."""


class Samples:
    """What was seen: of each transaction, table and mode, since when and until when."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str, str], tuple[float, float]] = {}

    def note(self, now: float, rows: Iterable[tuple[str, str, str]]) -> None:
        """The locks that were held at a time: transaction, table, mode."""
        for row in rows:
            since, _ = self._seen.get(row, (now, now))
            self._seen[row] = since, now

    def locks(self, tables: Iterable[str]) -> tuple[Lock, ...]:
        """The strongest lock that was seen on each of the tables, and how long it was, at least."""
        wanted = frozenset(tables)
        return strongest(
            Lock(table, mode, until - since)
            for (_, table, mode), (since, until) in self._seen.items()
            if table in wanted
        )


@asynccontextmanager
async def sampled(target: Target) -> AsyncIterator[Samples]:
    """Look at the locks of this role's other sessions with the database during the block.

    The session that looks is gone afterwards.
    """
    samples = Samples()
    async with target.session() as session:
        held = await session.prepare(_HELD)
        looking = asyncio.create_task(_look(held, samples))
        try:
            yield samples
        finally:
            looking.cancel()
            await asyncio.wait([looking])
        if not looking.cancelled():
            looking.result()


async def _look(held: _Held, samples: Samples) -> None:
    loop = asyncio.get_running_loop()
    while True:
        rows = await held.fetch(list(STRENGTH))
        samples.note(loop.time(), (tuple(row) for row in rows))
        await asyncio.sleep(_PAUSE)


_HELD = f"""
SELECT l.virtualtransaction, c.relname::text, l.mode
{HELD_BY_OTHERS}
  AND a.backend_type = 'client backend' AND c.relkind IN ('r', 'p', 'm')
  AND n.nspname <> 'pg_catalog' AND l.mode = ANY ($1)
"""
