"""Statements in the driver's own SQL, and the names in them.

All names are quoted by SQLAlchemy's own dialect: no name enters SQL in another way.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import column, table
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import TableClause

from autogpt_seed.catalog import Table, View

_PREPARER = make_url("postgresql+asyncpg://").get_dialect()().identifier_preparer


def quote(*names: str) -> str:
    """A dotted, always quoted identifier: `quote("platform", "User")` is `"platform"."User"`."""
    return ".".join(_PREPARER.quote_identifier(name) for name in names)


def clause(relation: Table | View) -> TableClause:
    """The table or view as SQLAlchemy has it in queries."""
    return table(relation.name, *map(column, relation.columns), schema=relation.schema)


async def fetch(
    connection: AsyncConnection, query: str, *parameters: object
) -> list[tuple[Any, ...]]:
    """All rows of a query, which takes the parameters as $1, $2 and so on."""
    return list(map(tuple, (await connection.exec_driver_sql(query, parameters)).all()))
