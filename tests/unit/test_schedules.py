"""Schedules of pg_cron in words, and when they come next."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from autogpt_seed.database.cron.schedules import parse_schedule
from autogpt_seed.verification.checks.cron_jobs import describe_schedule

NOW = datetime(2026, 1, 15, 12, 7, 30, tzinfo=UTC)  # a Thursday


@pytest.mark.parametrize(
    ("text", "words", "following"),
    [
        ("*/15 * * * *", "every 15 minutes", "2026-01-15 12:15"),
        ("* * * * *", "every minute", "2026-01-15 12:08"),
        ("5 * * * *", "at minute 5 of every hour", "2026-01-15 13:05"),
        ("0 3 * * *", "at 03:00", "2026-01-16 03:00"),
        ("30 2,14 * * *", "at 02:30, 14:30", "2026-01-15 14:30"),
        ("0 9 * * mon-fri", "at 09:00 on Mon, Tue, Wed, Thu, Fri", "2026-01-16 09:00"),
        ("0 0 * * 7", "at 00:00 on Sun", "2026-01-18 00:00"),
        ("0 0 1 * *", "at 00:00 on day 1 of the month", "2026-02-01 00:00"),
        ("0 0 $ * *", "at 00:00 on day the last of the month", "2026-01-31 00:00"),
        ("0 0 29 feb *", "at 00:00 on day 29 of the month in Feb", "2028-02-29 00:00"),
        ("0 0 13 * fri", "at 00:00 on day 13 of the month or on Fri", "2026-01-16 00:00"),
        ("*/20 8-10 * * *", "every 20 minutes of the hours 8, 9, 10", "2026-01-16 08:00"),
        ("* 8-10 * * *", "every minute of the hours 8, 9, 10", "2026-01-16 08:00"),
        ("*/15 3 * * *", "at 03:00, 03:15, 03:30, 03:45", "2026-01-16 03:00"),
        ("5/20 8-14/3 * * *", "at minute 5, 25, 45 of the hours 8, 11, 14", "2026-01-15 14:05"),
        ("@hourly", "at minute 0 of every hour", "2026-01-15 13:00"),
    ],
)
def test_a_schedule_in_words_and_its_next_run(text: str, words: str, following: str) -> None:
    schedule = parse_schedule(text)
    assert schedule
    assert schedule.words() == words
    run = schedule.next_after(NOW)
    assert run
    assert f"{run:%Y-%m-%d %H:%M}" == following


def test_seconds_are_counted() -> None:
    schedule = parse_schedule("30 seconds")
    assert schedule
    assert schedule.words() == "every 30 seconds"
    assert schedule.next_after(NOW) == datetime(2026, 1, 15, 12, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "often", "61 * * * *", "* * * *", "*/0 * * * *", "5-1 * * * *"]
)
def test_what_is_no_schedule_is_not_read(text: str) -> None:
    assert parse_schedule(text) is None


def test_a_day_that_never_comes_has_no_next_run() -> None:
    schedule = parse_schedule("0 0 31 feb *")
    assert schedule
    assert schedule.next_after(NOW) is None
    assert schedule.never


@pytest.mark.parametrize(
    "text", ["* * * * *", "0 0 29 2 *", "0 0 $ 2 *", "0 0 30 2 mon", "9 seconds"]
)
def test_a_day_that_comes_once_in_four_years_is_not_never(text: str) -> None:
    schedule = parse_schedule(text)
    assert schedule
    assert not schedule.never


@pytest.fixture
def no_zones() -> Iterator[None]:
    """As on a machine without data of time zones."""
    usual = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(())
    zoneinfo.ZoneInfo.clear_cache()
    yield
    zoneinfo.reset_tzpath(usual)


@pytest.mark.usefixtures("no_zones")
@pytest.mark.parametrize("zone", ["Nowhere/Else", "<+03>-3"])
def test_where_the_zone_is_not_known_the_next_run_is_told_in_utc(zone: str) -> None:
    told = describe_schedule("0 13 * * *", zone, NOW)
    assert told == "0 13 * * *, that is at 13:00, next at 2026-01-15 13:00 UTC"


@pytest.mark.skipif(not zoneinfo.available_timezones(), reason="this machine knows no time zones")
def test_the_next_run_is_told_in_the_zone_of_pg_cron() -> None:
    told = describe_schedule("0 13 * * *", "Europe/Berlin", NOW)
    assert told == "0 13 * * *, that is at 13:00, next at 2026-01-16 13:00 Europe/Berlin"
