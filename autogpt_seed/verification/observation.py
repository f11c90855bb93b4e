"""Talks to the database: reads what is there, injects, refreshes, and reads what came of it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed import store_views, views
from autogpt_seed.catalog import Catalog, View
from autogpt_seed.comparison import Snapshot
from autogpt_seed.database.cron.jobs import CronStatus, cron_status
from autogpt_seed.database.existing.candidates import find_candidates
from autogpt_seed.database.existing.lookups import reflect_platform
from autogpt_seed.database.savepoints import Failed, attempt
from autogpt_seed.database.views.market import Market, arrange, read_facts
from autogpt_seed.database.views.row_comparison import compare_rows
from autogpt_seed.store_views import FigureColumns
from autogpt_seed.unit_of_work import UnitOfWork
from autogpt_seed.verification.checks.agreement import Judgement
from autogpt_seed.verification.checks.chain import Contents
from autogpt_seed.verification.checks.cron_jobs import Replayed
from autogpt_seed.verification.checks.views import (
    StoreViewContents,
    check_counts,
    check_store_view,
    sources_of,
)
from autogpt_seed.verification.checks.ways import Sources
from autogpt_seed.verification.injection.arrival import Arrival, inject
from autogpt_seed.verification.injection.ledger import Ledger
from autogpt_seed.verification.injection.planning import VerifySettings, plan_injection
from autogpt_seed.verification.job_trials import Trials
from autogpt_seed.views import Refresh, RefreshFailed, ViewFigures

_Snapshots = dict[str, Snapshot]


@dataclass(frozen=True)
class CurrentState:
    """What there is at one moment, with nothing injected and nothing refreshed."""

    catalog: Catalog
    market: Market
    contents: tuple[Contents, ...]
    shown: tuple[StoreViewContents, ...]


async def read_current_state(connection: AsyncConnection, catalog: Catalog) -> CurrentState:
    """Look at the views and the tables below them. The search path must hold the schema."""
    held = await _held(connection, catalog)
    defined = await _defined(connection, [*_of_tables(catalog), *_of_views(catalog)])
    market = arrange(await read_facts(connection, catalog))
    shown = tuple([one async for one in _shown(connection, catalog)])
    return CurrentState(catalog, market, _contents(catalog, {}, defined, held), shown)


@dataclass(frozen=True)
class Observation:
    """All that was seen inside the transaction. `counts` are the checks of what views count, by
    view, and `shown` those of the views above."""

    catalog: Catalog
    cron: CronStatus
    replayed: Replayed | None
    replayed_further: Mapping[str, Replayed]
    """For each materialised view outside of the store that has jobs of its own."""
    arrival: Arrival
    contents: tuple[Contents, ...]
    counts: Mapping[str, Future[Judgement]]
    shown: tuple[Future[Judgement], ...]
    refresh: Refresh | RefreshFailed
    figures_before: ViewFigures
    figures_after: ViewFigures
    locked: float
    """For how many seconds the locks of the refresh were held until all was read."""


async def observe(
    work: UnitOfWork, catalog: Catalog, settings: VerifySettings, thread: Executor, *, kept: bool
) -> Observation:
    """Inject, refresh, and look at everything before and after. With `kept` the rows will stay.

    The refresh comes late, because it holds locks until the transaction ends. From then on the
    `thread` judges what was read while the server works on the next query.
    """
    connection = work.connection
    cron = await cron_status(connection, catalog)
    figures_before = await views.figures(connection, catalog)
    held_before = await _held(connection, catalog)
    ledger = await plan(connection, catalog, settings)
    arrival = await inject(work, catalog, ledger.lasting if kept else ledger)
    market = thread.submit(arrange, await read_facts(connection, catalog))
    defined = await _defined(connection, _of_tables(catalog))
    trials = _trials(work, catalog, held_before, defined)
    cron = await trials.settled(cron)
    replayed = await trials.of_store(cron)
    replayed_further = await trials.of_others(cron)
    begun = time.perf_counter()
    refresh = await _refresh(connection, catalog)
    if isinstance(refresh, Refresh) and any(v.emptied or not v.populated for v in refresh.views):
        catalog = await reflect_platform(connection, catalog.schema)
    defined |= await _defined(connection, _of_views(catalog))
    held = await _held(connection, catalog)
    contents = _contents(catalog, held_before, defined, held)
    sources = thread.submit(lambda: sources_of(catalog, market.result(), contents))
    counts = {c.view.name: thread.submit(_judge_counts, c, sources) for c in contents}
    shown = [
        thread.submit(_judge_store_view, found, sources)
        async for found in _shown(connection, catalog)
    ]
    figures_after = await views.figures(connection, catalog)
    return Observation(
        catalog=catalog,
        cron=cron,
        replayed=replayed,
        replayed_further=replayed_further,
        arrival=arrival,
        contents=contents,
        counts=counts,
        shown=tuple(shown),
        refresh=refresh,
        figures_before=figures_before,
        figures_after=figures_after,
        locked=time.perf_counter() - begun,
    )


def _trials(work: UnitOfWork, catalog: Catalog, held: _Snapshots, defined: _Snapshots) -> Trials:
    store = [view for view, _ in examined_views(catalog)]
    keys = {name: examined.key for name, examined in _examined(catalog).items()}
    return Trials(work, catalog, store, keys, held, defined)


def _judge_counts(contents: Contents, sources: Future[Sources]) -> Judgement:
    return check_counts(contents, sources.result().catalog, sources.result().market)


def _judge_store_view(found: StoreViewContents, sources: Future[Sources]) -> Judgement:
    return check_store_view(found, sources.result())


async def plan(connection: AsyncConnection, catalog: Catalog, settings: VerifySettings) -> Ledger:
    """The ledger for what is there. Raises `DatabaseUnsuitable` where there is too little."""
    candidates = await find_candidates(
        connection,
        catalog,
        graphs=settings.graphs,
        users=settings.users,
        reviews=settings.reviews,
    )
    return plan_injection(candidates, settings)


async def _refresh(connection: AsyncConnection, catalog: Catalog) -> Refresh | RefreshFailed:
    """A refresh that is broken is a finding; one that circumstances prevent is an error."""
    try:
        return await views.refresh(connection, catalog)
    except RefreshFailed as failure:
        return failure


def examined_views(catalog: Catalog) -> Iterator[tuple[View, tuple[str, ...]]]:
    """The materialised views with the store's figures, each with the columns of its key."""
    for examined in _examined(catalog).values():
        if examined.figure_columns and examined.view.materialized:
            yield examined.view, examined.key


