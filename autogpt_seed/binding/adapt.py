"""Adapters: functions that turn the values of a kind into values that a column's type takes."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from autogpt_seed.binding.labels import nearest_label
from autogpt_seed.catalog import Column
from autogpt_seed.data_types import DataType, TypeKind
from autogpt_seed.rows import Kind
from autogpt_seed.timestamps import moment

Adapter = Callable[[Any], Any]
"""Called with values that are not None."""

TEXT_TYPES = frozenset({"text", "varchar", "bpchar", "citext", "name"})
INTEGER_TYPES = frozenset({"int2", "int4", "int8"})
NUMBER_TYPES = frozenset({"float4", "float8", "numeric"})
JSON_TYPES = frozenset({"json", "jsonb"})
_SCALARS = {Kind.TEXTS: Kind.TEXT, Kind.LABELS: Kind.LABEL}
_STRINGS = frozenset({Kind.ID, Kind.TEXT, Kind.LABEL})
_USUAL: dict[Kind, set[str]] = {
    Kind.ID: {"text"},
    Kind.TEXT: {"text"},
    Kind.INTEGER: {"int4"},
    Kind.NUMBER: {"float8"},
    Kind.BOOLEAN: {"bool"},
    Kind.TIME: {"timestamp"},
    Kind.JSON: {"jsonb", "json"},
    Kind.LABEL: {"text"},
    Kind.TEXTS: set(),
    Kind.LABELS: set(),
}
_ID_LENGTH = 36
_ID_DISTINCT = 8
"""The first characters of an id, by which the ids of a run differ (see `ids`)."""


class Unadaptable(Exception):
    """The type cannot hold values of the kind."""


def identity(value: Any) -> Any:
    """The value as it is. The binding skips an adapter that `is identity`."""
    return value


def adapter(
    kind: Kind,
    data_type: DataType,
    *,
    choices: tuple[str, ...] | None = None,
    most: int | None = None,
    unique: bool = False,
) -> Adapter:
    """The function that makes values of `kind` fit `data_type`, or `identity`.

    Raises `Unadaptable`. Equal values stay equal, so keys still match. Labels become those of the
    enum, or those of the `choices` that a check allows. Texts that are too long, for the type or
    for the `most` characters that a check allows, lose their end; if `unique` their beginning,
    since what makes them unique is at the end.
    """
    base = data_type.base
    if base.kind is TypeKind.ARRAY and base.element:
        element = replace(base.element, modifier=data_type.modifier)
        return _to_array(kind, element, choices)
    if base.kind is TypeKind.ENUM:
        return _to_labels(kind, base.labels)
    if base.schema != "pg_catalog" and base.name != "citext":
        raise Unadaptable
    if base.name in TEXT_TYPES:
        return _to_text(kind, base, choices, most, unique=unique)
    if base.name not in _MAKERS:
        raise Unadaptable
    return _MAKERS[base.name](kind, base)


def to_keys(kind: Kind, known: Mapping[str, Any]) -> Adapter:
    """From labels to the keys of the rows that are `known` by these labels or the nearest ones."""
    nearest = _to_labels(kind, tuple(known))
    return lambda label: known.get(nearest(label))


def is_timestamp(data_type: DataType) -> bool:
    """Whether the server takes the numbers of `timestamps` for values of the type."""
    plain = data_type.kind is TypeKind.BASE and data_type.schema == "pg_catalog"
    return plain and data_type.name in ("timestamp", "timestamptz")


def takes_whole_ids(column: Column) -> bool:
    """Whether the column keeps computed ids as they are, and with them the run's tag."""
    base = column.type.base
    if base.kind is not TypeKind.BASE:
        return False
    short = base.length is not None and base.length < _ID_LENGTH
    return base.name == "uuid" or (base.name in TEXT_TYPES - {"name"} and not short)


def is_usual(kind: Kind, data_type: DataType) -> bool:
    """Whether the type is the one that the known schemas have for values of the kind."""
    is_enum = data_type.kind is TypeKind.ENUM
    if data_type.kind is TypeKind.ARRAY and data_type.element:
        return kind in _SCALARS and is_usual(_SCALARS[kind], data_type.element)
    return data_type.name in _USUAL[kind] or (is_enum and kind is Kind.LABEL)


def _to_array(kind: Kind, element: DataType, choices: tuple[str, ...] | None) -> Adapter:
    if kind not in _SCALARS:
        one = adapter(kind, element, choices=choices)
        return lambda value: [one(value)]
    each = adapter(_SCALARS[kind], element, choices=choices)
    if each is identity:
        return identity
    return lambda values: list(dict.fromkeys(map(each, values)))


def _to_labels(kind: Kind, labels: tuple[str, ...]) -> Adapter:
    """To the nearest of the labels of an enum, or of the texts that a check allows."""
    if kind in _SCALARS:
        one = _to_labels(_SCALARS[kind], labels)
        return lambda values: one(values[0]) if values else None
    if kind not in (Kind.LABEL, Kind.TEXT):
        raise Unadaptable
    known = {label: label for label in labels}

    def nearest(label: str) -> str | None:
        if label not in known and (stand_in := nearest_label(label, labels)) is not None:
            known[label] = stand_in
        return known.get(label)

    return nearest


