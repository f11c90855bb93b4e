"""The words in which an entity hands over its rows: a table, its fields, a stream of records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

Record = tuple[Any, ...]
"""One row: values in the order of the fields. See `Kind` for their Python types."""


class Kind(Enum):
    """What a field's values are, independent of the type of the column that takes them."""

    ID = "an id of `ids.Ids`, str"
    TEXT = "str"
    INTEGER = "int"
    NUMBER = "float"
    BOOLEAN = "bool"
    TIME = "datetime without zone, meant as UTC, whole milliseconds"
    JSON = "str that holds a JSON document"
    LABEL = "str, a label of an enum or plain text"
    TEXTS = "list[str]"
    LABELS = "list[str], labels of an enum or plain texts"


@dataclass(frozen=True, slots=True)
class Field:
    """One column that an entity knows, by its newest name. Any value may also be None."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Rows:
    """What is to be loaded into one table.

    `records()` starts the same stream anew at every call and holds no row back; it yields
    exactly `count` records, each with one value per field.
    """

    table: str
    fields: tuple[Field, ...]
    count: int
    records: Callable[[], Iterator[Record]]

    def named(self) -> Iterator[dict[str, Any]]:
        """The records as dictionaries by field name, for looking at a few of them."""
        names = [field.name for field in self.fields]
        return (dict(zip(names, record, strict=True)) for record in self.records())


def fields(**kinds: Kind) -> tuple[Field, ...]:
    """Fields in the order of the keywords: `fields(id=Kind.ID, name=Kind.TEXT)`."""
    return tuple(Field(name, kind) for name, kind in kinds.items())
