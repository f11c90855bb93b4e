"""The use case verify(): inject, refresh, compare, prove, roll back. Prints nothing."""

from __future__ import annotations

import time

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.catalog import Catalog
from autogpt_seed.choices import Extent
from autogpt_seed.database import traces
from autogpt_seed.database.existing.lookups import reflect_platform
from autogpt_seed.errors import ConfigurationError
from autogpt_seed.safety import require_name
from autogpt_seed.settings import check_choice
from autogpt_seed.unit_of_work import Bind, Timeouts, UnitOfWork
from autogpt_seed.verification.answers import answer_all
from autogpt_seed.verification.checks.chain import check_presence
from autogpt_seed.verification.checks.traces import check_trace
from autogpt_seed.verification.injection.planning import VerifySettings
from autogpt_seed.verification.judgement import judge
from autogpt_seed.verification.observation import Observation, observe
from autogpt_seed.verification.recording import record_injection
from autogpt_seed.verification.report import Check, Outcome, VerificationReport
from autogpt_seed.verification.state import look_before, look_for_traces
from autogpt_seed.verification.waiting import wait_for_job
from autogpt_seed.verification.worker import worker_thread
from autogpt_seed.views import Refresh


async def verify(
    target: Bind,
    *,
    schema: str | None = None,
    into: str | None = None,
    commit: bool = False,
    settings: VerifySettings | None = None,
    digest: Extent = "auto",
    require_cron: bool = False,
    wait_for_cron: float | None = None,
    timeouts: Timeouts | None = None,
) -> VerificationReport:
    """Prove that the platform's views tell the truth, in one transaction that is rolled back.

    With `commit` the injected rows are kept, under the report's run tag. `digest` says whether
    large tables are compared row by row before and after, too. `require_cron` makes it a failure
    if no job refreshes the views. With `wait_for_cron` rows are committed after the rollback, and
    removed when the job itself has refreshed the views, or after so many seconds. On a caller's
    connection all happens in a savepoint; what cannot be proved there is a warning.

    A fault of the database is a check that failed, not an error. With `commit` or `wait_for_cron` a
    database with users that no run made must be named by `into`, as DATABASE@HOST; else
    `RefusedForSafety` is raised. Raises `SeedError` where nothing can be verified.
    """
    begun = time.perf_counter()
    check_choice("digest", digest, Extent)
    settings = settings or VerifySettings()
    if wait_for_cron is not None:
        _refuse_a_callers_connection(target)
    # Judging takes as long as looking: a thread does it meanwhile, and after the locks are free.
    async with worker_thread() as thread:
        async with UnitOfWork(target, timeouts=timeouts, isolation="REPEATABLE READ") as work:
            catalog = await _open(work, schema)
            if commit or wait_for_cron is not None:
                await require_name(work, catalog, into)
            before = await look_before(work.connection, catalog, digest)
            kept = commit and wait_for_cron is None
            seen = await observe(work, catalog, settings, thread, kept=kept)
            disturbed = work.joined and await traces.committed_since(
                work.connection, before.snapshot
            )
            if kept:
                ending = await _keep(work, catalog, settings, seen)
        if not kept:
            found = await look_for_traces(target, catalog, before, seen.arrival.ids, timeouts)
            ending = check_trace(found)
    checks = judge(seen, disturbed=disturbed, require_cron=require_cron) + ending
    if wait_for_cron is not None:
        checks += (await wait_for_job(target, catalog, settings, wait_for_cron, timeouts),)
    return _report(catalog, seen, checks, time.perf_counter() - begun, committed=kept)


def _refuse_a_callers_connection(target: Bind) -> None:
    if isinstance(target, AsyncConnection):
        raise ConfigurationError(
            "A job cannot be waited for on the caller's connection.",
            remedy="Give an engine or a target: the job sees committed rows only.",
        )


async def _open(work: UnitOfWork, wanted: str | None) -> Catalog:
    """Find, lock and reflect the schema, and make sure that there is something to verify."""
    catalog = await reflect_platform(work.connection, await work.open_schema(wanted))
    check_presence(catalog)
    return catalog


async def _keep(
    work: UnitOfWork, catalog: Catalog, settings: VerifySettings, seen: Observation
) -> tuple[Check, ...]:
    """Commit what was injected, as a run."""
    unrecorded = await record_injection(work.connection, catalog.schema, settings, seen.arrival)
    await work.commit()
    rows = sum(seen.arrival.rows.values())
    where = "in the caller's transaction" if work.joined else "in the database"
    title = f"The {rows} rows that were added are kept"
    evidence = [f"They are {where}, with the run tag {seen.arrival.ledger.tag}."]
    if unrecorded:
        evidence.append(f"They are not in the record of runs: {unrecorded}.")
    return (Check("data.kept", title, Outcome.PASSED, tuple(evidence)),)


def _report(
    catalog: Catalog,
    seen: Observation,
    checks: tuple[Check, ...],
    seconds: float,
    *,
    committed: bool,
) -> VerificationReport:
    return VerificationReport(
        schema=catalog.schema,
        server_version=catalog.server_version,
        run_tag=str(seen.arrival.ledger.tag),
        committed=committed,
        injected=dict(seen.arrival.rows),
        before=seen.figures_before,
        after=seen.figures_after,
        refresh=seen.refresh if isinstance(seen.refresh, Refresh) else None,
        cron=seen.cron,
        checks=checks,
        answers=answer_all(checks, seen.cron),
        seconds=seconds,
    )
