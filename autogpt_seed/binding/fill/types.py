"""Values of any type: valid, varied, and the same whenever they are asked for.

The type decides, checks narrow, and the column's name helps to choose among what is left.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import lcm
from typing import Any

from autogpt_seed.binding.adapt import INTEGER_TYPES, JSON_TYPES, TEXT_TYPES
from autogpt_seed.binding.fill import flags, literals, moments, numbers, words
from autogpt_seed.binding.fill.checks import NO_LIMITS, Limits, read_checks
from autogpt_seed.binding.fill.values import HUGE, FilledColumn, Unfillable, Values, listed
from autogpt_seed.binding.text_form import array_literal, composite_literal, quoted
from autogpt_seed.data_types import DataType, TypeKind

_NAME_LENGTH = 63
_ID = 36
_ID_ENDINGS = ("Id", "_id", "ID", "Uuid", "_uuid")
_LARGE = 2**20
"""From this many values on, the first element alone tells arrays apart."""

_MOST_ELEMENTS = 60
_ORDERED = frozenset({"int2", "int4", "int8", "numeric", "date", "timestamp", "timestamptz"})
"""The types whose values Python sorts as the server does, and number n + 1 is next to number n."""


def values_of(data_type: DataType, limits: Limits, filled: FilledColumn) -> Values:
    """The values of a column of this type. Raises `Unfillable`."""
    kind = data_type.kind
    if kind is TypeKind.DOMAIN and data_type.element:
        narrowed = read_checks(data_type.checks, "VALUE", limits)
        return values_of(data_type.element, narrowed, filled)
    if kind is TypeKind.ARRAY and data_type.element:
        element = replace(data_type.element, modifier=data_type.modifier)
        return _arrays(element, limits, filled)
    if kind is TypeKind.ENUM:
        return _labels(data_type, limits)
    if kind is TypeKind.COMPOSITE:
        return _composites(data_type, filled)
    if kind in (TypeKind.RANGE, TypeKind.MULTIRANGE) and data_type.element:
        return _ranges(data_type.element, filled, many=kind is TypeKind.MULTIRANGE)
    maker = _SCALARS.get(data_type.name)
    return maker(data_type, limits, filled) if maker else literals.literals(data_type, limits)


def _labels(data_type: DataType, limits: Limits) -> Values:
    allowed = data_type.labels if limits.choices is None else limits.choices
    known = [n for n in data_type.labels if n in allowed and n not in limits.excluded]
    return listed(known)


def _texts(data_type: DataType, limits: Limits, filled: FilledColumn) -> Values:
    most = _NAME_LENGTH if data_type.name == "name" else data_type.length
    if filled.column.endswith(_ID_ENDINGS) and limits == NO_LIMITS and (most or _ID) >= _ID:
        return _ids(data_type, limits, filled)
    return words.texts_for(filled, limits, most)


def _ids(_: DataType, limits: Limits, filled: FilledColumn) -> Values:
    """UUIDs that carry the run's tag, as all ids of the run do."""
    if limits.choices is not None:
        return listed(limits.choices)
    ids = filled.tag.ids(f"{filled.table}.{filled.column}")
    return Values(ids.__getitem__, 2**31, tagged=True)


def _arrays(element: DataType, limits: Limits, filled: FilledColumn) -> Values:
    """Of two elements where these are many, else of as many as it takes to tell them apart."""
    inner = replace(NO_LIMITS, choices=limits.choices)
    each = values_of(element, inner, filled)
    least = max(limits.least, 1)
    most = least + _MOST_ELEMENTS if limits.most is None else limits.most
    if most == 0:
        return listed([[]])
    if each.size >= _LARGE:
        length = min(max(least, 2), most)
        arrays = Values(
            lambda n: [each.at((n + step) % each.size) for step in range(length)],
            each.size,
            each.usual,
        )
    else:
        arrays = _numerals(each, least, min(most, least + _MOST_ELEMENTS))
    if element.base.name == "box":  # the only type whose arrays have another separator
        return Values(lambda n: array_literal(arrays.at(n), ";"), arrays.size, arrays.usual)
    return arrays


def _numerals(each: Values, least: int, most: int) -> Values:
    """Every array of `least` to `most` elements, the short ones first."""
    base = each.size
    sizes = [base**length for length in range(least, most + 1)]

    def at(number: int) -> list[Any]:
        length = least
        while number >= base**length:
            number -= base**length
            length += 1
        elements = []
        for _ in range(length):
            number, index = divmod(number, base)
            elements.append(each.at(index))
        return elements

    return Values(at, min(sum(sizes), HUGE), usual=min(sum(sizes[:3]), 100))


def _composites(data_type: DataType, filled: FilledColumn) -> Values:
    """Rows of the type, as text. An attribute that cannot be filled is left empty."""
    parts = [_attribute(attribute, filled) for _, attribute in data_type.attributes]
    size = min(lcm(*(part.size for part in parts)), HUGE)
    return Values(lambda n: composite_literal([part.at(n % part.size) for part in parts]), size)


def _attribute(data_type: DataType, filled: FilledColumn) -> Values:
    try:
        return values_of(data_type, NO_LIMITS, filled)
    except Unfillable:
        return listed([None])


def _ranges(bound: DataType, filled: FilledColumn, *, many: bool) -> Values:
    """Ranges that do not meet, so that they also satisfy exclusion constraints."""
    each = values_of(bound, NO_LIMITS, filled)
    if bound.base.name in _ORDERED:
        size = each.size // 2

        def at(number: int) -> str:
            low, high = sorted((each.at(2 * number), each.at(2 * number + 1)))
            return f"[{quoted(low)},{quoted(high)})"
    else:
        size = each.size

        def at(number: int) -> str:
            value = quoted(each.at(number))
            return f"[{value},{value}]"

    return Values((lambda n: f"{{{at(n)}}}") if many else at, size, each.usual // 2)


_Scalar = Callable[[DataType, Limits, FilledColumn], Values]


def _same_in_all_columns(make: Callable[[DataType, Limits], Values]) -> _Scalar:
    return lambda data_type, limits, _: make(data_type, limits)


_SCALARS: dict[str, _Scalar] = {
    "bool": flags.truths,
    **dict.fromkeys((*INTEGER_TYPES, "oid"), _same_in_all_columns(numbers.whole_numbers)),
    **dict.fromkeys(("float4", "float8"), _same_in_all_columns(numbers.fractions)),
    "numeric": _same_in_all_columns(numbers.decimals),
    "money": _same_in_all_columns(numbers.amounts),
    **dict.fromkeys(TEXT_TYPES, _texts),
    "uuid": _ids,
    "date": moments.dates,
    "time": moments.times_of_day,
    "timetz": moments.zoned_times_of_day,
    **dict.fromkeys(("timestamp", "timestamptz"), moments.timestamps),
    "interval": moments.intervals,
    **dict.fromkeys(JSON_TYPES, _same_in_all_columns(literals.documents)),
    "bytea": _same_in_all_columns(literals.byte_strings),
}
