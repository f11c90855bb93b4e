"""Makes, copies, locks and drops whole databases, from a session with another database.

PostgreSQL does none of that inside a transaction, so each statement stands by itself. An advisory
lock belongs to one database: all who should respect it must be connected to that one.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import asyncpg

from autogpt_seed.database.failures import DRIVER_ERRORS, explain
from autogpt_seed.database.sql import quote
from autogpt_seed.database.target import Driver, Target
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.quoting import literal

_APPLICATION = "autogpt-seed testing"
_LOCK_MINUTES = 10
"""How long to wait for somebody else's lock."""

_FACTS = """
SELECT current_setting('server_version_num')::int AS version,
       current_setting('fsync')::boolean AS durable,
       (SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user) AS may_create
"""
_DATABASES = """
SELECT datname::text AS name, shobj_description(oid, 'pg_database') AS comment
FROM pg_database WHERE starts_with(datname, $1) AND pg_has_role(datdba, 'MEMBER')
ORDER BY datname
"""
_HAS_TABLES = (
    "SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = to_regnamespace(quote_ident($1)))"
)
_SCHEMA = """
SELECT COALESCE(obj_description(oid, 'pg_namespace'), '') FROM pg_namespace WHERE nspname = $1
"""


@dataclass(frozen=True)
class ServerFacts:
    """What decides how databases are made: `durable` is the server's setting fsync."""

    version: int
    durable: bool
    may_create: bool


@dataclass(frozen=True)
class DatabaseComment:
    """A database, and the comment on it."""

    name: str
    comment: str


class Maintenance:
    """A session, for as long as the `opened` block lasts. Its methods raise `SeedError`.

    Locks belong to the session: the server frees them when the process ends, however it ends.
    """

    def __init__(self, session: Driver, facts: ServerFacts) -> None:
        self._session = session
        self._one_at_a_time = asyncio.Lock()
        self.facts = facts

    async def create(self, name: str, *, template: str = "template0") -> None:
        """Create a database as a copy of `template`, to which nobody may be connected."""
        # Measured: with fsync, copying files costs two checkpoints that wait for the disk (0.7 s
        # against 0.3 s through the log); without it, it is the quicker way (30 ms against 45 ms).
        # The clone method of PostgreSQL 18 was the slowest on ext4.
        strategy = ""
        if self.facts.version >= 150000:
            strategy = f" STRATEGY {'WAL_LOG' if self.facts.durable else 'FILE_COPY'}"
        await self._run(f"CREATE DATABASE {quote(name)} TEMPLATE {quote(template)}{strategy}")

    async def drop(self, name: str) -> None:
        """Drop a database if it is there, ending whatever is connected to it."""
        statement = f"DROP DATABASE IF EXISTS {quote(name)}"
        async with self._alone() as session:
            try:
                await session.execute(f"{statement} WITH (FORCE)")
            except asyncpg.InsufficientPrivilegeError:
                # Autovacuum may be at work there, which is not an ordinary role's to end. Without
                # FORCE the server ends it by itself.
                await session.execute(statement)

    async def rename(self, name: str, new: str) -> None:
        """Give a database, to which nobody may be connected, another name."""
        await self._run(f"ALTER DATABASE {quote(name)} RENAME TO {quote(new)}")

    async def close(self, name: str) -> None:
        """Let nobody connect to a database any more."""
        await self._run(f"ALTER DATABASE {quote(name)} ALLOW_CONNECTIONS false")

    async def comment(self, name: str, comment: str) -> None:
        """Replace the comment on a database."""
        await self._run(f"COMMENT ON DATABASE {quote(name)} IS {literal(comment)}")

    async def databases(self, prefix: str) -> list[DatabaseComment]:
        """The databases that this role owns, by the beginning of their name, in their order."""
        async with self._alone() as session:
            rows = await session.fetch(_DATABASES, prefix)
        return [DatabaseComment(row["name"], row["comment"] or "") for row in rows]

    async def schema_comment(self, schema: str) -> str | None:
        """The comment on a schema of this database; None where there is no such schema."""
        async with self._alone() as session:
            comment: str | None = await session.fetchval(_SCHEMA, schema)
        return comment

    async def has_tables(self, schema: str) -> bool:
        """Whether a schema of this database holds a table, a view or the like."""
        async with self._alone() as session:
            found: bool = await session.fetchval(_HAS_TABLES, schema)
        return found

    async def comment_schema(self, schema: str, comment: str) -> None:
        """Replace the comment on a schema, which is made where it is missing."""
        await self._run(
            f"CREATE SCHEMA IF NOT EXISTS {quote(schema)}; "
            f"COMMENT ON SCHEMA {quote(schema)} IS {literal(comment)}"
        )

    async def drop_schema(self, schema: str) -> None:
        """Drop a schema with all that is in it."""
        await self._run(f"DROP SCHEMA IF EXISTS {quote(schema)} CASCADE")

    @asynccontextmanager
    async def locked(self, name: str) -> AsyncIterator[None]:
        """Hold the lock of that name alone. Raises `DatabaseUnsuitable` after ten minutes."""
        await self._lock("pg_advisory_lock", name)
        try:
            yield
        finally:
            await self._lock("pg_advisory_unlock", name)

    async def share(self, name: str) -> None:
        """Hold the lock of that name together with others, until the session ends."""
        await self._lock("pg_advisory_lock_shared", name)

    async def unshare(self, name: str) -> None:
        """Give the lock back before the session ends."""
        await self._lock("pg_advisory_unlock_shared", name)

    async def try_lock(self, name: str) -> bool:
        """Take the lock of that name alone unless somebody holds it; whether it was taken."""
        return bool(await self._lock("pg_try_advisory_lock", name))

    async def unlock(self, name: str) -> None:
        """Give back the lock that `try_lock` took."""
        await self._lock("pg_advisory_unlock", name)

    async def _lock(self, function: str, name: str) -> object:
        digest = hashlib.sha256(f"autogpt-seed testing|{name}".encode()).digest()
        key = int.from_bytes(digest[:8], "big", signed=True)
        async with self._alone() as session:
            try:
                return await session.fetchval(f"SELECT {function}($1)", key)
            except asyncpg.LockNotAvailableError as error:
                raise _in_use(name) from error

    async def _run(self, statement: str) -> None:
        async with self._alone() as session:
            await session.execute(statement)

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[Driver]:
        """The session, for one statement."""
        async with self._one_at_a_time:
            try:
                yield self._session
            except DRIVER_ERRORS as error:
                raise explain(error) from error


def _in_use(name: str) -> DatabaseUnsuitable:
    return DatabaseUnsuitable(
        f"Other tests use or make {name}, which was waited for.",
        evidence=f"They did not let go of it within {_LOCK_MINUTES} minutes.",
        remedy=f"Let them end. Their sessions at the server are called {_APPLICATION!r}.",
    )


@asynccontextmanager
async def opened(server: Target) -> AsyncIterator[Maintenance]:
    """A session with the database that `server` names, for the length of the block."""
    session = await replace(server, application_name=_APPLICATION).connect()
    try:
        try:
            await session.execute(
                f"SET lock_timeout = '{_LOCK_MINUTES} min'; SET statement_timeout = 0"
            )
            row = await session.fetchrow(_FACTS)
        except DRIVER_ERRORS as error:
            raise explain(error) from error
        assert row is not None  # noqa: S101  a SELECT without FROM has one row
        yield Maintenance(session, ServerFacts(**row))
    finally:
        await session.close()
