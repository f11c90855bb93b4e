"""Instants as PostgreSQL stores and sends them: whole microseconds since 2000, in UTC.

That is `Timestamp` of PostgreSQL's `datatype/timestamp.h`. A marketplace has two of them a row:
as numbers they are made, and encoded by the driver, in half the time that datetimes take.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

MILLISECOND = 1_000
"""In microseconds."""

_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001  # without zone, meant as UTC
_MICROSECOND = timedelta(microseconds=1)


def timestamp(moment: datetime) -> int:
    """The microseconds from 2000 to a datetime without zone, meant as UTC."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(timestamp: int) -> datetime:
    """The datetime, without zone and meant as UTC, of `timestamp`."""
    return _EPOCH + _MICROSECOND * timestamp


def as_text(instant: datetime) -> str:
    """An instant of UTC as `--as-of` takes it: a day where it is midnight."""
    if instant.time() == time():
        return instant.date().isoformat()
    return f"{instant.replace(tzinfo=None).isoformat()}Z"
