"""The ways in which versions of the platform count runs and reviews. Pure.

A rule turns the facts of the base tables into figures by graph or listing. The plainest comes
first: where the data cannot tell two rules apart, that one is named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from autogpt_seed.database.market import Listing, Market, Tally, Version


class RunRule(NamedTuple):
    """Which runs of a graph are counted, and whether once for every version of the graph."""

    per_version: bool = False
    completed_only: bool = False
    without_deleted: bool = False
    without_owners: bool = False

    @property
    def name(self) -> str:
        """The rule in words."""
        parts = (
            "the completed runs of each graph" if self.completed_only else "the runs of each graph",
            "without those by its owner" if self.without_owners else "",
            "without deleted ones" if self.without_deleted else "",
            "each as often as the graph has versions" if self.per_version else "",
        )
        return ", ".join(filter(None, parts))

    @property
    def doubt(self) -> str:
        """Why the rule may be a mistake; nothing where the platform is known to mean it."""
        if self.per_version:
            return (
                "A run of a graph with two versions counts twice: it joins AgentGraph by id only."
            )
        if self.completed_only or self.without_deleted:
            return "Known versions of the platform count all of them."
        return ""

    def tally(self, market: Market) -> dict[str, Tally]:
        """The runs of each graph that has any."""
        counts: dict[str, int] = defaultdict(int)
        for kind, runs in market.runs.items():
            if (
                (kind.others or not self.without_owners)
                and not (kind.deleted and self.without_deleted)
                and (kind.completed or not self.completed_only)
            ):
                counts[kind.graph] += runs
        times = market.graph_versions if self.per_version else {}
        return {graph: Tally(runs * times.get(graph, 1)) for graph, runs in counts.items()}


RUN_RULES = tuple(
    sorted((RunRule(*choice) for choice in product((False, True), repeat=4)), key=sum)
)


@dataclass(frozen=True)
class ReviewRule:
    """Which listings have figures, and the reviews of which of their versions are counted."""

    name: str
    listed: Callable[[Listing], bool]
    counted: Callable[[str, Version, Listing], bool]
    newest: bool = False
    doubt: str = ""

    def tally(self, market: Market) -> dict[str, Tally]:
        """The reviews of each listing that has figures; none where it has none."""
        chosen: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for key, version in market.versions.items():
            listing = market.listings[version.listing]
            if self.listed(listing) and self.counted(key, version, listing):
                chosen[version.listing].append((version.number, key))
        nothing = Tally(0)
        tallies = {}
        for listing_id, versions in chosen.items():
            keys = [max(versions)[1]] if self.newest else [key for _, key in versions]
            found = [market.reviews.get(key, nothing) for key in keys]
            tallies[listing_id] = Tally(*map(sum, zip(*found, strict=True)))
        return tallies


def _live(listing: Listing) -> bool:
    return not listing.deleted


def _in_store(listing: Listing) -> bool:
    return not listing.deleted and listing.marked


def _approved(_: str, version: Version, __: Listing) -> bool:
    return version.approved


REVIEW_RULES = (
    ReviewRule("the reviews of the approved versions of each live listing", _live, _approved),
    ReviewRule(
        "the reviews of the approved versions of each listing in the store", _in_store, _approved
    ),
    ReviewRule(
        "the reviews of the newest approved version of each live listing",
        _live,
        _approved,
        newest=True,
    ),
    ReviewRule(
        "the reviews of the active version of each live listing",
        _live,
        lambda key, _, listing: key == listing.active,
    ),
    ReviewRule(
        "the reviews of the approved versions of each live listing, without deleted versions",
        _live,
        lambda _, version, __: version.approved and not version.deleted,
    ),
)
"""How a materialised view of reviews may count."""

LIVE_REVIEW_RULES = (
    *REVIEW_RULES,
    ReviewRule(
        "the reviews of all versions of each live listing",
        _live,
        lambda *_: True,
        doubt="Reviews of versions that were turned down count as well.",
    ),
)
"""How a view may count that reads the base tables itself; older versions were less strict."""


@lru_cache(maxsize=10_000)
def mean(tally: Tally) -> Fraction | None:
    """The mean score, None without reviews. Many listings have the same few."""
    return Fraction(tally.total, tally.scored) if tally.scored else None


def of_versions(market: Market) -> dict[str, Tally]:
    """The reviews of each version."""
    return {key: market.reviews.get(key, Tally(0)) for key in market.versions}
