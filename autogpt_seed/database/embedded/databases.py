"""Creating a database on the embedded server, the only thing it is asked through a session."""

from __future__ import annotations

import asyncpg

from autogpt_seed.database.embedded.cluster import SUPERUSER
from autogpt_seed.database.embedded.postmaster import Endpoint
from autogpt_seed.database.sql import quote
from autogpt_seed.database.target import Target


async def create_if_missing(name: str, endpoint: Endpoint, password: str) -> None:
    """Create the database, unless it is there; any number of commands may do that at once."""
    hosts, ports = (endpoint.socket_folder,), (endpoint.port,)
    async with Target(SUPERUSER, "postgres", hosts, ports, password).session() as session:
        query = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)"
        try:
            if not await session.fetchval(query, name):
                await session.execute(f"CREATE DATABASE {quote(name)}")
        except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
            pass  # another command was faster
