"""The use case migrate(): bring a schema to a version of the platform's, up or down."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from autogpt_seed.database.bookkeeping import BOOKKEEPING
from autogpt_seed.database.failures import explain, sqlstate
from autogpt_seed.database.locks import lock_schema
from autogpt_seed.database.migrations.files import DEFAULT_SCHEMA, MAXIMUM_NAME, migrations_folder
from autogpt_seed.database.migrations.running import landmarks, recorded_revision
from autogpt_seed.database.reflection.reflect import reflect
from autogpt_seed.database.runs.record import forget_all_runs
from autogpt_seed.errors import ConfigurationError, DatabaseUnsuitable
from autogpt_seed.safety import require_name
from autogpt_seed.unit_of_work import Bind, Timeouts, UnitOfWork

logger = logging.getLogger(__name__)

_ALEMBIC = threading.Lock()
"""Alembic's `op` and `context` are global to the process: one migration at a time."""

_REMEDIES = {
    "42501": "Connect as a role that may CREATE on the database and owns the platform's objects.",
    "42P07": "Name an empty schema, or one that `autogpt-seed migrate` has made.",
    "42710": "Name an empty schema, or one that `autogpt-seed migrate` has made.",
    "2BP01": "First drop what depends on the platform's objects.",
}


@dataclass(frozen=True)
class MigrationReport:
    """What was done. A revision of None is a schema without the platform's objects.

    `steps` are the revisions that were made, or unmade on the way down, in that order.
    """

    schema: str
    from_revision: str | None
    to_revision: str | None
    steps: tuple[str, ...]


def known_revisions() -> tuple[str, ...]:
    """The revisions of the platform's schema, the oldest first."""
    scripts = ScriptDirectory.from_config(_config())
    return tuple(script.revision for script in scripts.walk_revisions())[::-1]


async def migrate(
    target: Bind,
    *,
    schema: str | None = None,
    revision: str = "head",
    into: str | None = None,
    timeouts: Timeouts | None = None,
) -> MigrationReport:
    """Bring `schema` of `target` to `revision`: one of `known_revisions()`, "head" or "base".

    The schema is `platform` unless it or the target's URL names one, and made where it is
    missing. Everything happens in one transaction, or nothing; two at once wait for each other.
    On a caller's connection it joins the caller's transaction, and enum labels that it adds to
    existing types can be used after the caller's commit only. Where pgvector cannot be created,
    its table is left out with a warning in the log. Where the schema is or was without tables, the
    runs that the record holds of it are forgotten, if the role may write the record.

    The way down loses rows: a database with users that no run made must be named by `into`, as in
    `populate`, else `RefusedForSafety` is raised. Raises `ConfigurationError` for an unknown
    revision or an impossible schema, `DatabaseUnsuitable` where the platform's tables are there but
    not made by these migrations, and where the role lacks a right.
    """
    wanted = _revision(revision)
    unit = UnitOfWork(target, timeouts=timeouts)
    schema = schema or unit.named_schema or DEFAULT_SCHEMA
    _check_name(schema)
    async with unit as work:
        # The extension and the schema of the version tables belong to the whole database, hence
        # the first lock. The second keeps seeders away.
        await lock_schema(work.connection, BOOKKEEPING)
        await work.enter_schema(schema)
        async with _alone():
            try:
                report = await _migrate(work, schema, wanted, into)
            except DBAPIError as error:
                raise _refusal(error, schema) from error
        await work.commit()
    return report


async def _migrate(
    work: UnitOfWork, schema: str, wanted: str | None, into: str | None
) -> MigrationReport:
    connection = work.connection
    before = await connection.run_sync(_starting_point, schema)
    order = (None, *known_revisions())
    here, there = order.index(before), order.index(wanted)
    made, unmade = order[here + 1 : there + 1], order[there + 1 : here + 1][::-1]
    if made:
        await connection.run_sync(_run, command.upgrade, schema, wanted)
    if unmade:
        await _require_name(work, schema, into)
        await connection.run_sync(_run, command.downgrade, schema, wanted)
    if None in (before, wanted):
        await forget_all_runs(connection, schema)  # their rows are gone with the tables
    steps = tuple(revision for revision in made + unmade if revision)
    return MigrationReport(schema, before, wanted, steps)


async def _require_name(work: UnitOfWork, schema: str, into: str | None) -> None:
    catalog = await reflect(work.connection, schema)
    if "User" in catalog.tables:  # without it the server refuses to go down
        await require_name(work, catalog, into)


def _run(
    connection: Connection, move: Callable[[Config, str], None], schema: str, wanted: str | None
) -> None:
    move(_config(connection, schema), wanted or "base")


def _starting_point(connection: Connection, schema: str) -> str | None:
    """The revision that the schema is at, by the record and by what the schema holds."""
    recorded = recorded_revision(connection, schema)
    held = landmarks(connection, schema)
    if recorded and not held:
        logger.warning(
            "Schema %s was at %s and no longer has its tables; starting over.", schema, recorded
        )
        command.stamp(_config(connection, schema), "base")
        return None
    if held and not recorded:
        raise DatabaseUnsuitable(
            f"Schema {schema!r} holds the platform's tables, but these migrations did not make "
            "them: somebody else manages this database.",
            evidence=f"It holds {' and '.join(held)}, and no record of a revision.",
            remedy="It can be seeded as it is: autogpt-seed populate. To migrate, name another "
            "schema with --schema.",
        )
    if recorded and recorded not in known_revisions():
        raise DatabaseUnsuitable(
            f"Schema {schema!r} is at revision {recorded!r}, which this version does not know.",
            evidence=f"Known revisions: {', '.join(known_revisions())}.",
            remedy="Use the version of autogpt-seed that made it, or a newer one.",
        )
    return recorded


def _config(connection: Connection | None = None, schema: str = DEFAULT_SCHEMA) -> Config:
    """Alembic's configuration, without a file: `env.py` reads the attributes."""
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.attributes.update(connection=connection, schema=schema)
    return config


@asynccontextmanager
async def _alone() -> AsyncIterator[None]:
    """Wait, without stopping the event loop, until no other migration runs in this process."""
    while not _ALEMBIC.acquire(blocking=False):  # noqa: ASYNC110  other loops may hold it, too
        await asyncio.sleep(0.005)
    try:
        yield
    finally:
        _ALEMBIC.release()


def _revision(name: str) -> str | None:
    known = known_revisions()
    if name == "base":
        return None
    if name == "head":
        return known[-1]
    if name not in known:
        raise ConfigurationError(
            f"There is no revision {name!r}.",
            remedy=f"Known revisions: {', '.join(known)}, and base and head.",
        )
    return name


def _check_name(schema: str) -> None:
    if schema == BOOKKEEPING:
        problem = "autogpt-seed keeps its records there"
    elif schema.startswith("pg_") or schema == "information_schema":
        problem = "PostgreSQL keeps such names for itself"
    elif len(schema.encode()) > MAXIMUM_NAME:
        problem = f"a name has at most {MAXIMUM_NAME} bytes"
    else:
        return
    raise ConfigurationError(
        f"{schema!r} cannot be the platform's schema: {problem}.",
        remedy="Name another one with --schema.",
    )


def _refusal(error: DBAPIError, schema: str) -> Exception:
    """The server's refusal, with the remedy that is right for a migration."""
    explained = explain(error)
    remedy = _REMEDIES.get(sqlstate(error))
    if remedy is None:
        return explained
    sentence = f"The server refused to migrate schema {schema!r}."
    return DatabaseUnsuitable(sentence, evidence=explained.evidence, remedy=remedy)
