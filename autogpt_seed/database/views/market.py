"""What the base tables say of runs, listings and reviews, by which every view is judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, partial
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.catalog import Catalog
from autogpt_seed.database.reflection.platform_tables import PlatformTable
from autogpt_seed.database.sql import fetch


class Tally(NamedTuple):
    """How many runs or reviews there are, how many of these have a score, and their sum."""

    number: int
    scored: int = 0
    total: int | Fraction = 0


class RunGroup(NamedTuple):
    """Runs that no rule tells apart. `others`: by somebody who does not own the graph."""

    graph: str
    version: int
    others: bool
    deleted: bool
    completed: bool


class Listing(NamedTuple):
    """A listing. `marked` tells `hasApprovedVersion`, `active` is the id of its active version."""

    graph: str
    owner: str
    deleted: bool
    marked: bool
    active: str | None


class Version(NamedTuple):
    """A version of a listing. `active` tells whether its version of the graph is."""

    listing: str
    number: int
    graph: str
    graph_version: int
    status: str
    approved: bool
    deleted: bool
    available: bool
    active: bool
    categories: tuple[str, ...]


class Profile(NamedTuple):
    """A profile, by which creators are named. `user` is empty where it belongs to no account."""

    user: str
    username: str
    avatar: str | None = None


@dataclass(frozen=True)
class Market:
    """The facts of the store, by id. `graph_versions` tells how many versions a graph has, where
    they are several; `reviews` has the versions that were reviewed, and `deleted_reviews` what of
    these is marked as deleted; `categories` are all that there are, in the order in which the
    server sorts them."""

    runs: Mapping[RunGroup, int]
    graph_versions: Mapping[str, int]
    listings: Mapping[str, Listing]
    versions: Mapping[str, Version]
    reviews: Mapping[str, Tally]
    profiles: Mapping[str, Profile]
    categories: tuple[str, ...]
    deleted_reviews: Mapping[str, Tally]

    @cached_property
    def kept(self) -> Market:
        """This market without the reviews that are marked as deleted."""
        if not self.deleted_reviews:
            return self
        reviews = {k: _less(t, self.deleted_reviews.get(k)) for k, t in self.reviews.items()}
        return replace(self, reviews=reviews, deleted_reviews={})

    @cached_property
    def active(self) -> bool:
        """Whether any listing names its active version; older schemas have no column for it."""
        return any(listing.active for listing in self.listings.values())

    @cached_property
    def statuses(self) -> bool:
        """Whether versions have a status; older schemas have no column for it."""
        return any(version.status for version in self.versions.values())


def _less(every: Tally, some: Tally | None) -> Tally:
    if some is None:
        return every
    return Tally(every.number - some.number, every.scored - some.scored, every.total - some.total)


_Rows = Sequence[tuple[Any, ...]]


class Facts(NamedTuple):
    """The server's answers as they came. `arrange` takes longer than reading them, and needs no
    connection, so a thread can do it."""

    runs: _Rows
    graph_versions: _Rows
    listings: _Rows
    versions: _Rows
    reviews: _Rows
    deleted_reviews: _Rows
    profiles: _Rows
    categories: _Rows


async def read_facts(connection: AsyncConnection, catalog: Catalog) -> Facts:
    """Read the facts, in one scan of each table. Raises `DatabaseUnsuitable` without a store."""
    rows = partial(fetch, connection)
    deleted = _deleted(PlatformTable(catalog, "StoreListingReview", "r"))
    versions = await rows(_versions(catalog))
    categories = list(set().union(*(version[-1] for version in versions)))
    return Facts(
        runs=await rows(_runs(catalog)),
        graph_versions=await rows(_graph_versions(catalog)),
        listings=await rows(_listings(catalog)),
        versions=versions,
        reviews=await rows(_reviews(catalog)),
        deleted_reviews=await rows(_reviews(catalog, where=deleted)) if deleted else (),
        profiles=await rows(_profiles(catalog)) if "Profile" in catalog.tables else (),
        categories=await rows(_SORTED, categories),
    )


def arrange(facts: Facts) -> Market:
    """The market that the facts tell of. A version that has lost its listing is in no view."""
    listings = {row[0]: Listing._make(row[1:]) for row in facts.listings}
    listed = (row for row in facts.versions if row[1] in listings)
    return Market(
        runs={RunGroup._make(row[:-1]): row[-1] for row in facts.runs},
        graph_versions=dict(facts.graph_versions),
        listings=listings,
        versions={row[0]: Version._make((*row[1:-1], tuple(row[-1]))) for row in listed},
        reviews={row[0]: _tally(*row[1:]) for row in facts.reviews},
        deleted_reviews={row[0]: _tally(*row[1:]) for row in facts.deleted_reviews},
        profiles={row[0]: Profile._make(row[1:]) for row in facts.profiles},
        categories=tuple(name for (name,) in facts.categories),
    )


_SORTED = "SELECT name FROM unnest(CAST($1 AS text[])) AS name ORDER BY name"


def _tally(number: int, scored: int, total: int | float | Decimal | None) -> Tally:
    return Tally(number, scored, total if isinstance(total, int) else Fraction(total or 0))


def _runs(catalog: Catalog) -> str:
    """Grouped before the join, since graphs are few and runs many."""
    run = PlatformTable(catalog, "AgentGraphExecution", "e")
    graph = PlatformTable(catalog, "AgentGraph", "g")
    deleted = run.flag("isDeleted", "false")
    return f"""
        SELECT CAST(r.graph AS text), r.version, {graph["userId"]} <> r.runner, r.deleted,
               r.completed, CAST(sum(r.runs) AS bigint)
        FROM (SELECT {run["agentGraphId"]} AS graph, {run["agentGraphVersion"]} AS version,
                     {run["userId"]} AS runner, {deleted} AS deleted,
                     {run.has_label("executionStatus", "COMPLETED")} AS completed,
                     count(*) AS runs
              FROM {run.sql} GROUP BY 1, 2, 3, 4, 5) AS r
        JOIN {graph.sql} ON {graph["id"]} = r.graph AND {graph["version"]} = r.version
        GROUP BY 1, 2, 3, 4, 5
    """


def _graph_versions(catalog: Catalog) -> str:
    graph = PlatformTable(catalog, "AgentGraph", "g")
    return (
        f"SELECT {graph.text('id')}, count(*) FROM {graph.sql} "
        f"GROUP BY {graph['id']} HAVING count(*) > 1"
    )


def _listings(catalog: Catalog) -> str:
    listing = PlatformTable(catalog, "StoreListing", "l")
    active = listing.get("activeVersionId", "NULL")
    return f"""
        SELECT {listing.text("id")}, {listing.text("agentGraphId")},
               {listing.text("owningUserId")}, {listing.flag("isDeleted")},
               {listing.flag("hasApprovedVersion")}, CAST({active} AS text)
        FROM {listing.sql}
    """


def _versions(catalog: Catalog) -> str:
    version = PlatformTable(catalog, "StoreListingVersion", "v")
    graph = PlatformTable(catalog, "AgentGraph", "g")
    marked = version.flag("isApproved", "true")  # as older schemas have it
    return f"""
        SELECT {version.text("id")}, {version.text("storeListingId")}, {version["version"]},
               {version.text("agentGraphId")}, {version["agentGraphVersion"]},
               CAST({version.get("submissionStatus", "''")} AS text),
               {version.has_label("submissionStatus", "APPROVED", otherwise=marked)},
               {version.flag("isDeleted", "false")}, {version.flag("isAvailable", "true")},
               COALESCE({graph.flag("isActive", "true")}, true),
               ARRAY(SELECT c FROM unnest({version.texts("categories")}) AS c WHERE c IS NOT NULL)
        FROM {version.sql}
        LEFT JOIN {graph.sql} ON {graph["id"]} = {version["agentGraphId"]}
            AND {graph["version"]} = {version["agentGraphVersion"]}
    """


def _reviews(catalog: Catalog, where: str = "true") -> str:
    review = PlatformTable(catalog, "StoreListingReview", "r")
    return f"""
        SELECT {review.text("storeListingVersionId")}, count(*), count({review["score"]}),
               sum({review["score"]})
        FROM {review.sql} WHERE {where} GROUP BY {review["storeListingVersionId"]}
    """


def _deleted(review: PlatformTable) -> str:
    """The condition that a review is marked as deleted; nothing where the schema has no mark."""
    for name in ("isDeleted", "deleted", "deletedAt"):
        if column := review.find(name):
            return review[name] + ("" if column.type.base.name == "bool" else " IS NOT NULL")
    return ""


def _profiles(catalog: Catalog) -> str:
    profile = PlatformTable(catalog, "Profile", "p")
    avatar = profile.get("avatarUrl", "NULL")
    return (
        f"SELECT {profile.text('id')}, COALESCE({profile.text('userId')}, ''), "
        f"{profile.text('username')}, CAST({avatar} AS text) FROM {profile.sql}"
    )
