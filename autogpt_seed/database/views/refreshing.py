"""The refresh of the materialised views, and by which path the server did it."""

from __future__ import annotations

import logging
import re
import time
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
from autogpt_seed.database.holders import holders
from autogpt_seed.database.server import setting
from autogpt_seed.database.sql import quote
from autogpt_seed.database.trying import CIRCUMSTANCES
from autogpt_seed.database.views.locks import lock_patience, shorter_waits, warn_of_waits
from autogpt_seed.errors import DatabaseUnsuitable

logger = logging.getLogger(__name__)

REFRESH_FUNCTION = "refresh_store_materialized_views"

_SERIALIZATION_FAILURE = "40001"

_REFRESHED = re.compile(
    r'REFRESH\s+MATERIALIZED\s+VIEW\s+(CONCURRENTLY\s+)?(?:[\w"]+\.)?("[^"]+"|(?!CONCURRENTLY)\w+)',
    re.IGNORECASE,
)


def lost_views(catalog: Catalog) -> list[str]:
    """What the platform's function refreshes, by its text, and the schema does not hold."""
    function = catalog.callable(REFRESH_FUNCTION)
    named = _named(function) if function else {}
    return [name for name in named if name not in catalog.views]


def lacking_index(catalog: Catalog) -> list[str]:
    """The views that the platform's function refreshes concurrently, by its text, and that have no
    unique index for it."""
    function = catalog.callable(REFRESH_FUNCTION)
    if function is None:
        return []
    always = "CONCURRENTLY" in function.definition.upper()
    named = _named(function) or dict.fromkeys(catalog.views, always)
    return [
        view.name
        for view in catalog.materialized_views
        if named.get(view.name) and view.populated and not view.concurrently_refreshable
    ]


def _named(function: Function) -> dict[str, bool]:
    """The views that the text of a function refreshes, and whether concurrently, if only at first.
    Nothing where it makes up their names as it runs."""
    found: dict[str, bool] = {}
    for concurrently, quoted in _REFRESHED.findall(function.definition):
        name = quoted.strip('"') if quoted.startswith('"') else quoted.lower()
        found[name] = found.get(name, False) or bool(concurrently)
    return found


def _plain(catalog: Catalog, function: Function | None) -> list[str]:
    """The views that will be refreshed plainly, as far as can be told beforehand."""
    named = _named(function) if function else {}
    return [
        view.name
        for view in catalog.materialized_views
        if (not named or view.name in named)
        and not (view.concurrently_refreshable and named.get(view.name, True))
    ]


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
    populated: bool = True
    emptied: bool = False


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
    and all waits for locks together take no longer than one of the session may.
    Raises `DatabaseUnsuitable`: the role may not, a lock is not free; `RefreshFailed`: the
    function or a view raises an error. The connection is usable after either.
    """
    function = catalog.callable(REFRESH_FUNCTION)
    if function is None:
        if catalog.materialized_views:
            logger.warning("The schema has no %s(): refreshing each view.", REFRESH_FUNCTION)
        statements = [_statement(view) for view in catalog.materialized_views]
    else:
        verb = "CALL" if function.procedure else "SELECT"
        statements = [f"{verb} {quote(function.schema, function.name)}()"]
    before = await _states(connection, catalog)
    patience = await lock_patience(connection)
    await warn_of_waits(connection, catalog, _plain(catalog, function), patience)
    begun = time.perf_counter()
    try:
        async with (
            connection.begin_nested(),
            setting(connection, "search_path", f"{quote(catalog.schema)}, public"),
            shorter_waits(connection, patience),
        ):
            for statement in statements:
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


def _statement(view: View) -> str:
    how = "CONCURRENTLY " if view.concurrently_refreshable else ""
    return f"REFRESH MATERIALIZED VIEW {how}{quote(view.schema, view.name)}"


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
    """What other sessions may have to do with it."""
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
    return RefreshFailed(
        f"The refresh of the materialised views of schema {catalog.schema!r} failed.",
        evidence=explained.evidence,
        remedy=f"Look at the function {REFRESH_FUNCTION}() and at the views that it names.",
    )
