"""How views of the store may show versions, creators, statuses and categories. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from autogpt_seed.database.views.market import Market, Profile, Version
from autogpt_seed.verification.checks.ways import RowIdentity, Way

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
