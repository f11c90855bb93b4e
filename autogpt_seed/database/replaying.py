"""The command of a pg_cron job, done again as the job would do it, and undone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.database.cron import CronJob
from autogpt_seed.database.failures import explain, sqlstate
from autogpt_seed.database.sql import quote
from autogpt_seed.database.statements import changes_role, controls_transaction, split

_SETTINGS = """
SELECT setting FROM pg_db_role_setting s, unnest(s.setconfig) AS setting
LEFT JOIN pg_database d ON d.datname = current_database()
WHERE s.setdatabase IN (0, d.oid)
  AND s.setrole IN (0, (SELECT oid FROM pg_roles WHERE rolname = :role))
ORDER BY s.setrole <> 0, s.setdatabase <> 0
"""
"""From the most general to the most special, as a new session applies them."""

_OURS = frozenset({"lock_timeout", "statement_timeout", "role", "session_authorization"})
"""Settings that stay as this session has them."""

_DEFAULT_PATH = "SELECT boot_val FROM pg_settings WHERE name = 'search_path'"
_ROLE_EXISTS = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :role)"
_RUNNER = """
CREATE FUNCTION pg_temp.autogpt_seed_replay(statements pg_catalog.text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    statement pg_catalog.text;
BEGIN
    FOREACH statement IN ARRAY statements LOOP
        EXECUTE statement;
    END LOOP;
END
$$
"""
"""A function of the job's role: with its owner's rights the server lets nothing in it return to the
role of this session, and nothing end the transaction. One call does all the statements, or one of
them could put another function in its place."""

_CALL = "SELECT pg_temp.autogpt_seed_replay(CAST($1 AS pg_catalog.text[]))"
_DROP = "DROP FUNCTION pg_temp.autogpt_seed_replay(pg_catalog.text[])"
_SET = text("SELECT pg_catalog.set_config(:name, :value, true)")
_UNREPEATABLE = ("0A000", "25", "2D000")
"""What the server says of commands that cannot run inside a function or transaction."""


@dataclass(frozen=True)
class Replay:
    """How a replay ended. `error` is what the server said; `possible` is false where it said that
    the command, or the job's role with its settings, cannot be reproduced in this transaction."""

    error: str = ""
    possible: bool = True


@asynccontextmanager
async def replayed(connection: AsyncConnection, jobs: Sequence[CronJob]) -> AsyncIterator[Replay]:
    """Do the commands of the jobs, let the caller look at what they did, and undo it all.

    Each is done under the job's own role, with that role's settings and the default search path.
    None of its statements can end the transaction, or act as another role: those that would are
    left out, or make the replay impossible, and the server refuses them in the others.
    """
    savepoint = await connection.begin_nested()
    try:
        yield await _replay(connection, jobs)
    finally:
        await savepoint.rollback()


async def _replay(connection: AsyncConnection, jobs: Sequence[CronJob]) -> Replay:
    """The first error ends it; the looking takes place in the transaction as it was then."""
    path = (await connection.exec_driver_sql("SHOW search_path")).scalar_one()
    for job in jobs:
        if not (await connection.execute(text(_ROLE_EXISTS), {"role": job.user})).scalar_one():
            return Replay(f"{job.name}: the role {job.user!r} does not exist, so it never runs.")
        statements = split(job.command)
        if any(map(changes_role, statements)):
            return Replay(f"{job.name}: its command changes its role.", possible=False)
        became = False
        try:
            async with connection.begin_nested():
                await _become(connection, job.user)
                became = True
                kept = [one for one in statements if not controls_transaction(one)]
                await connection.exec_driver_sql(_CALL, (kept,))
                await connection.exec_driver_sql(_DROP)
                await connection.exec_driver_sql("RESET ROLE")
                # What looks at the views must not find functions of the job's role instead.
                await connection.execute(_SET, {"name": "search_path", "value": path})
        except DBAPIError as error:
            possible = became and not sqlstate(error).startswith(_UNREPEATABLE)
            return Replay(f"{job.name}: {explain(error).evidence}", possible=possible)
    return Replay()


async def _become(connection: AsyncConnection, role: str) -> None:
    """The role and what a new session of it would start with, some of which it may not change."""
    settings = {"search_path": (await connection.execute(text(_DEFAULT_PATH))).scalar_one()}
    for setting in (await connection.execute(text(_SETTINGS), {"role": role})).scalars():
        name, _, value = setting.partition("=")
        settings[name] = value
    for name, value in settings.items():
        if name not in _OURS:
            await connection.execute(_SET, {"name": name, "value": value})
    await connection.exec_driver_sql(f"SET LOCAL ROLE {quote(role)}")
    await connection.exec_driver_sql(_RUNNER)
