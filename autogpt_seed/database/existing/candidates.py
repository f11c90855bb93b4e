"""What is in the database to try its views with: graphs to run, versions to review, and users."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.catalog import Catalog
from autogpt_seed.database.reflection.platform_tables import PlatformTable
from autogpt_seed.database.sql import fetch
from autogpt_seed.errors import DatabaseUnsuitable


@dataclass(frozen=True)
class Graph:
    """A graph that can be run, and who owns it."""

    id: str
    version: int
    owner: str


@dataclass(frozen=True)
class Reviewable:
    """A version of a listing, and a user who has not reviewed it."""

    version: str
    listing: str
    reviewer: str


@dataclass(frozen=True)
class Candidates:
    """What can be run and reviewed, by whom. `now` is the server's time, UTC without zone, and
    `statuses` are all those that a run may have, as far as the schema tells."""

    graphs: tuple[Graph, ...]
    users: tuple[str, ...]
    reviewable: tuple[Reviewable, ...]
    now: datetime
    statuses: tuple[str, ...] = ()


async def find_candidates(
    connection: AsyncConnection, catalog: Catalog, *, graphs: int, users: int, reviews: int
) -> Candidates:
    """At most that many graphs, users (owners of the graphs first) and reviewable versions.

    Raises `DatabaseUnsuitable` where there is no user or no graph.
    """
    chosen = tuple(Graph(*row) for row in await fetch(connection, _graphs(catalog), graphs))
    owners = [graph.owner for graph in chosen]
    people = tuple(user for (user,) in await fetch(connection, _users(catalog), users, owners))
    if not chosen or not people:
        raise _nothing(catalog, "graphs" if people else "users")
    found = await fetch(connection, _reviewable(catalog), reviews)
    reviewable = tuple(Reviewable(*row) for row in found)
    clock = "SELECT (clock_timestamp() AT TIME ZONE 'UTC')::timestamp(3)"
    now = (await connection.exec_driver_sql(clock)).scalar_one()
    execution = PlatformTable(catalog, "AgentGraphExecution", "e")
    statuses = execution.labels("executionStatus", "COMPLETED")
    return Candidates(chosen, people, reviewable, now, statuses)


def _nothing(catalog: Catalog, what: str) -> DatabaseUnsuitable:
    sentence = f"Schema {catalog.schema!r} has nothing to verify with."
    if any(catalog.tables[name].hides_rows for name in ("User", "AgentGraph")):
        return DatabaseUnsuitable(
            sentence,
            evidence=f"This role sees no {what}: row security may hide them from it.",
            remedy="Verify as the owner of the tables, or as a role with BYPASSRLS.",
        )
    return DatabaseUnsuitable(
        sentence,
        evidence=f"It has no {what}.",
        remedy="Fill it first: autogpt-seed populate, on the same database.",
    )


def _graphs(catalog: Catalog) -> str:
    """The newest version of each graph; first what is in the store, then graphs of one version."""
    graph = PlatformTable(catalog, "AgentGraph", "g")
    listing = PlatformTable(catalog, "StoreListing", "l")
    shown = f"{listing.flag('hasApprovedVersion')} AND NOT {listing.flag('isDeleted')}"
    return f"""
        SELECT {graph.text("id")}, {graph["version"]}, {graph.text("userId")}
        FROM (SELECT {graph["id"]} AS id, max({graph["version"]}) AS newest, count(*) AS versions
              FROM {graph.sql} GROUP BY {graph["id"]}) AS n
        JOIN {graph.sql} ON {graph["id"]} = n.id AND {graph["version"]} = n.newest
        ORDER BY EXISTS (SELECT FROM {listing.sql} WHERE {listing["agentGraphId"]} = {graph["id"]}
                         AND {shown}) DESC,
                 n.versions, {graph["id"]}
        LIMIT $1
    """


def _users(catalog: Catalog) -> str:
    user = PlatformTable(catalog, "User", "u")
    return f"""
        SELECT {user.text("id")} FROM {user.sql}
        ORDER BY {user.text("id")} = ANY(CAST($2 AS text[])) DESC, {user["id"]}
        LIMIT $1
    """


def _reviewable(catalog: Catalog) -> str:
    """Approved versions of live listings that somebody else than the owner has not reviewed."""
    listing = PlatformTable(catalog, "StoreListing", "l")
    version = PlatformTable(catalog, "StoreListingVersion", "v")
    review = PlatformTable(catalog, "StoreListingReview", "r")
    user = PlatformTable(catalog, "User", "u")
    return f"""
        SELECT CAST(c.version AS text), CAST(c.listing AS text), CAST(u.id AS text)
        FROM (SELECT {version["id"]} AS version, {listing["id"]} AS listing,
                     {listing["owningUserId"]} AS owner
              FROM {version.sql} JOIN {listing.sql} ON {listing["id"]} = {version["storeListingId"]}
              WHERE {listing.flag("hasApprovedVersion")} AND NOT {listing.flag("isDeleted")}
                AND {version.has_label("submissionStatus", "APPROVED")}
                AND (SELECT count(DISTINCT {review["reviewByUserId"]}) FROM {review.sql}
                     WHERE {review["storeListingVersionId"]} = {version["id"]}
                       AND {review["reviewByUserId"]} IS DISTINCT FROM {listing["owningUserId"]})
                    < (SELECT count(*) - 1 FROM {user.sql})
              ORDER BY {version["id"]} LIMIT $1) AS c
        CROSS JOIN LATERAL (
            SELECT {user["id"]} AS id FROM {user.sql}
            WHERE NOT EXISTS (SELECT FROM {review.sql}
                              WHERE {review["storeListingVersionId"]} = c.version
                                AND {review["reviewByUserId"]} = {user["id"]})
              AND {user["id"]} IS DISTINCT FROM c.owner
            ORDER BY {user["id"]} LIMIT 1
        ) AS u
        ORDER BY c.version
    """
