"""What the binding results in: rows as a table takes them, updates afterwards, and notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from autogpt_seed.catalog import Table
from autogpt_seed.rows import Records

Action = Literal[
    "dropped",
    "renamed",
    "adapted",
    "label replaced",
    "filled",
    "made",
    "overridden",
    "overwritten",
    "left out",
    "worked around",
    "not shown",
]


@dataclass(frozen=True)
class Note:
    """One difference between the rows and the schema, and what was done about it."""

    action: Action
    table: str
    column: str | None
    text: str


@dataclass(frozen=True)
class Update:
    """A column that is set after all rows are loaded. The columns `keys` identify the rows.

    `pairs()` yields the values of the keys, then that of the column, which is never None, then
    those of the columns `beside` it: a check allows these no sooner than the column.
    """

    table: Table
    keys: tuple[str, ...]
    column: str
    beside: tuple[str, ...]
    pairs: Records

    @property
    def arrays(self) -> tuple[str, ...]:
        """The types of the arrays in which keys and columns are sent."""
        names = (*self.keys, *self.columns)
        return tuple(f"{self.table.columns[name].type.base.text}[]" for name in names)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are set."""
        return (self.column, *self.beside)


@dataclass(frozen=True)
class Bound:
    """Rows as the table takes them: exactly `count` records, one value for each of `columns`.

    With `text` they must be sent in COPY's text form, see `text_form.copy_line`. `id_column` holds
    the ids by which other rows refer to these; "" where there is none.
    """

    table: Table
    columns: tuple[str, ...]
    count: int
    records: Records
    updates: tuple[Update, ...] = ()
    notes: tuple[Note, ...] = ()
    text: bool = False
    id_column: str = ""

    def ids(self) -> Iterator[object]:
        """The ids of the rows, as the table takes them, or nothing."""
        if self.id_column not in self.columns:
            return iter(())
        place = self.columns.index(self.id_column)
        return (record[place] for record in self.records())

    @property
    def given(self) -> frozenset[str]:
        """The columns whose values come from the entity: neither filled nor overridden."""
        made = {note.column for note in self.notes if note.action in ("filled", "overridden")}
        return frozenset(self.columns) - made


def column_note(action: Action, table: str, column: str, why: str) -> Note:
    """A note on a column: `User.flavour filled: required, and not known`."""
    return Note(action, table, column, f"{table}.{column} {action}: {why}")


def table_note(action: Action, table: str, why: str) -> Note:
    """A note on a table as a whole."""
    return Note(action, table, None, f"{table} {action}: {why}")
