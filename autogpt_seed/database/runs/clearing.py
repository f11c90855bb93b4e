"""Deletes the rows of runs, children first, and finds the rows that others attached to them."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CursorResult
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.catalog import Table
from autogpt_seed.cycles import children_first
from autogpt_seed.database.failures import INSUFFICIENT_PRIVILEGE, explain, sqlstate
from autogpt_seed.database.reflection.references import Reference
from autogpt_seed.database.runs.recognising import Recognition, own_tables
from autogpt_seed.database.savepoints import is_refusal
from autogpt_seed.database.session import setting
from autogpt_seed.database.sql import quote
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.marks import mark_of
from autogpt_seed.progress import Progress

logger = logging.getLogger(__name__)

_MANY = 100
"""The fewest rows to delete for which a table that refers to them gets an index it lacks."""

_GOING = "pg_temp.autogpt_seed_going"


@dataclass(frozen=True)
class Attached:
    """Rows that no cleaned run made and that refer to rows of such a run.

    `via` are the columns by which, `example` is the key of one of the rows, or what it refers to
    where it has none. With `emptied` the foreign key empties those columns by itself.
    """

    schema: str
    table: str
    via: tuple[str, ...]
    referred: str
    rows: int
    example: str
    emptied: bool

    def name_in(self, schema: str) -> str:
        """The name of the table, with its own schema where that is another."""
        return self.table if self.schema == schema else f"{self.schema}.{self.table}"


class Clearing:
    """Deletes the rows of runs. A table is named by its quoted name, with its schema.

    `count` and `lock` come first: from then on nobody can attach a row to those that are counted.
    """

    def __init__(
        self,
        connection: AsyncConnection,
        recognition: Recognition,
        references: Sequence[Reference],
    ) -> None:
        self._connection = connection
        self._recognition = recognition
        self._references = references
        self._tables = {_name(t): t for t in own_tables(recognition.catalog)}
        self._attached: set[str] = set()
        self.rows: dict[str, int] = {}

    async def count(self, only: Collection[str] | None = None) -> None:
        """Count the rows that go, in one scan of each table; of the tables `only`, if given."""
        for name, table in self._tables.items():
            condition = self._recognition.condition(table)
            if condition and (only is None or table.name in only):
                query = f"SELECT count(*) FROM {name} AS t WHERE {condition}"
                if number := await self._value(query):
                    self.rows[name] = number

    async def lock(self) -> None:
        """Let everybody read, and nobody write, the tables from which rows go and those that
        refer to them."""
        children = {_child(key) for key in self._references if _parent(key) in self.rows}
        if names := sorted(children | self.rows.keys()):
            statement = f"LOCK TABLE {', '.join(names)} IN SHARE ROW EXCLUSIVE MODE"
            await self._connection.exec_driver_sql(statement)

    async def attached(self) -> list[Attached]:
        """What refers to rows that go and does not go itself."""
        found = []
        # The planner cannot know how many rows go, and would take them for a few.
        async with setting(self._connection, "enable_nestloop", "off"):
            for key in self._going():
                query = f"SELECT count(*), min({self._example(key)}) {self._hanging(key)}"
                number, example = tuple((await self._execute(query)).one())
                if number:
                    found.append(
                        Attached(
                            key.schema,
                            key.table,
                            key.columns,
                            key.referred,
                            number,
                            example,
                            key.emptied,
                        )
                    )
        return found

    async def take_attached(self) -> None:
        """Let the attached rows go as well, and those attached to them, except where the foreign
        key empties their columns by itself."""
        await self._connection.exec_driver_sql(
            f"CREATE TEMPORARY TABLE {_GOING.removeprefix('pg_temp.')} (relation oid, place tid) "
            "ON COMMIT DROP"
        )
        grown = True
        while grown:
            grown = False
            for key in [key for key in self._going() if not key.emptied]:
                query = f"SELECT t.tableoid, t.ctid {self._hanging(key)}"
                taken = await self._execute(f"INSERT INTO {_GOING} {query}")
                if taken.rowcount:
                    grown = True
                    self._attached.add(_child(key))
                    self.rows[_child(key)] = self.rows.get(_child(key), 0) + taken.rowcount

    async def delete(self, progress: Progress) -> dict[str, int]:
        """Delete the rows and return how many there were, the children first."""
        deleted: dict[str, int] = {}
        await self._connection.exec_driver_sql("DISCARD PLANS")
        async with self._indexed():
            for group in children_first(self._parents()):
                total = sum(self.rows[name] for name in group)
                progress.phase(self._shown(group[0]), total)
                with self._refusals_named(group):
                    done = await self._delete(group)
                for name, number in done.items():
                    if number < self.rows[name]:
                        await self._check(name)
                    deleted[self._shown(name)] = number
                progress.advance(total)
        if self._attached:
            await self._connection.exec_driver_sql(f"DROP TABLE {_GOING}")
        return deleted

    def _shown(self, name: str) -> str:
        return self._tables[name].name if name in self._tables else name

    async def _check(self, name: str) -> None:
        """Raise `DatabaseUnsuitable` where rows are still there."""
        query = f"SELECT count(*) FROM {name} AS t WHERE {self._condition(name)}"
        if left := await self._value(query):
            raise self._undeletable(f"{left:,} rows of {name}", [name])

    @contextmanager
    def _refusals_named(self, group: Sequence[str]) -> Iterator[None]:
        """Raise the server's refusal to delete rows of these tables, such as by a trigger, as a
        `DatabaseUnsuitable` that names them."""
        try:
            yield
        except DBAPIError as error:
            if not is_refusal(error) or sqlstate(error) == INSUFFICIENT_PRIVILEGE:
                raise
            reason = explain(error).evidence
            raise self._undeletable(f"Rows of {', '.join(group)}", group, reason) from error

    def _undeletable(self, rows: str, group: Sequence[str], reason: str = "") -> DatabaseUnsuitable:
        tables = [self._tables[name] for name in group if name in self._tables]
        triggers = [trigger.name for table in tables for trigger in table.triggers]
        seen = f"Triggers: {', '.join(triggers) or 'none'}."
        return DatabaseUnsuitable(
            f"{rows} could not be deleted.",
            evidence="\n".join(filter(None, (reason, seen))),
            remedy="Look at the triggers, rules and policies there. Nothing was changed.",
        )

    async def _delete(self, group: Sequence[str]) -> dict[str, int]:
        """Tables that refer to each other are emptied by one statement: the keys are checked at
        its end."""
        if len(group) == 1:
            name = group[0]
            done = await self._execute(f"DELETE FROM {name} AS t WHERE {self._condition(name)}")
            return {name: done.rowcount}
        steps = ", ".join(
            f"step{n} AS (DELETE FROM {name} AS t WHERE {self._condition(name)} RETURNING 1)"
            for n, name in enumerate(group)
        )
        counts = ", ".join(f"(SELECT count(*) FROM step{n})" for n in range(len(group)))
        row = (await self._execute(f", {steps} SELECT {counts}")).one()
        return dict(zip(group, row, strict=True))

    @asynccontextmanager
    async def _indexed(self) -> AsyncIterator[None]:
        """Indexes for the foreign keys that have none, gone again at the end."""
        made = []
        for number, key in enumerate(self._going()):
            if key.indexed or self.rows[_parent(key)] < _MANY:
                continue
            if not key.owned:
                logger.warning(
                    "%s has no index for %s, and the role may not create one: deleting is slow.",
                    key.table,
                    ", ".join(key.columns),
                )
                continue
            name = f"autogpt_seed_{number}"
            columns = ", ".join(map(quote, key.columns))
            await self._connection.exec_driver_sql(
                f"CREATE INDEX {name} ON {_child(key)} ({columns})"
            )
            made.append(quote(key.schema, name))
        yield
        for index in made:
            await self._connection.exec_driver_sql(f"DROP INDEX {index}")

    def _going(self) -> list[Reference]:
        """The foreign keys onto tables from which rows go."""
        return [key for key in self._references if _parent(key) in self.rows]

    def _parents(self) -> Mapping[str, set[str]]:
        parents: dict[str, set[str]] = {name: set() for name in self.rows}
        for key in self._going():
            if _child(key) in parents:
                parents[_child(key)].add(_parent(key))
        return parents

    def _hanging(self, key: Reference) -> str:
        """FROM and WHERE for the rows that refer by `key` to rows that go, and stay themselves."""
        referred = ", ".join(f"t.{quote(name)}" for name in key.referred_columns)
        names = [f"c{n}" for n in range(len(key.columns))]
        equal = " AND ".join(
            f"t.{quote(column)} = parent.{name}"
            for column, name in zip(key.columns, names, strict=True)
        )
        return (
            f"FROM {_child(key)} AS t WHERE NOT {self._condition(_child(key))} AND EXISTS ("
            f"SELECT FROM (SELECT {referred} FROM {_parent(key)} AS t "
            f"WHERE {self._condition(_parent(key))}) AS parent ({', '.join(names)}) WHERE {equal})"
        )

    def _condition(self, name: str) -> str:
        """Whether the row goes."""
        table = self._tables.get(name)
        made = (self._recognition.condition(table) if table else None) or "false"
        if name not in self._attached:
            return made
        return f"({made} OR (t.tableoid, t.ctid) IN (SELECT relation, place FROM {_GOING}))"

    def _example(self, key: Reference) -> str:
        table = self._tables.get(_child(key))
        mark = mark_of(table) if table else None
        shown = mark.key if mark else key.columns
        return f"concat_ws(', ', {', '.join(f't.{quote(name)}::text' for name in shown)})"

    async def _execute(self, query: str) -> CursorResult[Any]:
        values = self._recognition.values
        return await self._connection.exec_driver_sql(self._recognition.head + query, values)

    async def _value(self, query: str) -> int:
        return int((await self._execute(query)).scalar_one())


def _name(table: Table) -> str:
    return quote(table.schema, table.name)


def _child(key: Reference) -> str:
    return quote(key.schema, key.table)


def _parent(key: Reference) -> str:
    return quote(key.referred_schema, key.referred)
