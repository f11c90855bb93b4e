"""Until when things happen: each kind of event ends early enough for what depends on it.

Times are milliseconds since 1970 UTC, lengths are milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass

from autogpt_seed.entities.times import DAY, HOUR, MINUTE, SECOND

USERS_FROM, USERS_UNTIL = 730 * DAY, 30 * DAY
"""How long before the as-of time users register."""

SHORTEST_ROOM = MINUTE
"""The shortest time between the last registration and the as-of time."""

_RUNS_FROM = 365 * DAY


@dataclass(frozen=True)
class Schedule:
    """When each kind of event ends, if the last user registered `room` before `as_of`.

    An existing account that is younger than a month leaves less room. All margins shrink with it,
    so that the order of events stays the same.
    """

    as_of: int
    room: int = USERS_UNTIL

    @property
    def graphs_until(self) -> int:
        return self.as_of - self._margin(21 * DAY)

    @property
    def presets_until(self) -> int:
        return self.as_of - self._margin(10 * DAY)

    @property
    def listings_until(self) -> int:
        return self.as_of - self._margin(10 * DAY)

    @property
    def pending_from(self) -> int:
        """From when on versions are submitted that still wait for their decision."""
        return self.as_of - self._margin(USERS_UNTIL)

    @property
    def longest_decision(self) -> int:
        """How long a version may wait for its approval or rejection."""
        return self._margin(3 * DAY)

    @property
    def reviews_until(self) -> int:
        return self.as_of - self._margin(DAY)

    @property
    def runs_from(self) -> int:
        return self.as_of - _RUNS_FROM

    @property
    def runs_until(self) -> int:
        """The last time at which a run can be created."""
        return self.as_of - self._margin(HOUR)

    @property
    def longest_delay(self) -> int:
        """How long a run may wait for its start."""
        return min(5 * SECOND, self._margin(HOUR) // 4)

    @property
    def longest_run(self) -> int:
        return min(30 * MINUTE, self._margin(HOUR) // 2)

    @property
    def shortest_run(self) -> int:
        return min(SECOND, self.longest_run // 2)

    def _margin(self, usual: int) -> int:
        """`usual`, or its share of the room; at least a day's share, so that runs take a while."""
        return min(usual, self.room * max(usual, DAY) // USERS_UNTIL)
