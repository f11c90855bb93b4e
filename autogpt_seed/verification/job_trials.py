"""Trying out what jobs do, inside the transaction of a verification, which undoes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from autogpt_seed import views
from autogpt_seed.catalog import Catalog, View
from autogpt_seed.comparison import Snapshot, compare
from autogpt_seed.database.cron import replaying
from autogpt_seed.database.cron.jobs import CronJob, CronStatus
from autogpt_seed.database.savepoints import attempt
from autogpt_seed.unit_of_work import UnitOfWork
from autogpt_seed.verification.checks.cron_jobs import Replayed


@dataclass(frozen=True)
class Trials:
    """Tries out what jobs do to the views.

    `store` are the views that they should refresh, `keys` the key columns of each view, `held`
    what the views hold without the jobs, and `defined` what they should hold, as far as that
    depends on no refresh.
    """

    work: UnitOfWork
    catalog: Catalog
    store: Sequence[View]
    keys: Mapping[str, tuple[str, ...]]
    held: Mapping[str, Snapshot]
    defined: Mapping[str, Snapshot]

    async def settled(self, cron: CronStatus) -> CronStatus:
        """The status after a trial of the jobs that only their names connect with the store.

        Those that refresh a view of the store move to the jobs that do. The others tell what came
        of their trial.
        """
        before = {view.name for view in self.store if self._stale(view, self.held.get(view.name))}
        jobs, misled = list(cron.jobs), []
        for job in cron.misled:
            tried = await self._tried([job], self.store) if job in cron.nominal else None
            if tried and not tried.replay.error and set(tried.stale) < before:
                jobs.append(job)
            else:
                misled.append(_told(job, tried, before) if tried else job)
        jobs.sort(key=lambda job: job.number)
        return replace(cron, jobs=tuple(jobs), misled=tuple(misled))

    async def of_store(self, cron: CronStatus) -> Replayed | None:
        """What the jobs for the store do, one after the other; None without any."""
        return await self._tried(cron.working, self.store)

    async def of_others(self, cron: CronStatus) -> dict[str, Replayed]:
        """What the jobs of each view outside of the store do, if that view reads tables only."""
        found = {}
        for name in dict.fromkeys(view for job in cron.further for view in job.views):
            jobs, view = cron.working_for(name), self.catalog.views[name]
            if name in self.defined and (tried := await self._tried(jobs, [view])):
                found[name] = tried
        return found

    async def _tried(self, jobs: Sequence[CronJob], those: Sequence[View]) -> Replayed | None:
        """Do what the jobs do, and see which of `those` views are not as they should be then."""
        if not jobs:
            return None
        own = self.work.target is not None
        async with replaying.replayed(self.work.connection, jobs, own=own) as replay:
            if replay.error:
                return Replayed(replay, ())
            stale = []
            for view in those:
                read = partial(views.snapshot, self.work.connection, view, self.keys[view.name])
                held = await attempt(self.work.connection, read)  # maybe not populated even now
                if self._stale(view, held):
                    stale.append(view.name)
            return Replayed(replay, tuple(stale))

    def _stale(self, view: View, held: object) -> bool:
        """Whether what was read of a view, if it could be, is not what it should hold."""
        right = self.defined.get(view.name)
        return right is not None and not (isinstance(held, Snapshot) and compare(right, held).equal)


def _told(job: CronJob, tried: Replayed, stale: set[str]) -> CronJob:
    """The job with what came of its trial. It stays unclear where it could not be tried out, or no
    view was stale before."""
    if tried.replay.remedy or not stale:
        return replace(job, found=tried.replay.error)
    left = f"Still as before: {', '.join(sorted(stale))}."
    return replace(job, unclear=False, found=tried.replay.error or left)
