"""Values of a kind -> values that a column's type takes. Pure: kind and type in, function out."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from autogpt_seed.binding.labels import nearest_label
from autogpt_seed.catalog import DataType, TypeKind
from autogpt_seed.rows import Kind

Adapter = Callable[[Any], Any]
"""Called with values that are not None."""

TEXT_TYPES = frozenset({"text", "varchar", "bpchar", "citext", "name"})
INTEGER_TYPES = frozenset({"int2", "int4", "int8"})
NUMBER_TYPES = frozenset({"float4", "float8", "numeric"})
JSON_TYPES = frozenset({"json", "jsonb"})
_SCALARS = {Kind.TEXTS: Kind.TEXT, Kind.LABELS: Kind.LABEL}
_STRINGS = frozenset({Kind.ID, Kind.TEXT, Kind.LABEL})


class Unadaptable(Exception):
    """No value of the kind can be carried by the type."""


def identity(value: Any) -> Any:
    """The value as it is. `is identity` tells the binding that nothing has to be done."""
    return value


def adapter(kind: Kind, data_type: DataType) -> Adapter:
    """The function that makes values of `kind` fit `data_type`, or `identity`.

    Raises `Unadaptable`. Pure per value: equal values stay equal, so keys still match.
    """
    base = data_type.base
    if base.kind is TypeKind.ARRAY and base.element:
        return _to_array(kind, base.element)
    if base.kind is TypeKind.ENUM:
        return _to_enum(kind, base)
    maker = _MAKERS.get(base.name) if base.schema == "pg_catalog" or base.name == "citext" else None
    if maker is None:
        raise Unadaptable
    return maker(kind, base)


def _to_array(kind: Kind, element: DataType) -> Adapter:
    if kind not in _SCALARS:
        one = adapter(kind, element)
        return lambda value: [one(value)]
    each = adapter(_SCALARS[kind], element)
    if each is identity:
        return identity
    return lambda values: list(dict.fromkeys(map(each, values)))


def _to_enum(kind: Kind, enum: DataType) -> Adapter:
    if kind in _SCALARS:
        one = _to_enum(_SCALARS[kind], enum)
        return lambda values: one(values[0]) if values else None
    if kind not in (Kind.LABEL, Kind.TEXT):
        raise Unadaptable
    known = {label: label for label in enum.labels}

    def nearest(label: str) -> str | None:
        if label not in known and (stand_in := nearest_label(label, enum.labels)) is not None:
            known[label] = stand_in
        return known.get(label)

    return nearest


def _to_text(kind: Kind, data_type: DataType) -> Adapter:
    sized = data_type.modifier > 4 and data_type.name in ("varchar", "bpchar")
    limit = data_type.modifier - 4 if sized else None
    if kind in _STRINGS or kind is Kind.JSON:
        return identity if limit is None else lambda value: value[:limit]
    write = _plain_text if kind is not Kind.TIME else datetime.isoformat
    return lambda value: write(value)[:limit]


def _plain_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _to_json(kind: Kind, _: DataType) -> Adapter:
    if kind is Kind.JSON:
        return identity
    if kind is Kind.TIME:
        return lambda value: json.dumps(value.isoformat() + "Z")
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
    if kind is Kind.ID and data_type.name == "int8":
        return lambda value: int(value[:8], 16)
    if kind is Kind.ID and data_type.name == "int4":
        return lambda value: int(value[:8], 16) & 0x7FFFFFFF
    if kind is Kind.TIME and data_type.name == "int8":
        return lambda value: int(value.replace(tzinfo=UTC).timestamp() * 1000)
    raise Unadaptable


def _to_number(kind: Kind, _: DataType) -> Adapter:
    if kind in (Kind.NUMBER, Kind.INTEGER):
        return identity
    raise Unadaptable


def _to_time(part: Adapter) -> Callable[[Kind, DataType], Adapter]:
    def make(kind: Kind, _: DataType) -> Adapter:
        if kind is Kind.TIME:
            return part
        raise Unadaptable

    return make


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
    **dict.fromkeys(TEXT_TYPES, _to_text),
    **dict.fromkeys(INTEGER_TYPES, _to_integer),
    **dict.fromkeys(NUMBER_TYPES, _to_number),
    **dict.fromkeys(JSON_TYPES, _to_json),
    "bool": _to_boolean,
    "uuid": _to_uuid,
    "bytea": _to_bytes,
    "timestamp": _to_time(identity),
    "timestamptz": _to_time(lambda value: value.replace(tzinfo=UTC)),
    "date": _to_time(datetime.date),
}
