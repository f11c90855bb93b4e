"""The platform's schema with our table in it."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from autogpt_seed import migrate
from autogpt_seed.testing import Function, Migrations

SCHEMA = Path(__file__).with_name("schema.sql")


async def platform_and_ours(url: str) -> None:
    """The way from an empty database to what our code works with."""
    await migrate(url)
    connection = await asyncpg.connect(url)
    await connection.execute(SCHEMA.read_text())
    await connection.close()


@pytest.fixture(scope="session")
def autogpt_migrations() -> Migrations:
    """The template is made anew when this file, or SCHEMA, has changed."""
    return Function(platform_and_ours, files=(SCHEMA,))
