"""Progress of a populate: a bar a table on a terminal, quiet log lines otherwise."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.text import Text

from autogpt_seed import seeding

logger = logging.getLogger(__name__)


@contextmanager
def show_progress(*, quiet: bool) -> Iterator[seeding.Progress]:
    """What a populate tells, shown on standard error until the context ends."""
    if quiet or not sys.stderr.isatty():
        with _Lines() as lines:
            yield lines
        return
    columns = TextColumn("{task.description:<30}"), BarColumn(bar_width=14), _Rows()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        yield _Bars(bars)


class _Rows(ProgressColumn):
    """Rows done, and how many a second. The whole line takes 79 columns."""

    def render(self, task: Task) -> Text:
        if not task.fields["countable"]:
            return Text("")
        elapsed = task.finished_time or task.elapsed or 0.0
        rate = f"{task.completed / elapsed:>9,.0f} rows/s" if elapsed > 0 else ""
        return Text(f"{task.completed:>11,.0f} rows {rate}")


_BARS_SHOWN = 15
"""The last ones; all of them would not fit on every terminal."""


class _Bars:
    """A bar a phase; the current one is the last."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._current: TaskID | None = None

    def phase(self, name: str, total: int) -> None:
        if self._current is not None:
            done = self._bars.tasks[-1].total or 1
            self._bars.update(self._current, total=done, completed=done)
        self._current = self._bars.add_task(name, total=total or None, countable=total > 0)
        for task in self._bars.tasks[:-_BARS_SHOWN]:
            self._bars.update(task.id, visible=False)

    def advance(self, rows: int) -> None:
        if self._current is not None:
            self._bars.advance(self._current, rows)


class _Lines:
    """One log line a phase, written when it is over."""

    def __init__(self) -> None:
        self._name = ""
        self._rows = 0
        self._began = 0.0

    def __enter__(self) -> _Lines:
        return self

    def __exit__(self, *_: object) -> None:
        self._finish()

    def phase(self, name: str, total: int) -> None:  # noqa: ARG002
        self._finish()
        self._name, self._rows, self._began = name, 0, time.perf_counter()

    def advance(self, rows: int) -> None:
        self._rows += rows

    def _finish(self) -> None:
        if self._name:
            seconds = time.perf_counter() - self._began
            rows = f"{self._rows:>11,} rows" if self._rows else ""
            logger.info("%-30s %16s %9.3f s", self._name, rows, seconds)
