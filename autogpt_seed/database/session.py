"""A session: who is connected to which server, and a setting changed for a while."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_SESSION = """
SELECT current_setting('server_version') AS version, current_user::text AS role,
       current_database()::text AS database, pg_is_in_recovery() AS replica,
       current_setting('default_transaction_read_only')::boolean AS read_only
"""


@dataclass(frozen=True)
class Session:
    """A session, and whether what it begins may write."""

    version: str
    role: str
    database: str
    replica: bool
    read_only: bool


async def read_session(connection: AsyncConnection) -> Session:
    """The facts of this session."""
    return Session(*(await connection.execute(text(_SESSION))).one())


@asynccontextmanager
async def setting(connection: AsyncConnection, name: str, value: str) -> AsyncIterator[None]:
    """Give a setting another value during the block, and its old one after it.

    After an error in the block, it is the rollback that puts the old value back.
    """
    query = text("SELECT set_config(:name, :value, true)")
    current = text("SELECT current_setting(:name)")
    old = (await connection.execute(current, {"name": name})).scalar_one()
    await connection.execute(query, {"name": name, "value": value})
    yield
    await connection.execute(query, {"name": name, "value": old})
