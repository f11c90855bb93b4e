"""The entities' times: whole milliseconds since 1970 UTC, which become timestamps in rows."""

from __future__ import annotations

from datetime import datetime, timedelta

from autogpt_seed.timestamps import MILLISECOND, timestamp

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # rows hold times without zone, meant as UTC

_EPOCH = timestamp(EPOCH)


def stamp(milliseconds: int) -> int:
    """The instant as rows hold it, see `timestamps`."""
    return _EPOCH + milliseconds * MILLISECOND


def milliseconds(instant: datetime) -> int:
    """A datetime with a zone, in milliseconds since 1970 UTC."""
    since = instant.replace(tzinfo=None) - (instant.utcoffset() or timedelta()) - EPOCH
    return since // timedelta(milliseconds=1)
