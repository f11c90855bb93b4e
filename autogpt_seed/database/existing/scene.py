"""What an update can work on: graphs to run, listings to review, users, and versions to change.

Where there are more than it needs, digests with a salt choose, as in `people`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.binding.adapt import JSON_TYPES, adapter
from autogpt_seed.catalog import Catalog, Column
from autogpt_seed.database.existing.people import (
    Draw,
    Person,
    drawn,
    other_library_owners,
    read_library_owners,
    read_people,
)
from autogpt_seed.database.reflection.platform_tables import PlatformTable
from autogpt_seed.database.sql import fetch, quote
from autogpt_seed.ids import RunTag, id_pattern
from autogpt_seed.rows import Kind

SETTLED = timedelta(hours=1)
"""How long before a day's end somebody or something must have been there to take part."""


@dataclass(frozen=True)
class RunnableGraph:
    """The newest version of a graph, with its nodes, since when it is there, and who else than its
    owner has it in the library."""

    id: str
    version: int
    owner: str
    since: datetime
    nodes: tuple[str, ...]
    library_owners: tuple[Person, ...]


@dataclass(frozen=True)
class ListedVersion:
    """An approved version of a live listing, and since when it is there.

    `excluded` are the users who may not review it: its owner, and those who have.
    """

    id: str
    since: datetime
    excluded: frozenset[str]


@dataclass(frozen=True)
class Scene:
    """What a day is made of. `versions` are those that runs made, with their featured flag and
    their categories; `busy` the ids of the people and graphs of which an execution is running."""

    people: tuple[Person, ...]
    graphs: tuple[RunnableGraph, ...]
    listed: tuple[ListedVersion, ...]
    versions: tuple[tuple[str, bool, tuple[str, ...]], ...]
    busy: frozenset[str]


@dataclass(frozen=True)
class Limits:
    """How much of everything is looked for, at most."""

    people: int
    graphs: int
    listings: int
    versions: int


async def read_scene(
    connection: AsyncConnection, catalog: Catalog, limits: Limits, until: datetime, salt: str
) -> Scene:
    """What was there an hour before `until`, UTC without zone.

    One scan of the users, graphs and listings; of nodes and reviews those that matter.
    """
    settled = until - SETTLED
    people = await read_people(connection, catalog, Draw(settled, salt, limits.people))
    graphs = await _runnable(connection, catalog, Draw(settled, salt, limits.graphs), limits.people)
    runners = {one.id for one in chain(people, *(graph.library_owners for graph in graphs))}
    running_for = await _running(connection, catalog, "userId", runners)
    running = await _running(connection, catalog, "agentGraphId", {one.id for one in graphs})
    return Scene(
        people=people,
        graphs=graphs,
        listed=await _listed(connection, catalog, people, Draw(settled, salt, limits.listings)),
        versions=await _own_versions(connection, catalog, Draw(settled, salt, limits.versions)),
        busy=running_for | running,
    )


async def change_versions(
    connection: AsyncConnection,
    catalog: Catalog,
    changes: Mapping[str, tuple[bool, Sequence[str]]],
    now: datetime,
) -> int:
    """Set the featured flag and the categories of versions, and return how many there were.

    Columns that the table lacks are left out; an earlier `updatedAt` becomes `now`.
    """
    if not changes:
        return 0
    version = PlatformTable(catalog, "StoreListingVersion", "v")
    sets = [
        f"{quote(column.name)} = "
        f"CAST({_suited(value.format(version[name]), column)} AS {column.type.text})"
        for name, value in _CHANGES.items()
        if (column := version.find(name))
    ]
    if not sets:
        return 0
    document = [
        {"id": key, "featured": featured, "categories": list(categories)}
        for key, (featured, categories) in changes.items()
    ]
    # Without `updatedAt` nothing else would name $2, and the server wants to know its type.
    statement = (
        f"UPDATE {version.sql} SET {', '.join(sets)} FROM jsonb_to_recordset(CAST($1 AS jsonb)) "
        f"AS c (id text, featured boolean, categories text[]) WHERE {version.text('id')} = c.id "
        "AND CAST($2 AS timestamp) IS NOT NULL"
    )
    return (await connection.exec_driver_sql(statement, (json.dumps(document), now))).rowcount


async def is_taken(connection: AsyncConnection, catalog: Catalog, tag: RunTag) -> bool:
    """Whether the first row of a day with this tag is there, in whichever table."""
    for name, column in _FIRSTS:
        if name not in catalog.tables:
            continue
        source = PlatformTable(catalog, name, "t")
        key = source.column(column)
        first = adapter(Kind.ID, key.type)(tag.ids(name)[0])
        query = (
            f"SELECT EXISTS (SELECT FROM {source.sql} "
            f"WHERE {source[column]} = CAST(CAST($1 AS text) AS {key.type.text}))"
        )
        if (await connection.exec_driver_sql(query, (str(first),))).scalar_one():
            return True
    return False


_FIRSTS = (("AgentGraphExecution", "id"), ("StoreListingReview", "id"))

_CHANGES = {
    "isFeatured": "c.featured",
    "categories": "c.categories",
    "updatedAt": "GREATEST({}, CAST($2 AS timestamp))",
}


