"""Tables that stand behind simple views: what is known of them holds for the view."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from autogpt_seed.catalog import Catalog, Column, Table


def through_views(catalog: Catalog) -> Catalog:
    """The catalog with tables that are filled through a view known as that view alone.

    The view requires what its table requires, and a foreign key to that is one to the view.
    """
    behind = {
        next(iter(view.depends_on)): name
        for name, view in catalog.views.items()
        if (table := catalog.tables.get(name)) and table.relation == "v"
        if len(view.depends_on) == 1
    }
    behind = {base: view for base, view in behind.items() if base in catalog.tables}
    tables = dict(catalog.tables)
    for base, view in behind.items():
        tables[view] = _with_rules_of(tables.pop(base), tables[view])
    if not behind:
        return catalog
    return replace(catalog, tables={name: _pointed(t, behind) for name, t in tables.items()})


def _with_rules_of(base: Table, view: Table) -> Table:
    """The view with the keys, checks, defaults and requirements of its table, as far as it has
    the columns."""

    def seen(columns: Collection[str]) -> bool:
        return set(columns) <= view.columns.keys()

    return replace(
        view,
        columns={name: _as_in(base, column) for name, column in view.columns.items()},
        unique_keys=tuple(key for key in base.unique_keys if seen(key.columns)),
        foreign_keys=tuple(key for key in base.foreign_keys if seen(key.columns)),
        checks=tuple(check for check in base.checks if seen(check.columns)),
    )


def _as_in(base: Table, column: Column) -> Column:
    """The view's column, as strict as that of its table. What the view computes is left to it."""
    found = base.columns.get(column.name)
    if found is None or not column.insertable:
        return column
    default = column.default if column.default is not None else found.default
    return replace(
        column,
        nullable=found.nullable,
        default=default,
        generated=found.generated,
        identity=found.identity,
    )


def _pointed(table: Table, behind: Mapping[str, str]) -> Table:
    keys = (replace(key, table=behind.get(key.table, key.table)) for key in table.foreign_keys)
    return replace(table, foreign_keys=tuple(keys))
