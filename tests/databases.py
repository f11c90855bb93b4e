"""A database from outside: what it holds, statements for it, who waits, making them wait."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from urllib.parse import quote as quote_plainly
from urllib.parse import urlencode

import asyncpg

from autogpt_seed.database.sql import quote
from autogpt_seed.database.url import Target, parse_url
from tests.catalog_facts import Facts, Session, catalog_facts

PATIENCE = 60.0
"""Seconds after which something that a test waits for is taken not to happen."""

KEY_COLUMNS = frozenset({"hash", "head", "tail", "salt", "key", "prefix", "postfix"})
"""What of an API key comes from the operating system's randomness."""

_TABLES = """
SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relkind IN ('r', 'm') ORDER BY c.relname
"""
_WAITING = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND application_name = $1
  AND wait_event_type = 'Lock'
"""
_END = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'autogpt-seed'
"""
_PRESENT = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = $1
"""


@asynccontextmanager
async def session(url: str) -> AsyncIterator[Session]:
    """A connection of the driver, outside of everything that the project does."""
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def execute(url: str, *statements: str) -> None:
    """Execute statements one by one, each by itself."""
    async with session(url) as connection:
        for statement in statements:
            await connection.execute(statement)


async def value(url: str, query: str) -> object:
    """The one value that a query returns."""
    async with session(url) as connection:
        return await connection.fetchval(query)


def target(url: str) -> Target:
    """What the use cases are given for a URL."""
    return parse_url(url, {})


def user(identifier: str) -> str:
    """The statement that inserts somebody as the platform's own sign-up would."""
    return (
        f'INSERT INTO platform."User" (id, email, name, "updatedAt") '
        f"VALUES ('{identifier}', '{identifier}@people.test', 'Somebody', now())"
    )


async def contents(
    url: str, schema: str = "platform", *, without: Collection[str] = ()
) -> dict[str, tuple[int, str]]:
    """The number of rows and a digest of them for each table and materialised view.

    Equal for equal rows in any order; the columns `without` do not count.
    """
    async with session(url) as connection:
        found: dict[str, tuple[int, str]] = {}
        for (table,) in await connection.fetch(_TABLES, schema):
            row = await connection.fetchrow(
                "SELECT count(*), md5(string_agg(line, '' ORDER BY line COLLATE \"C\")) FROM "
                f"(SELECT (to_jsonb(t) - $1::text[])::text AS line FROM {quote(schema, table)} t)"
                " AS lines",
                list(without),
            )
            assert row
            found[table] = row[0], row[1]
    return found


async def counts(url: str, schema: str = "platform") -> dict[str, int]:
    """The number of rows of each table and materialised view that has any."""
    every = await contents(url, schema)
    return {table: number for table, (number, _) in every.items() if number}


async def facts(url: str, schema: str = "platform") -> Facts:
    """The catalog of a schema."""
    async with session(url) as connection:
        return await catalog_facts(connection, schema)


async def everything(url: str, schema: str = "platform") -> tuple[object, Facts]:
    """Contents and catalog, to compare what was before with what is after."""
    return await contents(url, schema), await facts(url, schema)


def with_parameters(url: str, **parameters: str) -> str:
    """The same database with more parameters."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode(parameters, quote_via=quote_plainly)}"


@asynccontextmanager
async def held_up(url: str) -> AsyncIterator[None]:
    """Let nobody refresh the reviews: who has loaded a marketplace waits with it, uncommitted."""
    async with session(url) as connection:
        # A comment takes the weakest lock that a refresh waits for, on nothing but the view.
        await connection.execute(
            "BEGIN; COMMENT ON MATERIALIZED VIEW platform.mv_review_stats IS ''"
        )
        yield


async def waiting(url: str, *, sessions: int = 1, application: str = "autogpt-seed") -> int:
    """Wait until so many sessions, of ours or another application's, wait for a lock; the process
    id of one at the server."""
    deadline = time.monotonic() + PATIENCE
    async with session(url) as connection:
        while time.monotonic() < deadline:
            found = await connection.fetch(_WAITING, application)
            if len(found) == sessions:
                return int(found[0]["pid"])
            await asyncio.sleep(0.01)
    raise TimeoutError(f"no {sessions} sessions wait for a lock")


async def nobody_left(url: str, application: str = "autogpt-seed") -> None:
    """Wait until none of our sessions is left, so that what they leave is all there is."""
    deadline = time.monotonic() + PATIENCE
    async with session(url) as connection:
        while time.monotonic() < deadline:
            if not await connection.fetchval(_PRESENT, application):
                return
            await asyncio.sleep(0.01)
    raise TimeoutError("a session goes on")


async def end_sessions(url: str) -> None:
    """Have the server end our sessions."""
    async with session(url) as connection:
        await connection.execute(_END)
