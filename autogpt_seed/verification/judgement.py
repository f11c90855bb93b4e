"""An observation -> all of its checks, in the order of the report."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain

from autogpt_seed import store_views
from autogpt_seed.catalog import Catalog, Table, View
from autogpt_seed.database.cron.commands import refreshers
from autogpt_seed.verification.checks.agreement import CountingRule, check_agreement
from autogpt_seed.verification.checks.chain import (
    Contents,
    check_emptied,
    check_freshness,
    check_injection,
    check_paths,
    check_populated,
    check_presence,
    check_refresh,
    check_uncompared,
)
from autogpt_seed.verification.checks.cron_jobs import check_cron, check_further, check_replay
from autogpt_seed.verification.checks.doubts import check_limits
from autogpt_seed.verification.checks.views import tables_instead
from autogpt_seed.verification.injection.remarks import remarks
from autogpt_seed.verification.observation import Observation
from autogpt_seed.verification.report import Check, Outcome
from autogpt_seed.views import Refresh, RefreshFailed, RefreshPath, lacking_index


def judge(seen: Observation, *, disturbed: bool, require_cron: bool) -> tuple[Check, ...]:
    """Check everything that was observed. Waits for the checks that a thread is still making.

    `require_cron` makes the lack of a job a failure. `disturbed` tells that other sessions may have
    committed meanwhile: then what would be a failure is inconclusive, as it is where row security
    may hide rows that the views count.
    """
    checks = (
        *_cron(seen, require_cron),
        *check_presence(seen.catalog),
        check_injection(seen.arrival),
        *_refresh(seen),
        *_views(seen),
        *chain.from_iterable(judged.result().checks for judged in seen.shown),
        *check_agreement(_counted(seen)),
    )
    wrong = {check.subject for check in checks if check.outcome is Outcome.FAILED}
    checks += tuple(check for check in check_limits(seen.catalog) if check.subject not in wrong)
    checks = tuple(_remarked(checks, remarks(seen.arrival.ledger)))
    excuse = _excuse(seen.catalog, disturbed)
    return tuple(_excused(check, excuse) for check in checks) if excuse else checks


def _remarked(checks: Iterable[Check], known: Mapping[str, str]) -> Iterator[Check]:
    """The checks; where a line of evidence is about a row that was added, it says what is unusual
    about that."""
    for check in checks:
        keys = (line.removeprefix("Rows: ").split(": ")[0] for line in check.evidence)
        found = (known.get(key.split(", version ")[0]) for key in keys)
        lines = zip(check.evidence, found, strict=True)
        evidence = (f"{line} (added: {remark})" if remark else line for line, remark in lines)
        yield replace(check, evidence=tuple(evidence))


def _cron(seen: Observation, required: bool) -> Iterator[Check]:
    now = datetime.now(UTC)
    yield from check_cron(seen.cron, seen.catalog.schema, now, required=required)
    if seen.replayed:
        yield check_replay(seen.cron.working, seen.replayed)
    yield from check_further(seen.cron, seen.replayed_further, now)


def _refresh(seen: Observation) -> tuple[Check, ...]:
    """Nothing where the function fails because a view has become a table, which is reported."""
    if isinstance(seen.refresh, RefreshFailed) and tables_instead(seen.catalog):
        return ()
    return (check_refresh(seen.refresh, seen.cron, refreshers(seen.catalog)),)


def _views(seen: Observation) -> Iterator[Check]:
    if isinstance(seen.refresh, Refresh):
        yield from check_paths(seen.refresh, _in_store(seen), seen.locked)
    stale = set(_emptied(seen))
    for contents in seen.contents:
        for check in _view(contents, seen, stale):
            if check.code == "view.fresh" and check.outcome is Outcome.FAILED:
                stale.add(contents.view.name)
            yield check


def _view(contents: Contents, seen: Observation, stale: Collection[str]) -> Iterator[Check]:
    """What it counts and, where a refresh took place, whether it is fresh.

    Consequences are not reported again: that a view did not change because it counts wrongly, or
    because its rows were lost on the way in, or that it counts what a stale view below it holds.
    """
    in_store = contents.view.name in _in_store(seen)
    if contents.view.name in _emptied(seen):
        yield check_emptied(contents.view.name, in_store=in_store)
        return
    yield from check_populated(contents, in_store=in_store)
    if any(seen.catalog.reads(contents.view.name, name) for name in stale):
        return
    explained = contents.defined is not None and any(seen.arrival.lost.values())
    for check in seen.counts[contents.view.name].result().checks:
        explained |= check.outcome is Outcome.FAILED
        yield check
    if contents.view.materialized and isinstance(seen.refresh, Refresh):
        fresh = check_freshness(
            contents,
            in_store=in_store,
            job=_job_of(contents.view, seen),
            lacking=_lacking(seen.catalog, seen.refresh),
        )
        if not (explained and fresh.outcome is Outcome.INCONCLUSIVE):
            yield fresh
        yield from check_uncompared(seen.catalog.views[contents.view.name], contents.view.columns)


def _lacking(catalog: Catalog, refresh: Refresh) -> list[str]:
    """The views that the function could not refresh for lack of an index, and did not."""
    left = {view.view for view in refresh.views if view.path is RefreshPath.NONE}
    return [name for name in lacking_index(catalog) if name in left]


def _counted(seen: Observation) -> Iterator[CountingRule]:
    for judged in (*seen.counts.values(), *seen.shown):
        yield from judged.result().counted


def _job_of(view: View, seen: Observation) -> str:
    """The names of the view's own jobs, if they were tried out and refreshed it."""
    tried = seen.replayed_further.get(view.name)
    if tried is None or tried.replay.error or tried.stale:
        return ""
    return ", ".join(job.name for job in seen.cron.working_for(view.name))


def _emptied(seen: Observation) -> list[str]:
    """The views that the refresh left without data."""
    views = seen.refresh.views if isinstance(seen.refresh, Refresh) else ()
    return [view.view for view in views if view.emptied]


def _in_store(seen: Observation) -> frozenset[str]:
    return frozenset(view.name for view in store_views.materialized(seen.catalog))


@dataclass(frozen=True)
class _Excuse:
    """Why a difference may be no fault of the database. A `remedy` replaces the check's own."""

    why: str
    remedy: str = ""


def _excuse(catalog: Catalog, disturbed: bool) -> _Excuse | None:
    hiding = [table.name for table in catalog.tables.values() if _hides(table, catalog)]
    if hiding:
        return _Excuse(
            f"Row security may hide rows of {', '.join(hiding)} from this role.",
            "Verify as the owner of the tables, or as a role with BYPASSRLS.",
        )
    if disturbed:
        return _Excuse(
            "Other sessions committed meanwhile, which this transaction's isolation lets in."
        )
    return None


def _hides(table: Table, catalog: Catalog) -> bool:
    return table.hides_rows and any(catalog.reads(view, table.name) for view in catalog.views)


def _excused(check: Check, excuse: _Excuse) -> Check:
    if check.outcome is not Outcome.FAILED or not check.code.startswith(
        ("view.", "store.", "data.")
    ):
        return check
    return replace(
        check,
        outcome=Outcome.INCONCLUSIVE,
        evidence=(excuse.why, *check.evidence),
        remedy=excuse.remedy or check.remedy,
    )
