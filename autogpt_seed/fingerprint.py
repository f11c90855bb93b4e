"""A digest of what a schema is made of, to tell whether two are the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from autogpt_seed.catalog import Catalog, Column, Table, View


def fingerprint(catalog: Catalog) -> str:
    """64 hexadecimal digits, equal for schemas with the same tables, columns, types, keys, checks,
    triggers, views, functions and labels.

    The schema's name, its rows, the order of its columns, its plain indexes, who owns it and who
    looks at it do not count. The catalog must have been read with the schema first on the search
    path, as the unit of work puts it.
    """
    facts = sorted([*_tables(catalog), *_views(catalog), *_others(catalog)])
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def _tables(catalog: Catalog) -> Iterator[str]:
    for table in catalog.tables.values():
        yield repr(("table", table.name, table.relation, table.partition, table.inherits))
        yield from (_column(table, column) for column in table.columns.values())
        for key in table.unique_keys:
            rules = key.primary, key.partial, key.nulls_distinct
            yield repr(("unique", table.name, key.columns, rules))
        for foreign in table.foreign_keys:
            yield repr(("foreign", table.name, foreign.columns, foreign.definition))
        for check in table.checks:
            yield repr(("check", table.name, check.definition))
        for trigger in table.triggers:
            yield repr(("trigger", table.name, trigger.name, trigger.function))


def _views(catalog: Catalog) -> Iterator[str]:
    for view in catalog.views.values():
        yield repr(("view", view.name, view.materialized, " ".join(view.definition.split())))
        yield from (_column(view, column) for column in view.columns.values())


def _others(catalog: Catalog) -> Iterator[str]:
    for function in catalog.functions:
        signature = function.name, function.arguments, function.returns
        yield repr(("function", *signature, " ".join(function.definition.split())))
    for name, labels in catalog.enums.items():
        yield repr(("enum", name, labels))


def _column(relation: Table | View, column: Column) -> str:
    kind = column.type
    base = kind.base.text, kind.checks, kind.not_null
    rules = column.nullable, column.default, column.generated, column.identity
    return repr(("column", relation.name, column.name, kind.text, base, rules))
