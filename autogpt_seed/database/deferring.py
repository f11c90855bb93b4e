"""Foreign keys that close a circle, checked when all rows are there rather than row by row."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.database.sql import quote


async def defer(connection: AsyncConnection, schema: str, names: Collection[str]) -> None:
    """Let these constraints of the schema wait. They must be DEFERRABLE."""
    await _set(connection, schema, names, "DEFERRED")


async def check_deferred(connection: AsyncConnection, schema: str, names: Collection[str]) -> None:
    """Let the server check them now, and from now on at once."""
    await _set(connection, schema, names, "IMMEDIATE")


async def _set(connection: AsyncConnection, schema: str, names: Collection[str], mode: str) -> None:
    if names:
        constraints = ", ".join(quote(schema, name) for name in names)
        await connection.exec_driver_sql(f"SET CONSTRAINTS {constraints} {mode}")
