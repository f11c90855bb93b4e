"""What a migration demands of the columns of a table: NOT NULL, types, references, labels."""

from __future__ import annotations

from collections.abc import Iterator

from autogpt_seed.catalog import Catalog, Column, Table
from autogpt_seed.data_types import DataType, TypeKind
from autogpt_seed.demands.conversions import item, too_wide, wider
from autogpt_seed.demands.demand import Demand
from autogpt_seed.quoting import literal

_NOBODY = "'00000000-0000-4000-8000-000000000000'"


def of_columns(old: Table, new: Table) -> Iterator[Demand]:
    """Columns that become NOT NULL, and those whose type takes less than before."""
    for column in old.columns.values():
        later = new.columns.get(column.name)
        if later is None or column.generated:
            continue
        name = column.name
        if column.nullable and not later.nullable:
            yield Demand(old.name, f"NULL in {name}, which becomes NOT NULL", (((name, "NULL"),),))
        if not wider(column.type, later.type):
            text = f"a value in {name} that does not fit {later.type.text}"
            values = too_wide(column.type, later.type)
            yield Demand(old.name, text, tuple(((name, value),) for value in values))


def of_foreign_keys(old: Table, new: Table) -> Iterator[Demand]:
    """References to rows that are not there."""
    known = {(key.columns, key.table, key.referred) for key in old.foreign_keys}
    for key in new.foreign_keys:
        there = old.columns.keys() >= set(key.columns)
        if (key.columns, key.table, key.referred) in known or not there:
            continue
        column = old.columns[key.columns[0]]
        text = f"a {column.name} that no row of {key.table} has"
        attempts = tuple(((column.name, value),) for value in _nowhere(column.type))
        yield Demand(old.name, text, attempts, filled=key.columns)


def of_labels(old: Table, before: Catalog, after: Catalog) -> Iterator[Demand]:
    """Rows with a label that an enum loses."""
    for column in old.columns.values():
        enum = item(column.type)
        if enum.kind is TypeKind.ENUM and enum.name in after.enums:
            for label in before.enums.get(enum.name, ()):
                if label not in after.enums[enum.name]:
                    text = f"{label} in {column.name}, which {enum.name} loses"
                    value = _cast(column, label)
                    yield Demand(old.name, text, (((column.name, value),),))


def _cast(column: Column, label: str) -> str:
    is_array = column.type.base.kind is TypeKind.ARRAY
    value = f"ARRAY[{literal(label)}]" if is_array else literal(label)
    return f"CAST({value} AS {column.type.text})"


def _nowhere(kind: DataType) -> tuple[str, ...]:
    """An id that no row has."""
    return ("-1", "2147483647") if kind.base.category == "N" else (_NOBODY,)
