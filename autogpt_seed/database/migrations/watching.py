"""What a migration does to a database that nobody else uses: locks, files, rows.

Event triggers see every command of DDL from within its transaction, so no lock is missed, however
short. They need a superuser; `lock_samples` is for other roles.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.database.sql import quote

WATCH = "autogpt_seed_watch"
"""The schema of what watches."""

_PATIENCE = 5.0
"""Seconds after which a session that has been closed is taken to stay."""

STRENGTH = {
    "AccessExclusiveLock": "blocks readers and writers",
    "ExclusiveLock": "blocks writers",
    "ShareRowExclusiveLock": "blocks writers",
    "ShareLock": "blocks writers",
    "ShareUpdateExclusiveLock": "blocks neither readers nor writers",
}
"""The locks that are told, the strongest first, and what they do to others."""


@dataclass(frozen=True)
class Lock:
    """The strongest lock on a table, and how long it was held, in seconds."""

    table: str
    mode: str
    seconds: float

    @property
    def effect(self) -> str:
        """What it does to others."""
        return STRENGTH[self.mode]


@dataclass(frozen=True)
class State:
    """Of each table and materialised view: its file, and how many rows were ever written to it."""

    files: dict[str, int]
    written: dict[str, int]
    tables: tuple[str, ...]
    """The tables among them, without partitions: their rows are their parents'."""


async def may_watch(connection: AsyncConnection) -> bool:
    """Whether the role may make event triggers."""
    query = text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    return bool((await connection.execute(query)).scalar_one())


async def watch(connection: AsyncConnection) -> None:
    """Note from the commit on what any session does by DDL."""
    for statement in _INSTALL:
        await connection.exec_driver_sql(statement)


async def forget(connection: AsyncConnection) -> None:
    """Delete what was noted so far."""
    await connection.exec_driver_sql(f"TRUNCATE {WATCH}.event")


async def locks_seen(connection: AsyncConnection, tables: Iterable[str]) -> tuple[Lock, ...]:
    """The strongest lock that was held on each of the tables."""
    rows = (await connection.execute(text(_EVENTS))).mappings().all()
    return _locks(rows, frozenset(tables))


async def seconds_seen(connection: AsyncConnection) -> float | None:
    """The time from the beginning of the first transaction with DDL to the last commit, by the
    server's clock; None without any DDL."""
    query = f"SELECT extract(epoch FROM max(at) - min(begun)) FROM {WATCH}.event"
    seconds = (await connection.exec_driver_sql(query)).scalar_one()
    return None if seconds is None else float(seconds)


async def until_alone(connection: AsyncConnection) -> None:
    """Wait for other sessions of this database to be gone: then their rows are counted, too."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _PATIENCE
    while loop.time() < deadline:
        if not (await connection.execute(text(_OTHERS))).scalar_one():
            return
        await asyncio.sleep(0.005)


async def state(connection: AsyncConnection, schema: str) -> State:
    """The state of the schema's tables."""
    rows = (await connection.execute(text(_STATE), {"schema": schema})).all()
    return State(
        files={row.name: row.file for row in rows},
        written={row.name: row.written for row in rows},
        tables=tuple(row.name for row in rows if row.is_table),
    )


async def count(connection: AsyncConnection, schema: str, table: str) -> int:
    """The rows of a table."""
    query = f"SELECT count(*) FROM {quote(schema, table)}"
    return int((await connection.exec_driver_sql(query)).scalar_one())


async def row_digests(
    connection: AsyncConnection, schema: str, tables: Iterable[str]
) -> dict[str, tuple[int, int]]:
    """The number of rows and a sum of their hashes, whatever the order of rows and columns."""
    found = {}
    for table in tables:
        query = (
            "SELECT count(*), COALESCE(sum(hashtextextended(CAST(to_jsonb(t) AS text), 0)), 0)"
            f" FROM {quote(schema, table)} AS t"
        )
        rows, hashes = tuple((await connection.exec_driver_sql(query)).one())
        found[table] = int(rows), int(hashes)
    return found


