"""Creating a database on the embedded server, the only thing it is asked through a session."""

from __future__ import annotations

import asyncpg

from autogpt_seed.database.embedded.cluster import SUPERUSER
from autogpt_seed.database.embedded.postmaster import Endpoint
from autogpt_seed.database.failures import DRIVER_ERRORS, explain
from autogpt_seed.database.sql import quote


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
            query = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)"
            if not await connection.fetchval(query, name):
                await connection.execute(f"CREATE DATABASE {quote(name)}")
        except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
            pass  # another command was faster
        finally:
            await connection.close()
    except DRIVER_ERRORS as error:
        raise explain(error) from error
