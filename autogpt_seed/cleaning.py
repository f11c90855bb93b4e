"""The use case clean(): the rows of runs removed, and nothing else."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Any

from autogpt_seed import views
from autogpt_seed.database.reflection.reflect import reflect
from autogpt_seed.preparation import with_usable_refresh
from autogpt_seed.progress import Progress, Silence
from autogpt_seed.removal import Cleared, Tags, clear
from autogpt_seed.safety import require_name
from autogpt_seed.unit_of_work import Bind, Timeouts, UnitOfWork


@dataclass(frozen=True)
class CleanReport:
    """What a clean did. Without `committed` all of it was undone."""

    schema: str
    committed: bool
    cleared: Cleared
    refresh: views.Refresh
    figures: views.ViewFigures
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """Everything, of types that `json` can write."""
        return asdict(self) | {"total_rows": self.cleared.total_rows}


async def clean(
    target: Bind,
    tags: Tags,
    *,
    schema: str | None = None,
    into: str | None = None,
    cascade: bool = False,
    rollback: bool = False,
    timeouts: Timeouts | None = None,
    progress: Progress | None = None,
) -> CleanReport:
    """Remove exactly the rows of these runs from the platform's schema, in one transaction.

    Nobody can write meanwhile to the tables from which rows go, nor to those that refer to them;
    everybody can read. Rows that others attached to rows of the runs make it stop with
    `RefusedForSafety`, unless `cascade` removes them, too. With `rollback` all is undone at the
    end. `into` and `progress` are as in `populate`. Raises `ConfigurationError` for a run that is
    not there.
    """
    begun, progress = time.perf_counter(), progress or Silence()
    async with UnitOfWork(target, timeouts=timeouts) as work:
        name = await work.open_schema(schema)
        catalog = await reflect(work.connection, name)
        if not rollback:
            await require_name(work, catalog, into)
        cleared = await clear(work.connection, catalog, tags, cascade=cascade, progress=progress)
        progress.phase("views", 0)
        usable, _ = with_usable_refresh(catalog)
        refresh = await views.refresh(work.connection, usable)
        figures = await views.figures(work.connection, usable)
        if not rollback:
            await work.commit()
    seconds = time.perf_counter() - begun
    return CleanReport(name, not rollback, cleared, refresh, figures, seconds)
