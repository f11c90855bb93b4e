"""Creating a database on the embedded server, the only thing it is asked through a session."""

from __future__ import annotations

import asyncpg

from autogpt_seed.database import sql
from autogpt_seed.database.embedded.cluster import SUPERUSER
from autogpt_seed.database.embedded.postmaster import Endpoint
from autogpt_seed.database.failures import DRIVER_ERRORS, explain


async def create_if_missing(name: str, endpoint: Endpoint, password: str) -> None:
    """Create the database, unless it is there; any number of commands may do that at once."""
    try:
        connection = await asyncpg.connect(
            host=endpoint.socket_folder,
            port=endpoint.port,
            user=SUPERUSER,
            password=password,
            database="postgres",
            ssl=False,
        )
        try:
            await _create_if_missing(connection, name)
        finally:
            await connection.close()
    except DRIVER_ERRORS as error:
        raise explain(error) from error


async def _create_if_missing(connection: asyncpg.Connection, name: str) -> None:
    if await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", name):
        return
    try:
        await connection.execute(f"CREATE DATABASE {sql.quote(name)}")
    except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
        return  # another command was faster
