"""What a session is: the server's version, the role, and whether it may write."""

from __future__ import annotations

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
    """Who is connected to what."""
    return Session(*(await connection.execute(text(_SESSION))).one())
