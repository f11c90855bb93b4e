"""Whole SQL scripts run in a schema, and the record that Prisma keeps of those that it ran."""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import uuid4

from autogpt_seed.database.failures import DRIVER_ERRORS, explain
from autogpt_seed.database.sql import quote
from autogpt_seed.database.target import Driver, Target
from autogpt_seed.errors import DatabaseUnsuitable

Script = tuple[str, str]
"""A name for messages, and the SQL."""

_PRISMA_RECORD = """
CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                  VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum            VARCHAR(64) NOT NULL,
    finished_at         TIMESTAMPTZ,
    migration_name      VARCHAR(255) NOT NULL,
    logs                TEXT,
    rolled_back_at      TIMESTAMPTZ,
    started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
)
"""
_PRISMA_DONE = """
INSERT INTO {} (id, checksum, finished_at, migration_name, started_at, applied_steps_count)
VALUES ($1, $2, clock_timestamp(), $3, now(), 1)
"""
_RESTRICT = re.compile(r"^\\(un)?restrict .*$", re.MULTILINE)
"""Commands to psql that newer pg_dump writes around every dump."""


async def run_script(target: Target, schema: str, script: Script) -> None:
    """Run a script with `schema`, made where it is missing, as its search path.

    The script is one transaction unless it has commands to the contrary. Raises
    `DatabaseUnsuitable` that names it.
    """
    async with _in_schema(target, schema) as session:
        await _run(session, script[0], _RESTRICT.sub("", script[1]))


async def run_prisma(target: Target, schema: str, migrations: Sequence[Script]) -> None:
    """Run migrations in their order as `prisma migrate deploy` does, and record them as it does.

    Each is sent to the server as a whole: it is one transaction unless it holds BEGIN and COMMIT,
    and a single statement may be one that PostgreSQL refuses inside of transactions. Raises
    `DatabaseUnsuitable` that names the first that failed.
    """
    record = quote(schema, "_prisma_migrations")
    async with _in_schema(target, schema) as session:
        await session.execute(_PRISMA_RECORD)
        for name, script in migrations:
            await _run(session, name, script)
            await session.execute(f"SET search_path TO {quote(schema)}")
            checksum = hashlib.sha256(script.encode()).hexdigest()
            await session.execute(_PRISMA_DONE.format(record), str(uuid4()), checksum, name)


async def analyze(target: Target) -> None:
    """Have the server count what the database holds, for plans that are the same in each copy."""
    async with target.session() as session:
        await session.execute("ANALYZE")


@asynccontextmanager
async def _in_schema(target: Target, schema: str) -> AsyncIterator[Driver]:
    async with target.session() as session:
        await session.execute(f"CREATE SCHEMA IF NOT EXISTS {quote(schema)}")
        await session.execute(f"SET search_path TO {quote(schema)}")
        yield session


async def _run(session: Driver, name: str, script: str) -> None:
    try:
        await session.execute(script)
    except DRIVER_ERRORS as error:
        raise DatabaseUnsuitable(
            f"{name} failed.",
            evidence=explain(error).evidence,
            remedy="Correct it, then run this again.",
        ) from error
