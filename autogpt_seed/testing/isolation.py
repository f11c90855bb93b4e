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

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.database.target import Target
from autogpt_seed.errors import RefusedForSafety


@dataclass(frozen=True, slots=True)
class Place:
    """Where a test works; `fenced` tells whether others work there, too."""

    target: Target
    fenced: bool


@asynccontextmanager
async def connected(place: Place) -> AsyncIterator[AsyncConnection]:
    """A connection; in a fenced place with a transaction begun, which is undone at the end."""
    engine = place.target.engine()
    if place.fenced:
        event.listen(engine.sync_engine, "commit", _refuse)
    async with engine.connect() as connection:
        if place.fenced:
            await connection.begin()
        yield connection


@contextmanager
def connected_sync(place: Place, engine: Engine) -> Iterator[Connection]:
    """The same over psycopg."""
    with engine.connect() as connection:
        if not place.fenced:
            yield connection
            return
        event.listen(connection, "commit", _refuse)
        connection.begin()
        try:
            yield connection
        finally:
            event.remove(connection, "commit", _refuse)


def sync_engine(target: Target, *, pooled: bool = False) -> Engine:
    """An engine of psycopg's connections."""
    named = replace(target, application_name="autogpt-seed testing")
    url = make_url(named.url()).set(drivername="postgresql+psycopg")
    return create_engine(url) if pooled else create_engine(url, poolclass=NullPool)


def _refuse(_connection: Connection) -> None:
    raise RefusedForSafety(
        "This connection is in a database that other tests share, and must not be committed.",
        remedy="Commit through a session (autogpt_session), or have a database of the test's own: "
        "@pytest.mark.autogpt_seed(isolation='clone').",
    )
