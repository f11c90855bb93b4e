"""Whether StoreAgent shows for each listing the runs and the rating that it should. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from autogpt_seed import store_views
from autogpt_seed.catalog import Catalog
from autogpt_seed.comparison import Snapshot, Value, compare
from autogpt_seed.database.market import Market
from autogpt_seed.store_views import Measured
from autogpt_seed.verification.counting import figures_of
from autogpt_seed.verification.report import Check, Outcome

_CODE = "store.agents"


@dataclass(frozen=True, slots=True)
class Store:
    """StoreAgent before and after, and where its figures come from.

    `graphs` has the graph of each listing, `runs` the runs by graph and `ratings` those by listing
    of what StoreAgent reads; None for what cannot be known.
    """

    measured: Measured
    before: Snapshot
    after: Snapshot
    graphs: Mapping[str, str]
    runs: Mapping[str, Value] | None
    ratings: Mapping[str, Value] | None


def see_store(
    catalog: Catalog,
    before: Snapshot | None,
    after: Snapshot | None,
    held: Mapping[str, Snapshot],
    market: Market,
    graphs: Mapping[str, str],
) -> Store | None:
    """What StoreAgent must be judged by: the materialised views that it reads, as they were `held`
    afterwards, else the base tables. None where it cannot be read."""
    measured = store_views.store_agents(catalog)
    if measured is None or after is None:
        return None
    runs, reviews = store_views.run_counts(catalog), store_views.review_stats(catalog)
    counts = {graph: tally.count for graph, tally in market.runs.items()}
    means = {key: t.total / t.count for key, t in market.reviews.items() if t.count}
    return Store(
        measured=measured,
        before=before or Snapshot(after.columns, {}),
        after=after,
        graphs=graphs,
        runs=_source(catalog, runs, runs.count if runs else None, held, counts),
        ratings=_source(catalog, reviews, reviews.mean if reviews else None, held, means),
    )


def check_store(store: Store, new_listings: Iterable[str]) -> Check:
    """Compare all of its rows. What was listed before must still be, and the new listings too."""
    name = store.measured.view.name
    sources = _sources(store)
    if not sources:
        title = f"{name} has no figures that can be recognised"
        evidence = (f"Its columns: {', '.join(store.measured.view.columns)}.",)
        return Check(_CODE, title, Outcome.INCONCLUSIVE, evidence, "Check it by hand.", name)
    found = _found(store, tuple(sources))
    listings = {*store.before.rows, *new_listings, *found.rows} & store.graphs.keys()
    row = {listing: tuple(of(listing) or 0 for of in sources.values()) for listing in listings}
    expected = {key: (row[key],) * max(1, len(found.rows.get(key, ()))) for key in listings}
    comparison = compare(Snapshot(found.columns, expected), found)
    if comparison.equal:
        title = f"{name} shows the right {' and '.join(sources)}"
        evidence = (f"{comparison.compared} listings, the new ones among them.",)
        return Check(_CODE, title, Outcome.PASSED, evidence, "", name)
    return Check(
        _CODE,
        f"{name} does not show what it should",
        Outcome.FAILED,
        comparison.describe(),
        f"Correct the definition of {name}.",
        name,
    )


def _source(
    catalog: Catalog,
    role: Measured | None,
    column: str | None,
    held: Mapping[str, Snapshot],
    otherwise: Mapping[str, Value],
) -> Mapping[str, Value] | None:
    """A figure by key, from the view if StoreAgent reads it; None if that has no such column."""
    if role is None or not catalog.reads(store_views.STORE_AGENTS, role.view.name):
        return otherwise
    if column is None:
        return None
    contents = held[role.view.name]
    place = contents.columns.index(column)
    return {key: rows[0][place] for key, rows in contents.rows.items()}


def _sources(store: Store) -> dict[str, Callable[[str], Value]]:
    """For each column of figures that can be judged, what a listing should show there."""
    sources: dict[str, Callable[[str], Value]] = {}
    runs, ratings, measured = store.runs, store.ratings, store.measured
    if measured.count and runs is not None:
        sources[measured.count] = lambda listing: runs.get(store.graphs[listing])
    if measured.mean and ratings is not None:
        sources[measured.mean] = ratings.get
    return sources


def _found(store: Store, columns: tuple[str, ...]) -> Snapshot:
    """Those columns, with 0 for what is empty."""
    figures = figures_of(store.after, store.measured)
    places = [figures.columns.index(name) for name in columns]
    rows = {
        key: tuple(tuple(row[place] or 0 for place in places) for row in rows)
        for key, rows in figures.rows.items()
    }
    return Snapshot(columns, rows)
