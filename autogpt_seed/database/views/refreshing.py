"""The refresh of the materialised views, and by which path the server did it."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.catalog import Catalog, Function, View
from autogpt_seed.database.failures import (
    INSUFFICIENT_PRIVILEGE,
    explain,
    is_lock_timeout,
    sqlstate,
)
from autogpt_seed.database.holders import HELD_BY_OTHERS, holders
from autogpt_seed.database.savepoints import CIRCUMSTANCES
from autogpt_seed.database.session import setting
from autogpt_seed.database.sql import quote
from autogpt_seed.database.views.refresh_function import (
    REFRESH_FUNCTION,
    plain_views,
    refused_refreshes,
)
from autogpt_seed.errors import DatabaseUnsuitable

logger = logging.getLogger(__name__)

_SERIALIZATION_FAILURE = "40001"
_OUTSIDE_OF_TRANSACTIONS = ("25001", "2D000")
"""The server's words, within a transaction, for VACUUM and the like, and for COMMIT."""

_WAITS = 3
"""How often a refresh waits for a lock before an error gets out, because the platform's function
catches every error: for one view, concurrently; then plainly for this one and for another."""

_PATIENCE = "SELECT setting::bigint FROM pg_settings WHERE name = 'lock_timeout'"

_HOLDERS = f"""
SELECT c.relname::text AS view, l.pid, l.mode,
       COALESCE(NULLIF(a.application_name, ''), NULLIF(a.backend_type, 'client backend'), 'unnamed')
       AS application
{HELD_BY_OTHERS}
  AND n.nspname = :schema AND c.relkind = 'm' AND l.mode <> 'AccessShareLock'
ORDER BY c.relname, l.pid
"""
"""A concurrent refresh waits for every lock but that of a reader."""


class RefreshFailed(DatabaseUnsuitable):
    """The platform's refresh function, or a materialised view, is broken."""


class RefreshPath(StrEnum):
    """How a materialised view was refreshed, as the server's locks and files tell."""

    CONCURRENT = "concurrently"
    PLAIN = "plainly"
    NONE = "not at all"


@dataclass(frozen=True)
class ViewRefresh:
    """What a refresh did to one materialised view, whether it could have been concurrent, and
    whether it was populated before. `emptied`: it was refreshed WITH NO DATA."""

    view: str
    path: RefreshPath
    could_be_concurrent: bool
    populated: bool
    emptied: bool


@dataclass(frozen=True)
class Refresh:
    """A refresh that came to its end. `function` is None where each view was refreshed directly."""

    function: str | None
    views: tuple[ViewRefresh, ...]
    seconds: float


