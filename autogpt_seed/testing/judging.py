"""The checks of the ready-made tests, as functions without `async`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.checks import Check, check_fresh, check_store, check_views
from autogpt_seed.database.existing.coherence import Breach, breaches
from autogpt_seed.database.reflection.reflect import reflect
from autogpt_seed.database.target import Target
from autogpt_seed.testing.loop import run_in_thread
from autogpt_seed.unit_of_work import UnitOfWork

T = TypeVar("T")


def fresh(target: Target) -> tuple[Check, ...]:
    """Whether each materialised view of the store matches its definition."""
    return _on(target, lambda connection: check_fresh(connection, schema=target.schema))


def right(target: Target) -> tuple[Check, ...]:
    """Whether the views of the store show what the tables hold."""

    async def check(connection: AsyncConnection) -> tuple[Check, ...]:
        views = await check_views(connection, schema=target.schema)
        return views + await check_store(connection, schema=target.schema)

    return _on(target, check)


def broken_rules(target: Target) -> tuple[Breach, ...]:
    """The rules of a marketplace that do not hold."""

    async def check(connection: AsyncConnection) -> tuple[Breach, ...]:
        catalog = await reflect(connection, target.schema or "")
        return await breaches(connection, catalog)

    return _on(target, check)


def _on(target: Target, check: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    async def look() -> T:
        async with UnitOfWork(target, read_only=True) as work:
            if target.schema:
                await work.enter_schema(target.schema, exclusive=False)
            return await check(work.connection)

    return run_in_thread(look())
