"""What a populate did, for whoever called it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from autogpt_seed import views
from autogpt_seed.binding import Note
from autogpt_seed.database.loading.strategy import Strategy
from autogpt_seed.plan import Plan
from autogpt_seed.removal import Cleared


@dataclass(frozen=True)
class Coverage:
    """How many tables the run put rows into, and the other tables of the application."""

    filled: int
    without_rows: tuple[str, ...]

    @property
    def tables(self) -> int:
        """The number of all of these tables."""
        return self.filled + len(self.without_rows)


@dataclass(frozen=True)
class PopulateReport:
    """What a populate did. `rows` are as counted by the server, in the order of loading."""

    schema: str
    server_version: int
    run_tag: str
    plan: Plan
    committed: bool
    strategy: Strategy
    rows: dict[str, int]
    seconds: dict[str, float]
    refresh: views.Refresh
    figures: views.ViewFigures
    coverage: Coverage
    notes: tuple[Note, ...] = ()
    uses: tuple[str, ...] = ()
    """What existed before and takes part in the run, such as blocks."""
    look_at: dict[str, str] = field(default_factory=dict)
    """A creator and a listing to begin with."""
    unrecorded: str = ""
    """Why the run is not in the record of runs; "" where it is."""
    replaced: Cleared | None = None
    """The runs that were removed before, with `on_existing="replace"`."""
    skipped: bool = False
    """Whether nothing was done, because the run with `run_tag` is there."""

    @property
    def total_rows(self) -> int:
        """All rows of the run."""
        return sum(self.rows.values())

    def as_json(self) -> dict[str, Any]:
        """Everything, of types that `json` can write."""
        return {
            "schema": self.schema,
            "server_version": self.server_version,
            "committed": self.committed,
            "run_tag": self.run_tag,
            "unrecorded": self.unrecorded,
            "skipped": self.skipped,
            "replaced": asdict(self.replaced) if self.replaced else None,
            "plan": self.plan.as_json(),
            "rows": self.rows,
            "total_rows": self.total_rows,
            "seconds": {name: round(value, 4) for name, value in self.seconds.items()},
            "total_seconds": round(sum(self.seconds.values()), 4),
            "strategy": self.strategy.name,
            "reason": self.strategy.reason,
            "kept_keys": [kept.text for kept in self.strategy.suspension.kept],
            "refresh": asdict(self.refresh),
            "views": asdict(self.figures),
            "notes": [asdict(note) for note in self.notes],
            "coverage": asdict(self.coverage) | {"tables": self.coverage.tables},
            "uses": self.uses,
            "look_at": self.look_at,
        }
