"""Rows meet the reflected table: columns dropped, renamed, adapted, put off, with notes on each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Literal

from autogpt_seed.binding.adapt import Adapter, Unadaptable, adapter, identity
from autogpt_seed.binding.names import column_names
from autogpt_seed.catalog import Catalog, Column, Table
from autogpt_seed.entities.capabilities import Capabilities
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.rows import Field, Record, Rows

__all__ = ["Bound", "Note", "Update", "bind", "capabilities", "put_off"]


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that was done about a difference between the rows and the schema."""

    action: Literal["dropped", "renamed", "left out", "worked around", "not shown"]
    table: str
    column: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Update:
    """A column that is set after its rows were loaded. `pairs()` yields (key, value), no None."""

    table: Table
    key: str
    column: str
    pairs: Callable[[], Iterator[tuple[Any, Any]]]


@dataclass(frozen=True, slots=True)
class Bound:
    """Rows as the table takes them: exactly `count` records, one value for each of `columns`."""

    table: Table
    columns: tuple[str, ...]
    count: int
    records: Callable[[], Iterator[Record]]
    updates: tuple[Update, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class _Match:
    """A field of the rows and the column that takes it."""

    index: int
    field: Field
    column: Column
    adapt: Adapter


def bind(rows: Rows, table: Table, *, late: Collection[str] = ()) -> Bound:
    """Fit `rows` to `table`. The columns `late` are left empty and set by `updates`.

    Raises `DatabaseUnsuitable` where the table requires what the rows cannot give.
    """
    notes: list[Note] = []
    matches = _match(rows, table, notes)
    given = {match.column.name for match in matches}
    if missing := [c.name for c in table.columns.values() if c.required and c.name not in given]:
        raise DatabaseUnsuitable(
            f'Table "{table.name}" requires columns that are not known.',
            evidence=f"NOT NULL without a default: {', '.join(missing)}.",
        )
    loaded = [match for match in matches if match.column.name not in late]
    return Bound(
        table=table,
        columns=tuple(match.column.name for match in loaded),
        count=rows.count,
        records=_converter(rows, loaded),
        updates=tuple(_update(rows, table, matches, m) for m in matches if m.column.name in late),
        notes=tuple(notes),
    )


def put_off(
    order: Sequence[str], tables: Mapping[str, Table], suspended: Collection[tuple[str, str]] = ()
) -> dict[str, frozenset[str]]:
    """The columns of each table that have to wait, when tables are filled in this order.

    They are the nullable columns of foreign keys to a table that is filled later, or the same,
    but for the keys `suspended`, each a table and a name.
    """
    place = {name: number for number, name in enumerate(order)}
    return {
        name: frozenset(
            column
            for key in tables[name].foreign_keys
            if place.get(key.table, -1) >= place[name] and (name, key.name) not in suspended
            for column in key.columns
            if tables[name].columns[column].nullable
        )
        for name in order
    }


def capabilities(catalog: Catalog) -> Capabilities:
    """What the entities may know of the schema."""
    known = Capabilities()
    key, onboarding = catalog.tables.get("APIKey"), catalog.tables.get("UserOnboarding")
    steps = onboarding.columns.get("completedSteps") if onboarding else None
    element = steps.type.base.element if steps else None
    return Capabilities(
        onboarding_steps=(element.base.labels if element else ()) or known.onboarding_steps,
        salted_keys=key is None or "salt" in key.columns,
    )


def _match(rows: Rows, table: Table, notes: list[Note]) -> list[_Match]:
    matches = []
    for index, field in enumerate(rows.fields):
        column = _column(table, field.name)
        if column is None:
            notes.append(_note("dropped", table, field.name, "the table has no such column"))
            continue
        if column.generated:
            notes.append(_note("dropped", table, column.name, "the database generates it"))
            continue
        if not column.insertable:
            notes.append(_note("dropped", table, column.name, "the role cannot insert into it"))
            continue
        try:
            matches.append(_Match(index, field, column, adapter(field.kind, column.type)))
        except Unadaptable:
            reason = f"its type {column.type.text} cannot carry {field.kind.name.lower()} values"
            notes.append(_note("dropped", table, column.name, reason))
            continue
        if column.name != field.name:
            notes.append(_note("renamed", table, field.name, f"the table calls it {column.name}"))
    return matches


def _note(action: Literal["dropped", "renamed"], table: Table, column: str, why: str) -> Note:
    return Note(action, table.name, column, f"{table.name}.{column} {action}: {why}")


def _column(table: Table, name: str) -> Column | None:
    names = column_names(table.name, name)
    return next((table.columns[n] for n in names if n in table.columns), None)


def _converter(rows: Rows, matches: list[_Match]) -> Callable[[], Iterator[Record]]:
    """The records with the matched values only, adapted; untouched where nothing has to be done."""
    indexes = [match.index for match in matches]
    adapted = [(place, m.adapt) for place, m in enumerate(matches) if m.adapt is not identity]
    if not adapted and indexes == list(range(len(rows.fields))):
        return rows.records
    select = itemgetter(*indexes) if len(indexes) > 1 else lambda record: (record[indexes[0]],)

    def records() -> Iterator[Record]:
        if not adapted:
            yield from map(select, rows.records())
            return
        for record in rows.records():
            values = list(select(record))
            for place, adapt in adapted:
                if values[place] is not None:
                    values[place] = adapt(values[place])
            yield tuple(values)

    return records


def _update(rows: Rows, table: Table, matches: list[_Match], late: _Match) -> Update:
    key = next(match for match in matches if (match.column.name,) == table.primary_key)

    def pairs() -> Iterator[tuple[Any, Any]]:
        for record in rows.records():
            value = record[late.index]
            if value is not None:
                yield key.adapt(record[key.index]), late.adapt(value)

    return Update(table, key.column.name, late.column.name, pairs)
