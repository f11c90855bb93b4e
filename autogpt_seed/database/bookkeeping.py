"""Our own schema, where the record of runs is kept beside Alembic's version tables.

It is not the platform's schema: what reads or compares that one finds nothing of ours in it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.database.failures import INSUFFICIENT_PRIVILEGE, sqlstate

BOOKKEEPING = "autogpt_seed"
"""The name of the schema."""

_SCHEMA = (
    f"CREATE SCHEMA IF NOT EXISTS {BOOKKEEPING}",
    f"COMMENT ON SCHEMA {BOOKKEEPING} IS 'Kept by autogpt-seed, beside the data that it made.'",
)
_TABLES = (
    f"""
CREATE TABLE IF NOT EXISTS {BOOKKEEPING}.run (
    schema text NOT NULL,
    tag text NOT NULL,
    kind text NOT NULL,
    plan jsonb NOT NULL,
    plan_digest text NOT NULL,
    seed bigint NOT NULL,
    as_of text NOT NULL,
    n integer NOT NULL,
    rows jsonb NOT NULL,
    fingerprint text NOT NULL,
    version text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    made_by text NOT NULL DEFAULT current_user,
    PRIMARY KEY (schema, tag)
)""",
    f"""
CREATE TABLE IF NOT EXISTS {BOOKKEEPING}.run_key (
    schema text NOT NULL,
    relation text NOT NULL,
    key text[] NOT NULL,
    tag text NOT NULL,
    PRIMARY KEY (schema, relation, key)
)""",
)

_STATE = f"""
SELECT count(*) = 1 AS there, count(run) = 1 AND count(key) = 1 AS complete,
       COALESCE(bool_and(has_schema_privilege(namespace, 'USAGE')
           AND has_table_privilege(run, 'SELECT') AND has_table_privilege(key, 'SELECT')), false)
           AS readable,
       COALESCE(bool_and(
           has_table_privilege(run, 'INSERT') AND has_table_privilege(key, 'INSERT')
           AND has_table_privilege(run, 'UPDATE') AND has_table_privilege(key, 'UPDATE')
           AND has_table_privilege(run, 'DELETE') AND has_table_privilege(key, 'DELETE')), false)
           AS writable
FROM (SELECT n.oid,
             (SELECT c.oid FROM pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'run'),
             (SELECT c.oid FROM pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'run_key')
      FROM pg_namespace n WHERE n.nspname = '{BOOKKEEPING}') AS found (namespace, run, key)
"""

STATEMENTS = (*_SCHEMA, *_TABLES)
"""The statements that make the record where it is missing. Scripts contain them."""

RECORDS = ("run", "run_key")
"""The tables of the record. The first column of each is `schema`."""

_MADE_MEANWHILE = ("23505", "42P06", "42P07")


@dataclass(frozen=True)
class Bookkeeping:
    """Whether the record is there, all of it, and what this role may do with it."""

    there: bool
    complete: bool
    readable: bool
    writable: bool

    @property
    def hidden(self) -> bool:
        """Whether there is a record that this role may not read."""
        return self.complete and not self.readable


async def bookkeeping(connection: AsyncConnection) -> Bookkeeping:
    """What there is of the record, and what this role may do with it."""
    state = (await connection.execute(text(_STATE))).mappings().one()
    writable = state["readable"] and state["writable"]
    return Bookkeeping(state["there"], state["complete"], state["readable"], writable)


async def prepare_bookkeeping(connection: AsyncConnection) -> str:
    """Make the tables of the record where they are missing.

    Returns "", or the reason why the record cannot be written. The transaction is usable after
    either.
    """
    found = await bookkeeping(connection)
    for _ in range(2):  # another session may make them at the same time
        if found.complete:
            break
        try:
            async with connection.begin_nested():
                for statement in _TABLES if found.there else STATEMENTS:
                    await connection.exec_driver_sql(statement)
        except DBAPIError as error:
            if sqlstate(error) == INSUFFICIENT_PRIVILEGE:
                return f"the role may not make the schema {BOOKKEEPING} and its tables"
            if sqlstate(error) not in _MADE_MEANWHILE:
                raise
        found = await bookkeeping(connection)
    if not found.writable:
        return f"the role may not read and write the tables of the schema {BOOKKEEPING}"
    return ""
