"""Matches an entity's fields with a table's columns, and adapts their values."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from autogpt_seed.binding.adapt import (
    TEXT_TYPES,
    Adapter,
    Unadaptable,
    adapter,
    identity,
    is_timestamp,
    is_usual,
    to_keys,
)
from autogpt_seed.binding.bound import Note, column_note
from autogpt_seed.binding.fill.checks import column_limits
from autogpt_seed.binding.finding import find_column, named
from autogpt_seed.binding.labels import nearest_label
from autogpt_seed.catalog import Column, Table
from autogpt_seed.data_types import TypeKind
from autogpt_seed.rows import Field, Kind, Rows

_LABELS = (Kind.LABEL, Kind.LABELS)
_NEVER_CUT = (*_LABELS, Kind.TIME)


@dataclass(frozen=True)
class Match:
    """A field of the rows, by its place in their records, and the column that takes it."""

    index: int
    field: Field
    column: Column
    adapt: Adapter

    @property
    def lossy(self) -> bool:
        """Whether different values may become the same."""
        base = self.column.type.base
        to_label = self.field.kind is Kind.TEXT and base.kind is TypeKind.ENUM
        return to_label or (self.field.kind, base.name) == (Kind.TIME, "date")

    @property
    def looked_up(self) -> bool:
        """Whether labels stand for rows of a lookup table."""
        return self.field.kind in _LABELS and bool(self.column.known_keys)

    @property
    def passes(self) -> bool:
        """Whether the values go through as they are."""
        return self.adapt is identity


def match(
    rows: Rows,
    table: Table,
    *,
    overridden: Collection[str] = (),
    absent: Collection[str] = (),
    raw_times: bool = False,
) -> tuple[list[Match], list[Note]]:
    """The fields that the table takes, and notes on the others and on what is done to some.

    Columns that are `overridden` are left out. So are, where they can be, references to the
    tables that are `absent`. With `raw_times` columns of timestamps take them as the rows do.
    """
    matches: list[Match] = []
    notes: list[Note] = []
    taken = _named(rows, table)
    for index, field in enumerate(rows.fields):
        column = find_column(table, field, taken)
        if column is None and field.former:
            continue
        if column is None:
            why = "the table has no such column"
            notes.append(column_note("dropped", table.name, field.name, why))
            continue
        if column.name in overridden:
            continue
        if reason := _unusable(field, column, absent):
            notes.append(column_note("dropped", table.name, column.name, reason))
            continue
        try:
            found = _fitted(index, field, column, table)
        except Unadaptable:
            why = f"its type {column.type.text} cannot carry {field.kind.name.lower()} values"
            notes.append(column_note("dropped", table.name, column.name, why))
            continue
        raw = raw_times and field.kind is Kind.TIME and is_timestamp(column.type)
        matches.append(replace(found, adapt=identity) if raw else found)
        notes += _notes(found, table)
    return matches, notes


def _named(rows: Rows, table: Table) -> set[str]:
    """The columns that fields find by their names."""
    return {found for field in rows.fields if (found := named(table, field.name))}


def _unusable(field: Field, column: Column, absent: Collection[str]) -> str:
    """Why the column cannot take the field, or nothing."""
    if column.generated:
        return "the database generates it"
    if not column.insertable and not column.required:
        return "the role cannot insert into it"
    if field.refers in absent and (column.nullable or field.optional):
        return f"it would refer to {field.refers}, which is left out"
    return ""


def _fitted(index: int, field: Field, column: Column, table: Table) -> Match:
    unique = any(column.name in key.columns for key in table.unique_keys)
    limits = column_limits(table, column.name)
    if column.known_keys and field.kind in _LABELS:
        adapt = to_keys(field.kind, dict(column.known_keys))
    else:
        adapt = adapter(
            field.kind, column.type, choices=limits.choices, most=limits.most, unique=unique
        )
    possible = [_holding(label, field) for label in field.labels]
    if possible and all(adapt(value) == value for value in possible):
        adapt = identity
    fitted = Match(index, field, column, adapt)
    if fitted.lossy and any(key.columns == (column.name,) for key in table.unique_keys):
        raise Unadaptable
    return fitted


def _holding(label: str, field: Field) -> str | list[str]:
    """A value of the field with this label."""
    return [label] if field.kind is Kind.LABELS else label


def _notes(found: Match, table: Table) -> Iterator[Note]:
    field, column = found.field, found.column
    if column.name != field.name:
        why = f"the table calls it {column.name}"
        yield column_note("renamed", table.name, field.name, why)
    if found.looked_up:
        yield from _lookup_notes(found, table)
        return
    if not is_usual(field.kind, column.type.base):
        yield column_note("adapted", table.name, column.name, f"its type is {column.type.text}")
    elif not found.passes and field.kind not in _NEVER_CUT:
        why = f"{_limit(column, table)}, so longer values are truncated"
        yield column_note("adapted", table.name, column.name, why)
    for label in field.labels if not found.passes else ():
        stand_in = _stand_in(found, label)
        if stand_in != label:
            why = f"{stand_in} stands for {label}, which it does not know"
            yield column_note("label replaced", table.name, column.name, why)


def _limit(column: Column, table: Table) -> str:
    """What limits the length of the texts of a column."""
    room, most = column.type.base.length, column_limits(table, column.name).most
    if most is not None and (room is None or most < room):
        return f"a check allows {most} characters"
    return f"its type is {column.type.text}"


def _lookup_notes(found: Match, table: Table) -> Iterator[Note]:
    column, known = found.column, tuple(text for text, _ in found.column.known_keys)
    parent = next(key.table for key in table.foreign_keys if key.columns == (column.name,))
    why = f"its labels are existing rows of {parent}"
    yield column_note("adapted", table.name, column.name, why)
    for label in found.field.labels:
        if (stand_in := nearest_label(label, known)) != label:
            why = f"{stand_in} stands for {label}, which {parent} does not have"
            yield column_note("label replaced", table.name, column.name, why)


def _stand_in(found: Match, label: str) -> object:
    """The label that the column holds for `label`; the same where it is in JSON or the like."""
    field, base = found.field, found.column.type.base
    adapted = found.adapt(_holding(label, field))
    if isinstance(adapted, list):
        return next(iter(adapted), None)
    as_text = field.kind is Kind.LABEL and base.name in TEXT_TYPES
    return adapted if as_text or base.kind is TypeKind.ENUM else label


def hangs_on(rows: Rows, table: Table, absent: Collection[str]) -> str:
    """The `absent` table to which all of these rows must refer, or ""."""
    taken = _named(rows, table)
    for field in rows.fields:
        if field.refers in absent and not field.optional:
            column = find_column(table, field, taken)
            if column is not None and not column.nullable:
                return field.refers
    return ""
