"""The locks that a refresh waits for: who holds them, who will wait, and for how long at most.

The platform's function catches every error. So a lock time-out in its concurrent refresh is
swallowed, and the plain refresh that follows waits again, with readers queueing behind it. A
refresh of it waits at most three times before an error gets out: for a view, concurrently; then
plainly for this one and for another.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.catalog import Catalog
from autogpt_seed.database.server import setting

logger = logging.getLogger(__name__)

_WAITS = 3

_PATIENCE = "SELECT setting::bigint FROM pg_settings WHERE name = 'lock_timeout'"

_HOLDERS = """
SELECT c.relname::text AS view, l.pid, l.mode,
       COALESCE(NULLIF(a.application_name, ''), NULLIF(a.backend_type, 'client backend'), 'unnamed')
       AS application
FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'relation' AND l.granted AND l.pid <> pg_backend_pid()
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND n.nspname = :schema AND c.relkind = 'm' AND l.mode <> 'AccessShareLock'
ORDER BY c.relname, l.pid
"""
"""A concurrent refresh waits for every lock but that of a reader."""


async def lock_patience(connection: AsyncConnection) -> int:
    """For how many milliseconds the session waits for a lock; 0 is for ever."""
    return int((await connection.execute(text(_PATIENCE))).scalar_one())


async def warn_of_waits(
    connection: AsyncConnection, catalog: Catalog, plain: Sequence[str], patience: int
) -> None:
    """Say who holds what a refresh needs, and which readers will be blocked: those of the
    `plain` views, which cannot be refreshed concurrently or will not be."""
    for row in await connection.execute(text(_HOLDERS), {"schema": catalog.schema}):
        logger.warning(
            "%s is locked (%s) by process %s (%s): waiting for it.",
            row.view,
            row.mode,
            row.pid,
            row.application,
        )
    if plain:
        limit = f"at most {patience / 1000:g} s" if patience else "unlimited"
        logger.warning(
            "A plain refresh blocks readers of %s until this transaction ends (lock wait: %s).",
            ", ".join(plain),
            limit,
        )


def shorter_waits(connection: AsyncConnection, patience: int) -> AbstractAsyncContextManager[None]:
    """Divide the session's patience among the waits that a refresh may take, as `setting` does."""
    limit = max(1, patience // _WAITS) if patience else 0
    return setting(connection, "lock_timeout", str(limit))
