"""The use case run_gauntlet(): each pending migration, on seeded and on hostile data."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from autogpt_seed import views
from autogpt_seed.binding.application_tables import is_record
from autogpt_seed.catalog import Catalog
from autogpt_seed.checks import Outcome, check_store, check_views
from autogpt_seed.database.migrations.hostile_rows import Planting, plant
from autogpt_seed.database.migrations.lock_samples import Samples, sampled
from autogpt_seed.database.migrations.watching import (
    State,
    count,
    forget,
    locks_seen,
    may_watch,
    row_digests,
    seconds_seen,
    state,
    until_alone,
    watch,
)
from autogpt_seed.database.reflection.reflect import reflect
from autogpt_seed.database.target import Target
from autogpt_seed.demands import Demand, demands
from autogpt_seed.errors import DatabaseUnsuitable, SeedError
from autogpt_seed.gauntlet.report import GauntletReport, Reversal, StepReport
from autogpt_seed.gauntlet.steps import Act, Step, cut
from autogpt_seed.plan import Plan
from autogpt_seed.progress import Progress, Silence
from autogpt_seed.testing.databases import TestDatabases
from autogpt_seed.testing.migrations import Platform
from autogpt_seed.testing.protocols import Migrations
from autogpt_seed.unit_of_work import UnitOfWork


async def run_gauntlet(
    migrations: Migrations | None = None,
    *,
    base: str | None = None,
    last: str | None = None,
    plan: Plan | None = None,
    server: str | Target | None = None,
    progress: Progress | None = None,
) -> GauntletReport:
    """Try the migrations after `base` up to `last`, one by one, on a database seeded at `base`.

    By default the last one alone is pending; `migrations` are the platform's of this package. All
    happens in databases of its own on `server` (the URL of any database there, whose role may
    create databases; None is an embedded server), which are gone afterwards but for templates
    that the next time begins with. The schema must be the platform's at `base`. A migration that
    fails is in the report; what is in the way of trying any is a `SeedError`.
    """
    below, name, steps = await cut(migrations or Platform(), base, last)
    plan = plan or Plan(users=20, api_key_hash="sha256")
    async with (
        TestDatabases(server, migrate=below, plan=plan) as seeded,
        TestDatabases(server, migrate=below) as empty,
    ):
        _require_right(seeded)
        gauntlet = _Gauntlet(
            seeded, await seeded.create(), await empty.create(), progress or Silence()
        )
        rows = await gauntlet.begin()
        reports: list[StepReport] = []
        for step in steps:
            reports.append(await gauntlet.step(step))
            if reports[-1].failure or reports[-1].failure_when_empty:
                break
    untried = tuple(step.name for step in steps[len(reports) :])
    return GauntletReport(name, rows, tuple(reports), untried)


def _require_right(databases: TestDatabases) -> None:
    if not databases.may_clone:
        role = databases.server.user
        raise DatabaseUnsuitable(
            f"The role {role} may not create databases, in which migrations are tried.",
            remedy=f"Let it: ALTER ROLE {role} CREATEDB. Or omit --server.",
        )


class _Gauntlet:
    """Two databases that go through all steps: one seeded and watched, one with empty tables."""

    def __init__(
        self, databases: TestDatabases, seeded: Target, empty: Target, progress: Progress
    ) -> None:
        self._databases = databases
        self._seeded = seeded
        self._empty = empty
        self._progress = progress
        self._watched = False
        self._wrong: frozenset[str] = frozenset()

    async def begin(self) -> int:
        """Watch both databases, and see what is wrong with the views before. Returns how many rows
        there are."""
        self._catalog = await self._reflect(self._empty)
        for target in (self._empty, self._seeded):
            async with UnitOfWork(target) as work:
                self._watched = await may_watch(work.connection)
                if self._watched:
                    await watch(work.connection)
                    await work.commit()
        wrong, _ = await self._look_at_views()
        self._wrong = frozenset(wrong)
        async with UnitOfWork(self._seeded, read_only=True) as work:
            return sum(
                [await count(work.connection, self._schema, t) for t in self._catalog.tables]
            )

    @property
    def _schema(self) -> str:
        assert self._seeded.schema is not None  # noqa: S101  copies are made with one
        return self._seeded.schema

    async def step(self, step: Step) -> StepReport:
        """Try one migration."""
        self._progress.phase(step.name, 0)
        failure, seconds = await self._timed(step.apply, self._empty)
        if failure:
            return StepReport(step.name, failure_when_empty=failure)
        before, self._catalog = self._catalog, await self._reflect(self._empty)
        demanded = demands(before, self._catalog)
        plantings, hostile = await self._hostile(step, demanded)
        report, digests = await self._measured(step)
        report = replace(
            report, seconds_when_empty=seconds, plantings=plantings, hostile_failures=hostile
        )
        if report.failure:
            return report
        wrong, checked = await self._look_at_views()
        new = tuple(text for text in wrong if text not in self._wrong)
        old = tuple(text for text in wrong if text in self._wrong)
        report = replace(report, views=new, views_wrong_before=old, views_checked=checked)
        self._wrong |= frozenset(wrong)
        if step.revert is None:
            return report
        return replace(report, reversal=await self._reversal(step.revert, digests))

    async def _hostile(
        self, step: Step, demanded: Sequence[Demand]
    ) -> tuple[tuple[Planting, ...], tuple[str, ...]]:
        """The step on rows that break what it demands; if it fails, also on each of them alone,
        since the first refusal hides the others."""
        if not demanded:
            return (), ()
        plantings, failure = await self._planted(step, demanded)
        if failure is None:
            return plantings, ()
        failures = {failure: None}
        planted = [planting.demand for planting in plantings if planting.planted]
        for demand in planted if len(planted) > 1 else ():
            _, failure = await self._planted(step, [demand])
            failures |= {failure: None} if failure else {}
        return plantings, tuple(failures)

    async def _planted(
        self, step: Step, demanded: Sequence[Demand]
    ) -> tuple[tuple[Planting, ...], str | None]:
        """The step on a copy with such rows, and what the server said where it failed."""
        copy = await self._databases.copy(self._seeded)
        async with UnitOfWork(copy) as work:
            await work.enter_schema(self._schema)
            plantings = [await plant(work.connection, self._schema, d) for d in demanded]
            await work.commit()
        failure = None
        if any(planting.planted for planting in plantings):
            failure = await _failure(step.apply, copy)
        await self._databases.drop(copy)
        return tuple(plantings), failure

    async def _measured(self, step: Step) -> tuple[StepReport, dict[str, tuple[int, int]]]:
        """The step on the seeded database, watched; and the digests of the rows before it."""
        async with UnitOfWork(self._seeded) as work:
            before = await state(work.connection, self._schema)
            digests = await row_digests(work.connection, self._schema, before.tables)
        async with self._sampled() as samples:
            failure, seconds = await self._timed(step.apply, self._seeded)
        if failure:
            return StepReport(step.name, seconds, failure=failure), digests
        report = StepReport(step.name, seconds, locks_sampled=samples is not None)
        return await self._changes(before, report, samples), digests

    @asynccontextmanager
    async def _sampled(self) -> AsyncIterator[Samples | None]:
        """Sample the locks, where they cannot be watched; else None."""
        if self._watched:
            yield None
        else:
            async with sampled(self._seeded) as samples:
                yield samples

    async def _changes(
        self, before: State, report: StepReport, samples: Samples | None
    ) -> StepReport:
        """The report with what the migration did to the tables that were there."""
        async with UnitOfWork(self._seeded) as work:
            connection = work.connection
            await until_alone(connection)
            after = await state(connection, self._schema)
            old = {t for t in before.files.keys() & after.files if not is_record(t)}
            rewritten = [t for t in old if before.files[t] and before.files[t] != after.files[t]]
            grown = {table: after.written[table] - before.written[table] for table in old}
            written = {table: rows for table, rows in sorted(grown.items()) if rows > 0}
            locks = samples.locks(old) if samples else await locks_seen(connection, old)
            touched = {*rewritten, *written, *(lock.table for lock in locks)}
            rows = {t: await count(connection, self._schema, t) for t in touched & old}
        return replace(
            report,
            rewritten={table: rows[table] for table in sorted(rewritten)},
            written=written,
            rows_touched=sum(rows.values()),
            locks=locks,
        )

    async def _timed(self, act: Act, target: Target) -> tuple[str | None, float]:
        """What the server said where it failed, and the seconds that it took.

        They are the server's where it was watched, so that no process's start is among them.
        """
        if self._watched:
            async with UnitOfWork(target) as work:
                await forget(work.connection)
                await work.commit()
        begun = time.perf_counter()
        failure = await _failure(act, target)
        seconds = time.perf_counter() - begun
        if failure or not self._watched:
            return failure, seconds
        async with UnitOfWork(target, read_only=True) as work:
            return None, await seconds_seen(work.connection) or seconds

    async def _look_at_views(self) -> tuple[list[str], int]:
        """The checks of the views that fail after a refresh, which is undone; and how many were
        made."""
        try:
            async with UnitOfWork(self._seeded) as work:
                await work.enter_schema(self._schema)
                catalog = await reflect(work.connection, self._schema)
                await views.refresh(work.connection, catalog)
                checks = [
                    *await check_views(work.connection, schema=self._schema),
                    *await check_store(work.connection, schema=self._schema),
                ]
        except SeedError as error:
            return [error.sentence + f" {error.evidence}".rstrip()], 0
        wrong = [check for check in checks if check.outcome is Outcome.FAILED]
        return [" ".join([check.title, *check.evidence[:1]]) for check in wrong], len(checks)

    async def _reversal(self, revert: Act, digests: dict[str, tuple[int, int]]) -> Reversal:
        """Try the way back on a copy."""
        copy = await self._databases.copy(self._seeded)
        failure = await _failure(revert, copy)
        changed: list[str] = []
        if failure is None:
            async with UnitOfWork(copy) as work:
                there = (await state(work.connection, self._schema)).tables
                now = await row_digests(work.connection, self._schema, there)
                names = sorted(digests.keys() | now.keys())
                changed = [name for name in names if digests.get(name) != now.get(name)]
        await self._databases.drop(copy)
        return Reversal(failure, tuple(changed))

    async def _reflect(self, target: Target) -> Catalog:
        async with UnitOfWork(target, read_only=True) as work:
            await work.enter_schema(self._schema, exclusive=False)
            return await reflect(work.connection, self._schema)


async def _failure(act: Act, target: Target) -> str | None:
    """Run it. What the server said if it failed, else None."""
    try:
        await act(target)
    except SeedError as error:
        return (error.evidence or error.sentence).splitlines()[0]
    return None
