"""What long work tells about itself while it is under way."""

from __future__ import annotations

import time
from typing import Protocol


class Progress(Protocol):
    """What is told about a populate, clean, bake or restore while it works: any object with these
    two methods. Rows are told when the server has them, or has them no more. They are called in
    the event loop, so they must return soon."""

    def phase(self, name: str, total: int, unit: str = "rows") -> None:
        """From now on `advance` counts for this phase: a table, or a step such as the refresh.

        `total` is 0 where nothing can be counted. A phase may be taken up again by its name.
        """

    def advance(self, amount: int) -> None:
        """So much more of the phase is done."""


class Silence:
    """A progress that tells nobody."""

    def phase(self, name: str, total: int, unit: str = "rows") -> None: ...

    def advance(self, amount: int) -> None: ...


class Clock:
    """Seconds of wall time by step, each lap from the end of the one before."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name] = now - self._last
        self._last = now
