"""A schema that a test alters in a transaction of its own, seeds there, and rolls back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.database.url import parse_url
from autogpt_seed.seeding import PopulateReport

SCHEMA = "platform"


@asynccontextmanager
async def altered(url: str, *statements: str) -> AsyncIterator[AsyncConnection]:
    """A connection whose transaction has made the changes, in the platform's schema."""
    engine = parse_url(url, {}).engine()
    async with engine.connect() as connection:
        await connection.exec_driver_sql(f"SET LOCAL search_path TO {SCHEMA}, public")
        await execute(connection, *statements)
        yield connection
        await connection.rollback()
    await engine.dispose()


async def execute(connection: AsyncConnection, *statements: str) -> None:
    """Execute the statements as they stand."""
    for statement in statements:
        await connection.exec_driver_sql(statement)


async def value(connection: AsyncConnection, query: str) -> object:
    """The one value that the query brings."""
    return (await connection.exec_driver_sql(query)).scalar_one()


def texts(report: PopulateReport) -> list[str]:
    """The sentences of all notes."""
    return [note.text for note in report.notes]
