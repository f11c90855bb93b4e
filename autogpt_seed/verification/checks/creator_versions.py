"""Which versions the figures of a creator may be about, in versions of the platform. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from autogpt_seed.database.views.market import Listing, Market, Tally, Version
from autogpt_seed.verification.checks.store_rows import UNMARKED, newest

_UNAPPROVED = "Versions that wait, or were turned down, count as well."
_UNAVAILABLE = "Known versions of the platform count what is not available as well."
_EMPTY = "A listing that says it has an approved version, and has none, counts as well."
_OLDER = "Known versions of the platform count all approved versions."


class StoreVersion(NamedTuple):
    """A version that is in the store, as the creator's figures see it."""

    id: str
    listing: str
    graph: str
    reviews: Tally
    categories: tuple[str, ...]


StoreVersions = Sequence[StoreVersion]


@dataclass(frozen=True)
class Selection:
    """The versions that a creator's figures are computed of, by the user's id. `which` tells it in
    the names of the ways to compute them."""

    versions: Mapping[str, StoreVersions]
    which: str


class SelectionRule(NamedTuple):
    """The versions that a creator's figures may be about: of live listings those that are `kept`,
    or of each listing the `newest` of them. `hollow`: listings in the store that have none, too."""

    which: str
    doubt: str
    kept: Callable[[Version, Listing], bool]
    newest: bool = False
    hollow: bool = False


SELECTION_RULES = (
    SelectionRule("", "", lambda version, listing: listing.marked and version.approved),
    SelectionRule(
        ", over all versions of their listings",
        _UNAPPROVED,
        lambda _, listing: listing.marked,
    ),
    SelectionRule(
        ", without deleted versions",
        "",
        lambda version, listing: listing.marked and version.approved and not version.deleted,
    ),
    SelectionRule(
        ", over available versions",
        _UNAVAILABLE,
        lambda version, listing: listing.marked and version.approved and version.available,
    ),
    SelectionRule(
        ", whatever hasApprovedVersion says",
        UNMARKED,
        lambda version, _: version.approved,
    ),
    SelectionRule(
        ", over the newest versions",
        _OLDER,
        lambda version, listing: listing.marked and version.approved,
        newest=True,
    ),
    SelectionRule(
        ", and of listings that have none",
        _EMPTY,
        lambda version, listing: listing.marked and version.approved,
        hollow=True,
    ),
)


def select(market: Market, rule: SelectionRule) -> Mapping[str, StoreVersions]:
    """For each user the versions of their listings that the rule chooses."""
    selected: dict[str, list[StoreVersion]] = defaultdict(list)
    listings = market.listings
    kept = {
        key: version
        for key, version in market.versions.items()
        if not (listing := listings[version.listing]).deleted and rule.kept(version, listing)
    }
    for key in newest(kept) if rule.newest else kept:
        version, reviews = kept[key], market.reviews.get(key, Tally(0))
        selected[listings[version.listing].owner].append(
            StoreVersion(key, version.listing, version.graph, reviews, version.categories)
        )
    filled = {version.listing for version in kept.values()}
    for key in (key for key in listings if rule.hollow and key not in filled):
        if listings[key].marked and not listings[key].deleted:
            selected[listings[key].owner].append(
                StoreVersion("", key, listings[key].graph, Tally(0), ())
            )
    return selected
