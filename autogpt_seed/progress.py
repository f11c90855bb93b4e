"""The progress of work that takes long, for whoever waits for it."""

from __future__ import annotations

import time
from typing import Protocol


class Progress(Protocol):
    """What a populate, clean, bake or restore reports to: any object with these two methods.

    They are called in the event loop, so they must return soon; and after the server has taken or
    removed the rows.
    """

    def phase(self, name: str, total: int, unit: str = "rows") -> None:
        """From now on `advance` counts for this phase: a table, or a step such as the refresh.

        `total` is 0 where nothing can be counted. A phase may be taken up again by its name.
        """

    def advance(self, amount: int) -> None:
        """`amount` more of the phase is done."""


class Silence:
    """A progress that tells nobody."""

    def phase(self, name: str, total: int, unit: str = "rows") -> None: ...

    def advance(self, amount: int) -> None: ...


class Clock:
    """The seconds that each step took."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        """End the step of this name, which began with the end of the one before."""
        now = time.perf_counter()
        self.seconds[name] = now - self._last
        self._last = now
