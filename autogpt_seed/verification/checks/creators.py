"""The ways in which versions of the platform compute the figures of a creator. Pure.

The platform's own views join listings, versions, reviews and categories before they sum, so that
some figures are weighted by how many of the others there are. Those ways are known here, each
with the doubt that it deserves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache, partial
from itertools import islice
from typing import NamedTuple

from autogpt_seed.comparison import Value
from autogpt_seed.database.views.market import Listing, Market, Tally, Version
from autogpt_seed.verification.checks.rules import ONE_VERSION
from autogpt_seed.verification.checks.store_rows import UNMARKED, newest
from autogpt_seed.verification.checks.store_ways import is_id, sort_categories
from autogpt_seed.verification.checks.ways import (
    NUMBERS,
    RowIdentity,
    Sources,
    Way,
    doubtful,
    rating_ways,
    run_ways,
)

_FANNED = "Joined before it is summed, so that some of it counts more than once."
_ZEROES = "A version without reviews counts as one with a score of 0."
_UNAPPROVED = "Versions that wait, or were turned down, count as well."
_UNAVAILABLE = "Known versions of the platform count what is not available as well."
_EMPTY = "A listing that says it has an approved version, and has none, counts as well."
_OLDER = "Known versions of the platform count all approved versions."
_DISTINCT = "Two agents with the same number of runs count as one."


class _Entry(NamedTuple):
    """A version that is in the store, as the creator's figures see it."""

    version: str
    listing: str
    graph: str
    reviews: Tally
    categories: tuple[str, ...]


_Entries = Sequence[_Entry]
_Stock = Mapping[str, _Entries]


class _Kind(NamedTuple):
    """The versions that a creator's figures may be about: of live listings those that are `kept`,
    or of each listing the `newest` of them. `hollow`: listings in the store that have none, too."""

    which: str
    doubt: str
    kept: Callable[[Version, Listing], bool]
    newest: bool = False
    hollow: bool = False


_KINDS = (
    _Kind("", "", lambda version, listing: listing.marked and version.approved),
    _Kind(
        ", over all versions of their listings",
        _UNAPPROVED,
        lambda _, listing: listing.marked,
    ),
    _Kind(
        ", without deleted versions",
        "",
        lambda version, listing: listing.marked and version.approved and not version.deleted,
    ),
    _Kind(
        ", over available versions",
        _UNAVAILABLE,
        lambda version, listing: listing.marked and version.approved and version.available,
    ),
    _Kind(
        ", whatever hasApprovedVersion says",
        UNMARKED,
        lambda version, _: version.approved,
    ),
    _Kind(
        ", over the newest versions",
        _OLDER,
        lambda version, listing: listing.marked and version.approved,
        newest=True,
    ),
    _Kind(
        ", and of listings that have none",
        _EMPTY,
        lambda version, listing: listing.marked and version.approved,
        hollow=True,
    ),
)


def creator_ways(sources: Sources, view: str) -> dict[str, Iterable[Way]]:
    """The ways to compute "agents", "runs", "rating" and "categories", made as they are needed."""

    @cache
    def entries(kind: _Kind, kept: bool) -> _Stock:
        return _entries(sources.market.kept if kept else sources.market, kind)

    def over_stocks(ways: Callable[[_Stock, str], Iterable[Way]]) -> Iterator[Way]:
        for kind in _KINDS:
            yield from doubtful(ways(entries(kind, False), kind.which), kind.doubt)
            if sources.market.deleted_reviews:
                which = f"{kind.which}, except deleted reviews"
                yield from doubtful(ways(entries(kind, True), which), kind.doubt)

    return {
        "agents": over_stocks(_agents),
        "runs": over_stocks(partial(_all_runs, sources=sources, view=view)),
        "rating": over_stocks(partial(_all_ratings, sources=sources, view=view)),
        "categories": over_stocks(partial(_categories, market=sources.market)),
    }


def user_of(market: Market, column: str) -> Mapping[str, str]:
    """The user's id by the username that the column holds, "" for an id, which names nobody there;
    nothing where the column holds ids."""
    if is_id(column):
        return {}
    nobody = {profile.user: "" for profile in market.profiles.values()}
    return nobody | {profile.username: profile.user for profile in market.profiles.values()}


def _entries(market: Market, kind: _Kind) -> _Stock:
    """For each user the versions of their listings that are of this kind."""
    entries: dict[str, list[_Entry]] = defaultdict(list)
    listings = market.listings
    kept = {
        key: version
        for key, version in market.versions.items()
        if not (listing := listings[version.listing]).deleted and kind.kept(version, listing)
    }
    for key in newest(kept) if kind.newest else kept:
        version, reviews = kept[key], market.reviews.get(key, Tally(0))
        entries[listings[version.listing].owner].append(
            _Entry(key, version.listing, version.graph, reviews, version.categories)
        )
    filled = {version.listing for version in kept.values()}
    for key in (key for key in listings if kind.hollow and key not in filled):
        if listings[key].marked and not listings[key].deleted:
            entries[listings[key].owner].append(_Entry("", key, listings[key].graph, Tally(0), ()))
    return entries


def _way(
    stock: _Stock,
    name: str,
    compute: Callable[[_Entries], Value],
    doubt: str = "",
) -> Way:
    def value(row: RowIdentity) -> Value:
        entries = stock.get(row.creator)
        return compute(entries) if entries else None

    return Way(name, value, doubt)


