"""What the base tables say of runs, listings and reviews, by which every view is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.catalog import Catalog
from autogpt_seed.database.platform_names import Source


class Tally(NamedTuple):
    """How many reviews there are, and the sum of their scores."""

    number: int
    total: int = 0

    def plus(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(self.number + other.number, self.total + other.total)


class RunKind(NamedTuple):
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
    """A version of a listing. `categories` is how many it has."""

    listing: str
    number: int
    graph: str
    graph_version: int
    status: str
    approved: bool
    deleted: bool
    available: bool
    categories: int


class Profile(NamedTuple):
    """A profile, by which creators are named."""

    user: str
    username: str


@dataclass(frozen=True, slots=True)
class Market:
    """The facts of the store, by id. `graph_versions` tells how many versions a graph has, where
    they are several; `reviews` has the versions that were reviewed."""

    runs: Mapping[RunKind, int]
    graph_versions: Mapping[str, int]
    listings: Mapping[str, Listing]
    versions: Mapping[str, Version]
    reviews: Mapping[str, Tally]
    profiles: Mapping[str, Profile] = field(default_factory=dict)


async def read_market(connection: AsyncConnection, catalog: Catalog) -> Market:
    """Read the facts, in one scan of each table. Raises `DatabaseUnsuitable` without a store."""

    async def rows(query: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await connection.exec_driver_sql(query)]

    profiles = await rows(_profiles(catalog)) if "Profile" in catalog.tables else []
    return Market(
        runs={RunKind._make(row[:-1]): row[-1] for row in await rows(_runs(catalog))},
        graph_versions={row[0]: row[1] for row in await rows(_graph_versions(catalog))},
        listings={row[0]: Listing._make(row[1:]) for row in await rows(_listings(catalog))},
        versions={row[0]: Version._make(row[1:]) for row in await rows(_versions(catalog))},
        reviews={row[0]: Tally._make(row[1:]) for row in await rows(_reviews(catalog))},
        profiles={row[0]: Profile._make(row[1:]) for row in profiles},
    )


def _runs(catalog: Catalog) -> str:
    """Grouped before the join, since graphs are few and runs many."""
    run, graph = Source(catalog, "AgentGraphExecution", "e"), Source(catalog, "AgentGraph", "g")
    deleted = run.get("isDeleted", "false")
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
    graph = Source(catalog, "AgentGraph", "g")
    return (
        f"SELECT {graph.text('id')}, count(*) FROM {graph.sql} "
        f"GROUP BY {graph['id']} HAVING count(*) > 1"
    )


def _listings(catalog: Catalog) -> str:
    listing = Source(catalog, "StoreListing", "l")
    active = listing.get("activeVersionId", "NULL")
    return f"""
        SELECT {listing.text("id")}, {listing.text("agentGraphId")},
               {listing.text("owningUserId")}, {listing["isDeleted"]},
               {listing["hasApprovedVersion"]}, CAST({active} AS text)
        FROM {listing.sql}
    """


def _versions(catalog: Catalog) -> str:
    version = Source(catalog, "StoreListingVersion", "v")
    categories = version.get("categories", "NULL::text[]")
    marked = version.get("isApproved", "true")  # as older schemas have it
    return f"""
        SELECT {version.text("id")}, {version.text("storeListingId")}, {version["version"]},
               {version.text("agentGraphId")}, {version["agentGraphVersion"]},
               CAST({version.get("submissionStatus", "''")} AS text),
               {version.has_label("submissionStatus", "APPROVED", otherwise=marked)},
               {version.get("isDeleted", "false")}, {version.get("isAvailable", "true")},
               COALESCE(cardinality({categories}), 0)
        FROM {version.sql}
    """


def _reviews(catalog: Catalog) -> str:
    review = Source(catalog, "StoreListingReview", "r")
    return f"""
        SELECT {review.text("storeListingVersionId")}, count(*),
               CAST(sum({review["score"]}) AS bigint)
        FROM {review.sql} GROUP BY {review["storeListingVersionId"]}
    """


def _profiles(catalog: Catalog) -> str:
    profile = Source(catalog, "Profile", "p")
    return (
        f"SELECT {profile.text('id')}, {profile.text('userId')}, {profile.text('username')} "
        f"FROM {profile.sql}"
    )
