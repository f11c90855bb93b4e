"""Waits for pg_cron's own job: commits rows, looks whether the views show them, removes them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence

from autogpt_seed.catalog import Catalog
from autogpt_seed.comparison import compare
from autogpt_seed.database.reflection.references import references
from autogpt_seed.removal import clear, refuse_hidden
from autogpt_seed.unit_of_work import Bind, Timeouts, UnitOfWork
from autogpt_seed.verification.injection.arrival import inject
from autogpt_seed.verification.injection.planning import VerifySettings
from autogpt_seed.verification.observation import examined_views, plan
from autogpt_seed.verification.recording import record_injection
from autogpt_seed.verification.report import Check, Outcome
from autogpt_seed.views import definition_snapshot, snapshot

logger = logging.getLogger(__name__)

_PAUSE = 1.0
"""Seconds between two looks."""
_REPORT = 15.0
"""Seconds between two log lines."""


async def wait_for_job(
    target: Bind,
    catalog: Catalog,
    settings: VerifySettings,
    patience: float,
    timeouts: Timeouts | None,
) -> Check:
    """Commit rows, wait up to `patience` seconds until the views show them, and remove the rows.

    Nobody refreshes here: it is the job, or nothing. The rows are removed whatever happens. Only
    where others attached theirs meanwhile do they stay, as a run: `RefusedForSafety` is raised.
    """
    async with UnitOfWork(target, timeouts=timeouts) as work:
        await work.enter_schema(catalog.schema)
        refuse_hidden(catalog, await references(work.connection))
        ledger = await plan(work.connection, catalog, settings)
        arrival = await inject(work, catalog, ledger.lasting)
        await record_injection(work.connection, catalog.schema, settings, arrival)
        await work.commit()
    begun = time.monotonic()
    try:
        stale = await _wait(target, catalog, patience, timeouts)
        waited = time.monotonic() - begun
    finally:
        removed = await asyncio.shield(_remove(target, catalog, str(ledger.tag), timeouts))
    return _judge(stale, waited, removed)


async def _wait(
    target: Bind, catalog: Catalog, patience: float, timeouts: Timeouts | None
) -> Sequence[str]:
    """Wait until all views are fresh, and return the views that are not when time is over."""
    begun = reported = time.monotonic()
    while stale := await _stale(target, catalog, timeouts):
        now = time.monotonic()
        if now - begun > patience:
            break
        if now - reported >= _REPORT:
            reported = now
            logger.info("Waited %.0f of %.0f s for the job.", now - begun, patience)
        await asyncio.sleep(min(_PAUSE, max(0.0, patience - (now - begun))))
    return stale


async def _stale(target: Bind, catalog: Catalog, timeouts: Timeouts | None) -> Sequence[str]:
    async with UnitOfWork(target, timeouts=timeouts, isolation="REPEATABLE READ") as work:
        await work.enter_schema(catalog.schema, exclusive=False)
        stale = []
        for view, key in examined_views(catalog):
            defined = await definition_snapshot(work.connection, view, key)
            if not compare(defined, await snapshot(work.connection, view, key)).equal:
                stale.append(view.name)
        return stale


async def _remove(target: Bind, catalog: Catalog, tag: str, timeouts: Timeouts | None) -> int:
    async with UnitOfWork(target, timeouts=timeouts) as work:
        await work.enter_schema(catalog.schema)
        cleared = await clear(work.connection, catalog, [tag])
        await work.commit()
    return cleared.total_rows


def _judge(stale: Sequence[str], waited: float, removed: int) -> Check:
    code = "cron.refresh"
    gone = f"The {removed} rows that were committed for it are removed again."
    if not stale:
        title = "The job refreshed the views by itself"
        return Check(code, title, Outcome.PASSED, (f"It took {waited:.0f} s.", gone))
    return Check(
        code,
        "The job did not refresh the views in time",
        Outcome.FAILED,
        (f"After {waited:.0f} s not as they should be: {', '.join(stale)}.", gone),
        "Look at cron.job_run_details, and wait for longer than the job's schedule.",
    )
