"""Connections of tests: one transaction that is undone, or a database of the test's own.

In a database that is shared, the outer transaction is the test's fence: a session that joins it
commits savepoints only. Whoever commits the connection itself is stopped, so that the next test
finds the database as it was. What opens connections of its own sees nothing of it, and is not
fenced in: that takes a clone.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from autogpt_seed.database.target import Target
from autogpt_seed.errors import ConfigurationError, RefusedForSafety


@dataclass(frozen=True)
class Sandbox:
    """The database that a test works in. In a `fenced` one, which others use, it cannot commit."""

    target: Target
    fenced: bool

    @cached_property
    def engine(self) -> AsyncEngine:
        """An engine that does not pool, so it serves any event loop; its first use costs most."""
        engine = self.target.engine()
        if self.fenced:
            event.listen(engine.sync_engine, "commit", _refuse)
        return engine

    @cached_property
    def sync_engine(self) -> Engine:
        """An engine of psycopg's connections, which pools them where tests share the sandbox."""
        return sync_engine(self.target, pooled=self.fenced)

    def close(self) -> None:
        """Close the pool, if there is one."""
        if "sync_engine" in vars(self):
            self.sync_engine.dispose()


@asynccontextmanager
async def connected(sandbox: Sandbox) -> AsyncIterator[AsyncConnection]:
    """A connection; in a fenced sandbox with a transaction begun, which is undone at the end."""
    async with sandbox.engine.connect() as connection:
        if sandbox.fenced:
            await connection.begin()
        yield connection


@contextmanager
def connected_sync(sandbox: Sandbox) -> Iterator[Connection]:
    """The same over psycopg."""
    with sandbox.sync_engine.connect() as connection:
        if not sandbox.fenced:
            yield connection
            return
        event.listen(connection, "commit", _refuse)
        connection.begin()
        try:
            yield connection
        finally:
            event.remove(connection, "commit", _refuse)
            if not (connection.closed or connection.invalidated):
                # SQLAlchemy takes a transaction whose commit was refused for one that is over.
                connection.connection.rollback()


def sync_engine(target: Target, *, pooled: bool) -> Engine:
    """An engine of psycopg's connections. Raises `ConfigurationError` where it is not installed."""
    named = replace(target, application_name="autogpt-seed testing")
    url = make_url(named.url()).set(drivername="postgresql+psycopg")
    try:
        return create_engine(url) if pooled else create_engine(url, poolclass=NullPool)
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "Fixtures without an event loop need psycopg, which is not installed.",
            remedy="Run: pip install 'psycopg[binary]'",
        ) from error


def _refuse(_connection: Connection) -> None:
    raise RefusedForSafety(
        "This connection is in a database that other tests share, and must not be committed.",
        remedy="Commit through a session (autogpt_session), or have a database of the test's own: "
        "@pytest.mark.autogpt_seed(isolation='clone').",
    )
