"""Which of a row's times come first, and what the values of time columns are as timestamps."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

import pytest

from autogpt_seed.binding.instants import as_timestamp, rank
from autogpt_seed.timestamps import timestamp

NOON = datetime(2026, 1, 15, 12)  # noqa: DTZ001  # rows hold naive times, meant as UTC
EVENING = datetime.combine(NOON, time.max)


@pytest.mark.parametrize(
    ("column", "place"),
    [
        ("createdAt", 0),
        ("submittedUntil", 0),
        ("sendAt", 1),
        ("updatedAt", 2),
        ("validTo", 2),
        ("end_date", 2),
    ],
)
def test_what_begins_comes_first_and_what_ends_last(column: str, place: int) -> None:
    assert rank(column) == place


@pytest.mark.parametrize(
    ("made", "at"),
    [
        (timestamp(NOON), NOON),
        (NOON, NOON),
        ((NOON + timedelta(hours=2)).replace(tzinfo=timezone(timedelta(hours=2))), NOON),
        (date(2026, 1, 15), EVENING),
    ],
    ids=["timestamp", "time", "zoned", "date"],
)
def test_values_of_time_columns_are_comparable(made: object, at: datetime) -> None:
    assert as_timestamp(made) == timestamp(at)


def test_an_empty_time_is_before_all_others() -> None:
    assert as_timestamp(None) < timestamp(datetime.min)  # noqa: DTZ901
