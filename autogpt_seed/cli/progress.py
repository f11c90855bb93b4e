"""The progress of a command: a bar for each phase on a terminal, log lines otherwise."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TaskProgressColumn,
    TextColumn,
)
from rich.text import Text

from autogpt_seed import progress

logger = logging.getLogger(__name__)


@contextmanager
def show_progress(*, quiet: bool) -> Iterator[progress.Progress]:
    """Show progress on standard error until the context ends."""
    if quiet or not sys.stderr.isatty():
        with _Lines() as lines:
            yield lines
        return
    console = Console(stderr=True)
    wide = BarColumn(bar_width=14), _Amounts()
    amounts = wide if console.width >= _WIDTH else [TaskProgressColumn()]
    columns = TextColumn("{task.description:<30}"), *amounts
    with Progress(*columns, console=console, transient=True) as bars:
        yield _Bars(bars)


@dataclass
class _Phase:
    """What is known of a phase, which may have been interrupted by others."""

    name: str
    total: int
    unit: str
    done: int = 0
    seconds: float = 0.0


class _Phases:
    """All phases by name, each with the time that was spent on it alone."""

    def __init__(self) -> None:
        self.current: _Phase | None = None
        self.all: dict[str, _Phase] = {}
        self._since = time.perf_counter()

    def phase(self, name: str, total: int, unit: str = "rows") -> None:
        self._count()
        self.current = self.all.setdefault(name, _Phase(name, total, unit))

    def advance(self, amount: int) -> None:
        self._count()
        if self.current is not None:
            self.current.done += amount

    def _count(self) -> None:
        now = time.perf_counter()
        if self.current is not None:
            self.current.seconds += now - self._since
        self._since = now


_WIDTH = 79
"""The width of a line with all amounts."""


class _Amounts(ProgressColumn):
    """How much is done and, of rows, how many each second."""

    def render(self, task: Task) -> Text:
        phase: _Phase = task.fields["phase"]
        if not phase.total:
            return Text("")
        if phase.unit != "rows":
            return Text(f"{phase.done:>11,} of {phase.total:,}")
        rate = f"{phase.done / phase.seconds:>9,.0f} rows/s" if phase.seconds > 0 else ""
        return Text(f"{phase.done:>11,} rows {rate}")


_BARS_SHOWN = 15
"""All bars would not fit on every terminal."""


class _Bars(_Phases):
    """A bar for each phase. One that cannot be counted is done when the next phase begins."""

    def __init__(self, bars: Progress) -> None:
        super().__init__()
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def phase(self, name: str, total: int, unit: str = "rows") -> None:
        if self.current is not None and not self.current.total:
            self._bars.update(self._tasks[self.current.name], total=1, completed=1)
        super().phase(name, total, unit)
        if name not in self._tasks:
            self._hide_a_finished_one()
            task = self._bars.add_task(name, total=total or None, phase=self.all[name])
            self._tasks[name] = task

    def advance(self, amount: int) -> None:
        super().advance(amount)
        if self.current is not None:
            self._bars.advance(self._tasks[self.current.name], amount)

    def _hide_a_finished_one(self) -> None:
        shown = [task for task in self._bars.tasks if task.visible]
        finished = (task.id for task in shown if task.finished)
        if len(shown) >= _BARS_SHOWN and (oldest := next(finished, None)) is not None:
            self._bars.update(oldest, visible=False)


class _Lines(_Phases):
    """One log line for each phase, written when it is done."""

    def __enter__(self) -> _Lines:
        return self

    def __exit__(self, *_: object) -> None:
        self._end_uncountable()

    def phase(self, name: str, total: int, unit: str = "rows") -> None:
        self._end_uncountable()
        super().phase(name, total, unit)

    def advance(self, amount: int) -> None:
        super().advance(amount)
        if self.current is not None and self.current.done == self.current.total:
            self._log(self.current)

    def _end_uncountable(self) -> None:
        self._count()
        if self.current is not None and not self.current.total:
            self._log(self.current)

    def _log(self, phase: _Phase) -> None:
        amount = f"{phase.done:>11,} {phase.unit}" if phase.done else ""
        logger.info("%-30s %-26s %9.3f s", phase.name, amount, phase.seconds)
