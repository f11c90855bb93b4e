"""Databases to measure in: one that is migrated once, and a copy of it for every measurement."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.engine import make_url

from autogpt_seed.database.sql import quote
from autogpt_seed.database.url import parse_url
from autogpt_seed.migrating import migrate

SCHEMA = "platform"
_PREFIX = f"autogpt_seed_bench_{os.getpid()}"


def with_database(url: str, name: str) -> str:
    """The same server, another database."""
    return make_url(url).set(database=name).render_as_string(hide_password=False)


async def execute(url: str, *statements: str) -> None:
    """Execute statements one by one, each by itself. Raises `SeedError`."""
    async with parse_url(url, {}).session() as session:
        for statement in statements:
            await session.execute(statement)


@asynccontextmanager
async def template(url: str) -> AsyncIterator[str]:
    """A migrated, empty database on the server of `url`, whose role may create databases."""
    name = f"{_PREFIX}_template"
    await execute(url, f"CREATE DATABASE {quote(name)} TEMPLATE template0")
    try:
        made = with_database(url, name)
        await migrate(parse_url(made, {}), schema=SCHEMA)
        yield made
    finally:
        await _drop(url, name)


@asynccontextmanager
async def copy_of(original: str, url: str) -> AsyncIterator[str]:
    """A database like `original`, with nothing left to be written to its files."""
    name, source = f"{_PREFIX}_copy", make_url(original).database or ""
    await execute(url, f"CREATE DATABASE {quote(name)} TEMPLATE {quote(source)}", "CHECKPOINT")
    try:
        yield with_database(url, name)
    finally:
        await _drop(url, name)


async def _drop(url: str, name: str) -> None:
    await execute(url, f"DROP DATABASE {quote(name)} WITH (FORCE)")
