"""Drops keys and indexes before a load, and rebuilds them after it, in its transaction.

What is dropped is rebuilt from the server's own text, and the server checks every row anew.
A rollback brings everything back as well, so nothing here has to clean up after a failure.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.database.loading.keys import ForeignKeyDefinition, KeyDefinition, read_keys
from autogpt_seed.database.target import Driver
from autogpt_seed.errors import DatabaseUnsuitable

MAINTENANCE_MEMORY = "512MB"
"""What building an index or checking a foreign key may take on the server, unless it is allowed
more anyway. It takes what it needs; below this, large ones sort on disk."""


@dataclass(frozen=True)
class KeptKey:
    """A key that stays during the load, and why."""

    table: str
    name: str
    reason: str

    @property
    def text(self) -> str:
        """The whole sentence."""
        return f"{self.name} of {self.table} stayed during the load: {self.reason}"


@dataclass(frozen=True)
class Suspension:
    """What can be dropped for a load of some tables, and what stays."""

    keys: tuple[KeyDefinition, ...] = ()
    foreign_keys: tuple[ForeignKeyDefinition, ...] = ()
    kept: tuple[KeptKey, ...] = ()

    @property
    def tables(self) -> frozenset[str]:
        """The tables that dropping locks against everybody, readers included."""
        ends = {table for key in self.foreign_keys for table in (key.table, key.referred)}
        return frozenset(ends | {key.table for key in self.keys})


NOTHING = Suspension()
"""The suspension that drops nothing."""


@dataclass(frozen=True)
class Step:
    """What rebuilds one key of `table`, and how many steps of its phase there are."""

    phase: str
    total: int
    table: str
    statements: str


class Restoration:
    """The order in which keys are rebuilt: those of a table once its rows are there, a foreign
    key once both its tables are loaded."""

    def __init__(self, suspension: Suspension, tables: Collection[str]) -> None:
        self._unloaded = set(tables)
        self._suspension = suspension
        self._foreign_keys = list(suspension.foreign_keys)

    def loaded(self, table: str) -> list[Step]:
        """What can be made now that `table` is loaded, and could not be made before."""
        self._unloaded.remove(table)
        ready = [
            key
            for key in self._foreign_keys
            if self._unloaded.isdisjoint({key.table, key.referred})
        ]
        self._foreign_keys = [key for key in self._foreign_keys if key not in ready]
        keys = [key for key in self._suspension.keys if key.table == table]
        totals = len(self._suspension.keys), len(self._suspension.foreign_keys)
        return [Step("indexes", totals[0], key.table, ";\n".join(key.restore)) for key in keys] + [
            Step("constraints", totals[1], key.table, ";\n".join(key.restore)) for key in ready
        ]


async def find_suspension(
    connection: AsyncConnection, schema: str, tables: Collection[str]
) -> Suspension:
    """Find out what can be dropped for a load of `tables`. Changes nothing.

    Of other tables only foreign keys are dropped, namely those that need a key which is dropped.
    """
    keys, found = await read_keys(connection, schema, tables)
    foreign_keys = [replace(key, obstacle=key.obstacle or key.missing_right) for key in found]
    held = {key.key: key for key in foreign_keys if key.obstacle}
    dropped = [key for key in keys if not key.obstacle and key.oid not in held]
    loose = {key.oid for key in dropped}
    return Suspension(
        keys=tuple(dropped),
        foreign_keys=tuple(
            key
            for key in foreign_keys
            if not key.obstacle and (key.table in tables or key.key in loose)
        ),
        kept=tuple(
            [KeptKey(key.table, key.name, key.obstacle) for key in keys if key.obstacle]
            + [
                KeptKey(key.table, key.name, f"the foreign key {held[key.oid].name} stays")
                for key in keys
                if not key.obstacle and key.oid in held
            ]
            + [KeptKey(key.table, key.name, key.obstacle) for key in foreign_keys if key.obstacle]
        ),
    )


async def suspend(driver: Driver, suspension: Suspension) -> None:
    """Drop what the suspension holds, under the search path under which it was found.

    The tables are locked until the transaction ends. No check stays deferred: waiting ones
    would stand in the way of rebuilding the keys. Raises `DatabaseUnsuitable` where an event
    trigger objects.
    """
    if suspension.keys or suspension.foreign_keys:
        drops = [key.drop for key in suspension.foreign_keys]
        drops += [key.drop for key in suspension.keys]
        try:
            await driver.execute(";\n".join([*PREPARE, *drops]))
        except asyncpg.PLPGSQLError as error:
            raise DatabaseUnsuitable(
                "The database does not let keys be dropped, even for a moment.",
                evidence=f"An event trigger says: {error}",
                remedy="Nothing was written. Load with all keys in place: --load live.",
            ) from error


PREPARE = (
    "SET CONSTRAINTS ALL IMMEDIATE",
    # As a DO, so that psql, which runs baked scripts, has no result to print.
    "DO $$ BEGIN PERFORM set_config('maintenance_work_mem', GREATEST("
    "pg_size_bytes(current_setting('maintenance_work_mem')), "
    f"pg_size_bytes('{MAINTENANCE_MEMORY}')) / 1024 || 'kB', true); END $$",
)
"""What has to be executed before keys are dropped."""
