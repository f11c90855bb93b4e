"""A rule that refuses a row -> what can be done about it: a column set, or the rule changed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from autogpt_seed.binding.adapt import TEXT_TYPES
from autogpt_seed.catalog import Index, Table, Trigger
from autogpt_seed.database.sql import quote
from autogpt_seed.overrides import toml_key

WAITING = (
    "Nothing was written. It waits for all rows only while the keys stay: use --load live, or "
    "leave the choice to --load auto."
)
"""What to do about a trigger that should have waited: to rebuild keys, nothing may wait."""

_EMPTY = "{null = true}"
_COUNTING = '{sequence = "x-{n}"}'


def of_column(table: Table, name: str, value: str) -> str:
    """How the column is set."""
    return (
        "Nothing was written. Set the column to what is allowed: --set "
        f"'columns.{toml_key(table.name, name)}={value}', or in a configuration file "
        f"[columns.{toml_key(table.name)}] {toml_key(name)} = {value}."
    )


def of_table(table: Table) -> str:
    """What to do where nothing tells which column the table objects to."""
    key = toml_key(table.name)
    return f"Nothing was written. Set what it objects to, in [columns.{key}], or change the table."


def of_trigger(table: Table, trigger: Trigger, *, planned: bool) -> str:
    """What keeps the trigger from objecting: to rows that are `planned`, also settings."""
    name, key = quote(table.schema, table.name), toml_key(table.name)
    disable = f"disable it meanwhile: ALTER TABLE {name} DISABLE TRIGGER {quote(trigger.name)};"
    fires = trigger.definition.partition(" ON ")[0]
    if planned and "INSERT" in fires:
        return f"Nothing was written. Set what it objects to, in [columns.{key}], or {disable}"
    if planned and "UPDATE" in fires:
        return f"Nothing was written. Load without updates, by --load suspended, or {disable}"
    return f"Nothing was written. To have it take them, {disable}"


def waits(trigger: Trigger) -> bool:
    """Whether the trigger fires at the end of the transaction unless it is told otherwise."""
    return "INITIALLY DEFERRED" in trigger.definition.partition(" FOR EACH ")[0]


def settable(
    table: Table,
    columns: Sequence[str],
    index: Index | None,
    tables: Collection[Table],
    given: Collection[str],
) -> tuple[str, str] | None:
    """A column that a setting can change so that the broken rule holds, and what to set it to. The
    rule is about these columns, or is the index.

    Not a column that is `given`, nor an id, by which rows are told and referred to, nor a key to a
    row that must be there. What must differ from row to row can only be a text that counts.
    """
    choices = _of_index(table, index, columns) if index else _of_check(table, columns)
    own = {name for key in table.foreign_keys for name in key.columns}
    fixed = {*table.primary_key, *_referred(table, tables), *given}
    for name, value in choices:
        column = table.columns.get(name)
        if column is None or column.generated or name in fixed:
            continue
        if name not in own:
            return name, value
        if column.nullable:
            return name, _EMPTY
    return None


def _of_check(table: Table, columns: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The columns that a check names: one value serves all rows, but where each needs its own."""
    for name in columns:
        column = table.columns.get(name)
        alone = any(key.columns == (name,) for key in table.unique_keys)
        counting = alone and column is not None and column.type.base.name in TEXT_TYPES
        yield name, _COUNTING if counting else "VALUE"


def _of_index(table: Table, index: Index, columns: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The columns that decide whether a row is in the index, then those in which rows differ."""
    for name in _mentioned(table, index.predicate):
        yield name, "VALUE"
    for name in (*columns, *_mentioned(table, " ".join(index.terms))):
        column = table.columns.get(name)
        if column and column.type.base.name in TEXT_TYPES:
            yield name, _COUNTING


def _mentioned(table: Table, text: str) -> list[str]:
    """The columns that an expression names."""
    return [
        name for name in table.columns if re.search(rf'(?<![\w"])"?{re.escape(name)}\b"?', text)
    ]


def _referred(table: Table, tables: Collection[Table]) -> set[str]:
    """The columns to which rows of any table refer."""
    keys = (key for other in tables for key in other.foreign_keys if key.table == table.name)
    return {name for key in keys for name in key.referred}