def _agents(stock: _Stock, which: str) -> list[Way]:
    return [
        _way(stock, f"their listings{which}", lambda es: len({e.listing for e in es})),
        _way(stock, f"their versions{which}", len, _FANNED),
    ]


def _categories(stock: _Stock, which: str, market: Market) -> Iterator[Way]:
    ordered = sort_categories(market)
    yield _way(
        stock,
        f"the categories of their agents{which}, sorted",
        lambda es: ordered(name for entry in es for name in entry.categories),
    )


def _all_runs(stock: _Stock, which: str, sources: Sources, view: str) -> Iterator[Way]:
    for source in islice(run_ways(sources, view), 3):
        yield from _as_sure(source, _runs(stock, which, source))


def _runs(stock: _Stock, which: str, source: Way) -> list[Way]:
    of = _runs_of(source)

    def weighted(weigh: Callable[[_Entry], int]) -> Callable[[_Entries], Value]:
        return lambda es: sum(of(entry) * weigh(entry) for entry in es)

    name, sums = f"the sum of {source.name}{which}", f"{source.name}{which}, summed"
    return [
        _way(stock, name, lambda es: sum(of(e) for e in {e.graph: e for e in es}.values())),
        _way(stock, f"{sums} over different numbers", lambda es: sum(set(map(of, es))), _DISTINCT),
        _way(stock, f"{sums} by version", weighted(lambda _: 1), _FANNED),
        _way(stock, f"{sums} by review", weighted(_at_least_one_review), _FANNED),
        _way(stock, f"{sums} by category", weighted(_at_least_one_category), _FANNED),
        _way(
            stock,
            f"{sums} by review and category",
            weighted(lambda e: _at_least_one_review(e) * _at_least_one_category(e)),
            _FANNED,
        ),
    ]


def _all_ratings(stock: _Stock, which: str, sources: Sources, view: str) -> Iterator[Way]:
    yield from _ratings(stock, which)
    for source in islice(run_ways(sources, view), 1):
        yield _ratings_by_run(stock, which, source)
    for source in (way for way in rating_ways(sources, view) if way.doubt in ("", ONE_VERSION)):
        yield from _as_sure(source, _means_of_means(stock, source, which))


def _as_sure(source: Way, ways: Iterable[Way]) -> Iterator[Way]:
    """The ways with the rule and, where they have none of their own, the doubt of their source."""
    return (replace(way, doubt=way.doubt or source.doubt, rule=source.rule) for way in ways)


def _ratings(stock: _Stock, which: str) -> list[Way]:
    def weighted(
        count: Callable[[_Entry], int], weigh: Callable[[_Entry], int]
    ) -> Callable[[_Entries], Value]:
        def compute(es: _Entries) -> Value:
            number = sum(count(e) * weigh(e) for e in es)
            return Fraction(sum(e.reviews.total * weigh(e) for e in es), number) if number else 0

        return compute

    def reviews(entry: _Entry) -> int:
        return entry.reviews.scored

    def once(_: _Entry) -> int:
        return 1

    name = f"the mean of all their reviews{which}"
    return [
        _way(stock, name, weighted(reviews, once)),
        _way(stock, f"{name}, 0 without", weighted(_at_least_one_review, once), _ZEROES),
        _way(stock, f"{name}, by category", weighted(reviews, _at_least_one_category), _FANNED),
        _way(
            stock,
            f"{name}, by category, 0 without",
            weighted(_at_least_one_review, _at_least_one_category),
            _ZEROES,
        ),
    ]


def _ratings_by_run(stock: _Stock, which: str, source: Way) -> Way:
    runs = _runs_of(source)

    def compute(es: _Entries) -> Value:
        weights = [max(1, runs(e)) for e in es]
        number = sum(e.reviews.scored * weight for e, weight in zip(es, weights, strict=True))
        total = sum(e.reviews.total * weight for e, weight in zip(es, weights, strict=True))
        return Fraction(total, number) if number else 0

    return _way(stock, f"the mean of all their reviews{which}, by run", compute, _FANNED)


def _means_of_means(stock: _Stock, source: Way, which: str) -> list[Way]:
    def means(entries: _Entries, *, each: bool) -> list[Value]:
        listings = [e.listing for e in entries]
        chosen = listings if each else list(dict.fromkeys(listings))
        return [source.value(RowIdentity("", listing, "", "")) for listing in chosen]

    def mean(values: Sequence[Value]) -> Value:
        known = [Fraction(value) for value in values if isinstance(value, NUMBERS)]
        return sum(known, Fraction(0)) / len(known) if known else 0

    def filled(values: Sequence[Value]) -> list[Value]:
        return [value or 0 for value in values]

    name = f"the mean of {source.name}{which}"
    return [
        _way(stock, name, lambda es: mean(means(es, each=False))),
        _way(stock, f"{name}, by version", lambda es: mean(means(es, each=True)), _FANNED),
        _way(stock, f"{name}, 0 without", lambda es: mean(filled(means(es, each=False))), _ZEROES),
        _way(
            stock,
            f"{name}, by version, 0 without",
            lambda es: mean(filled(means(es, each=True))),
            _ZEROES,
        ),
    ]


def _runs_of(source: Way) -> Callable[[_Entry], int]:
    def of(entry: _Entry) -> int:
        runs = source.value(RowIdentity(entry.graph, "", entry.version, ""))
        return int(runs) if isinstance(runs, NUMBERS) else 0

    return of


def _at_least_one_review(entry: _Entry) -> int:
    return max(1, entry.reviews.number)


def _at_least_one_category(entry: _Entry) -> int:
    return max(1, len(entry.categories))
