"""What a migration demands of rows that exist, and rows that would break it. Pure.

The demands are read off two catalogs, before and after the migration ran on empty tables, so that
nobody has to understand its SQL. A migration that takes care of such rows passes all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autogpt_seed.catalog import Catalog, Check, Column, DataType, Table, TypeKind

SAME = "the same as in another row"
"""What stands for a value of another row."""

Assignments = tuple[tuple[str, str], ...]
"""Columns of one row, each with the expression of SQL that it gets, or `SAME`."""


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing that is demanded of the rows of a table that is there before.

    Each of `attempts` may make a row break it, and does if the row fulfils the condition `proof`
    afterwards, and no column of `filled` is NULL.
    """

    table: str
    text: str
    attempts: tuple[Assignments, ...]
    proof: str = "true"
    filled: tuple[str, ...] = ()


def demands(before: Catalog, after: Catalog) -> list[Demand]:
    """What the schema demands after and did not demand before, of columns that were there."""
    found: list[Demand] = []
    for name, new in after.tables.items():
        old = before.tables.get(name)
        if old and old.relation in "rp" and new.relation in "rp":
            found += _of_columns(old, new)
            found += _of_keys(old, new)
            found += _of_checks(old, new)
            found += _of_foreign_keys(old, new)
            found += _of_labels(old, before, after)
    return found


def _shared(old: Table, new: Table) -> Iterator[tuple[Column, Column]]:
    for name, column in old.columns.items():
        if name in new.columns and not column.generated:
            yield column, new.columns[name]


def _of_columns(old: Table, new: Table) -> Iterator[Demand]:
    for column, later in _shared(old, new):
        name = column.name
        if column.nullable and not later.nullable:
            yield Demand(old.name, f"NULL in {name}, which becomes NOT NULL", (((name, "NULL"),),))
        if column.type.text != later.type.text and (values := _too_wide(column.type, later.type)):
            text = f"a {column.type.text} in {name} that is no {later.type.text}"
            yield Demand(old.name, text, tuple(((name, value),) for value in values))


def _of_keys(old: Table, new: Table) -> Iterator[Demand]:
    known = [set(key.columns) for key in old.unique_keys if not key.partial]
    for key in new.unique_keys:
        there = old.columns.keys() >= set(key.columns)
        if not there or key.partial or any(columns <= set(key.columns) for columns in known):
            continue
        text = f"two rows with the same {', '.join(key.columns)}, which becomes unique"
        same = tuple((name, SAME) for name in key.columns)
        yield Demand(old.name, text, (same,), filled=key.columns)


def _of_checks(old: Table, new: Table) -> Iterator[Demand]:
    known = {check.definition for check in old.checks}
    for check in new.checks:
        columns = [old.columns[name] for name in check.columns if name in old.columns]
        if check.definition in known or len(columns) < len(check.columns) or not columns:
            continue
        if not (condition := _condition(check)):
            continue
        attempts = [((c.name, value),) for c in columns for value in _candidates(c.type)]
        text = f"a row against {check.name}, {check.definition}"
        yield Demand(old.name, text, tuple(attempts), f"({condition}) IS FALSE")


def _condition(check: Check) -> str:
    """The condition of a check; nothing for an exclusion constraint."""
    text = check.definition.removesuffix(" NO INHERIT").removesuffix(" NOT VALID")
    return text.removeprefix("CHECK ") if text.startswith("CHECK ") else ""


def _of_foreign_keys(old: Table, new: Table) -> Iterator[Demand]:
    known = {(key.columns, key.table) for key in old.foreign_keys}
    for key in new.foreign_keys:
        if (key.columns, key.table) in known or not old.columns.keys() >= set(key.columns):
            continue
        column = old.columns[key.columns[0]]
        values = _nowhere(column.type)
        text = f"a {column.name} that no row of {key.table} has"
        attempts = tuple(((column.name, value),) for value in values)
        yield Demand(old.name, text, attempts, filled=key.columns)


def _of_labels(old: Table, before: Catalog, after: Catalog) -> Iterator[Demand]:
    """Rows with a label that an enum loses."""
    for column in old.columns.values():
        kind = column.type
        enum = kind.element if kind.kind is TypeKind.ARRAY and kind.element else kind
        if enum.kind is not TypeKind.ENUM or enum.name not in after.enums:
            continue
        for label in before.enums.get(enum.name, ()):
            if label not in after.enums[enum.name]:
                value = f"ARRAY[{_literal(label)}]" if enum is not kind else _literal(label)
                value = f"CAST({value} AS {kind.text})"
                text = f"{label} in {column.name}, which {enum.name} loses"
                yield Demand(old.name, text, (((column.name, value),),))


def _too_wide(old: DataType, new: DataType) -> tuple[str, ...]:
    """Values of the old type that the new one cannot hold."""
    first, last = old.base, new.base
    if last.name in ("varchar", "bpchar") and last.modifier > 0 and first.category == "S":
        if first.modifier < 0 or first.modifier > last.modifier:
            return (f"repeat('x', {last.modifier - 3})",)
        return ()
    if first.category == "S" and last.category != "S":
        return ("'not such a value'",)
    if first.category == "N":
        largest = {"int2": "32768", "int4": "2147483648", "int8": "9223372036854775808"}
        if last.name in largest and first.name not in _NO_WIDER.get(last.name, ()):
            return (largest[last.name],)
        if last.name == "numeric" and last.modifier > 0:
            precision = (last.modifier - 4) >> 16
            return (f"1{'0' * precision}",)
    return ()


_NO_WIDER = {
    "int2": ("int2",),
    "int4": ("int2", "int4"),
    "int8": ("int2", "int4", "int8"),
}
"""From which integers a widening leads."""


def _candidates(kind: DataType) -> tuple[str, ...]:
    """Values of a type that a check may be against."""
    base = kind.base
    if base.kind is TypeKind.ENUM:
        return tuple(f"CAST({_literal(label)} AS {kind.text})" for label in base.labels)
    if base.kind is TypeKind.ARRAY:
        return ("'{}'",)
    return _BY_CATEGORY.get(base.category, ("'{}'", "'null'") if "json" in base.name else ())


_BY_CATEGORY = {
    "B": ("true", "false"),
    "N": ("-1", "0", "1000000", "-1000000"),
    "S": ("''", "' '", "'?'", "repeat('x', 300)", "repeat('x', 5000)"),
    "D": ("'-infinity'", "'infinity'", "'1900-01-01'", "'2900-01-01'"),
}


def _nowhere(kind: DataType) -> tuple[str, ...]:
    """An id that no row has."""
    return ("-1", "2147483647") if kind.base.category == "N" else (_NOBODY,)


_NOBODY = "'00000000-0000-4000-8000-000000000000'"


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
