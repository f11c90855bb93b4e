"""Which tables may be filled, even if no entity knows them."""

from __future__ import annotations

import re

from autogpt_seed.catalog import Table

_BOOKKEEPING = re.compile(
    r"_prisma_migrations|alembic_version.*|django_migrations|schema_migrations|spatial_ref_sys"
    r"|ar_internal_metadata|flyway_schema_history|databasechangelog(lock)?|knex_migrations.*"
    r"|__drizzle_migrations|_sqlx_migrations|goose_db_version",
    re.IGNORECASE,
)
"""Tables in which other tools write down what they did."""


def may_be_filled(table: Table) -> bool:
    """Whether it is the application's own, a whole, and takes rows from this role."""
    whole = table.relation in ("r", "p") and not table.partition
    takes_rows = bool(table.columns) and table.privileges.insert
    return is_own(table) and whole and takes_rows


def is_own(table: Table) -> bool:
    """Whether it is the application's, not an extension's nor another tool's record."""
    return table.extension is None and not is_record(table.name)


def is_record(table: str) -> bool:
    """Whether another tool keeps its record in a table of that name."""
    return _BOOKKEEPING.fullmatch(table) is not None
