"""Views in the place of the platform's tables, which pass rows on to another table."""

from __future__ import annotations

from dataclasses import replace

from autogpt_seed.catalog import Catalog, Column, ForeignKey, Table, View
from autogpt_seed.entities import ENTITIES


def with_stand_ins(catalog: Catalog) -> Catalog:
    """The catalog with views among its tables that stand in the place of the platform's, and take
    their rows."""
    tables = dict(catalog.tables)
    for name in ENTITIES:
        view = catalog.views.get(name)
        if view is not None and view.insertable and name not in tables:
            put_in_place(view, tables)
    return replace(catalog, tables=tables)


def put_in_place(view: View, tables: dict[str, Table]) -> None:
    """Make the view one of the `tables`.

    Where it shows one table of the schema, it takes that one's place, with its keys, also in the
    keys of others; its triggers, if it has any, are taken to pass rows on to that table. Of other
    views only the server knows what their rows must hold.
    """
    shown = [name for name in view.depends_on if name in tables]
    if len(shown) != 1:
        tables[view.name] = _unknown(view)
        return
    base = tables.pop(shown[0])
    tables[view.name] = _instead(view, base)
    for name, table in tables.items():
        tables[name] = replace(table, foreign_keys=_redirected(table, base, view))


def _unknown(view: View) -> Table:
    return Table(
        schema=view.schema,
        name=view.name,
        relation="v",
        columns=view.columns,
        privileges=view.privileges,
        triggers=view.triggers,
    )


def _instead(view: View, base: Table) -> Table:
    """The table under the view's name, with those of its columns and keys that the view shows."""
    shown = view.columns.keys()
    return replace(
        base,
        name=view.name,
        relation="v",
        columns={name: _column(column, base) for name, column in view.columns.items()},
        privileges=view.privileges,
        triggers=(*view.triggers, *base.triggers),
        unique_keys=tuple(key for key in base.unique_keys if shown >= set(key.columns)),
        foreign_keys=tuple(key for key in base.foreign_keys if shown >= set(key.columns)),
        checks=tuple(check for check in base.checks if shown >= set(check.columns)),
    )


def _column(column: Column, base: Table) -> Column:
    """The view's column with the demands of the table's, which has the same name unless renamed."""
    below = base.columns.get(column.name)
    if below is None:
        return column
    return replace(
        column,
        nullable=below.nullable,
        default=below.default if column.default is None else column.default,
        generated=below.generated,
        identity=below.identity,
    )


def _redirected(table: Table, base: Table, view: View) -> tuple[ForeignKey, ...]:
    """The foreign keys of the table, with the view in the place of the table that it shows."""
    return tuple(
        replace(key, table=view.name)
        if (key.schema, key.table) == (base.schema, base.name)
        else key
        for key in table.foreign_keys
    )