@dataclass(frozen=True)
class _Examined:
    """A view whose contents are examined, and its figures, if it is one of the store's."""

    view: View
    figure_columns: FigureColumns | None

    @property
    def key(self) -> tuple[str, ...]:
        return (self.figure_columns.key,) if self.figure_columns else ()


def _examined(catalog: Catalog) -> dict[str, _Examined]:
    """The materialised views, and the store's views of counts where these are plain."""
    examined = {view.name: _Examined(view, None) for view in catalog.materialized_views}
    for role in (store_views.run_counts(catalog), store_views.review_stats(catalog)):
        if role:
            examined[role.view.name] = _Examined(store_views.steady(role), role)
    return examined


def _of_tables(catalog: Catalog) -> list[_Examined]:
    """The examined views whose definitions read no materialised view."""
    return [e for e in _examined(catalog).values() if not _reads_materialized(catalog, e.view)]


def _of_views(catalog: Catalog) -> list[_Examined]:
    """The examined views whose definitions read materialised views, which are all populated."""
    below = {view.name for view in catalog.materialized_views if not view.populated}
    return [
        e
        for e in _examined(catalog).values()
        if _reads_materialized(catalog, e.view)
        and not any(catalog.reads(e.view.name, name) for name in below)
    ]


def _reads_materialized(catalog: Catalog, view: View) -> bool:
    return any(catalog.reads(view.name, other.name) for other in catalog.materialized_views)


async def _held(connection: AsyncConnection, catalog: Catalog) -> _Snapshots:
    return {
        name: await views.snapshot(connection, examined.view, examined.key)
        for name, examined in _examined(catalog).items()
        if catalog.readable(examined.view)
    }


def _contents(
    catalog: Catalog, before: _Snapshots, defined: _Snapshots, after: _Snapshots
) -> tuple[Contents, ...]:
    return tuple(
        Contents(
            view=examined.view,
            figure_columns=examined.figure_columns,
            before=before.get(name),
            defined=defined.get(name),
            after=after.get(name),
        )
        for name, examined in _examined(catalog).items()
    )


async def _defined(connection: AsyncConnection, those: Sequence[_Examined]) -> _Snapshots:
    """What the definitions of those views say, without any that cannot be evaluated."""
    found = {}
    for one in those:
        read = partial(views.definition_snapshot, connection, one.view, one.key)
        defined = await attempt(connection, read)
        if isinstance(defined, Snapshot):
            found[one.view.name] = defined
    return found


async def _shown(connection: AsyncConnection, catalog: Catalog) -> AsyncIterator[StoreViewContents]:
    for view in _above(catalog):
        if catalog.readable(view) and (found := await _read_store_view(connection, catalog, view)):
            yield found


async def _read_store_view(
    connection: AsyncConnection, catalog: Catalog, view: View
) -> StoreViewContents | None:
    """Read a view; None where it is a fork's own, and none of its columns can be recognised.

    Raises where this session lacks the right to read it, which is no fault of the view.
    """
    roles = store_views.column_roles(view)
    if not roles.columns and view.name not in store_views.KNOWN:
        return None
    read = partial(views.result_set, connection, view, roles.columns)
    result_set = await (attempt(connection, read) if view.privileges.select else read())
    if isinstance(result_set, Failed) or view.name not in store_views.KNOWN:
        return StoreViewContents(view, result_set, None)
    compare = partial(compare_rows, connection, catalog, roles)
    return StoreViewContents(view, result_set, await attempt(connection, compare))


def _above(catalog: Catalog) -> Iterator[View]:
    """The store's views by their names, and all plain views that read a materialised one."""
    examined = _examined(catalog)
    for view in catalog.views.values():
        other = not view.materialized and view.name not in examined
        if view.name in store_views.KNOWN or (other and _reads_materialized(catalog, view)):
            yield view
