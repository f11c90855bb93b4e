"""A row that the server refuses -> table, column, rule, its definition, the value, and a way out.

Read off the fields of the server's error (PostgreSQL docs, 55.8), not off the words of its message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import asyncpg

from autogpt_seed.binding import Bound
from autogpt_seed.binding.adapt import is_timestamp
from autogpt_seed.catalog import CheckConstraint, ForeignKey, Index, Table, Trigger
from autogpt_seed.database.failures import INSUFFICIENT_PRIVILEGE
from autogpt_seed.database.loading import remedies
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.rows import Record
from autogpt_seed.timestamps import moment

_SECRET = re.compile(r"hash|salt|secret|token|password|credential|api_?key", re.IGNORECASE)
_SECRET_TABLES = frozenset({"APIKey"})
"""Columns and tables whose values are never shown."""

_Rule = CheckConstraint | ForeignKey | Index

_REFUSALS = ("0A", "22", "23", "44", "P0")
"""Classes of SQLSTATEs by which the server refuses a value, rather than being in trouble."""

_UNIQUE_VIOLATION = "23505"
_KEY_VIOLATIONS = ("23503", _UNIQUE_VIOLATION, "23P01")
_CHECK_VIOLATION = "23514"
_BROKEN = "42"
"""The class of SQLSTATEs by which the function of a trigger that does not fit its table fails."""

_LINE = re.compile(r"\S+ (\d+)(?:, \S+ (.+))?")
_PARAMETER = re.compile(r"\$(\d+)$")
_WIDTH = 60


class RowRefused(DatabaseUnsuitable):
    """A table refuses a row. `tables` are the one that refuses, and the one it was meant for."""

    def __init__(self, sentence: str, *, evidence: str, remedy: str, tables: Sequence[str]) -> None:
        super().__init__(sentence, evidence=evidence, remedy=remedy)
        self.tables = tables


@contextmanager
def refusals_named(
    bound: Bound,
    tables: Mapping[str, Table],
    sent: Sequence[Record] = (),
    *,
    planned: bool = True,
    late: bool = False,
) -> Iterator[None]:
    """Turn the server's refusal of a row of `bound` into a `RowRefused`; let other errors pass.

    `tables` are those of the catalog. Where `sent`, the records of one COPY, are given, the refused
    value is shown, unless it may be a secret. `planned`: the rows are those of a populate, whose
    settings can change any column; else settings can fill only columns that the rows leave out.
    `late`: checks that the server puts off have waited for all rows.
    """
    try:
        yield
    except asyncpg.PostgresError as error:
        table = _refusing(error, bound, tables)
        refusal = _Refusal(error, table, bound, tables, sent, planned, late)
        if not refusal.of_a_row:
            raise
        raise refusal.explained() from error


@contextmanager
def late_refusals_named(
    bounds: Sequence[Bound], tables: Mapping[str, Table], *, planned: bool = True
) -> Iterator[None]:
    """The same for checks that were put off until the rows of all `bounds` were loaded."""
    try:
        yield
    except asyncpg.PostgresError as error:
        refused = [bound for bound in bounds if bound.table.name == error.table_name]
        with refusals_named((*refused, *bounds)[0], tables, planned=planned, late=True):
            raise


def _refusing(error: asyncpg.PostgresError, bound: Bound, tables: Mapping[str, Table]) -> Table:
    """The table that refused: it may be a partition, or one that a trigger fills."""
    if table := tables.get(error.table_name or ""):
        return table
    candidates = (bound.table, *tables.values())
    return next((table for table in candidates if _trigger(error, table)), bound.table)


def _trigger(error: asyncpg.PostgresError, table: Table) -> Trigger | None:
    """The trigger of the table whose function raised the error."""
    where = error.context or ""
    return next((trigger for trigger in table.triggers if f"{trigger.function}(" in where), None)


@dataclass(frozen=True)
class _Refusal:
    """The server's error, the table that refused, what was to be loaded, and what was sent.

    `tables`, `planned` and `late` are as in `refusals_named`.
    """

    error: asyncpg.PostgresError
    table: Table
    bound: Bound
    tables: Mapping[str, Table]
    sent: Sequence[Record]
    planned: bool
    late: bool

    @property
    def of_a_row(self) -> bool:
        """Whether it is the row that is refused, or its table that cannot take any."""
        state = self.error.sqlstate or ""
        if state == INSUFFICIENT_PRIVILEGE:
            return self.table.row_security
        return state.startswith(_REFUSALS) or (
            state.startswith(_BROKEN) and self.trigger is not None
        )

    def explained(self) -> RowRefused:
        facts = [f"The server says: {self.error.args[0]}"]
        if definition := self.definition():
            facts.append(f"Definition: {definition}")
        facts += self.values()
        if self.agrees_unseen:
            facts.append("Row security may hide the row that it agrees with from this role.")
        return RowRefused(
            self.sentence(),
            evidence="\n".join(facts),
            remedy=self.remedy(),
            tables=(self.table.name, self.bound.table.name),
        )

    def sentence(self) -> str:
        of = f'of table "{self.table.name}"'
        if rule := self.error.constraint_name:
            return f'Constraint "{rule}" {of} refuses a row of this plan.'
        if trigger := self.trigger:
            return f'Trigger "{trigger.name}" {of} refuses a row of this plan.'
        if self.error.sqlstate == INSUFFICIENT_PRIVILEGE:
            return f"The row security {of} refuses a row of this plan to this role."
        if self.without_partition:
            return f"No partition {of} takes a row of this plan."
        if self.columns:
            return f'Column "{self.columns[0]}" {of} refuses a value of this plan.'
        return f'Table "{self.table.name}" refuses a row of this plan.'

    @property
    def agrees_unseen(self) -> bool:
        """Whether the row that has the same key may be one that the role does not see."""
        return self.error.sqlstate == _UNIQUE_VIOLATION and self.table.hides_rows

    @property
    def without_partition(self) -> bool:
        """Whether no partition takes the row: a violated check that has no name, unless a trigger
        speaks of one."""
        unnamed = self.error.sqlstate == _CHECK_VIOLATION and not self.error.constraint_name
        return unnamed and self.trigger is None

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that the broken rule is about, as far as they are known."""
        rule = self.rule
        if isinstance(rule, CheckConstraint | ForeignKey):
            return rule.columns
        keys = (key for key in self.table.unique_keys if rule and key.name == rule.name)
        if key := next(keys, None):
            return key.columns
        column = self.error.column_name or self.place[1]
        return (column,) if column else ()

    @property
    def rule(self) -> _Rule | None:
        """The constraint or unique index that is broken, unless it is a domain's."""
        table = self.table
        rules: tuple[_Rule, ...] = (*table.checks, *table.foreign_keys, *table.indexes)
        return next((rule for rule in rules if rule.name == self.error.constraint_name), None)

    @property
    def trigger(self) -> Trigger | None:
        return None if self.error.constraint_name else _trigger(self.error, self.table)

    @property
    def place(self) -> tuple[int | None, str | None]:
        """The record, from 1, and the column, where the error's context tells them."""
        where, copy = (self.error.context or "").splitlines(), f"COPY {self.bound.table.name}, "
        copied = next((part.removeprefix(copy) for part in where if part.startswith(copy)), "")
        if line := _LINE.match(copied):
            return int(line[1]), self.named_column(line[2] or "")
        if where and (parameter := _PARAMETER.search(where[-1])):
            record, column = divmod(int(parameter[1]) - 1, len(self.bound.columns))
            return record + 1, self.bound.columns[column]
        return (1, None) if len(self.sent) == 1 else (None, None)

    def named_column(self, text: str) -> str | None:
        """The column with whose name the text begins, before a colon and a value."""
        found = [c for c in self.bound.columns if text == c or text.startswith(f"{c}:")]
        return max(found, key=len, default=None)

    def definition(self) -> str | None:
        if rule := self.rule or self.trigger:
            return rule.definition
        column = self.table.columns.get(self.columns[0]) if self.columns else None
        if column is None:
            return None
        null = "" if column.nullable else "NOT NULL"
        return " ".join(filter(None, (column.name, column.type.text, null, *column.type.checks)))

    def values(self) -> Iterator[str]:
        line, _ = self.place
        detail = self.error.detail or ""
        if self.table.name in _SECRET_TABLES or any(map(_SECRET.search, self.columns or (detail,))):
            yield "The value is not shown, because it may be a secret."
        elif self.error.sqlstate in _KEY_VIOLATIONS or self.without_partition:
            yield from filter(None, [detail])
        elif line and line <= len(self.sent):
            record = dict(zip(self.bound.columns, self.sent[line - 1], strict=True))
            yield from (f"{name} = {self.shown(name, record)}" for name in self.columns)

    def shown(self, name: str, record: Mapping[str, Any]) -> str:
        """The value, where it may be a timestamp as a time, or the default that stands for it."""
        column, value = self.table.columns[name], record.get(name)
        if name not in record and column.default is not None:
            return f"{column.default}, its default"
        if isinstance(value, int) and is_timestamp(column.type):
            value = moment(value)
        return _shown(value)

    def remedy(self) -> str:
        if self.error.sqlstate == INSUFFICIENT_PRIVILEGE:
            return "Nothing was written. Connect as a role that the policies let insert."
        if self.agrees_unseen:
            return "Nothing was written. Connect as the table's owner, or a role with BYPASSRLS."
        if self.without_partition:
            return "Nothing was written. Attach a partition for such rows, or a default one."
        if trigger := self.trigger:
            if not self.late and remedies.waits(trigger):
                return remedies.WAITING
            return remedies.of_trigger(self.table, trigger, planned=self.planned)
        if found := self.settable():
            return remedies.of_column(self.bound.table, *found)
        rule = self.error.constraint_name
        if self.planned and not self.columns and not rule:
            return remedies.of_table(self.bound.table)
        what = f'column "{self.columns[0]}"' if self.columns else "the table"
        what = f'constraint "{rule}"' if rule else what
        return f"Nothing was written. Change {what}: no column can be set to satisfy it."

    def settable(self) -> tuple[str, str] | None:
        """What can be set in the table that was meant, and that did refuse."""
        table, rule = self.bound.table, self.error.constraint_name
        if not (self.table.partition or self.table.name == table.name):
            return None
        index = next((index for index in self.table.indexes if index.name == rule), None)
        given = frozenset[str]() if self.planned else self.bound.given
        # Those that no entity knows first: the others may mean something to the store.
        columns = sorted(self.columns, key=lambda name: name in self.bound.columns)
        return remedies.settable(table, columns, index, self.tables.values(), given)


def _shown(value: Any) -> str:
    text = "NULL" if value is None else repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}…"
