"""Whether a type holds all values of another one, and which values it does not hold."""

from __future__ import annotations

from dataclasses import replace

from autogpt_seed.data_types import DataType, TypeKind
from autogpt_seed.quoting import literal

_INTEGERS = {"int2": 1 << 15, "int4": 1 << 31, "int8": 1 << 63}
"""The smallest positive number that each cannot hold."""
_FLOATS = ("float4", "float8")


def item(kind: DataType) -> DataType:
    """The type of an array's items; other types are their own."""
    base = kind.base
    if base.kind is TypeKind.ARRAY and base.element:
        return replace(base.element.base, modifier=base.modifier)
    return base


def wider(old: DataType, new: DataType) -> bool:
    """Whether the new type surely holds all values of the old one. Checks of domains are apart."""
    if old.text == new.text or old.base.text == new.base.text:
        return True
    if TypeKind.ARRAY in (old.base.kind, new.base.kind) and old.base.kind is not new.base.kind:
        return new.base.category == "S" and new.base.length is None
    first, last = item(old), item(new)
    if last.category == "S":
        if last.length is None:
            return True
        return first.category == "S" and first.length is not None and first.length <= last.length
    if first.kind is last.kind is TypeKind.ENUM:
        return set(first.labels) <= set(last.labels)
    if first.category == last.category == "N":
        return _wider_number(first, last)
    return first.category == last.category == "D" or (first.name, last.name) == ("jsonb", "json")


def too_wide(old: DataType, new: DataType) -> tuple[str, ...]:
    """Values of the old type that the new one cannot hold; nothing where none is known."""
    values = _values(item(old), item(new))
    if old.base.kind is TypeKind.ARRAY:
        return tuple(f"CAST(ARRAY[{value}] AS {old.text})" for value in values)
    return values


def _values(first: DataType, last: DataType) -> tuple[str, ...]:
    if first.kind is last.kind is TypeKind.ENUM:
        lost = (label for label in first.labels if label not in last.labels)
        return tuple(f"CAST({literal(label)} AS {first.text})" for label in lost)
    if first.category == "S":
        return (f"repeat('x', {last.length + 1})" if last.length else "'not such a value'",)
    if first.category == last.category == "N":
        if last.name in _INTEGERS:
            return (str(_INTEGERS[last.name]),)
        return ("1e300",) if last.name in _FLOATS else (f"1{'0' * _digits(last)}",)
    return ("""'"\\u0000"'""",) if (first.name, last.name) == ("json", "jsonb") else ()


def _wider_number(first: DataType, last: DataType) -> bool:
    if last.name in _INTEGERS:
        return first.name in _INTEGERS and _INTEGERS[first.name] <= _INTEGERS[last.name]
    if last.name in _FLOATS:
        return last.name == "float8" or first.name in _INTEGERS
    return last.modifier < 0


def _digits(numeric: DataType) -> int:
    return (numeric.modifier - 4) >> 16
