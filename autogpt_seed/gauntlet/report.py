"""What the gauntlet found out about each migration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from autogpt_seed.database.migrations.hostile_rows import Planting
from autogpt_seed.database.migrations.watching import Lock

ENOUGH_ROWS = 1_000
"""With fewer rows, the time that they take cannot be told from the rest."""


@dataclass(frozen=True)
class Reversal:
    """What the downgrade did. `changed` are tables whose rows are not what they were before."""

    failure: str | None = None
    changed: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it brought the data back."""
        return self.failure is None and not self.changed


@dataclass(frozen=True)
class StepReport:
    """One migration.

    `failure` is the server's message where it failed on seeded data, `failure_when_empty` where it
    failed on empty tables. `hostile_failures` are the messages with planted rows (`plantings`), all
    together and one by one, each message once.
    `seconds` is what it took on seeded data, by the server's clock where it can be watched, and
    `seconds_when_empty` what it took on empty tables. `rewritten` are the tables of which the
    server made a new file, `written` those whose rows it changed, each with how many rows. `locks`
    are None where it failed; with `locks_sampled` they were looked at every few milliseconds, so
    short ones may be missing and the others were at least as long. `reversal` is None where the
    tool knows no way back. `views` are the checks of the views that fail since then, and
    `views_wrong_before` those that failed before, too; `views_checked` is how many were made, 0
    where the schema has none of the store's views.
    """

    name: str
    seconds: float = 0.0
    seconds_when_empty: float = 0.0
    failure: str | None = None
    failure_when_empty: str | None = None
    rewritten: dict[str, int] | None = None
    written: dict[str, int] | None = None
    rows_touched: int = 0
    locks: tuple[Lock, ...] | None = None
    locks_sampled: bool = False
    plantings: tuple[Planting, ...] = ()
    hostile_failures: tuple[str, ...] = ()
    views: tuple[str, ...] = ()
    views_wrong_before: tuple[str, ...] = ()
    views_checked: int = 0
    reversal: Reversal | None = None

    @property
    def ok(self) -> bool:
        """Whether it passed, its downgrade aside, which may lose what it has to."""
        return not list(self.failures())

    @property
    def seconds_per_million_rows(self) -> float | None:
        """How much longer it takes for a million rows in the tables that it rewrote, wrote to or
        locked. None where they are too few, or made no difference that could be measured."""
        longer = self.seconds - self.seconds_when_empty
        enough = self.rows_touched >= ENOUGH_ROWS and longer > 0
        return longer * 1e6 / self.rows_touched if enough else None

    def as_json(self) -> dict[str, Any]:
        """Everything, of types that `json` can write."""
        return asdict(self) | {
            "ok": self.ok,
            "seconds_per_million_rows": self.seconds_per_million_rows,
            "plantings": [_planting(planting) for planting in self.plantings],
        }

    def failures(self) -> Iterator[str]:
        """Why it did not pass, one sentence each."""
        if self.failure_when_empty:
            yield f"fails on empty tables: {self.failure_when_empty}"
        if self.failure:
            yield f"fails on seeded data: {self.failure}"
        for failure in self.hostile_failures:
            yield f"fails on planted rows: {failure}"
        for view in self.views:
            yield f"views are wrong afterwards: {view}"
        if self.reversal and self.reversal.failure:
            yield f"its downgrade fails: {self.reversal.failure}"


@dataclass(frozen=True)
class GauntletReport:
    """All migrations that were tried. `base` is the one at which the database was seeded, with
    `rows` rows; `untried` are those after one that failed."""

    base: str
    rows: int
    steps: tuple[StepReport, ...]
    untried: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every migration passed."""
        return not self.untried and all(step.ok for step in self.steps)

    @property
    def failures(self) -> tuple[str, ...]:
        """What did not pass, one sentence each."""
        return tuple(f"{step.name} {text}" for step in self.steps for text in step.failures())

    def as_json(self) -> dict[str, Any]:
        """Everything, of types that `json` can write."""
        steps = [step.as_json() for step in self.steps]
        return asdict(self) | {"ok": self.ok, "steps": steps}


def _planting(planting: Planting) -> dict[str, Any]:
    demand = planting.demand
    return {
        "table": demand.table,
        "demand": demand.text,
        "planted": planting.planted,
        "why": planting.why,
    }
