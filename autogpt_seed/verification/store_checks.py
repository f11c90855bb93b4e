"""Whether the views above the materialised ones show the right rows, runs and ratings. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from autogpt_seed.catalog import View
from autogpt_seed.comparison import Comparison, Snapshot, Value
from autogpt_seed.database.market import Market
from autogpt_seed.store_views import Shown, review_stats, shown
from autogpt_seed.verification.creators import creator_ways, user_of
from autogpt_seed.verification.figures import (
    Place,
    Settled,
    Sources,
    Way,
    rating_ways,
    run_ways,
    settle,
)
from autogpt_seed.verification.report import Check, Outcome
from autogpt_seed.verification.rules import mean, of_versions
from autogpt_seed.verification.store_rows import (
    RowRule,
    creator_rules,
    match_rows,
    store_rules,
    submission_rules,
)

_Rows = tuple[RowRule | None, Comparison]


def check_store_agents(view: View, found: Snapshot, sources: Sources) -> tuple[Check, ...]:
    """StoreAgent: which listings it shows, and for each the runs and the rating."""
    columns = shown(view)
    places = _places(found, columns, sources.market)
    rows = _match_versions(store_rules(sources.market), places, columns, sources.market)
    ratings = rating_ways(sources, view.name)
    if review_stats(sources.catalog) is None:
        ratings = chain(ratings, _version_ratings(sources.market, columns))
    return _judge("store.agents", columns, places, found, sources, ratings, rows)


def check_submissions(view: View, found: Snapshot, sources: Sources) -> tuple[Check, ...]:
    """StoreSubmission: which versions it shows, and for each the runs and the rating."""
    columns = shown(view)
    places = _places(found, columns, sources.market)
    rows = _match_versions(submission_rules(sources.market), places, columns, sources.market)
    ratings = chain(_version_ratings(sources.market, columns), rating_ways(sources, view.name))
    if columns.version is None and len({place.listing for place in places}) < len(places):
        ratings = chain()  # nothing tells of which version of a listing it is
    return _judge("store.submissions", columns, places, found, sources, ratings, rows)


def check_creators(
    view: View, found: Snapshot, before: Snapshot | None, sources: Sources
) -> tuple[Check, ...]:
    """Creator or StoreCreator: the agents, runs and rating of each creator."""
    columns = shown(view)
    if columns.creator is None:
        return (_unknown("store.creators", view),)
    users = user_of(sources.market, columns.creator)
    places = [
        place._replace(creator=users.get(place.creator, place.creator))
        for place in _places(found, columns, sources.market)
    ]
    ways = creator_ways(sources, view.name)
    named = {"agents": columns.agents, "runs": columns.runs, "rating": columns.rating}
    settled = [
        one
        for what, column in named.items()
        if column and (one := settle(column, ways[what], places, _values(found, column)))
    ]
    if not settled:
        return (_unknown("store.creators", view),)
    creators = [place.creator for place in places]
    rows = match_rows(creator_rules(sources.market), creators, lambda key: key)
    known = [one for one in settled if one.way or _is_broken(one, found, before)]
    strange = [one for one in settled if one not in known]
    return (*_verdict("store.creators", view.name, known, rows), *_strange(view.name, strange))


def _is_broken(one: Settled, found: Snapshot, before: Snapshot | None) -> bool:
    """Whether a figure that no way explains cannot be meant: the same for everybody, unmoved by
    what was added, or the right one multiplied or shifted."""
    values = _values(found, one.column)
    pairs = [(float(e or 0), float(v or 0)) for e, v in one.pairs if not isinstance(e, str)]
    factors = {round(v / e, 6) for e, v in pairs if e}
    shifts = {round(v - e, 6) for e, v in pairs}
    unmoved = before is not None and Counter(_values(before, one.column)) == Counter(values)
    return len(set(values)) == 1 or unmoved or len(factors) == 1 or len(shifts) == 1


def _strange(name: str, settled: Sequence[Settled]) -> Iterator[Check]:
    for one in settled:
        yield Check(
            "store.rule",
            f"{name} reckons {one.column} in a way that is not known",
            Outcome.WARNING,
            (
                "It changes with what was added, but as no known version's does.",
                *one.evidence,
            ),
            f"Look at the definition of {name}, if this is not meant.",
            name,
        )


def check_other(view: View, found: Snapshot, sources: Sources) -> tuple[Check, ...]:
    """Another view that reads a materialised one: what it shows of a graph or a listing, where
    the names of its columns tell. Nothing where they do not."""
    columns = shown(view, by_type=False)
    if columns.creator and not (columns.graph or columns.listing or columns.version):
        return ()
    places = _places(found, columns, sources.market)
    ratings = chain(rating_ways(sources, view.name), _version_ratings(sources.market, columns))
    checks = _judge("store.other", columns, places, found, sources, ratings, None)
    return tuple(check for check in checks if check.outcome is not Outcome.INCONCLUSIVE)


def _judge(
    code: str,
    columns: Shown,
    places: Sequence[Place],
    found: Snapshot,
    sources: Sources,
    ratings: Iterable[Way],
    rows: _Rows | None,
) -> tuple[Check, ...]:
    name = columns.view.name
    ways: dict[str | None, Iterable[Way]] = {}
    if columns.graph or columns.listing or columns.version:
        ways[columns.runs] = chain(run_ways(sources, name), _version_runs(sources.market, columns))
    if columns.listing or columns.version:
        ways[columns.rating] = ratings
    settled = [
        one
        for column, known in ways.items()
        if column and (one := settle(column, known, places, _values(found, column)))
    ]
    if not settled:
        return (_unknown(code, columns.view),)
    return _verdict(code, name, settled, rows)


def _version_runs(market: Market, columns: Shown) -> Iterator[Way]:
    """For a view of versions: the runs of that version of the graph."""
    if columns.version is None:
        return
    counts: dict[tuple[str, int], int] = {}
    for kind, runs in market.runs.items():
        key = (kind.graph, kind.version)
        counts[key] = counts.get(key, 0) + runs

    def of(place: Place) -> Value:
        version = market.versions.get(place.version)
        return counts.get((version.graph, version.graph_version)) if version else None

    yield Way("the runs of that version of the graph", of)


def _version_ratings(market: Market, columns: Shown) -> Iterator[Way]:
    """For a view of versions: the mean score of that version."""
    if columns.version is None:
        return
    means = {key: mean(tally) for key, tally in of_versions(market).items()}
    yield Way("the mean of the reviews of that version", lambda place: means.get(place.version))


def _places(found: Snapshot, columns: Shown, market: Market) -> list[Place]:
    """What each row is about; the version tells the listing and the graph, if it is known."""
    values = {
        name: _values(found, column)
        for name, column in (
            ("graph", columns.graph),
            ("listing", columns.listing),
            ("version", columns.version),
            ("creator", columns.creator),
        )
        if column is not None
    }
    rows = range(found.size)
    nothing: list[Value] = [None] * found.size
    return [
        _place(*(values.get(name, nothing)[row] for name in Place._fields), market=market)
        for row in rows
    ]


def _place(
    graph: Value, listing: Value, version: Value, creator: Value, *, market: Market
) -> Place:
    known = market.versions.get(str(version))
    if known:
        listing = listing or known.listing
        graph = graph or known.graph
    if graph is None and (entry := market.listings.get(str(listing))):
        graph = entry.graph
    return Place(*(str(value or "") for value in (graph, listing, version, creator)))


def _values(found: Snapshot, column: str) -> list[Value]:
    place = found.columns.index(column)
    return [row[place] for rows in found.rows.values() for row in rows]


def _match_versions(
    rules: list[RowRule], places: Sequence[Place], columns: Shown, market: Market
) -> _Rows | None:
    """By versions where the view names them, else by listings, else not at all."""
    if columns.version:
        return match_rows(rules, (place.version for place in places), lambda key: key)
    if columns.listing:
        listings = (place.listing for place in places)
        return match_rows(rules, listings, lambda key: market.versions[key].listing)
    return None


def _verdict(
    code: str, name: str, settled: Sequence[Settled], rows: _Rows | None
) -> tuple[Check, ...]:
    wrong = [line for one in settled if one.way is None for line in one.evidence]
    if rows and rows[0] is None:
        wrong += [f"Rows: {line}" for line in rows[1].describe()]
    if wrong:
        title, remedy = f"{name} does not show what it should", f"Correct the definition of {name}."
        return (Check(code, title, Outcome.FAILED, tuple(wrong), remedy, name),)
    what = " and ".join(one.column for one in settled)
    evidence = [f"{one.column}: {one.way.name}." for one in settled if one.way]
    if rows and rows[0]:
        evidence.append(f"Rows: {rows[0].name}, {rows[1].compared} in all.")
    passed = Check(
        code, f"{name} shows the right {what}", Outcome.PASSED, tuple(evidence), "", name
    )
    return (passed, *_doubts(name, settled))


def _doubts(name: str, settled: Sequence[Settled]) -> Iterator[Check]:
    """Ways of reckoning that are consistent, and yet may not be meant."""
    for one in settled:
        if one.way and one.way.doubt:
            yield Check(
                "store.rule",
                f"{name} reckons {one.column} in a way that may be a mistake",
                Outcome.WARNING,
                (f"It is {one.way.name}.", one.way.doubt),
                f"Look at the definition of {name}, if this is not meant.",
                name,
            )


def _unknown(code: str, view: View) -> Check:
    return Check(
        code,
        f"{view.name} has no figures that can be recognised",
        Outcome.INCONCLUSIVE,
        (f"Its columns: {', '.join(view.columns)}.",),
        "Check it by hand.",
        view.name,
    )
