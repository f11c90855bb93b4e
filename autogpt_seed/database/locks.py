"""The advisory lock that keeps two seeders of one schema apart."""

from __future__ import annotations

import hashlib
import logging

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.database.failures import is_lock_timeout
from autogpt_seed.database.holders import since
from autogpt_seed.errors import DatabaseUnsuitable

logger = logging.getLogger(__name__)

_HOLDER = """
SELECT a.pid, COALESCE(a.usename::text, '?') AS role, a.application_name AS application,
       COALESCE(host(a.client_addr), 'local') AS client, a.xact_start AS since
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND l.database =
      (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.classid = :high AND l.objid = :low AND l.objsubid = 1 AND a.pid <> pg_backend_pid()
"""


async def lock_schema(connection: AsyncConnection, schema: str) -> None:
    """Take the lock, waiting as long as `lock_timeout` allows. Released with the transaction.

    Raises `DatabaseUnsuitable` that names the session which holds it.
    """
    key = lock_key(schema)
    query = text("SELECT pg_try_advisory_xact_lock(:key)")
    if (await connection.execute(query, {"key": key})).scalar_one():
        return
    holder = await _holder(connection, key)
    logger.warning("Another seeder is working on schema %s; waiting for it. %s", schema, holder)
    try:
        async with connection.begin_nested():
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
    except DBAPIError as error:
        if not is_lock_timeout(error):
            raise
        raise DatabaseUnsuitable(
            f"Another seeder is still working on schema {schema!r}.",
            evidence=await _holder(connection, key),
            remedy="Wait until it has finished, or allow more time with --lock-timeout.",
        ) from error


def lock_key(schema: str) -> int:
    """The 64-bit key of the advisory lock; the lock space is the database's own."""
    digest = hashlib.sha256(f"autogpt-seed|{schema}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


async def _holder(connection: AsyncConnection, key: int) -> str:
    halves = {"high": (key >> 32) & 0xFFFFFFFF, "low": key & 0xFFFFFFFF}
    row = (await connection.execute(text(_HOLDER), halves)).mappings().first()
    if row is None:
        return "It is held by a session that this role cannot see."
    return (
        f"It is held by process {row['pid']} ({row['application'] or 'unnamed'}, role "
        f"{row['role']}, from {row['client']}){since(row['since'])}."
    )
