"""Instants: whole milliseconds since 1970 UTC, which fit into arrays, and datetimes for rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # rows hold naive times, meant as UTC
MILLISECOND = timedelta(milliseconds=1)


def moment(milliseconds: int) -> datetime:
    """The instant as a datetime without zone, meant as UTC."""
    # The milliseconds of a day fit into a machine word, which halves the time this takes.
    day, rest = divmod(milliseconds, DAY)
    return _midnight(day) + MILLISECOND * rest


@cache
def _midnight(day: int) -> datetime:
    return EPOCH + timedelta(days=day)


def milliseconds(instant: datetime) -> int:
    """A datetime with a zone, in milliseconds since 1970 UTC."""
    return (
        instant.replace(tzinfo=None) - (instant.utcoffset() or timedelta()) - EPOCH
    ) // MILLISECOND
