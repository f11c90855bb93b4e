"""Checks of each step from injected rows to fresh views, so that a fault fails one of them. Pure.

ledger -> base tables -> definition of the view -> contents of the view -> StoreAgent
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from autogpt_seed import store_views
from autogpt_seed.catalog import Catalog, View
from autogpt_seed.comparison import Snapshot, compare
from autogpt_seed.database.cron.jobs import CronStatus
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.store_views import FigureColumns
from autogpt_seed.verification.injection.arrival import Arrival
from autogpt_seed.verification.report import Check, Outcome
from autogpt_seed.views import REFRESH_FUNCTION, Refresh, RefreshFailed, RefreshPath, ViewRefresh


@dataclass(frozen=True)
class Contents:
    """A view around the refresh, and its figures, if it is one of the store's.

    `before` and `after` are what it held, None where it was not populated; `defined` is what its
    definition says of the tables with the injected rows, None where it could not be evaluated.
    """

    view: View
    figure_columns: FigureColumns | None
    before: Snapshot | None
    defined: Snapshot | None
    after: Snapshot | None


def check_injection(arrival: Arrival) -> Check:
    """Whether the tables took exactly the rows of the ledger."""
    ledger = arrival.ledger
    evidence = [
        line for table, rows in arrival.rows.items() for line in _differences(table, rows, arrival)
    ]
    if not evidence:
        added = (
            f"{len(ledger.executions)} runs of {len(ledger.graphs)} graphs",
            f"{len(ledger.reviews)} reviews",
            *([f"{len(ledger.listings)} listings"] if ledger.listings else []),
        )
        title = "Test data were added"
        return Check("data.injected", title, Outcome.PASSED, (f"{', '.join(added)}.",))
    return Check(
        "data.injected",
        "The tables do not hold what was added to them",
        Outcome.FAILED,
        tuple(evidence),
        "Look at the triggers of AgentGraphExecution and the store's tables.",
    )


def _differences(table: str, sent: int, arrival: Arrival) -> Iterator[str]:
    if arrival.grown[table] != sent:
        yield f"{table}: {sent} rows were added, and it grew by {arrival.grown[table]}."
    if arrival.lost[table]:
        yield f"{table}: {arrival.lost[table]} of the {sent} rows are missing."
    if arrival.altered[table]:
        yield f"{table}: {arrival.altered[table]} of the {sent} rows differ from what was sent."


def check_refresh(
    refresh: Refresh | RefreshFailed, cron: CronStatus, refreshers: Sequence[str] = ()
) -> Check:
    """Whether the platform's function refreshed the views, or what else did.

    Its absence is a failure, unless there is a job, which then does without it. `refreshers` are
    the functions that could take its place.
    """
    code = "refresh.function"
    if isinstance(refresh, RefreshFailed):
        lines = tuple(refresh.evidence.splitlines())
        return Check(code, refresh.sentence, Outcome.FAILED, lines, refresh.remedy)
    took = f"It took {refresh.seconds:.2f} s."
    if refresh.function:
        return Check(code, f"{refresh.function}() ran", Outcome.PASSED, (took,))
    if not refresh.views:
        return Check(code, "There is nothing to refresh", Outcome.PASSED)
    evidence = ["Each materialised view was refreshed directly instead.", took]
    remedy = f"Create {REFRESH_FUNCTION}() as the platform's migrations do."
    if refreshers:
        evidence.append(f"Under another name there is {' and '.join(refreshers)}.")
        remedy = f"Rename {' or '.join(refreshers)}, or let {REFRESH_FUNCTION}() call it."
    return Check(
        code,
        "The platform's refresh function is missing",
        Outcome.WARNING if cron.job else Outcome.FAILED,
        tuple(evidence),
        remedy,
    )


def check_paths(refresh: Refresh, names: Collection[str], held: float) -> tuple[Check, ...]:
    """How the views `names` were refreshed, with locks that were `held` for so many seconds.

    Nothing where none of them was, nor where a view was not populated, which makes the function
    refresh all of them plainly. A view that was emptied is reported by `check_emptied`.
    """
    touched = [
        v
        for v in refresh.views
        if v.view in names and v.path is not RefreshPath.NONE and not v.emptied
    ]
    if not touched or not all(view.populated for view in refresh.views):
        return ()
    evidence = (
        *(f"{view.view}: {_explain_path(view)}." for view in touched),
        f"The locks were held for {held:.2f} s.",
    )
    if all(view.path is RefreshPath.CONCURRENT for view in touched):
        return (Check("refresh.path", "Readers do not wait for it", Outcome.PASSED, evidence),)
    title = "Readers wait while views are refreshed"
    plain = [view for view in touched if view.path is RefreshPath.PLAIN]
    return (Check("refresh.path", title, Outcome.WARNING, evidence, _path_remedy(plain)),)


def check_populated(contents: Contents, *, in_store: bool) -> tuple[Check, ...]:
    """That a view could not be read before the refresh; nothing where it could."""
    if contents.before is not None or not contents.view.materialized:
        return ()
    name = contents.view.name
    outcome = Outcome.FAILED if in_store else Outcome.WARNING
    title = f"{name} was never populated"
    evidence = "Whoever reads it, or a view above it, gets an error until it is refreshed."
    remedy = f"Refresh it: SELECT {REFRESH_FUNCTION}(), or REFRESH MATERIALIZED VIEW {name}."
    return (Check("view.populated", title, outcome, (evidence,), remedy, name),)


def check_emptied(name: str, *, in_store: bool) -> Check:
    """That a view has no data after the refresh."""
    outcome = Outcome.FAILED if in_store else Outcome.WARNING
    title = f"{name} has no data after the refresh"
    evidence = f"{REFRESH_FUNCTION}() refreshes it WITH NO DATA: whoever reads it gets an error."
    remedy = f"Let {REFRESH_FUNCTION}() refresh it WITH DATA."
    return Check("view.populated", title, outcome, (evidence,), remedy, name)


def check_freshness(
    contents: Contents, *, in_store: bool, job: str, lacking: Collection[str]
) -> Check:
    """Whether the refresh made the view equal to its own definition.

    A view with the store's figures must have differed before: else the refresh proves nothing.
    Stale is a failure in the store, and outside a warning, unless a `job` of its own refreshes the
    view. `lacking` are views without the index that the function's refresh needs.
    """
    name = contents.view.name
    if contents.after is None:
        return _stale(name, ("It was never populated.",), lacking, in_store=in_store)
    if contents.defined is None:
        return _undefined(name)
    after = compare(contents.defined, contents.after)
    if not after.equal and job:
        why = "The platform's function leaves it alone."
        return Check("view.fresh", f"{name} is left to {job}", Outcome.PASSED, (why,), subject=name)
    if not after.equal:
        return _stale(name, after.describe(), lacking, in_store=in_store)
    before = compare(contents.defined, contents.before) if contents.before else None
    evidence = [f"{after.compared} keys match its definition."]
    if before is None:
        evidence.append("Before the refresh it was not populated.")
    elif before.different:
        evidence.append(f"Before the refresh {before.different} of them did not.")
    elif contents.figure_columns:
        return _untested(name)
    return Check("view.fresh", f"{name} is fresh", Outcome.PASSED, tuple(evidence), subject=name)


def check_uncompared(view: View, compared: Collection[str]) -> tuple[Check, ...]:
    """That columns other than those `compared` have another value each time; nothing without."""
    left = [name for name in view.columns if name not in compared]
    if not left:
        return ()
    title = f"{view.name}: {', '.join(left)} cannot be compared"
    evidence = "Its definition calls a function that gives something else each time."
    remedy = "Check it by hand."
    return (Check("view.fresh", title, Outcome.WARNING, (evidence,), remedy, view.name),)


def check_now(contents: Contents) -> Check:
    """Whether a view is as its definition says, whoever refreshed it last."""
    name = contents.view.name
    if contents.after is None:
        return Check("view.fresh", f"{name} was never populated", Outcome.FAILED, (), subject=name)
    if contents.defined is None:
        return _undefined(name)
    found = compare(contents.defined, contents.after)
    if found.equal:
        evidence = (f"{found.compared} keys match its definition.",)
        return Check("view.fresh", f"{name} is fresh", Outcome.PASSED, evidence, subject=name)
    remedy = f"Refresh it: SELECT {REFRESH_FUNCTION}()."
    return Check("view.fresh", f"{name} is stale", Outcome.FAILED, found.describe(), remedy, name)


def check_presence(catalog: Catalog) -> tuple[Check, ...]:
    """What is missing of the store's views; nothing, if none is.

    Raises `DatabaseUnsuitable` where there is nothing at all that could be verified.
    """
    found = {
        store_views.RUN_COUNTS: store_views.run_counts(catalog),
        store_views.REVIEW_STATS: store_views.review_stats(catalog),
        store_views.STORE_AGENTS: store_views.store_agents(catalog),
    }
    missing = [name for name, view in found.items() if view is None]
    if len(missing) == len(found) and not any(name in catalog.tables for name in found):
        raise DatabaseUnsuitable(
            f"Schema {catalog.schema!r} has none of the views that could be verified.",
            evidence=f"Looked for {', '.join(found)}.",
            remedy="Bring the schema to a version of the platform that has them.",
        )
    there = {*catalog.tables, *catalog.views}
    others = ((store_views.SUBMISSIONS,), store_views.CREATORS)
    missing += [names[0] for names in others if there.isdisjoint(names)]
    return tuple(_missing(catalog, name) for name in missing)


def _missing(catalog: Catalog, name: str) -> Check:
    code = "view.present"
    if name in catalog.tables:
        title, evidence = f"{name} is a table", "Nothing refreshes a table."
        remedy = f"Drop it, and create the view {name} as the platform's migrations do."
        return Check(code, title, Outcome.FAILED, (evidence,), remedy, name)
    if name in catalog.views:
        title = f"{name} has no column that can be recognised as its key"
        evidence = f"Its columns: {', '.join(catalog.views[name].columns)}."
        return Check(code, title, Outcome.INCONCLUSIVE, (evidence,), "Check it by hand.", name)
    evidence = "Other versions of the platform do without it; it was not checked."
    return Check(code, f"There is no {name} here", Outcome.WARNING, (evidence,), subject=name)


def _stale(
    name: str, evidence: tuple[str, ...], lacking: Collection[str], *, in_store: bool
) -> Check:
    function = f"{REFRESH_FUNCTION}()"
    if in_store:
        title = f"{name} does not match its definition after the refresh"
        remedy = f"See that {function} refreshes {name}, in this schema."
        if lacking:
            remedy = (
                f"Give {', '.join(lacking)} a unique index over plain columns: {function} asks for "
                "a concurrent refresh, which fails without one, and does not report that error."
            )
        return Check("view.fresh", title, Outcome.FAILED, evidence, remedy, name)
    title = f"{name}, which no view of the store reads, is stale"
    remedy = f"{function} leaves it alone; see that something else refreshes it."
    return Check("view.fresh", title, Outcome.WARNING, evidence, remedy, name)


def _undefined(name: str) -> Check:
    return Check(
        "view.fresh",
        f"It cannot be told whether {name} is fresh",
        Outcome.INCONCLUSIVE,
        ("This role cannot evaluate its definition.",),
        f"Connect as the owner of {name}, and see that its definition raises no error.",
        name,
    )


def _untested(name: str) -> Check:
    return Check(
        "view.fresh",
        f"It cannot be told whether {name} was refreshed",
        Outcome.INCONCLUSIVE,
        ("Nothing could be added that it counts, so it was right before the refresh, too.",),
        "Allow more test data, or verify a database with more users and graphs.",
        name,
    )


def _explain_path(refreshed: ViewRefresh) -> str:
    if refreshed.path is RefreshPath.CONCURRENT:
        return "refreshed concurrently, under ExclusiveLock, which does not block readers"
    reason = "it has no unique index over plain columns"
    if refreshed.could_be_concurrent:
        reason = (
            "though it has a unique index: the function did not ask for a concurrent refresh, "
            "or that failed, as it does where another session refreshed it meanwhile"
        )
    return f"refreshed plainly, under AccessExclusiveLock, which blocks readers: {reason}"


def _path_remedy(plain: Collection[ViewRefresh]) -> str:
    """What lets those views be refreshed concurrently.

    One without an index may make the function refresh the others plainly, too.
    """
    if lacking := [view.view for view in plain if not view.could_be_concurrent]:
        return f"Give {', '.join(lacking)} a unique index over plain columns."
    return (
        f"Let {REFRESH_FUNCTION}() do REFRESH MATERIALIZED VIEW CONCURRENTLY for "
        f"{', '.join(view.view for view in plain)}; if it does, verify again, or do "
        "that by hand to see the error."
    )
