"""What a schema has besides the tables that entities know: which of it may be filled at all."""

from __future__ import annotations

import re
from dataclasses import replace

from autogpt_seed.catalog import Catalog, Table

_BOOKKEEPING = re.compile(
    r"_prisma_migrations|alembic_version.*|django_migrations|schema_migrations|spatial_ref_sys"
    r"|ar_internal_metadata|flyway_schema_history|databasechangelog(lock)?|knex_migrations.*"
    r"|__drizzle_migrations|_sqlx_migrations|goose_db_version",
    re.IGNORECASE,
)
"""Tables in which other tools write down what they did."""


def may_be_filled(table: Table) -> bool:
    """Whether it is the application's own, a whole, and takes rows from this role."""
    own = table.extension is None and not _BOOKKEEPING.fullmatch(table.name)
    whole = table.relation in ("r", "p") and not table.partition
    return own and whole and table.insertable and table.privileges.insert


def through_views(catalog: Catalog) -> Catalog:
    """The catalog with tables that are filled through a view known by the view's name alone.

    A foreign key to such a table counts as one to the view.
    """
    names = {
        next(iter(view.depends_on)): name
        for name, view in catalog.views.items()
        if (table := catalog.tables.get(name)) and table.relation == "v"
        if len(view.depends_on) == 1
    }
    if not names:
        return catalog
    tables = {
        name: replace(
            table,
            foreign_keys=tuple(
                replace(key, table=names.get(key.table, key.table)) for key in table.foreign_keys
            ),
        )
        for name, table in catalog.tables.items()
        if name not in names
    }
    return replace(catalog, tables=tables)
