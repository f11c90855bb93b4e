"""Whole databases made and dropped: the isolation that a test can have of its own."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import text

from autogpt_seed.database.sql import quote
from autogpt_seed.database.target import Target


async def create_database(server: Target, name: str, *, template: str = "template0") -> Target:
    """Create the database `name` as a copy of `template`, to which nobody may be connected."""
    await _execute(server, f"CREATE DATABASE {quote(name)} TEMPLATE {quote(template)}")
    return replace(server, database=name)


async def drop_database(server: Target, name: str) -> None:
    """Drop the database `name` if it is there, ending whatever is connected to it."""
    await _execute(server, f"DROP DATABASE IF EXISTS {quote(name)} WITH (FORCE)")


async def _execute(server: Target, statement: str) -> None:
    """Run what PostgreSQL does not allow inside a transaction."""
    engine = server.engine().execution_options(isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement.replace(":", "\\:")))
