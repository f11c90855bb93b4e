"""Who reads the views while verify runs does not wait, unless a view must be refreshed plainly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import asyncpg
import pytest

from autogpt_seed.database.url import parse_url
from autogpt_seed.unit_of_work import Timeouts
from autogpt_seed.verification import Outcome, verify
from tests.databases import session
from tests.redefining import run

READ = 'SELECT count(*) FROM platform."StoreAgent", platform.mv_agent_run_counts'


@dataclass
class Reader:
    """How often a reader who waits for no lock got an answer, and how often none."""

    answered: int = 0
    refused: int = 0


@asynccontextmanager
async def reading(url: str) -> AsyncIterator[Reader]:
    reader = Reader()

    async def read() -> None:
        async with session(url) as connection:
            await connection.execute("SET lock_timeout = 1")
            while True:
                try:
                    await connection.execute(READ)
                    reader.answered += 1
                except asyncpg.LockNotAvailableError:
                    reader.refused += 1

    work = asyncio.create_task(read())
    try:
        yield reader
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work


async def test_readers_do_not_wait_where_the_refresh_is_concurrent(seeded_database: str) -> None:
    async with reading(seeded_database) as reader:
        report = await verify(parse_url(seeded_database, {}))
    path = next(check for check in report.checks if check.code == "refresh.path")
    assert path.outcome is Outcome.PASSED
    assert reader.answered
    assert not reader.refused


async def test_where_readers_wait_it_is_said_beforehand_for_how_long_at_most(
    seeded_database: str, caplog: pytest.LogCaptureFixture
) -> None:
    await run(seeded_database, "DROP INDEX idx_mv_review_stats")
    async with reading(seeded_database) as reader:
        report = await verify(parse_url(seeded_database, {}), timeouts=Timeouts(lock=7))
    path = next(check for check in report.checks if check.code == "refresh.path")
    assert path.outcome is Outcome.WARNING
    assert (
        "blocks readers of mv_review_stats until this transaction ends (lock wait: at most 7 s)"
        in caplog.text
    )
    assert reader.refused
