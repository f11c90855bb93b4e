"""Dates and times, none of them after the as-of time unless a check asks for it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from autogpt_seed.binding.fill.checks import NO_LIMITS, NOW, Limits
from autogpt_seed.binding.fill.values import FilledColumn, Unfillable, Values, listed
from autogpt_seed.data_types import DataType

_LATER = timedelta(days=36_500)
"""How long after the as-of time values are that a check requires to be after now."""

_DAY = 86_400
_MIDNIGHT = datetime(1970, 1, 1)  # noqa: DTZ001  # only its time counts
_YEAR = 365
_APART = 101
"""Milliseconds between two neighbours: they look different, and 2³² of them fit."""

_DAYS_BACK = timedelta(days=_YEAR * 1_000)
_TIMES_BACK = timedelta(days=_YEAR * 30)


def dates(_: DataType, limits: Limits, filled: FilledColumn) -> Values:
    """The last days before the as-of time."""
    step = timedelta(days=1)
    return _backwards(limits, filled, step, _DAYS_BACK, datetime.date)


def timestamps(data_type: DataType, limits: Limits, filled: FilledColumn) -> Values:
    """Of the year before the as-of time, in whole milliseconds, or seconds where it has no more."""
    coarse = 0 <= data_type.modifier < 3
    step = timedelta(seconds=1) if coarse else timedelta(milliseconds=_APART)
    zoned = data_type.name == "timestamptz"
    write: Callable[[datetime], Any] = (
        (lambda moment: moment.replace(tzinfo=UTC)) if zoned else (lambda moment: moment)
    )
    return _backwards(limits, filled, step, _TIMES_BACK, write)


def all_allowed(limits: Limits, earliest: datetime, filled: FilledColumn) -> bool:
    """Whether the limits allow every time from `earliest` to the as-of time."""
    low, high = _read(limits.low, filled), _read(limits.high, filled)
    from_then = limits.low is None or (low is not None and low < earliest)
    to_now = limits.high in {None, NOW} or (high is not None and high > filled.as_of)
    bare = replace(limits, low=None, low_open=False, high=None, high_open=False)
    return from_then and to_now and bare == NO_LIMITS


def times_of_day(data_type: DataType, limits: Limits, _: FilledColumn) -> Values:
    """Every second between the limits, or of a day from noon on; or millisecond where two seconds
    are not enough to tell apart."""
    choices = [found for text in limits.choices or () if (found := _time_of_day(text)) is not None]
    if choices:
        return listed([(_MIDNIGHT + found).time() for found in choices])
    low, high = _time_of_day(limits.low), _time_of_day(limits.high)
    first, seconds = timedelta(hours=12), _DAY
    if low is not None or high is not None:
        first = (low or timedelta()) + timedelta(seconds=1)
        seconds = math.ceil(((high or timedelta(days=1)) - first).total_seconds())
    if seconds < 1:
        raise Unfillable("has no time of day that its checks allow")
    parts = 1 if 0 <= data_type.modifier < 3 else 1000

    def at(number: int) -> time:
        millisecond, second = divmod(number, seconds)
        return (_MIDNIGHT + first + timedelta(seconds=second, milliseconds=millisecond)).time()

    return Values(at, seconds * parts, seconds)


def zoned_times_of_day(data_type: DataType, limits: Limits, filled: FilledColumn) -> Values:
    """The same in UTC, as text."""
    plain = times_of_day(data_type, limits, filled)
    return Values(lambda n: f"{plain.at(n).isoformat()}+00", plain.size, plain.usual)


def intervals(data_type: DataType, limits: Limits, _: FilledColumn) -> Values:
    """Of one, two, three … of the finest unit that the type keeps, or of minutes between limits."""
    unit = _finest_unit(data_type.modifier)
    if limits.choices is not None:
        return listed(limits.choices)
    low, high = _minutes(limits.low), _minutes(limits.high)
    if low is None and high is None:
        return Values(lambda n: f"{n + 1} {unit}", _MOST_UNITS[unit])
    first = 1 if low is None else int(low) + 1
    last = _MOST_UNITS["minute"] if high is None else math.ceil(high) - 1
    if last < first:
        raise Unfillable("has no interval of whole minutes that its checks allow")
    return Values(lambda n: f"{first + n} minute", last - first + 1)


def _finest_unit(modifier: int) -> str:
    """Of what the modifier of an interval keeps; minutes where it keeps everything."""
    kept = modifier >> 16 & 0x7FFF
    if modifier < 0 or kept == 0x7FFF:
        return "minute"
    return next(unit for unit, bit in _UNITS.items() if kept >> bit & 1)


_UNITS = {"second": 12, "minute": 11, "hour": 10, "day": 3, "month": 1, "year": 2}
"""The units from the finest on, with their bits in the modifier (PostgreSQL's datetime.h)."""

_MOST_UNITS = dict.fromkeys(_UNITS, 2**31 - 1) | {"year": 2**31 // 13}
_INTERVAL = re.compile(
    r"(?:(?P<years>-?\d+) years? ?)?(?:(?P<months>-?\d+) mons? ?)?(?:(?P<days>-?\d+) days? ?)?"
    r"(?:(?P<sign>-?)(?P<hours>\d+):(?P<minutes>\d\d):(?P<seconds>[\d.]+))?"
)


def _minutes(text: str | None) -> float | None:
    """An interval as the server prints it, in minutes as it compares them: a month has 30 days."""
    found = _INTERVAL.fullmatch(text) if text else None
    if found is None:
        return None
    part = {name: float(value or 0) for name, value in found.groupdict().items() if name != "sign"}
    days = (part["years"] * 12 + part["months"]) * 30 + part["days"]
    clock = part["hours"] * 60 + part["minutes"] + part["seconds"] / 60
    return days * 1440 + (-clock if found["sign"] else clock)


def _backwards(
    limits: Limits,
    filled: FilledColumn,
    step: timedelta,
    reach: timedelta,
    write: Callable[[datetime], Any],
) -> Values:
    """Times back from the as-of time or an earlier high limit; or, where the low limit is later
    than that, from there on."""
    choices = [found for text in limits.choices or () if (found := _read(text, filled))]
    if choices:
        return Values(lambda n: write(choices[n]), len(choices))
    low, high = _read(limits.low, filled), _read(limits.high, filled)
    if high is not None and limits.high_open:
        high -= step
    if limits.low == NOW and high is None:
        low = filled.as_of + _LATER
    top = filled.as_of if high is None else min(high, filled.as_of)
    if low is not None and low >= top:
        return _forwards(low, high, step, write)
    bottom = top - reach if low is None else low + step * limits.low_open
    size = (top - bottom) // step + 1
    if size < 1:
        raise Unfillable("has no time that its checks allow")
    return Values(lambda n: write(top - step * n), size, timedelta(days=_YEAR) // step)


def _forwards(
    low: datetime, high: datetime | None, step: timedelta, write: Callable[[datetime], Any]
) -> Values:
    """Times where the checks allow only what is after the as-of time: back from the high limit, if
    there is one, since the low one may be the server's time."""
    if high is None:
        return Values(lambda n: write(low + step * (n + 1)), 2**31)
    size = (high - low) // step
    if size < 1:
        raise Unfillable("has no time that its checks allow")
    return Values(lambda n: write(high - step * n), size)


def _time_of_day(text: str | None) -> timedelta | None:
    """A constant of a check, since midnight in UTC, or None where it is no time of day."""
    try:
        found = time.fromisoformat(text or "")
    except ValueError:
        return None
    there = datetime.combine(_MIDNIGHT, found.replace(tzinfo=None)) - _MIDNIGHT
    return (there - (found.utcoffset() or timedelta())) % timedelta(days=1)


def _read(text: str | None, filled: FilledColumn) -> datetime | None:
    """A constant of a check, without zone, or None where it is no time."""
    if text is None:
        return None
    if text == NOW:
        return filled.as_of
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found