def _suited(value: str, column: Column) -> str:
    """The expression as JSON, where the column holds that."""
    return f"to_jsonb({value})" if column.type.base.name in JSON_TYPES else value


async def _runnable(
    connection: AsyncConnection, catalog: Catalog, draw: Draw, people: int
) -> tuple[RunnableGraph, ...]:
    graph = PlatformTable(catalog, "AgentGraph", "g")
    since = graph.instant("createdAt")
    query = f"""
        SELECT {graph.text("id")}, {graph["version"]}, {graph.text("userId")}, {since}
        FROM (SELECT {graph["id"]} AS id, max({graph["version"]}) AS newest
              FROM {graph.sql} GROUP BY 1) AS n
        JOIN {graph.sql} ON {graph["id"]} = n.id AND {graph["version"]} = n.newest
        WHERE {since} <= CAST($1 AS timestamp) {drawn(graph.text("id"))}
    """
    found = await fetch(connection, query, *draw)
    keys = [row[0] for row in found]
    nodes = await _nodes(connection, catalog, keys)
    library_owners = await read_library_owners(
        connection, catalog, draw._replace(most=people), keys
    )
    return tuple(
        RunnableGraph(
            key,
            version,
            owner,
            when,
            nodes=tuple(nodes[key, version]),
            library_owners=other_library_owners(library_owners[key], owner),
        )
        for key, version, owner, when in found
    )


async def _running(
    connection: AsyncConnection, catalog: Catalog, column: str, keys: Collection[str]
) -> frozenset[str]:
    """Which of the keys an execution that is running has in the column."""
    execution = PlatformTable(catalog, "AgentGraphExecution", "e")
    if not execution.find(column):
        return frozenset()
    query = f"""
        SELECT DISTINCT {execution.text(column)} FROM {execution.sql}
        WHERE {execution.among(column, 1)}
          AND {execution.has_label("executionStatus", "RUNNING", "false")}
    """
    return frozenset(row[0] for row in await fetch(connection, query, list(keys)))


async def _nodes(
    connection: AsyncConnection, catalog: Catalog, graphs: Sequence[str]
) -> dict[tuple[str, int], list[str]]:
    nodes: dict[tuple[str, int], list[str]] = defaultdict(list)
    if "AgentNode" not in catalog.tables:
        return nodes
    node = PlatformTable(catalog, "AgentNode", "n")
    query = f"""
        SELECT {node.text("agentGraphId")}, {node["agentGraphVersion"]}, {node.text("id")}
        FROM {node.sql} WHERE {node.among("agentGraphId", 1)} ORDER BY {node["id"]}
    """
    for graph, version, identifier in await fetch(connection, query, list(graphs)):
        nodes[graph, version].append(identifier)
    return nodes


async def _listed(
    connection: AsyncConnection,
    catalog: Catalog,
    people: Sequence[Person],
    draw: Draw,
) -> tuple[ListedVersion, ...]:
    if not catalog.tables.keys() >= {"StoreListing", "StoreListingVersion", "StoreListingReview"}:
        return ()
    listing = PlatformTable(catalog, "StoreListing", "l")
    version = PlatformTable(catalog, "StoreListingVersion", "v")
    review = PlatformTable(catalog, "StoreListingReview", "r")
    times = (version.instant(name) for name in ("createdAt", "submittedAt", "reviewedAt"))
    since = f"GREATEST({', '.join(times)})"
    query = f"""
        SELECT {version.text("id")}, {since}, {listing.text("owningUserId")}
        FROM {version.sql} JOIN {listing.sql} ON {listing["id"]} = {version["storeListingId"]}
        WHERE {version.has_label("submissionStatus", "APPROVED")}
          AND NOT {listing.flag("isDeleted", "false")}
          AND {since} <= CAST($1 AS timestamp) {drawn(version.text("id"))}
    """
    found = await fetch(connection, query, *draw)
    excluded: dict[str, set[str]] = {key: {owner} for key, _, owner in found}
    reviews = f"""
        SELECT {review.text("storeListingVersionId")}, {review.text("reviewByUserId")}
        FROM {review.sql} WHERE {review.among("storeListingVersionId", 1)}
          AND {review.text("reviewByUserId")} = ANY(CAST($2 AS text[]))
    """
    crowd = [person.id for person in people]
    for key, reviewer in await fetch(connection, reviews, list(excluded), crowd):
        excluded[key].add(reviewer)
    return tuple(ListedVersion(key, when, frozenset(excluded[key])) for key, when, _ in found)


async def _own_versions(
    connection: AsyncConnection, catalog: Catalog, draw: Draw
) -> tuple[tuple[str, bool, tuple[str, ...]], ...]:
    if "StoreListingVersion" not in catalog.tables:
        return ()
    version = PlatformTable(catalog, "StoreListingVersion", "v")
    key, featured = version.text("id"), version.flag("isFeatured", "false")
    query = f"""
        SELECT {key}, {featured}, {version.texts("categories")} FROM {version.sql}
        WHERE {key} ~ '{id_pattern("StoreListingVersion")}'
          AND {version.instant("createdAt")} <= CAST($1 AS timestamp) {drawn(key)}
    """
    found = await fetch(connection, query, *draw)
    return tuple((row[0], row[1], tuple(row[2] or ())) for row in found)
