"""Whole and decimal numbers within the reach of their types and checks."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation
from typing import Any

from autogpt_seed.binding.fill.checks import Limits
from autogpt_seed.binding.fill.values import HUGE, Unfillable, Values, listed
from autogpt_seed.data_types import DataType

_REACH = {
    "int2": (-(2**15), 2**15 - 1),
    "int4": (-(2**31), 2**31 - 1),
    "int8": (-(2**63), 2**63 - 1),
    "oid": (0, 2**32 - 1),
    "money": (-(2**53), 2**53),
}
_FINE = {"float4": 2**22, "float8": 2**50}
"""How many halves above a small number the type can tell apart."""

_PARTS = 2**20
_MIXER = 633_910_099  # odd, so it permutes the parts
_UNCONSTRAINED = (18, 2)  # digits and decimals of a numeric without precision


def whole_numbers(data_type: DataType, limits: Limits) -> Values:
    """From 1 up, or from the least that is allowed."""
    least, most = _REACH[data_type.name]
    return _stepped(limits, least, most, 1, int)


def amounts(_: DataType, limits: Limits) -> Values:
    """Money, whole: what its decimals look like is up to the server's locale."""
    least, most = _REACH["money"]
    return _stepped(limits, least, most, 1, str)


def decimals(data_type: DataType, limits: Limits) -> Values:
    """Within precision and scale, from 1 up where that fits."""
    digits, scale = _precision(data_type.modifier)
    most = 10**digits - 1
    first = 10**scale if 0 <= scale < digits else 1
    return _stepped(limits, -most, most, first, lambda units: Decimal(units).scaleb(-scale), scale)


def fractions(data_type: DataType, limits: Limits) -> Values:
    """Between the limits, if there are two, or below a high one that is positive; else in steps of
    1 from one of them, or from 1.5 up."""
    choices = _choices(limits, float)
    if choices is not None:
        return choices
    low, high = _number(limits.low), _number(limits.high)
    if low is None and high is not None and high > 0:
        low = Decimal(0)
    if low is not None and high is not None:
        bottom, width = float(low), float(high - low)
        return Values(
            lambda n: bottom + width * ((n * _MIXER % _PARTS + 0.5) / _PARTS), _PARTS, _PARTS
        )
    if high is not None:
        top = float(high)
        return Values(lambda n: top - n - 0.5, _FINE[data_type.name])
    bottom = 1.0 if low is None else float(low)
    return Values(lambda n: bottom + n + 0.5, _FINE[data_type.name])


def _stepped(
    limits: Limits,
    least: int,
    most: int,
    first: int,
    make: Callable[[int], Any],
    scale: int = 0,
) -> Values:
    """The multiples of 10⁻ˢᶜᵃˡᵉ that type and checks leave. `least`, `most` and `first` count such
    steps."""
    choices = _choices(limits, lambda text: make(int(Decimal(text).scaleb(scale))))
    if choices is not None:
        return choices
    low, high = _units(limits.low, scale, ROUND_CEILING), _units(limits.high, scale, ROUND_FLOOR)
    if low is not None and limits.low_open and low == _number(limits.low, scale):
        low += 1
    if high is not None and limits.high_open and high == _number(limits.high, scale):
        high -= 1
    top = most if high is None else min(high, most)
    bottom = max(first if top >= first else least, least) if low is None else max(low, least)
    if bottom > top:
        raise Unfillable("has no number that its type and checks allow")
    if low is None and high is not None and high < first:
        return _without(Values(lambda n: make(top - n), min(top - bottom + 1, HUGE)), limits)
    return _without(Values(lambda n: make(bottom + n), min(top - bottom + 1, HUGE)), limits)


def _without(values: Values, limits: Limits) -> Values:
    """The values without those that a check excludes."""
    excluded = {number for text in limits.excluded if (number := _number(text)) is not None}
    holes = [n for n in range(min(values.size, 1000)) if Decimal(values.at(n)) in excluded]
    if not holes:
        return values

    def at(number: int) -> Any:
        for hole in holes:
            number += number >= hole
        return values.at(number)

    if values.size == len(holes):
        raise Unfillable("has no number that its type and checks allow")
    return Values(at, values.size - len(holes), values.usual)


def _choices(limits: Limits, make: Callable[[str], Any]) -> Values | None:
    if limits.choices is None:
        return None
    texts = [text for text in limits.choices if _number(text) is not None]
    return listed([make(text) for text in texts if text not in limits.excluded])


def _number(text: str | None, scale: int = 0) -> Decimal | None:
    """The number, if it is one: infinity limits nothing."""
    try:
        number = Decimal(text or "").scaleb(scale)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _units(text: str | None, scale: int, rounding: str) -> int | None:
    number = _number(text, scale)
    return None if number is None else int(number.to_integral_value(rounding))


def _precision(modifier: int) -> tuple[int, int]:
    """Digits and decimals, of which there may be less than none (PostgreSQL 15)."""
    if modifier < 4:
        return _UNCONSTRAINED
    scale = (modifier - 4) & 0x7FF
    return (modifier - 4) >> 16, scale - 0x800 if scale & 0x400 else scale
