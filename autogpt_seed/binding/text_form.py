"""Rows in the text form of COPY, for tables with types that its binary form cannot carry.

The form is that of PostgreSQL's documentation of COPY, "Text Format"; arrays and composites are
written as in chapters 8.15 and 8.16.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from autogpt_seed.binding.adapt import INTEGER_TYPES, JSON_TYPES, NUMBER_TYPES
from autogpt_seed.data_types import DataType, TypeKind

_CARRIED = (
    INTEGER_TYPES
    | NUMBER_TYPES
    | JSON_TYPES
    | {"text", "varchar", "bpchar", "bool", "uuid", "bytea"}
    | {"timestamp", "timestamptz", "date", "time"}
)
_ESCAPES = {
    "\\": "\\\\",
    "\t": "\\t",
    "\n": "\\n",
    "\r": "\\r",
    "\b": "\\b",
    "\f": "\\f",
    "\v": "\\v",
}
_SPECIAL = re.compile(r"[\\\t\n\r\b\f\v]")
_SAFE_ELEMENT = re.compile(r"[\w.:+-]+", re.ASCII)


def carried(data_type: DataType) -> bool:
    """Whether the driver's binary COPY takes the Python values that the binding makes for it."""
    base = data_type.base
    if base.kind is TypeKind.ARRAY and base.element:
        return base.element.kind is not TypeKind.DOMAIN and carried(base.element)
    if base.kind is TypeKind.ENUM:
        return True
    return base.kind is TypeKind.BASE and base.schema == "pg_catalog" and base.name in _CARRIED


def copy_line(record: Iterable[Any]) -> str:
    """One row, with the newline that ends it."""
    return "\t".join(["\\N" if value is None else _escaped(value) for value in record]) + "\n"


def plain_text(value: object) -> str:
    """The text form of a value that is not None, as the type's input function takes it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, list):
        return array_literal(value)
    return str(value)


def array_literal(values: Iterable[object], separator: str = ",") -> str:
    """The text form of an array."""
    return f"{{{separator.join(['NULL' if v is None else _element(v) for v in values])}}}"


def composite_literal(values: Iterable[object]) -> str:
    """The text form of a row; None is an empty place."""
    return f"({','.join(['' if value is None else _attribute(value) for value in values])})"


def quoted(value: object) -> str:
    """The text form of a value as an element of an array, or a bound of a range, in quotes."""
    escaped = plain_text(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _escaped(value: object) -> str:
    text = plain_text(value)
    return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], text)


def _element(value: object) -> str:
    text = plain_text(value)
    safe = _SAFE_ELEMENT.fullmatch(text) and text.upper() != "NULL"
    return text if safe else quoted(text)


def _attribute(value: object) -> str:
    text = plain_text(value)
    if _SAFE_ELEMENT.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '""')
    return f'"{escaped}"'