async def refresh(connection: AsyncConnection, catalog: Catalog) -> Refresh:
    """Refresh the materialised views through the platform's function, inside this transaction.

    Without the function each view is refreshed directly, in the order of their dependencies,
    concurrently where it can be. The search path holds the platform's schema first meanwhile,
    and all its waits for locks together last no longer than the session lets one wait last.
    Raises `DatabaseUnsuitable`: the role may not, a lock is not free; `RefreshFailed`: the
    function or a view raises an error. The connection is usable after either.
    """
    function = catalog.callable(REFRESH_FUNCTION)
    if function is None and catalog.materialized_views:
        logger.warning("The schema has no %s(): refreshing each view.", REFRESH_FUNCTION)
    before = await _states(connection, catalog)
    patience = await _lock_patience(connection)
    await _warn_of_waits(connection, catalog, patience)
    longest_wait = max(1, patience // _WAITS) if patience else 0
    begun = time.perf_counter()
    try:
        async with (
            connection.begin_nested(),
            setting(connection, "search_path", f"{quote(catalog.schema)}, public"),
            setting(connection, "lock_timeout", str(longest_wait)),
        ):
            for statement in _statements(catalog, function):
                await connection.exec_driver_sql(statement)
    except DBAPIError as error:
        raise _failure(error, catalog, await _others(connection, error)) from error
    seconds = time.perf_counter() - begun
    after = await _states(connection, catalog)
    locked = await _locked(connection, catalog)
    return Refresh(
        function=function.name if function else None,
        views=tuple(
            _refreshed(view, before[view.name], after[view.name], locked=view.name in locked)
            for view in catalog.materialized_views
        ),
        seconds=seconds,
    )


async def try_refresh(connection: AsyncConnection, catalog: Catalog) -> None:
    """Refresh the views and undo it, where it seems that the role may not: what there is to load
    before would be loaded in vain. Raises as `refresh` does."""
    if not await refused_refreshes(connection, catalog):
        return
    savepoint = await connection.begin_nested()
    try:
        await refresh(connection, catalog)
    finally:
        if savepoint.is_active:
            await savepoint.rollback()


async def _lock_patience(connection: AsyncConnection) -> int:
    """For how many milliseconds the session waits for a lock; 0 is for ever."""
    return int((await connection.execute(text(_PATIENCE))).scalar_one())


async def _warn_of_waits(connection: AsyncConnection, catalog: Catalog, patience: int) -> None:
    """Log who holds locks that a refresh needs, and the views whose readers it will block."""
    for row in await connection.execute(text(_HOLDERS), {"schema": catalog.schema}):
        logger.warning(
            "%s is locked (%s) by process %s (%s): waiting for it.",
            row.view,
            row.mode,
            row.pid,
            row.application,
        )
    if plain := plain_views(catalog):
        limit = f"at most {patience / 1000:g} s" if patience else "unlimited"
        logger.warning(
            "A plain refresh blocks readers of %s until this transaction ends (lock wait: %s).",
            ", ".join(plain),
            limit,
        )


def _statements(catalog: Catalog, function: Function | None) -> Iterator[str]:
    if function:
        verb = "CALL" if function.procedure else "SELECT"
        yield f"{verb} {quote(function.schema, function.name)}()"
        return
    for view in catalog.materialized_views:
        how = "CONCURRENTLY " if view.concurrently_refreshable else ""
        yield f"REFRESH MATERIALIZED VIEW {how}{quote(view.schema, view.name)}"


@dataclass(frozen=True)
class _State:
    """A materialised view at one moment. A plain refresh makes a new file."""

    file: int
    populated: bool


async def _states(connection: AsyncConnection, catalog: Catalog) -> dict[str, _State]:
    """The state of each materialised view."""
    query = text(
        "SELECT c.relname::text, pg_relation_filenode(c.oid)::bigint, c.relispopulated "
        "FROM pg_class c "
        "JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = :schema AND c.relkind = 'm'"
    )
    rows = (await connection.execute(query, {"schema": catalog.schema})).all()
    return {name: _State(*state) for name, *state in rows}


async def _locked(connection: AsyncConnection, catalog: Catalog) -> frozenset[str]:
    """The materialised views on which this transaction holds the lock that any refresh takes."""
    query = text(
        "SELECT c.relname::text FROM pg_locks l JOIN pg_class c ON c.oid = l.relation "
        "JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE l.locktype = 'relation' AND l.pid = pg_backend_pid() AND l.granted "
        "AND l.mode IN ('ExclusiveLock', 'AccessExclusiveLock') AND n.nspname = :schema"
    )
    return frozenset(await connection.scalars(query, {"schema": catalog.schema}))


def _refreshed(view: View, before: _State, after: _State, *, locked: bool) -> ViewRefresh:
    path = RefreshPath.CONCURRENT if locked else RefreshPath.NONE
    if before.file != after.file:
        path = RefreshPath.PLAIN
    return ViewRefresh(
        view.name,
        path,
        view.concurrently_refreshable,
        before.populated,
        emptied=path is RefreshPath.PLAIN and not after.populated,
    )


async def _others(connection: AsyncConnection, error: DBAPIError) -> str:
    """What other sessions did that may have caused the error; "" where nothing is known."""
    if is_lock_timeout(error):
        return await holders(connection)
    if sqlstate(error) == _SERIALIZATION_FAILURE:
        return "Another session may have refreshed a view at the same time."
    return ""


def _failure(error: DBAPIError, catalog: Catalog, others: str) -> Exception:
    state, explained = sqlstate(error), explain(error, others)
    owns_all = all(view.privileges.owner for view in catalog.materialized_views)
    if state == INSUFFICIENT_PRIVILEGE and not owns_all:
        names = ", ".join(view.name for view in catalog.materialized_views)
        return DatabaseUnsuitable(
            "The role may not refresh the materialised views.",
            evidence=explained.evidence,
            remedy=f"Connect as the owner of {names}, or, from PostgreSQL 17 on, grant the role "
            "MAINTAIN on them.",
        )
    if state.startswith(CIRCUMSTANCES):
        return explained
    if state in _OUTSIDE_OF_TRANSACTIONS:
        return RefreshFailed(
            f"{REFRESH_FUNCTION}() of schema {catalog.schema!r} cannot run in a transaction.",
            evidence=explained.evidence,
            remedy="Let it neither commit nor roll back, nor call what must stand alone, such as "
            "VACUUM: its caller decides what becomes of the transaction.",
        )
    return RefreshFailed(
        f"The refresh of the materialised views of schema {catalog.schema!r} failed.",
        evidence=explained.evidence,
        remedy=f"Look at the function {REFRESH_FUNCTION}() and at the views that it names.",
    )
