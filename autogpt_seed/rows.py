"""The form of an entity's rows: a table, its fields, a stream of records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

Record = tuple[Any, ...]
"""One row: values in the order of the fields. See `Kind` for their Python types."""

Records = Callable[[], Iterator[Record]]
"""A stream of rows. Each call starts the same stream from its first row."""


class Kind(Enum):
    """What a field's values are, independent of the type of the column that takes them."""

    ID = "an id of `ids.Ids`, str"
    TEXT = "str"
    INTEGER = "int"
    NUMBER = "float"
    BOOLEAN = "bool"
    TIME = "int, a timestamp of `timestamps`, in whole milliseconds"
    JSON = "str that holds a JSON document"
    LABEL = "str, a label of an enum or plain text"
    TEXTS = "list[str]"
    LABELS = "list[str], labels of an enum or plain texts"


@dataclass(frozen=True)
class Field:
    """One column that an entity knows, by its newest name.

    Only `optional` fields may be None. `refers` names the table whose ids an ID field holds, ""
    where it is not known. `labels` are all those that a LABEL or LABELS field may hold, empty
    where they are not known beforehand. `former` fields belong to older schemas: there is no note
    where a table lacks them.
    """

    name: str
    kind: Kind
    optional: bool = False
    refers: str = ""
    labels: tuple[str, ...] = ()
    former: bool = False


@dataclass(frozen=True)
class Rows:
    """What is to be loaded into one table.

    `records()` yields exactly `count` records, each with one value per field, and keeps none of
    them. The first field is the row's id. `keys` are sets of fields in which no two rows of any
    run agree, except where one is None.
    """

    table: str
    fields: tuple[Field, ...]
    count: int
    records: Records
    keys: tuple[frozenset[str], ...] = ()

    def named(self) -> Iterator[dict[str, Any]]:
        """The records as dictionaries by field name. They are slow: for a few rows."""
        names = [field.name for field in self.fields]
        return (dict(zip(names, record, strict=True)) for record in self.records())


def held(table: str, columns: tuple[Field, ...], records: Sequence[Record]) -> Rows:
    """Rows that are all in memory."""
    return Rows(table, columns, len(records), lambda: iter(records))


def fields(**columns: Kind | Field) -> tuple[Field, ...]:
    """Fields in the order of the keywords: `fields(id=Kind.ID, userId=refers("User"))`."""
    return tuple(
        Field(name, what) if isinstance(what, Kind) else replace(what, name=name)
        for name, what in columns.items()
    )


def optional(kind: Kind) -> Field:
    """For `fields`: one that may be None."""
    return Field("", kind, optional=True)


def former(kind: Kind) -> Field:
    """For `fields`: one that only older schemas have a column for."""
    return Field("", kind, former=True)


def refers(table: str, *, optional: bool = False) -> Field:
    """For `fields`: the id of a row of `table`."""
    return Field("", Kind.ID, optional=optional, refers=table)


def labels(*known: str, many: bool = False) -> Field:
    """For `fields`: one of the labels or, with `many`, a list of some of them."""
    return Field("", Kind.LABELS if many else Kind.LABEL, labels=known)


def keys(*names: str | tuple[str, ...]) -> tuple[frozenset[str], ...]:
    """The keys of `Rows`: `keys("id", ("userId", "agentGraphId"))`."""
    return tuple(frozenset({name} if isinstance(name, str) else name) for name in names)
