"""One connection, one transaction, rolled back unless `commit()` was called."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncTransaction

from autogpt_seed.database.failures import DRIVER_ERRORS, explain, is_lock_timeout, is_lost
from autogpt_seed.database.holders import holders
from autogpt_seed.database.locks import lock_schema
from autogpt_seed.database.reflection.schemas import find_schema
from autogpt_seed.database.sql import quote
from autogpt_seed.database.target import Driver
from autogpt_seed.database.url import Target, parse_url
from autogpt_seed.errors import ConfigurationError, DatabaseUnreachable, DatabaseUnsuitable

logger = logging.getLogger(__name__)

Bind = str | Target | AsyncEngine | AsyncConnection
"""Where a use case works: a URL, a named database, an engine, or a caller's own connection."""

Isolation = Literal["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"]


@dataclass(frozen=True)
class Timeouts:
    """Limits that the server keeps, in seconds; 0 is no limit."""

    lock: float = 30
    statement: float = 3600


class UnitOfWork:
    """The transaction that a use case works in.

    On a target or engine it opens a connection of its own and begins; on a caller's connection
    it joins the caller's transaction through a savepoint, never commits or closes anything, and
    puts the settings back that it changed. Leaving it without `commit()` undoes everything, as
    does an exception, which is raised again, the server's own translated into a `SeedError`.
    With `read_only` the server refuses every statement that would write. `isolation` is that of
    a transaction of its own; a caller's keeps the level that it began with.

        async with UnitOfWork(engine) as work:
            await work.connection.execute(...)
            await work.commit()
    """

    connection: AsyncConnection

    def __init__(
        self,
        bind: Bind,
        *,
        timeouts: Timeouts | None = None,
        isolation: Isolation | None = None,
        read_only: bool = False,
    ) -> None:
        target = parse_url(bind) if isinstance(bind, str) else bind
        self.target = target if isinstance(target, Target) else None
        self._bind = target.engine() if isinstance(target, Target) else target
        self._timeouts = timeouts or Timeouts()
        self._isolation = isolation
        self._read_only = read_only
        self._committed = False
        self._saved_settings: dict[str, str] = {}

    @property
    def named_schema(self) -> str | None:
        """The schema that the target's URL names, if any."""
        return self.target.schema if self.target else None

    @property
    def joined(self) -> bool:
        """Whether it works inside a caller's transaction."""
        return isinstance(self._bind, AsyncConnection)

    async def __aenter__(self) -> Self:
        try:
            await self._begin()
            if not self._read_only:
                await self._check_writable()
        except DRIVER_ERRORS as error:
            await self._abandon()
            raise explain(error) from error
        except BaseException:
            await self._abandon()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        in_the_way = ""
        foreign = isinstance(error, OSError) and not await self._is_lost()
        if not self._committed:
            in_the_way = await self._abandon(look=is_lock_timeout(error))
        elif not self.joined:
            await _to_its_end(self.connection.close())
        if isinstance(error, DRIVER_ERRORS) and not foreign:
            raise explain(error, in_the_way) from error

    async def commit(self) -> None:
        """Keep everything. On a caller's connection: release the savepoint, the caller decides.

        A cancellation meanwhile does not stop it: whether it happened must not remain unknown.
        """
        if self.joined:
            await self._put_settings_back()
        try:
            await _to_its_end(self._transaction.commit())
        except DRIVER_ERRORS as error:
            if not is_lost(error):
                raise
            raise DatabaseUnreachable(
                "The connection was lost during the commit: it may or may not have happened.",
                evidence=str(error),
                remedy="Look for the run's rows in the database before running this again.",
            ) from error
        self._committed = True

    async def driver(self) -> Driver:
        """The asyncpg connection, for COPY. The transaction has been begun on it already.

        SQLAlchemy sends BEGIN with its first statement only; a COPY before that would commit by
        itself. `__aenter__` executes one, so whoever holds a unit of work is safe.
        """
        driver = (await self.connection.get_raw_connection()).driver_connection
        if not isinstance(driver, asyncpg.Connection):
            raise ConfigurationError(
                "The engine does not use the asyncpg driver.",
                evidence=f"Its connections are {type(driver).__module__}.{type(driver).__name__}.",
                remedy="Make it with create_async_engine('postgresql+asyncpg://…').",
            )
        return driver

    async def open_schema(self, wanted: str | None, *, exclusive: bool = True) -> str:
        """Enter the schema that is `wanted`, else the one that the target's URL names, else the
        only one that holds the platform's tables. Its name; raises what `find_schema` raises."""
        schema = await find_schema(self.connection, wanted or self.named_schema)
        await self.enter_schema(schema, exclusive=exclusive)
        return schema

    async def enter_schema(self, schema: str, *, exclusive: bool = True) -> None:
        """Put `schema` first on the search path and, if `exclusive`, lock it among seeders.

        The lock is advisory, held to the end of the transaction. Another seeder's is waited for
        as long as the lock time-out allows, then a `DatabaseUnsuitable` says who holds it.
        """
        await self.set_local("search_path", f"{quote(schema)}, public")
        if exclusive:
            await lock_schema(self.connection, schema)

    async def set_local(self, setting: str, value: str) -> None:
        """Change a setting of the server until this unit of work ends."""
        if self.joined and setting not in self._saved_settings:
            query = text("SELECT current_setting(:name, true)")
            old = (await self.connection.execute(query, {"name": setting})).scalar_one_or_none()
            self._saved_settings[setting] = old or ""
        await self._set(setting, value)

    async def _set(self, setting: str, value: str) -> None:
        query = text("SELECT set_config(:name, :value, true)")
        await self.connection.execute(query, {"name": setting, "value": value})

    async def _begin(self) -> None:
        if isinstance(self._bind, AsyncConnection):
            self.connection = self._bind
            await self._refuse_autocommit()
            self._transaction: AsyncTransaction = await self.connection.begin_nested()
        else:
            self.connection = await self._bind.connect()
            await self._refuse_autocommit()
            if self._isolation:
                await self.connection.execution_options(isolation_level=self._isolation)
            self._transaction = await self.connection.begin()
        if self._read_only:
            await self.connection.execute(text("SET TRANSACTION READ ONLY"))
        await self.set_local("jit", "off")  # compiling a query of the catalogue takes a second
        await self.set_local("lock_timeout", f"{self._timeouts.lock * 1000:.0f}")
        await self.set_local("statement_timeout", f"{self._timeouts.statement * 1000:.0f}")
        if not self.joined and (self.connection.dialect.server_version_info or ()) >= (17,):
            await self.set_local("transaction_timeout", "0")
        if self.target is not None and self.target.embedded:
            # A waiting session ends an autovacuum in its way once it looks for deadlocks, usually
            # after a second. Elsewhere applications would lose more of the deadlocks.
            await self.set_local("deadlock_timeout", "50ms")

    async def _refuse_autocommit(self) -> None:
        raw = await self.connection.get_raw_connection()
        if getattr(raw.dbapi_connection, "autocommit", False):
            raise ConfigurationError(
                "The connection commits every statement by itself.",
                evidence="Its isolation level is AUTOCOMMIT: nothing could be rolled back.",
                remedy="Give an engine or a connection without isolation_level='AUTOCOMMIT'.",
            )

    async def _check_writable(self) -> None:
        query = text(
            "SELECT pg_is_in_recovery(), current_setting('transaction_read_only')::boolean,"
            " current_setting('default_transaction_read_only')"
        )
        replica, read_only, usual = (await self.connection.execute(query)).one()
        if replica:
            raise DatabaseUnsuitable(
                "The server is a read-only replica.", remedy="Name the primary server instead."
            )
        if read_only:
            raise DatabaseUnsuitable(
                "Transactions on this connection are read-only.",
                evidence="The server says: transaction_read_only = on, "
                f"default_transaction_read_only = {usual}.",
                remedy="Use a role or database without that setting, if you mean to write to it.",
            )

    async def _put_settings_back(self) -> None:
        for setting, value in self._saved_settings.items():
            await self._set(setting, value)

    async def _is_lost(self) -> bool:
        """Whether the session is over. While it is not, no OSError comes from the driver."""
        if self.connection.closed or self.connection.invalidated:
            return True
        driver = (await self.connection.get_raw_connection()).driver_connection
        return isinstance(driver, asyncpg.Connection) and driver.is_closed()

    async def _abandon(self, *, look: bool = False) -> str:
        """Undo everything. With `look`, say who holds locks afterwards.

        Where the connection is lost, the server has undone it.
        """
        if not hasattr(self, "connection"):
            return ""
        try:
            if hasattr(self, "_transaction"):
                await self._transaction.rollback()
            if look:
                return await holders(self.connection)
        except DRIVER_ERRORS as error:
            logger.debug("no rollback over a lost connection: %s", type(error).__name__)
            await self.connection.invalidate()
        finally:
            if not self.joined:
                await self.connection.close()
        return ""


async def _to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """Await `work`, even if this task is cancelled meanwhile. A second cancellation stops it."""
    task = asyncio.create_task(work)
    with suppress(asyncio.CancelledError):
        await asyncio.shield(task)
    await task
