"""How views of the store may show runs, versions, creators, statuses and categories. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from autogpt_seed.comparison import Value
from autogpt_seed.database.views.market import Market, Profile, Version
from autogpt_seed.store_views import ColumnRoles
from autogpt_seed.verification.checks.ways import (
    OF_ONE_VERSION,
    RowIdentity,
    Sources,
    Way,
    doubtful,
    run_ways,
    version_rating_ways,
)

_OTHER_GRAPHS = "Some versions are of other graphs than their listings, and show the runs of these."
_NAMED_OTHERWISE = "The column is named for something else."
_UNAPPROVED = "Versions that wait, or were turned down, are named as well."


_KEPT: tuple[tuple[str, Callable[[Version], bool], str], ...] = (
    ("the approved versions", lambda version: version.approved, ""),
    (
        "the approved versions that are not deleted",
        lambda version: version.approved and not version.deleted,
        "",
    ),
    ("all versions", lambda _: True, _UNAPPROVED),
)
"""Which versions of a listing may be named, and with which doubt."""


def version_ways(market: Market) -> Iterator[Way]:
    """The numbers of a listing's versions, sorted as numbers or as texts."""
    return _number_ways(market, "the numbers", lambda version: version.number)


def graph_version_ways(market: Market) -> Iterator[Way]:
    """The numbers of the graph's versions that a listing's versions are of, sorted likewise."""
    return _number_ways(market, "the graph versions", lambda version: version.graph_version)


def _number_ways(market: Market, what: str, number: Callable[[Version], int]) -> Iterator[Way]:
    for which, kept, doubt in _KEPT:
        numbers: dict[str, set[int]] = defaultdict(set)
        for version in market.versions.values():
            if kept(version):
                numbers[version.listing].add(number(version))
        as_numbers = {key: tuple(map(str, sorted(found))) for key, found in numbers.items()}
        yield _of_listing(f"{what} of {which}", as_numbers, doubt)
        as_texts = {key: tuple(sorted(map(str, found))) for key, found in numbers.items()}
        yield _of_listing(f"{what} of {which}, sorted as texts", as_texts, doubt)


def own_version_way(market: Market) -> Way:
    """What stores showed before they had materialised views."""
    numbers = {key: (str(version.number),) for key, version in market.versions.items()}
    return Way("the number of the version", lambda row: numbers.get(row.version))


def store_run_ways(sources: Sources, columns: ColumnRoles) -> Iterator[Way]:
    """The runs of an agent: of its graph or of a version of it, or of its listing's graph."""
    view, market = columns.view.name, sources.market
    yield from run_ways(sources, view)
    yield from _version_runs(market, columns)
    if any(v.graph != market.listings[v.listing].graph for v in market.versions.values()):
        listed = (_of_listed_graph(way, market) for way in run_ways(sources, view))
        yield from doubtful(listed, _OTHER_GRAPHS)


def _of_listed_graph(way: Way, market: Market) -> Way:
    def of(row: RowIdentity) -> Value:
        listing = market.listings.get(row.listing)
        return way.value(row._replace(graph=listing.graph) if listing else row)

    return replace(way, name=f"{way.name}, of the graph of the listing", value=of)


def _version_runs(market: Market, columns: ColumnRoles) -> Iterator[Way]:
    """For a view of versions: the runs of that version of the graph."""
    if columns.version is None:
        return
    counts: dict[tuple[str, int], int] = {}
    for kind, runs in market.runs.items():
        key = (kind.graph, kind.version)
        counts[key] = counts.get(key, 0) + runs

    def of(row: RowIdentity) -> Value:
        version = market.versions.get(row.version)
        return counts.get((version.graph, version.graph_version)) if version else None

    yield Way("the runs of that version of the graph", of, OF_ONE_VERSION)


def store_version_ratings(market: Market, columns: ColumnRoles) -> Iterable[Way]:
    """For a view of versions: the mean score of that version."""
    return version_rating_ways(market) if columns.version else ()


def creator_name_ways(market: Market, column: str | None) -> list[Way]:
    """Who made an agent: the username of the owner's profile or the owner's id. First comes the one
    for which the column is named."""
    name = _of_profiles(market, lambda profile: profile.username)
    ways = [
        Way("the username in the owner's profile", name, lenient=True),
        Way("the owner's id", lambda row: _owner(market, row)),
    ]
    first, other = ways[::-1] if column and is_id(column) else ways
    return [first, replace(other, doubt=_NAMED_OTHERWISE)]


def is_id(column: str) -> bool:
    """Whether a column that tells who made something is named for ids, and not for usernames."""
    return column.casefold().endswith("id")


def avatar_ways(market: Market) -> Iterator[Way]:
    """The picture of who made an agent."""
    picture = _of_profiles(market, lambda profile: profile.avatar)
    yield Way("the picture in the owner's profile", picture, lenient=True)


def status_ways(market: Market) -> Iterator[Way]:
    """The status of a version."""
    statuses = {key: version.status for key, version in market.versions.items()}
    yield Way("the status of the version", lambda row: statuses.get(row.version))


def sort_categories(market: Market) -> Callable[[Iterable[str]], tuple[str, ...]]:
    """Brings categories into the server's order, each once."""
    ranks = {name: rank for rank, name in enumerate(market.categories)}
    return lambda names: tuple(sorted(set(names), key=lambda name: ranks[name]))


def _of_profiles(
    market: Market, what: Callable[[Profile], str | None]
) -> Callable[[RowIdentity], str | None]:
    """`what` of the owner's profile; of several, the one that the row names, else any."""
    profiles: dict[str, dict[str, Profile]] = defaultdict(dict)
    for profile in market.profiles.values():
        profiles[profile.user][profile.username] = profile

    def value(row: RowIdentity) -> str | None:
        owner = _owner(market, row)
        own = profiles.get(owner) if owner else None
        return what(own.get(row.creator) or next(iter(own.values()))) if own else None

    return value


def _owner(market: Market, row: RowIdentity) -> str | None:
    listing = market.listings.get(row.listing)
    return listing.owner if listing else None


def _of_listing(name: str, values: Mapping[str, tuple[str, ...]], doubt: str) -> Way:
    return Way(name, lambda row: values.get(row.listing), doubt)
