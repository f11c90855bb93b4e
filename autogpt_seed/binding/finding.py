"""Finds the column of a table that takes a field: by name, by reference, by labels."""

from __future__ import annotations

from collections.abc import Collection

from autogpt_seed.binding.fill.checks import column_limits
from autogpt_seed.binding.names import REFERENCES, actual_column
from autogpt_seed.catalog import Column, Table
from autogpt_seed.rows import Field


def find_column(table: Table, field: Field, taken: Collection[str] = ()) -> Column | None:
    """The column for the field: by one of its names, however spelt; else by what it refers to; else
    by its labels. The last two rules do not find columns that are `taken`."""
    found = named(table, field.name)
    if found is None and (reference := _reference(field)):
        found = referring(table, *reference, taken)
    if found is None and field.labels:
        found = _labelled(table, field.labels, taken)
    return table.columns[found] if found is not None else None


def known_column(table: Table, name: str) -> Column | None:
    """The column that entities call `name`: by one of its names, else by what it refers to."""
    found = named(table, name)
    if found is None and name in REFERENCES:
        found = referring(table, *REFERENCES[name])
    return table.columns[found] if found is not None else None


def named(table: Table, name: str) -> str | None:
    """The column that has one of the names of what entities call `name`, however spelt."""
    return actual_column(table.name, name, table.columns)


def referring(table: Table, parent: str, referred: str, taken: Collection[str] = ()) -> str | None:
    """The only column, of those that are not `taken`, that refers to that column of `parent`."""
    found = {
        key.columns[key.referred.index(referred)]
        for key in table.foreign_keys
        if key.table == parent and referred in key.referred
    }
    free = found.difference(taken)
    return free.pop() if len(free) == 1 else None


def _reference(field: Field) -> tuple[str, str] | None:
    return (field.refers, "id") if field.refers else REFERENCES.get(field.name)


def _labelled(table: Table, labels: tuple[str, ...], taken: Collection[str]) -> str | None:
    """The only column, of those that are not `taken`, that may hold all of these labels."""
    free = [
        name
        for name, column in table.columns.items()
        if name not in taken and set(labels) <= set(labels_of(table, column))
    ]
    return free[0] if len(free) == 1 else None


def labels_of(table: Table, column: Column) -> tuple[str, ...]:
    """The labels that a column, or an array, may hold: those of an enum, the texts that a check
    allows, or the texts that name the rows of a lookup table."""
    if column.known_keys:
        return tuple(text for text, _ in column.known_keys)
    base = column.type.base
    labels = base.element.base.labels if base.element else base.labels
    return labels or column_limits(table, column.name).choices or ()
