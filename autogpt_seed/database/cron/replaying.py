"""Does what the command of a pg_cron job does, as the job would do it, and undoes it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.database.cron.jobs import CronJob
from autogpt_seed.database.failures import explain, is_role_change, sqlstate
from autogpt_seed.database.sql import quote
from autogpt_seed.database.statements import changes_role, controls_transaction, split

_ROLES_SETTINGS = """
SELECT setting FROM pg_catalog.pg_db_role_setting s, unnest(s.setconfig) AS setting
LEFT JOIN pg_catalog.pg_database d ON d.datname = current_database()
WHERE s.setdatabase IN (0, d.oid)
  AND s.setrole IN (0, (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = :role))
ORDER BY s.setrole <> 0, s.setdatabase <> 0
"""
"""From the most general to the most special, as a new session applies them."""

_OURS = frozenset({"lock_timeout", "statement_timeout", "role", "session_authorization"})
"""Settings that stay as this session has them."""

_SETTINGS = """
SELECT name, setting FROM pg_catalog.pg_settings
WHERE context IN ('user', 'superuser')
  AND name NOT IN ('transaction_deferrable', 'transaction_isolation', 'transaction_read_only')
"""
_DEFAULT_PATH = "SELECT boot_val FROM pg_catalog.pg_settings WHERE name = 'search_path'"
_ROLE_EXISTS = "SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = :role)"
_RUNNER = """
CREATE FUNCTION pg_temp.autogpt_seed_replay(statements pg_catalog.text[]) RETURNS pg_catalog.void
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
_SET = text("SELECT pg_catalog.set_config(:name, :value, true)")
_UNREPEATABLE = ("0A000", "25", "2D000")
"""What the server says of commands that cannot run inside a function or transaction."""

_AS_ANOTHER = "Verify as a superuser, or as the job's own role."
_WITH_A_URL = "Give verify the URL of the database, instead of an engine or a connection."
_BY_ITSELF = "Let the job itself do it: autogpt-seed verify --commit --wait-for-cron 20m."


@dataclass(frozen=True)
class Replay:
    """How a replay ended. `error` is what the server said; with a `remedy`, it says nothing of the
    job: its command, or its role with its settings, cannot be reproduced in this transaction."""

    error: str = ""
    remedy: str = ""


@asynccontextmanager
async def replayed(
    connection: AsyncConnection, jobs: Sequence[CronJob], *, own: bool
) -> AsyncIterator[Replay]:
    """Do the commands of the jobs, let the caller look at what they did, and undo it all.

    Each is done under the job's own role, with that role's settings and the default search path.
    None of its statements can end the transaction, or act as another role: those that would are
    left out, or make the replay impossible, and the server refuses them in the others. Nor does
    what they leave in the session, such as settings and temporary objects, reach what follows.
    `own` tells that the session is not a caller's: it keeps no prepared statements, which a job
    could replace.
    """
    savepoint = await connection.begin_nested()
    try:
        yield await _replay(connection, jobs, own=own)
    finally:
        await savepoint.rollback()


async def _replay(connection: AsyncConnection, jobs: Sequence[CronJob], *, own: bool) -> Replay:
    """Stops at the first error; the caller then looks at what was done before it."""
    for job in jobs:
        ended = await _refuse(connection, job, own=own) or await _do(connection, job)
        if ended:
            return replace(ended, error=f"{job.name}: {ended.error}")
    return Replay()


async def _refuse(connection: AsyncConnection, job: CronJob, *, own: bool) -> Replay | None:
    """Why the job is not even begun, if it is not."""
    if not (await connection.execute(text(_ROLE_EXISTS), {"role": job.user})).scalar_one():
        return Replay(f"the role {job.user!r} does not exist, so it never runs.")
    if any(map(changes_role, split(job.command))):
        return Replay("its command changes its role.", _BY_ITSELF)
    user = (await connection.exec_driver_sql("SELECT current_user")).scalar_one()
    if not own and user != job.user:
        return Replay("no other role is let into a session of the caller's.", _WITH_A_URL)
    return None


async def _do(connection: AsyncConnection, job: CronJob) -> Replay | None:
    """Do the job; None where all went well, else how it failed."""
    kept = [one for one in split(job.command) if not controls_transaction(one)]
    before = await _settings(connection)
    remedy = _AS_ANOTHER
    try:
        async with connection.begin_nested():
            await _become(connection, job.user)
            remedy = f"Grant {job.user} TEMPORARY on the database, or {_BY_ITSELF.lower()}"
            await connection.exec_driver_sql(_RUNNER)
            remedy = ""
            await connection.exec_driver_sql(_CALL, (kept,))
            await connection.exec_driver_sql("RESET ROLE")
            await connection.exec_driver_sql("DISCARD TEMP")
            await _put_back(connection, before)
    except DBAPIError as error:
        if sqlstate(error).startswith(_UNREPEATABLE) or is_role_change(error):
            remedy = remedy or _BY_ITSELF
        return Replay(explain(error).evidence, remedy)
    return None


async def _settings(connection: AsyncConnection) -> dict[str, str]:
    return {row.name: row.setting for row in await connection.exec_driver_sql(_SETTINGS)}


async def _put_back(connection: AsyncConnection, before: dict[str, str]) -> None:
    """The path comes first, and without a temporary schema in front of the server's own."""
    path = ", ".join(filter(None, (before["search_path"], "pg_temp")))
    await connection.execute(_SET, {"name": "search_path", "value": path})
    for name, value in (await _settings(connection)).items():
        if name != "search_path" and before.get(name, value) != value:
            await connection.execute(_SET, {"name": name, "value": before[name]})


async def _become(connection: AsyncConnection, role: str) -> None:
    """The role and what a new session of it would start with, some of which it may not change."""
    settings = {"search_path": (await connection.execute(text(_DEFAULT_PATH))).scalar_one()}
    for setting in await connection.scalars(text(_ROLES_SETTINGS), {"role": role}):
        name, _, value = setting.partition("=")
        settings[name] = value
    for name, value in settings.items():
        if name not in _OURS:
            await connection.execute(_SET, {"name": name, "value": value})
    await connection.exec_driver_sql(f"SET LOCAL ROLE {quote(role)}")
