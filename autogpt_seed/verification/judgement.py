"""An observation -> all of its checks, in the order in which they are told. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from autogpt_seed import store_views
from autogpt_seed.catalog import Catalog, View
from autogpt_seed.comparison import Sheet
from autogpt_seed.database.market import Market
from autogpt_seed.database.trying import Unreadable
from autogpt_seed.verification.checks import (
    Contents,
    check_freshness,
    check_injection,
    check_paths,
    check_populated,
    check_presence,
    check_refresh,
)
from autogpt_seed.verification.counting import check_review_stats, check_run_counts
from autogpt_seed.verification.cron_checks import check_cron, check_further, check_replay, now_utc
from autogpt_seed.verification.figures import Sources
from autogpt_seed.verification.observation import Observation
from autogpt_seed.verification.report import Check, Outcome
from autogpt_seed.verification.store_checks import (
    check_creators,
    check_other,
    check_store_agents,
    check_submissions,
    unreadable,
)
from autogpt_seed.views import Refresh, RefreshFailed


def judge(
    seen: Observation, *, disturbed: bool = False, require_cron: bool = False
) -> tuple[Check, ...]:
    """Check everything that was observed. `require_cron` makes the lack of a job a failure.

    `disturbed` tells that commits of other sessions may have come in between: then differences
    prove nothing.
    """
    checks = (
        *_cron(seen, require_cron),
        *check_presence(seen.catalog),
        check_injection(seen.ledger, seen.arrival),
        *_refresh(seen),
        *_views(seen),
        *check_shown(seen.catalog, seen.market, seen.contents, seen.shown),
    )
    return tuple(map(_excused, checks)) if disturbed else checks


def _cron(seen: Observation, required: bool) -> Iterator[Check]:
    yield from check_cron(seen.cron, seen.catalog.schema, now_utc(), required=required)
    if seen.replayed:
        yield check_replay(seen.cron.working, seen.replayed)
    yield from check_further(seen.cron, seen.replayed_further, now_utc())


def _refresh(seen: Observation) -> tuple[Check, ...]:
    """That the function fails where a view has become a table is no further finding."""
    if isinstance(seen.refresh, RefreshFailed) and _tables(seen.catalog):
        return ()
    return (check_refresh(seen.refresh, seen.cron),)


def _tables(catalog: Catalog) -> list[str]:
    """The views of the store that are tables here."""
    names = (store_views.RUN_COUNTS, store_views.REVIEW_STATS, store_views.STORE_AGENTS)
    return [name for name in names if name in catalog.tables]


def _views(seen: Observation) -> Iterator[Check]:
    if isinstance(seen.refresh, Refresh):
        yield from check_paths(seen.refresh, _in_store(seen), seen.locked)
    stale: set[str] = set()
    for contents in seen.contents:
        for check in _view(contents, seen, stale):
            if check.code == "view.fresh" and check.outcome is Outcome.FAILED:
                stale.add(contents.view.name)
            yield check


def _view(contents: Contents, seen: Observation, stale: Collection[str]) -> Iterator[Check]:
    """What it counts and, where a refresh took place, whether it is fresh.

    That a view which counts wrongly did not change is no further finding, nor that one did not
    whose rows were lost on the way in, nor that one counts what a stale one below it holds.
    """
    in_store = contents.view.name in _in_store(seen)
    yield from check_populated(contents, in_store=in_store)
    if any(seen.catalog.reads(contents.view.name, name) for name in stale):
        return
    explained = contents.defined is not None and any(seen.arrival.lost.values())
    for check in check_counts(contents, seen.catalog, seen.market):
        explained |= check.outcome is Outcome.FAILED
        yield check
    if contents.view.materialized and isinstance(seen.refresh, Refresh):
        fresh = check_freshness(contents, in_store=in_store, job=_job_of(contents.view, seen))
        if not (explained and fresh.outcome is Outcome.INCONCLUSIVE):
            yield fresh


def _job_of(view: View, seen: Observation) -> str:
    """The job outside of the function's that was tried out and refreshed the view."""
    tried = seen.replayed_further.get(view.name)
    if tried is None or tried.replay.error or tried.stale:
        return ""
    return ", ".join(job.name for job in seen.cron.working_for(view.name))


def check_counts(contents: Contents, catalog: Catalog, market: Market) -> tuple[Check, ...]:
    """Whether the definition of a view counts right; nothing where it has no figures."""
    if contents.measured is None or contents.defined is None:
        return ()
    reviews = store_views.review_stats(catalog)
    of_reviews = reviews is not None and reviews.view.name == contents.view.name
    check = check_review_stats if of_reviews else check_run_counts
    return check(contents.measured, market, contents.defined)


def check_shown(
    catalog: Catalog,
    market: Market,
    contents: Iterable[Contents],
    shown: Mapping[str, Sheet | Unreadable],
) -> Iterator[Check]:
    """The views above: each by what it is, the others that read a materialised one by their
    columns."""
    held = {c.view.name: c.after for c in contents if c.after is not None}
    sources = Sources(catalog, market, held)
    creators = store_views.creators(catalog)
    for name, found in shown.items():
        view = catalog.views[name]
        if any(catalog.reads(name, table) for table in _tables(catalog)):
            continue  # it shows what the table holds, which is the finding
        if isinstance(found, Unreadable):
            yield unreadable(view, found)
        elif name == store_views.STORE_AGENTS:
            yield from check_store_agents(view, found, sources)
        elif name == store_views.SUBMISSIONS:
            yield from check_submissions(view, found, sources)
        elif creators and name == creators.name:
            yield from check_creators(view, found, sources)
        else:
            yield from check_other(view, found, sources)


def _in_store(seen: Observation) -> frozenset[str]:
    return frozenset(view.name for view in store_views.materialized(seen.catalog))


def _excused(check: Check) -> Check:
    if check.outcome is not Outcome.FAILED or not check.code.startswith(
        ("view.", "store.", "data.")
    ):
        return check
    why = "Other sessions committed meanwhile, which this transaction's isolation lets in."
    return replace(check, outcome=Outcome.INCONCLUSIVE, evidence=(why, *check.evidence))