def _to_text(
    kind: Kind,
    data_type: DataType,
    choices: tuple[str, ...] | None,
    most: int | None,
    *,
    unique: bool,
) -> Adapter:
    if choices and kind is Kind.LABEL:
        return _to_labels(kind, choices)
    room = data_type.length
    if kind is Kind.ID:
        return identity if room is None or room >= _ID_LENGTH else _cut_id(room)
    most = min((limit for limit in (room, most) if limit is not None), default=None)
    cut = identity if most is None else _tail(most) if unique else _head(most)
    if kind in _STRINGS or kind is Kind.JSON:
        return cut
    write = _plain_text if kind is not Kind.TIME else _iso_text
    return lambda value: cut(write(value))


def _head(most: int) -> Adapter:
    return lambda value: value[:most]


def _tail(most: int) -> Adapter:
    """The end, by which emails, slugs and usernames differ."""
    return lambda value: value if len(value) <= most else value[-most:].lstrip(" -.@")


def _cut_id(most: int) -> Adapter:
    """A part of an id, with as many as possible of the 8 characters by which ids differ."""
    start = max(0, _ID_DISTINCT - most)
    return lambda value: value[start : start + most]


def _iso_text(timestamp: int) -> str:
    return moment(timestamp).isoformat()


def _plain_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _to_json(kind: Kind, _: DataType) -> Adapter:
    if kind is Kind.JSON:
        return identity
    if kind is Kind.TIME:
        return lambda value: json.dumps(_iso_text(value) + "Z")
    if kind in _STRINGS:
        return lambda value: json.dumps(value) if value else "{}"
    return json.dumps


def _to_boolean(kind: Kind, _: DataType) -> Adapter:
    if kind is Kind.BOOLEAN:
        return identity
    if kind in (Kind.INTEGER, Kind.NUMBER):
        return bool
    raise Unadaptable


def _to_integer(kind: Kind, data_type: DataType) -> Adapter:
    if kind is Kind.INTEGER:
        return identity
    if kind in (Kind.BOOLEAN, Kind.NUMBER):
        return int
    if kind is Kind.ID and data_type.name in _ID_NUMBERS:
        return _ID_NUMBERS[data_type.name]
    if kind is Kind.TIME and data_type.name == "int8":
        return lambda value: int(_zoned(value).timestamp() * 1000)
    if kind is Kind.TIME and data_type.name == "int4":
        return lambda value: int(_zoned(value).timestamp())
    raise Unadaptable


def _large_number(value: str) -> int:
    """An id as 53 bits at most, which JavaScript can hold: its position, then bits of its tag.

    So other runs have other numbers, and no sequence that counts from 1 gets there. An id that
    is a number already, as existing rows have them, stays itself.
    """
    if len(value) != _ID_LENGTH:
        return int(value)
    return int(value[:8], 16) << 20 | int(value[-5:], 16)


def _small_number(value: str) -> int:
    """An id as a number from 2³⁰ up, where sequences that count from 1 seldom get."""
    return int(value) if len(value) != _ID_LENGTH else int(value[:8], 16) & 2**30 - 1 | 2**30


_ID_NUMBERS: dict[str, Adapter] = {"int8": _large_number, "int4": _small_number}


def _to_number(kind: Kind, data_type: DataType) -> Adapter:
    if kind in (Kind.NUMBER, Kind.INTEGER):
        return identity
    if kind is Kind.ID and data_type.name == "numeric":
        return _large_number
    raise Unadaptable


def _to_time(write: Adapter) -> Callable[[Kind, DataType], Adapter]:
    def make(kind: Kind, _: DataType) -> Adapter:
        if kind is Kind.TIME:
            return write
        raise Unadaptable

    return make


def _zoned(timestamp: int) -> datetime:
    return moment(timestamp).replace(tzinfo=UTC)


def _to_uuid(kind: Kind, _: DataType) -> Adapter:
    if kind is Kind.ID:
        return identity
    if kind is Kind.TEXT:
        return lambda value: uuid.uuid5(uuid.NAMESPACE_OID, value)
    raise Unadaptable


def _to_bytes(kind: Kind, _: DataType) -> Adapter:
    if kind in _STRINGS or kind is Kind.JSON:
        return str.encode
    raise Unadaptable


_MAKERS: dict[str, Callable[[Kind, DataType], Adapter]] = {
    **dict.fromkeys(INTEGER_TYPES, _to_integer),
    **dict.fromkeys(NUMBER_TYPES, _to_number),
    **dict.fromkeys(JSON_TYPES, _to_json),
    "bool": _to_boolean,
    "uuid": _to_uuid,
    "bytea": _to_bytes,
    "timestamp": _to_time(moment),
    "timestamptz": _to_time(_zoned),
    "date": _to_time(lambda value: moment(value).date()),
}
