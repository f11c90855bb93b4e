"""Rows that break what a migration demands, planted among good ones."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.database.failures import sqlstate
from autogpt_seed.database.sql import quote
from autogpt_seed.demands import Assignments, Demand, Duplicate, OfOtherRow, Value

_ROWS_TRIED = 3
"""Rows that are tried: another key may refuse the first."""

_VIOLATION = "23"
"""The class of SQLSTATE by which a constraint refuses a row."""


@dataclass(frozen=True)
class Planting:
    """A demand, and whether a row stands against it now; else why not."""

    demand: Demand
    planted: bool
    why: str


async def plant(connection: AsyncConnection, schema: str, demand: Demand) -> Planting:
    """Change one row so that it breaks the demand, where the present schema lets it.

    For a key that takes it for the same as another one, that one may be changed, too.
    """
    await connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    planter = _Planter(connection, quote(schema, demand.table), demand)
    savepoint = await connection.begin_nested()
    planted = await (
        planter.plant_duplicate(demand.duplicate) if demand.duplicate else planter.plant_one()
    )
    await (savepoint.commit() if planted else savepoint.rollback())
    return Planting(demand, planted, "" if planted else planter.why())


@dataclass(frozen=True)
class _Row:
    """Where a row is stored: in which table or partition, and where in that."""

    part: int
    place: str

    @property
    def condition(self) -> str:
        return f"tableoid = {self.part} AND ctid = '{self.place}'"


class _Planter:
    """Changes rows of a table until one breaks the demand."""

    def __init__(self, connection: AsyncConnection, table: str, demand: Demand) -> None:
        self._connection = connection
        self._table = table
        self._demand = demand
        self._errors: list[DBAPIError] = []
        self._few_rows = False

    def why(self) -> str:
        """Why nothing was planted: the first refusal by a constraint, else the last error."""
        if self._few_rows:
            return "the table has too few rows"
        refusals = [e for e in self._errors if sqlstate(e).startswith(_VIOLATION)]
        for error in [*refusals, *self._errors[-1:]]:
            return str(getattr(error.orig, "__cause__", None) or error.orig).splitlines()[0]
        return self._demand.unknown

    async def plant_one(self) -> bool:
        """Change one row so that it breaks the demand by itself; whether that worked."""
        rows = await self._rows("true")
        self._few_rows = not rows
        filled = [f"{quote(column)} IS NOT NULL" for column in self._demand.filled]
        question = partial(self._is, proof=" AND ".join([f"({self._demand.proof})", *filled]))
        for row in rows:
            for attempt in self._demand.attempts:
                if await self._changed(row, attempt, question):
                    return True
        return False

    async def plant_duplicate(self, duplicate: Duplicate) -> bool:
        """Change one row so that a unique key takes it for another one; whether that worked."""
        async for other in self._others(duplicate):
            rows = [row for row in await self._rows("true") if row != other]
            self._few_rows = not rows
            question = partial(self._is_twin, other=other, duplicate=duplicate)
            for row in rows:
                for attempt in self._demand.attempts:
                    if await self._changed(row, attempt, question, other):
                        return True
        return False

    async def _others(self, duplicate: Duplicate) -> AsyncIterator[_Row]:
        """Rows that others can be made equal to; without any, one that is changed to be such."""
        terms = (f"({term})" for term in duplicate.terms)
        if duplicate.nulls:
            of_terms = " OR ".join(f"{term} IS NULL" for term in terms)
        else:
            of_terms = " AND ".join(f"{term} IS NOT NULL" for term in terms)
        wanted = f"({duplicate.condition}) AND ({of_terms})"
        found = await self._rows(wanted)
        for row in found:
            yield row
        if found:
            return
        rows = await self._rows("true")
        self._few_rows = not rows
        for row in rows:
            for preparation in duplicate.preparations:
                if made := await self._changed(row, preparation, partial(self._is, proof=wanted)):
                    yield made
                    return

    async def _rows(self, condition: str) -> list[_Row]:
        """The first few rows that fulfil a condition, in the order in which they are stored."""
        query = (
            f"SELECT tableoid::bigint AS part, ctid::text AS place FROM {self._table}"
            f" WHERE {condition} ORDER BY tableoid, ctid LIMIT {_ROWS_TRIED + 1}"
        )
        try:
            async with self._connection.begin_nested():
                found = (await self._connection.exec_driver_sql(query)).all()
        except DBAPIError as error:
            self._errors.append(error)
            return []
        return [_Row(row.part, row.place) for row in found]

    async def _changed(
        self,
        row: _Row,
        attempt: Assignments,
        question: Callable[[_Row], str],
        other: _Row | None = None,
    ) -> _Row | None:
        """Change a row, and undo that unless the query `question` then says yes of it.

        Returns where the changed row is stored, or None. Values are taken from `other`.
        """
        savepoint = await self._connection.begin_nested()
        try:
            update = self._update(row, attempt, other)
            changed = (await self._connection.exec_driver_sql(update)).first()
            if changed:
                now = _Row(changed.part, changed.place)
                if (await self._connection.exec_driver_sql(question(now))).scalar():
                    await savepoint.commit()
                    return now
        except DBAPIError as error:
            self._errors.append(error)
        await savepoint.rollback()
        return None

    def _update(self, row: _Row, attempt: Assignments, other: _Row | None) -> str:
        sets = ", ".join(f"{quote(column)} = {_text(value)}" for column, value in attempt)
        beside = f"(SELECT * FROM {self._table} WHERE {other.condition})" if other else "(SELECT)"
        return (
            f"UPDATE {self._table} AS this SET {sets} FROM {beside} AS other"
            f" WHERE this.tableoid = {row.part} AND this.ctid = '{row.place}'"
            " RETURNING this.tableoid::bigint AS part, this.ctid::text AS place"
        )

    def _is(self, row: _Row, proof: str) -> str:
        of_domain = f", {quote(self._demand.value)} AS value" if self._demand.value else ""
        columns = f"SELECT *{of_domain} FROM {self._table} WHERE {row.condition}"
        return f"SELECT {proof} FROM ({columns}) AS this"

    def _is_twin(self, row: _Row, other: _Row, duplicate: Duplicate) -> str:
        keys = ", ".join(f"({term}) AS k{n}" for n, term in enumerate(duplicate.terms))
        same = " AND ".join(f"a.k{n} {by} b.k{n}" for n, by in enumerate(duplicate.operators))
        of = f"SELECT {keys} FROM {self._table} WHERE ({duplicate.condition}) AND"
        return f"SELECT {same} FROM ({of} {row.condition}) a, ({of} {other.condition}) b"


def _text(value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, OfOtherRow):
        return value.by.replace("{}", f"other.{quote(value.column)}")
    return f"this.{quote(value.column)}"
