"""A schedule of pg_cron -> words and the next run. Pure.

Five fields as in crontab(5), with `$` for the last day of the month, or "N seconds"
(https://github.com/citusdata/pg_cron), in the time zone of its setting cron.timezone (GMT).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_LAST_DAY = "$"
_ALIASES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_FIELD = re.compile(r"(\*|[\w]+)(?:-(\w+))?(?:/(\d+))?")
_FAR = 366 * 5
"""Days to look ahead: long enough for a 29th of February."""
_SOME_TIME = datetime(2000, 1, 1, tzinfo=UTC)
"""Any time in a leap year will do: it has every day that a schedule may name."""


@dataclass(frozen=True)
class Schedule:
    """When a job runs: every so many `seconds`, or, without them, at the times in the sets."""

    text: str
    seconds: int | None = None
    minutes: frozenset[int] = frozenset()
    hours: frozenset[int] = frozenset()
    days: frozenset[int] = frozenset()
    last_day: bool = False
    months: frozenset[int] = frozenset()
    weekdays: frozenset[int] = frozenset()
    any_day: bool = True
    any_weekday: bool = True

    @property
    def never(self) -> bool:
        """Whether no day is as it says, like the 30th of February."""
        return self.next_after(_SOME_TIME) is None

    def next_after(self, moment: datetime) -> datetime | None:
        """The first run after `moment`, in the same time zone; None if there is none for years."""
        if self.seconds is not None:
            return moment + timedelta(seconds=self.seconds)
        start = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
        day = start.replace(hour=0, minute=0)
        for _ in range(_FAR):
            if self._runs_on(day):
                for hour in sorted(self.hours):
                    for minute in sorted(self.minutes):
                        if (candidate := day.replace(hour=hour, minute=minute)) >= start:
                            return candidate
            day += timedelta(days=1)
        return None

    def nth_after(self, moment: datetime, number: int) -> datetime | None:
        """The `number`-th run after `moment`; None if there is none for years."""
        following: datetime | None = moment
        for _ in range(number):
            following = self.next_after(following) if following else None
        return following

    def _runs_on(self, day: datetime) -> bool:
        """Where both the day of the month and of the week are limited, either is enough."""
        if day.month not in self.months:
            return False
        is_last = (day + timedelta(days=1)).month != day.month
        by_date = day.day in self.days or (self.last_day and is_last)
        by_weekday = day.isoweekday() % 7 in self.weekdays
        if self.any_day or self.any_weekday:
            return by_date and by_weekday
        return by_date or by_weekday

    def words(self) -> str:
        """Such as "every 15 minutes" or "at 03:00 every day"."""
        if self.seconds is not None:
            return f"every {self.seconds} seconds"
        when = self._time_of_day()
        days = [] if self.any_day else [f"on day {_list(self.days, self.last_day)} of the month"]
        if not self.any_weekday:
            names = ", ".join(_DAYS[day].capitalize() for day in sorted(self.weekdays))
            days.append(f"on {names}")
        months = ""
        if len(self.months) < 12:
            names = ", ".join(_MONTHS[month - 1].capitalize() for month in sorted(self.months))
            months = f"in {names}"
        return " ".join(filter(None, [when, " or ".join(days), months]))

    def _time_of_day(self) -> str:
        minutes, hours = sorted(self.minutes), sorted(self.hours)
        step = _step(minutes, 60)
        if step == 1:
            often = "every minute"
        else:
            often = f"every {step} minutes" if step else f"at minute {_list(self.minutes)}"
        if len(hours) == 24:
            return often if step else f"{often} of every hour"
        if len(minutes) * len(hours) <= 4:
            return "at " + ", ".join(f"{h:02}:{m:02}" for h in hours for m in minutes)
        return f"{often} of the hours {_list(self.hours)}"


def parse_schedule(text: str) -> Schedule | None:
    """Read a schedule, or None where it is none."""
    plain = " ".join(text.lower().split())
    if match := re.fullmatch(r"(\d+) seconds?", plain):
        return Schedule(text, seconds=int(match[1]))
    fields = _ALIASES.get(plain, plain).split()
    if len(fields) != 5:
        return None
    minute, hour, day, month, weekday = fields
    last_day = _LAST_DAY in day.split(",")
    day = ",".join(part for part in day.split(",") if part != _LAST_DAY)
    try:
        return Schedule(
            text,
            minutes=_numbers(minute, 0, 59),
            hours=_numbers(hour, 0, 23),
            days=_numbers(day, 1, 31) if day else frozenset(),
            last_day=last_day,
            months=_numbers(month, 1, 12, _MONTHS),
            weekdays=frozenset(number % 7 for number in _numbers(weekday, 0, 7, _DAYS)),
            any_day=day.startswith("*") and not last_day,
            any_weekday=weekday.startswith("*"),
        )
    except ValueError:
        return None


def known_zone(name: str) -> tzinfo | None:
    """The time zone of that name, or None where the server knows it and this machine does not."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError):
        return None


def _numbers(field: str, low: int, high: int, names: Sequence[str] = ()) -> frozenset[int]:
    """The numbers of a field: lists of numbers and ranges, with steps."""
    numbers: set[int] = set()
    for part in field.split(","):
        match = _FIELD.fullmatch(part)
        if match is None:
            raise ValueError(part)
        first, last, step = match.groups()
        start = low if first == "*" else _number(first, low, names)
        if first == "*" or (step and not last):
            end = high
        else:
            end = _number(last, low, names) if last else start
        if not low <= start <= end <= high or step == "0":
            raise ValueError(part)
        numbers.update(range(start, end + 1, int(step or 1)))
    return frozenset(numbers)


def _number(word: str, low: int, names: Sequence[str]) -> int:
    return names.index(word) + low if word in names else int(word)


def _step(numbers: Sequence[int], whole: int) -> int | None:
    """The step by which they go round evenly, if they do."""
    step = whole // len(numbers)
    even = list(numbers) == list(range(0, whole, step)) and whole % step == 0
    return step if even and len(numbers) > 1 else None


def _list(numbers: frozenset[int], last_day: bool = False) -> str:
    return ", ".join([*map(str, sorted(numbers)), *(["the last"] if last_day else [])])
