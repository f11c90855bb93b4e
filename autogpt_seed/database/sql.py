"""Names in SQL, quoted by SQLAlchemy's own dialect: no name enters SQL in another way."""

from __future__ import annotations

from sqlalchemy import column, table
from sqlalchemy.engine import make_url
from sqlalchemy.sql import TableClause

from autogpt_seed.catalog import Table, View

_PREPARER = make_url("postgresql+asyncpg://").get_dialect()().identifier_preparer


def quote(*names: str) -> str:
    """A dotted, always quoted identifier: `quote("platform", "User")` is `"platform"."User"`."""
    return ".".join(_PREPARER.quote_identifier(name) for name in names)


def clause(relation: Table | View) -> TableClause:
    """The table or view as SQLAlchemy has it in queries."""
    return table(relation.name, *map(column, relation.columns), schema=relation.schema)