def _locks(events: Sequence[RowMapping], tables: frozenset[str]) -> tuple[Lock, ...]:
    """A lock is held from the beginning of the command that took it to its transaction's end."""
    ends = {event["xact"]: event["at"] for event in events}
    begun: dict[str, datetime] = {}
    since: dict[tuple[str, str, str], datetime] = {}
    for event in events:
        if event["kind"] == "ddl_command_start":
            begun[event["xact"]] = event["at"]
        for table, mode in json.loads(event["locks"]):
            if table in tables and mode in STRENGTH:
                start = begun.get(event["xact"], event["at"])
                since.setdefault((table, mode, event["xact"]), start)
    return strongest(
        Lock(table, mode, (ends[xact] - start).total_seconds())
        for (table, mode, xact), start in since.items()
    )


def strongest(locks: Iterable[Lock]) -> tuple[Lock, ...]:
    """The strongest lock on each table, of equal ones the longest; the strongest first."""
    held: dict[str, Lock] = {}
    for lock in locks:
        if lock.table not in held or _rank(lock) < _rank(held[lock.table]):
            held[lock.table] = lock
    return tuple(sorted(held.values(), key=lambda lock: (_rank(lock)[0], lock.table)))


def _rank(lock: Lock) -> tuple[int, float]:
    return list(STRENGTH).index(lock.mode), -lock.seconds


_HELD = f"""
    SELECT COALESCE(jsonb_agg(jsonb_build_array(c.relname, l.mode)), '[]')
    FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE l.locktype = 'relation' AND l.pid = pg_backend_pid() AND l.granted
      AND c.relkind IN ('r', 'p', 'm') AND n.nspname NOT IN ('pg_catalog', '{WATCH}')
"""

_INSTALL = (
    f"CREATE SCHEMA {WATCH}",
    f"""
CREATE TABLE {WATCH}.event (
    n bigint GENERATED ALWAYS AS IDENTITY, kind text NOT NULL, locks jsonb NOT NULL,
    xact text NOT NULL DEFAULT pg_current_xact_id()::text,
    begun timestamptz NOT NULL DEFAULT transaction_timestamp(),
    at timestamptz NOT NULL DEFAULT clock_timestamp())
""",
    f"""
CREATE FUNCTION {WATCH}.note_command() RETURNS event_trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $note$
BEGIN
    INSERT INTO {WATCH}.event (kind, locks) VALUES (TG_EVENT, ({_HELD}));
END $note$
""",
    f"""
CREATE FUNCTION {WATCH}.note_commit() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $note$
BEGIN
    IF NOT EXISTS (SELECT FROM {WATCH}.event
                   WHERE kind = 'commit' AND xact = pg_current_xact_id()::text) THEN
        INSERT INTO {WATCH}.event (kind, locks) VALUES ('commit', ({_HELD}));
    END IF;
    RETURN NULL;
END $note$
""",
    f"""
CREATE CONSTRAINT TRIGGER commit AFTER INSERT ON {WATCH}.event DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.kind <> 'commit') EXECUTE FUNCTION {WATCH}.note_commit()
""",
    f"""
CREATE EVENT TRIGGER {WATCH}_start ON ddl_command_start EXECUTE FUNCTION {WATCH}.note_command()
""",
    f"""
CREATE EVENT TRIGGER {WATCH}_end ON ddl_command_end EXECUTE FUNCTION {WATCH}.note_command()
""",
)

_EVENTS = f"SELECT kind, CAST(locks AS text) AS locks, xact, at FROM {WATCH}.event ORDER BY n"

_OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""

_STATE = """
SELECT c.relname::text AS name, COALESCE(pg_relation_filenode(c.oid), 0)::bigint AS file,
       COALESCE(s.n_tup_ins + s.n_tup_upd + s.n_tup_del, 0) AS written,
       c.relkind IN ('r', 'p') AND NOT c.relispartition AS is_table
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
WHERE n.nspname = :schema AND c.relkind IN ('r', 'p', 'm')
"""
