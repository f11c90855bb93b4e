"""What the driver knows of types: looked up once, and timestamps taken as numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from unittest.mock import AsyncMock

import pytest
from asyncpg.connection import LoggedQuery
from sqlalchemy import Pool, event, text
from sqlalchemy.ext.asyncio import create_async_engine

from autogpt_seed.cleaning import clean
from autogpt_seed.database.loading import driver_types
from autogpt_seed.database.url import parse_url
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.seeding import loading, populate
from autogpt_seed.verification import verify
from tests.conftest import SMALL_PLAN
from tests.databases import contents, execute


@pytest.fixture
def lookups() -> Iterator[list[str]]:
    """The queries after types that drivers make of themselves during the test."""
    found: list[str] = []

    def remember(query: LoggedQuery) -> None:
        if "typeinfo_tree" in query.query:
            found.append(query.query)

    def watch(connection: Any, _record: object) -> None:
        connection.driver_connection.add_query_logger(remember)

    event.listen(Pool, "connect", watch)
    yield found
    event.remove(Pool, "connect", watch)


async def test_a_run_looks_types_up_once(database: str, lookups: list[str]) -> None:
    target = replace(parse_url(database, {}), embedded=True)
    await populate(target, SMALL_PLAN, load="suspended", rollback=True)
    assert len(lookups) == 1
    await populate(target, SMALL_PLAN)
    assert len(lookups) == 2
    await verify(target)
    assert len(lookups) == 3
    await clean(target, "all")
    assert len(lookups) == 3


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> AsyncMock:
    """Called where a run has the driver take timestamps as numbers, as it would be anyway."""
    spy = AsyncMock(wraps=driver_types.take_raw_times)
    monkeypatch.setattr(loading, "take_raw_times", spy)
    return spy


async def test_timestamps_are_the_same_whether_they_are_sent_as_numbers_or_not(
    marketplace: str, database: str, asked: AsyncMock
) -> None:
    await populate(parse_url(database, {}), SMALL_PLAN, rollback=True)
    assert asked.await_count == 1
    await execute(
        database,
        "CREATE DOMAIN platform.instant AS timestamp",  # its values are datetimes
        'ALTER TABLE platform."User" ADD since platform.instant NOT NULL',
    )
    await populate(parse_url(database, {}), SMALL_PLAN)
    assert asked.await_count == 1
    drawn = ["since", "head", "tail", "hash", "salt"]  # API keys are random
    assert await contents(database, without=drawn) == await contents(marketplace, without=drawn)


async def test_a_callers_engine_gets_its_connection_back_as_it_was(database: str) -> None:
    connect = {"async_creator_fn": parse_url(database, {}).connect}
    engine = create_async_engine("postgresql+asyncpg://", connect_args=connect, pool_size=1)
    await populate(engine, SMALL_PLAN, schema="platform", rollback=True)
    await execute(
        database, 'ALTER TABLE platform."User" ADD CONSTRAINT impossible CHECK (false) NOT VALID'
    )
    with pytest.raises(DatabaseUnsuitable, match="impossible"):
        await populate(engine, SMALL_PLAN, schema="platform")
    async with engine.connect() as connection:
        sent = {"moment": datetime(2026, 1, 2)}  # noqa: DTZ001
        found = await connection.execute(text("SELECT CAST(:moment AS timestamp)"), sent)
        assert found.scalar_one() == sent["moment"]
    await engine.dispose()
