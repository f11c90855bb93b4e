"""The ways in which versions of the platform count runs and reviews. Pure.

A rule turns the facts of the base tables into figures by graph or listing. The plainest comes
first: where the data cannot tell two rules apart, that one is named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from autogpt_seed.database.views.market import Listing, Market, Tally, Version


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
        for (graph, _), tally in self.tally_versions(market).items():
            counts[graph] += tally.number
        return {graph: Tally(runs) for graph, runs in counts.items()}

    def tally_versions(self, market: Market) -> dict[tuple[str, int], Tally]:
        """The runs of each version of a graph that has any."""
        counts: dict[tuple[str, int], int] = defaultdict(int)
        for kind, runs in market.runs.items():
            if (
                (kind.others or not self.without_owners)
                and not (kind.deleted and self.without_deleted)
                and (kind.completed or not self.completed_only)
            ):
                counts[kind.graph, kind.version] += runs
        times = market.graph_versions if self.per_version else {}
        return {key: Tally(runs * times.get(key[0], 1)) for key, runs in counts.items()}


RUN_RULES = tuple(
    sorted((RunRule(*choice) for choice in product((False, True), repeat=4)), key=sum)
)


ONE_VERSION = "Known versions of the platform count the reviews of all approved versions."

_VERSIONS = {
    "approved": "the approved versions",
    "newest": "the newest approved version",
    "active": "the active version",
    "all": "all versions",
}


class ReviewRule(NamedTuple):
    """Which of a listing's versions have their reviews counted, whether only for listings
    `in_store`, and whether without reviews that are marked as deleted (`kept_only`)."""

    versions: str = "approved"
    in_store: bool = False
    without_deleted: bool = False
    available_only: bool = False
    kept_only: bool = False

    @property
    def name(self) -> str:
        """The rule in words."""
        listings = "listing in the store" if self.in_store else "live listing"
        parts = (
            f"the reviews of {_VERSIONS[self.versions]} of each {listings}",
            "without deleted versions" if self.without_deleted else "",
            "of those that are available" if self.available_only else "",
            "except deleted reviews" if self.kept_only else "",
        )
        return ", ".join(filter(None, parts))

    @property
    def doubt(self) -> str:
        """Why the rule may be a mistake; nothing where the platform is known to mean it."""
        if self.versions == "all":
            return "Reviews of versions that were turned down count as well."
        if self.available_only or self.departures > 1:
            return "No known version of the platform counts so."
        return "" if self.versions == "approved" else ONE_VERSION

    @property
    def departures(self) -> int:
        """In how many ways it differs from the plainest rule, not counting deleted reviews, which
        only forks have."""
        return (self.versions != "approved") + sum(self[1:-1])

    def tally(self, market: Market) -> dict[str, Tally]:
        """The reviews of each listing that has figures; none where it has none."""
        chosen: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for key, version in market.versions.items():
            if self._counts(key, version, market.listings[version.listing]):
                chosen[version.listing].append((version.number, key))
        reviews, nothing = (market.kept if self.kept_only else market).reviews, Tally(0)
        tallies = {}
        for listing_id, versions in chosen.items():
            newest = self.versions == "newest"
            keys = [max(versions)[1]] if newest else [key for _, key in versions]
            found = [reviews.get(key, nothing) for key in keys]
            tallies[listing_id] = Tally(*map(sum, zip(*found, strict=True)))
        return tallies

    def _counts(self, key: str, version: Version, listing: Listing) -> bool:
        if listing.deleted or (self.in_store and not listing.marked):
            return False
        if (self.without_deleted and version.deleted) or (
            self.available_only and not version.available
        ):
            return False
        if self.versions == "active":
            return key == listing.active
        return version.approved or self.versions == "all"


Rule = RunRule | ReviewRule

REVIEW_RULES = tuple(
    sorted(
        (
            ReviewRule(versions, *choice)
            for versions in ("approved", "newest", "active")
            for choice in product((False, True), repeat=3)
        ),
        key=lambda rule: rule.departures,
    )
)
"""Which reviews a view may count where none is deleted."""


def review_rules(market: Market, *, live: bool = False) -> Iterator[ReviewRule]:
    """How a materialised view of reviews may count, or a `live` one, which reads the base tables
    itself: older versions were less strict."""
    for rule in (*REVIEW_RULES, *([ReviewRule("all")] if live else [])):
        if rule.versions == "active" and not market.active:
            continue  # it would explain a view in which there is nothing
        yield rule
        if market.deleted_reviews:
            yield rule._replace(kept_only=True)


@lru_cache(maxsize=10_000)
def mean(tally: Tally) -> Fraction | None:
    """The mean score, None without reviews. It is cached, since many tallies are the same."""
    return Fraction(tally.total, tally.scored) if tally.scored else None
