"""The driver looks types up once: each time costs the server as long as hundreds of rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from asyncpg.connection import LoggedQuery
from sqlalchemy import Pool, event

from autogpt_seed.cleaning import clean
from autogpt_seed.database.url import parse_url
from autogpt_seed.seeding import populate
from autogpt_seed.verification import verify
from tests.conftest import SMALL_PLAN


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
