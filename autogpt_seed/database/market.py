"""What the base tables say of runs and reviews, and what they offer to try the views with.

The statements hold names of any kind, so they go to the driver as they are: SQLAlchemy's `text`
would take a colon in a name for a parameter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.binding.labels import nearest_label
from autogpt_seed.binding.names import column_names
from autogpt_seed.catalog import Catalog
from autogpt_seed.database.sql import quote
from autogpt_seed.errors import DatabaseUnsuitable

_APPROVED = "APPROVED"


class Tally(NamedTuple):
    """How many runs or reviews a graph or listing has, and the sum of the reviews' scores."""

    count: int
    total: int = 0

    def plus(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(self.count + other.count, self.total + other.total)


Tallies = Mapping[str, Tally]


@dataclass(frozen=True, slots=True)
class Market:
    """Counted from the base tables: by graph its runs, and those not by its owner (where there
    are any); by listing that is live and has an approved version the reviews of these."""

    runs: Tallies
    runs_of_others: Tallies
    reviews: Tallies


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph that can be run, and who owns it."""

    id: str
    version: int
    owner: str


@dataclass(frozen=True, slots=True)
class Reviewable:
    """An approved version of a listing, and a user who has not reviewed it."""

    version: str
    listing: str
    reviewer: str


@dataclass(frozen=True, slots=True)
class Candidates:
    """What can be run and reviewed, by whom. `now` is the server's time, UTC without zone."""

    graphs: tuple[Graph, ...]
    users: tuple[str, ...]
    reviewable: tuple[Reviewable, ...]
    now: datetime


async def count_market(connection: AsyncConnection, catalog: Catalog) -> Market:
    """Count runs and reviews from the base tables, in one scan each."""
    runs = (await connection.exec_driver_sql(_runs_query(catalog))).all()
    reviews = (await connection.exec_driver_sql(_reviews_query(catalog))).all()
    return Market(
        runs={graph: Tally(count) for graph, count, _ in runs},
        runs_of_others={graph: Tally(others) for graph, _, others in runs if others},
        reviews={listing: Tally(count, total) for listing, count, total in reviews},
    )


async def find_candidates(
    connection: AsyncConnection, catalog: Catalog, *, graphs: int, users: int, reviews: int
) -> Candidates:
    """Up to so many graphs, users (owners of the graphs first) and reviewable versions.

    Raises `DatabaseUnsuitable` where there is no user or no graph.
    """
    found = await connection.exec_driver_sql(_graphs_query(catalog), (graphs,))
    chosen = tuple(Graph(*row) for row in found)
    owners = [graph.owner for graph in chosen]
    found = await connection.exec_driver_sql(_users_query(catalog), (users, owners))
    people = tuple(found.scalars())
    if not chosen or not people:
        raise DatabaseUnsuitable(
            f"Schema {catalog.schema!r} has nothing to verify with.",
            evidence=f"It has no {'users' if not people else 'graphs'}.",
            remedy="Fill it first: autogpt-seed populate, with the same database.",
        )
    found = await connection.exec_driver_sql(_reviewable_query(catalog), (reviews,))
    reviewable = tuple(Reviewable(*row) for row in found)
    clock = "SELECT (clock_timestamp() AT TIME ZONE 'UTC')::timestamp(3)"
    now = (await connection.exec_driver_sql(clock)).scalar_one()
    return Candidates(chosen, people, reviewable, now)


async def listed_graphs(connection: AsyncConnection, catalog: Catalog) -> dict[str, str]:
    """The graph of each listing."""
    listing, listing_id, graph = _names(catalog, "StoreListing", "id", "agentGraphId")
    query = f"SELECT CAST({listing_id} AS text), CAST({graph} AS text) FROM {listing}"
    return {row[0]: row[1] for row in await connection.exec_driver_sql(query)}


def _runs_query(catalog: Catalog) -> str:
    run, run_graph, run_version, runner = _names(
        catalog, "AgentGraphExecution", "agentGraphId", "agentGraphVersion", "userId"
    )
    graph, graph_id, version, owner = _names(catalog, "AgentGraph", "id", "version", "userId")
    return f"""
        SELECT CAST(e.{run_graph} AS text), count(*),
               count(*) FILTER (WHERE g.{owner} <> e.{runner})
        FROM {run} AS e
        JOIN {graph} AS g ON g.{graph_id} = e.{run_graph} AND g.{version} = e.{run_version}
        GROUP BY e.{run_graph}
    """


def _reviews_query(catalog: Catalog) -> str:
    listing, listing_id, deleted = _names(catalog, "StoreListing", "id", "isDeleted")
    version, version_id, of, status = _version_names(catalog)
    review, reviewed, score = _names(
        catalog, "StoreListingReview", "storeListingVersionId", "score"
    )
    return f"""
        SELECT CAST(l.{listing_id} AS text), count(r.{reviewed}), COALESCE(sum(r.{score}), 0)
        FROM {listing} AS l
        JOIN {version} AS v ON v.{of} = l.{listing_id}
        LEFT JOIN {review} AS r ON r.{reviewed} = v.{version_id}
        WHERE NOT l.{deleted} AND CAST(v.{status} AS text) = '{_approved(catalog)}'
        GROUP BY l.{listing_id}
    """


def _graphs_query(catalog: Catalog) -> str:
    """The newest version of each graph; first what is in the store, then graphs of one version."""
    graph, graph_id, version, owner = _names(catalog, "AgentGraph", "id", "version", "userId")
    listing, listed, deleted, approved = _names(
        catalog, "StoreListing", "agentGraphId", "isDeleted", "hasApprovedVersion"
    )
    return f"""
        SELECT CAST(g.{graph_id} AS text), g.{version}, CAST(g.{owner} AS text)
        FROM (SELECT {graph_id} AS id, max({version}) AS newest, count(*) AS versions
              FROM {graph} GROUP BY {graph_id}) AS n
        JOIN {graph} AS g ON g.{graph_id} = n.id AND g.{version} = n.newest
        ORDER BY EXISTS (SELECT FROM {listing} AS l WHERE l.{listed} = g.{graph_id}
                         AND l.{approved} AND NOT l.{deleted}) DESC,
                 n.versions, g.{graph_id}
        LIMIT $1
    """


def _users_query(catalog: Catalog) -> str:
    user, user_id = _names(catalog, "User", "id")
    return f"""
        SELECT CAST({user_id} AS text) FROM {user}
        ORDER BY CAST({user_id} AS text) = ANY(CAST($2 AS text[])) DESC, {user_id}
        LIMIT $1
    """


def _reviewable_query(catalog: Catalog) -> str:
    """Approved versions of live listings that somebody has not reviewed, rather not the owner."""
    listing, listing_id, deleted, approved, owner = _names(
        catalog, "StoreListing", "id", "isDeleted", "hasApprovedVersion", "owningUserId"
    )
    version, version_id, of, status = _version_names(catalog)
    review, reviewed, reviewer = _names(
        catalog, "StoreListingReview", "storeListingVersionId", "reviewByUserId"
    )
    user, user_id = _names(catalog, "User", "id")
    return f"""
        SELECT CAST(c.version AS text), CAST(c.listing AS text), CAST(u.id AS text)
        FROM (SELECT v.{version_id} AS version, l.{listing_id} AS listing, l.{owner} AS owner
              FROM {version} AS v
              JOIN {listing} AS l ON l.{listing_id} = v.{of}
              WHERE l.{approved} AND NOT l.{deleted}
                AND CAST(v.{status} AS text) = '{_approved(catalog)}'
                AND (SELECT count(DISTINCT r.{reviewer}) FROM {review} AS r
                     WHERE r.{reviewed} = v.{version_id}) < (SELECT count(*) FROM {user})
              ORDER BY v.{version_id} LIMIT $1) AS c
        CROSS JOIN LATERAL (
            SELECT u.{user_id} AS id FROM {user} AS u
            WHERE NOT EXISTS (SELECT FROM {review} AS r
                              WHERE r.{reviewed} = c.version AND r.{reviewer} = u.{user_id})
            ORDER BY u.{user_id} = c.owner, u.{user_id} LIMIT 1
        ) AS u
        ORDER BY c.version
    """


def _version_names(catalog: Catalog) -> tuple[str, ...]:
    return _names(catalog, "StoreListingVersion", "id", "storeListingId", "submissionStatus")


def _approved(catalog: Catalog) -> str:
    """The label for approved versions, quoted for a string."""
    status = catalog.tables["StoreListingVersion"].columns["submissionStatus"].type.base
    return (nearest_label(_APPROVED, status.labels) or _APPROVED).replace("'", "''")


def _names(catalog: Catalog, table: str, *columns: str) -> tuple[str, ...]:
    """The table and its columns, quoted, by the names that this schema uses.

    Raises `DatabaseUnsuitable` where it lacks one of them.
    """
    found = catalog.tables.get(table)
    names = {
        column: next((n for n in column_names(table, column) if n in found.columns), None)
        for column in columns
        if found is not None
    }
    missing = [column for column in columns if not names.get(column)]
    if found is None or missing:
        what = f"columns {', '.join(missing)} of the" if found else "the"
        raise DatabaseUnsuitable(
            f"Schema {catalog.schema!r} cannot be verified: it lacks {what} table {table!r}.",
            remedy="Name a schema of the AutoGPT Platform with a store: --schema NAME.",
        )
    return (quote(found.schema, found.name), *(quote(name) for name in names.values() if name))
