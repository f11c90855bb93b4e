"""Rows that break what a migration demands, planted among good ones."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.database.sql import quote
from autogpt_seed.demands import SAME, Assignments, Demand

_ROWS_TRIED = 3
"""Rows that are tried: another key may refuse the first."""


@dataclass(frozen=True, slots=True)
class Planting:
    """A demand, and whether a row stands against it now; else why not."""

    demand: Demand
    planted: bool
    why: str = ""


async def plant(connection: AsyncConnection, schema: str, demand: Demand) -> Planting:
    """Change one row so that it breaks the demand, where the present schema lets it."""
    why = "no value is known that breaks it"
    for place in range(_ROWS_TRIED):
        for assignments in demand.attempts:
            statement = _statement(schema, demand, assignments, place)
            savepoint = await connection.begin_nested()
            try:
                row = (await connection.exec_driver_sql(statement)).first()
            except DBAPIError as error:
                await savepoint.rollback()
                why = str(getattr(error.orig, "__cause__", None) or error.orig)
                continue
            if row is None:
                await savepoint.rollback()
                return Planting(demand, False, "the table has too few rows" if place == 0 else why)
            if row[0]:
                await savepoint.commit()
                return Planting(demand, True)
            await savepoint.rollback()
    return Planting(demand, False, why)


def _statement(schema: str, demand: Demand, assignments: Assignments, place: int) -> str:
    table = quote(schema, demand.table)
    chosen = f"(SELECT ctid FROM {table} ORDER BY ctid OFFSET {{}} LIMIT 1)"
    other = any(value is SAME for _, value in assignments)
    sets = ", ".join(
        f"{quote(column)} = " + (f"other.{quote(column)}" if value is SAME else value)
        for column, value in assignments
    )
    proof = [demand.proof, *(f"this.{quote(column)} IS NOT NULL" for column in demand.filled)]
    return (
        f"UPDATE {table} AS this SET {sets}"
        + (f" FROM {table} AS other" if other else "")
        + f" WHERE this.ctid = {chosen.format(place)}"
        + (f" AND other.ctid = {chosen.format(place + 1)}" if other else "")
        + f" RETURNING ({' AND '.join(proof)})"
    )
