"""The ways in which versions of the platform compute the figures of a creator. Pure.

The platform's own views join listings, versions, reviews and categories before they sum, so that
some figures are weighted by how many of the others there are. Those ways are known here, each
with the doubt that it deserves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache, partial
from itertools import islice

from autogpt_seed.comparison import Value
from autogpt_seed.database.views.market import Market
from autogpt_seed.verification.checks.creator_versions import (
    SELECTION_RULES,
    Selection,
    SelectionRule,
    StoreVersion,
    StoreVersions,
    select,
)
from autogpt_seed.verification.checks.rules import ONE_VERSION
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
_DISTINCT = "Two agents with the same number of runs count as one."


def creator_ways(sources: Sources, view: str) -> dict[str, Iterable[Way]]:
    """The ways to compute "agents", "runs", "rating" and "categories", made as they are needed."""

    @cache
    def selection(rule: SelectionRule, kept: bool) -> Selection:
        market = sources.market.kept if kept else sources.market
        which = f"{rule.which}, except deleted reviews" if kept else rule.which
        return Selection(select(market, rule), which)

    def of_all(ways: Callable[[Selection], Iterable[Way]]) -> Iterator[Way]:
        for rule in SELECTION_RULES:
            yield from doubtful(ways(selection(rule, False)), rule.doubt)
            if sources.market.deleted_reviews:
                yield from doubtful(ways(selection(rule, True)), rule.doubt)

    return {
        "agents": of_all(_agents),
        "runs": of_all(partial(_all_runs, sources=sources, view=view)),
        "rating": of_all(partial(_all_ratings, sources=sources, view=view)),
        "categories": of_all(partial(_categories, market=sources.market)),
    }


def user_of(market: Market, column: str) -> Mapping[str, str]:
    """The user's id by the username that the column holds, "" for an id, which names nobody there;
    nothing where the column holds ids."""
    if is_id(column):
        return {}
    nobody = {profile.user: "" for profile in market.profiles.values()}
    return nobody | {profile.username: profile.user for profile in market.profiles.values()}


def _way(
    of: Selection, name: str, compute: Callable[[StoreVersions], Value], doubt: str = ""
) -> Way:
    def value(row: RowIdentity) -> Value:
        versions = of.versions.get(row.creator)
        return compute(versions) if versions else None

    return Way(name, value, doubt)


def _agents(of: Selection) -> list[Way]:
    return [
        _way(of, f"their listings{of.which}", lambda vs: len({v.listing for v in vs})),
        _way(of, f"their versions{of.which}", len, _FANNED),
    ]


def _categories(of: Selection, market: Market) -> Iterator[Way]:
    ordered = sort_categories(market)
    yield _way(
        of,
        f"the categories of their agents{of.which}, sorted",
        lambda vs: ordered(name for version in vs for name in version.categories),
    )


def _all_runs(of: Selection, sources: Sources, view: str) -> Iterator[Way]:
    for source in islice(run_ways(sources, view), 3):
        yield from _as_sure(source, _runs(of, source))


def _runs(of: Selection, source: Way) -> list[Way]:
    runs = _runs_of(source)

    def weighted(weigh: Callable[[StoreVersion], int]) -> Callable[[StoreVersions], Value]:
        return lambda vs: sum(runs(version) * weigh(version) for version in vs)

    name, sums = f"the sum of {source.name}{of.which}", f"{source.name}{of.which}, summed"
    return [
        _way(of, name, lambda vs: sum(runs(v) for v in {v.graph: v for v in vs}.values())),
        _way(of, f"{sums} over different numbers", lambda vs: sum(set(map(runs, vs))), _DISTINCT),
        _way(of, f"{sums} by version", weighted(lambda _: 1), _FANNED),
        _way(of, f"{sums} by review", weighted(_at_least_one_review), _FANNED),
        _way(of, f"{sums} by category", weighted(_at_least_one_category), _FANNED),
        _way(
            of,
            f"{sums} by review and category",
            weighted(lambda v: _at_least_one_review(v) * _at_least_one_category(v)),
            _FANNED,
        ),
    ]


def _all_ratings(of: Selection, sources: Sources, view: str) -> Iterator[Way]:
    yield from _ratings(of)
    for source in islice(run_ways(sources, view), 1):
        yield _ratings_by_run(of, source)
    for source in (way for way in rating_ways(sources, view) if way.doubt in ("", ONE_VERSION)):
        yield from _as_sure(source, _means_of_means(of, source))


def _as_sure(source: Way, ways: Iterable[Way]) -> Iterator[Way]:
    """The ways with the rule and, where they have none of their own, the doubt of their source."""
    return (replace(way, doubt=way.doubt or source.doubt, rule=source.rule) for way in ways)


def _ratings(of: Selection) -> list[Way]:
    def weighted(
        count: Callable[[StoreVersion], int], weigh: Callable[[StoreVersion], int]
    ) -> Callable[[StoreVersions], Value]:
        def compute(vs: StoreVersions) -> Value:
            number = sum(count(v) * weigh(v) for v in vs)
            return Fraction(sum(v.reviews.total * weigh(v) for v in vs), number) if number else 0

        return compute

    def reviews(version: StoreVersion) -> int:
        return version.reviews.scored

    def once(_: StoreVersion) -> int:
        return 1

    name = f"the mean of all their reviews{of.which}"
    return [
        _way(of, name, weighted(reviews, once)),
        _way(of, f"{name}, 0 without", weighted(_at_least_one_review, once), _ZEROES),
        _way(of, f"{name}, by category", weighted(reviews, _at_least_one_category), _FANNED),
        _way(
            of,
            f"{name}, by category, 0 without",
            weighted(_at_least_one_review, _at_least_one_category),
            _ZEROES,
        ),
    ]


def _ratings_by_run(of: Selection, source: Way) -> Way:
    runs = _runs_of(source)

    def compute(vs: StoreVersions) -> Value:
        weights = [max(1, runs(v)) for v in vs]
        number = sum(v.reviews.scored * weight for v, weight in zip(vs, weights, strict=True))
        total = sum(v.reviews.total * weight for v, weight in zip(vs, weights, strict=True))
        return Fraction(total, number) if number else 0

    return _way(of, f"the mean of all their reviews{of.which}, by run", compute, _FANNED)


def _means_of_means(of: Selection, source: Way) -> list[Way]:
    def means(versions: StoreVersions, *, each: bool) -> list[Value]:
        listings = [v.listing for v in versions]
        chosen = listings if each else list(dict.fromkeys(listings))
        return [source.value(RowIdentity("", listing, "", "")) for listing in chosen]

    def mean(values: Sequence[Value]) -> Value:
        known = [Fraction(value) for value in values if isinstance(value, NUMBERS)]
        return sum(known, Fraction(0)) / len(known) if known else 0

    def filled(values: Sequence[Value]) -> list[Value]:
        return [value or 0 for value in values]

    name = f"the mean of {source.name}{of.which}"
    return [
        _way(of, name, lambda vs: mean(means(vs, each=False))),
        _way(of, f"{name}, by version", lambda vs: mean(means(vs, each=True)), _FANNED),
        _way(of, f"{name}, 0 without", lambda vs: mean(filled(means(vs, each=False))), _ZEROES),
        _way(
            of,
            f"{name}, by version, 0 without",
            lambda vs: mean(filled(means(vs, each=True))),
            _ZEROES,
        ),
    ]


def _runs_of(source: Way) -> Callable[[StoreVersion], int]:
    def runs_of(version: StoreVersion) -> int:
        runs = source.value(RowIdentity(version.graph, "", version.id, ""))
        return int(runs) if isinstance(runs, NUMBERS) else 0

    return runs_of


def _at_least_one_review(version: StoreVersion) -> int:
    return max(1, version.reviews.number)


def _at_least_one_category(version: StoreVersion) -> int:
    return max(1, len(version.categories))
