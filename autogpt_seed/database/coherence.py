"""What no key of the schema enforces and every marketplace keeps: rows that break it, by rule.

Rules about tables or columns that this version of the schema does not have say nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import ColumnElement, Text, and_, cast, column, exists, func, select, table
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import FromClause, TableClause

from autogpt_seed.binding.names import actual_column
from autogpt_seed.catalog import Catalog, ForeignKey, Table

_ORDERS = (
    ("createdAt", "updatedAt"),
    ("createdAt", "startedAt", "endedAt"),
    ("addedTime", "queuedTime", "startedTime", "endedTime"),
    ("submittedAt", "reviewedAt"),
)
"""Times of a row that follow each other."""

_BEGINNINGS = ("createdAt", "addedTime", "time")
"""When a row came to be, in the tables that know."""

_NOT_A_CAUSE = "activeVersionId"
"""A listing refers to its active version, which is younger."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule, in words, and how many rows break it."""

    rule: str
    rows: int


@dataclass(frozen=True, slots=True)
class _Rule:
    words: str
    source: FromClause
    broken: ColumnElement[bool]


async def breaches(connection: AsyncConnection, catalog: Catalog) -> tuple[Breach, ...]:
    """The rules that do not hold in the schema of the catalog."""
    found = []
    for rule in (*_about_the_store(catalog), *_about_libraries(catalog), *_about_times(catalog)):
        query = select(func.count()).select_from(rule.source).where(rule.broken)
        if rows := (await connection.execute(query)).scalar_one():
            found.append(Breach(rule.words, rows))
    return tuple(found)


def _about_the_store(catalog: Catalog) -> Iterator[_Rule]:
    listings, versions = (
        catalog.tables.get("StoreListing"),
        catalog.tables.get("StoreListingVersion"),
    )
    if listings is None or versions is None:
        return
    listing, version = _clause(listings), _clause(versions)
    marked = actual_column("StoreListing", "hasApprovedVersion", listings.columns)
    active = actual_column("StoreListing", "activeVersionId", listings.columns)
    status = actual_column("StoreListingVersion", "submissionStatus", versions.columns)
    parent = actual_column("StoreListingVersion", "storeListingId", versions.columns)
    if marked and status and parent:
        approved = and_(
            version.c[parent] == listing.c.id, cast(version.c[status], Text) == "APPROVED"
        )
        words = f"StoreListing.{marked} is true exactly where a version is approved"
        yield _Rule(words, listing, listing.c[marked] != exists(select(1).where(approved)))
        if active:
            chosen = and_(approved, version.c.id == listing.c[active])
            words = f"StoreListing.{active} is an approved version where there is one"
            yield _Rule(words, listing, listing.c[marked] & ~exists(select(1).where(chosen)))


def _about_libraries(catalog: Catalog) -> Iterator[_Rule]:
    agents, graphs = catalog.tables.get("LibraryAgent"), catalog.tables.get("AgentGraph")
    if agents is None or graphs is None:
        return
    names = [
        actual_column("LibraryAgent", name, agents.columns)
        for name in ("isCreatedByUser", "agentGraphId", "userId")
    ]
    owner = actual_column("AgentGraph", "userId", graphs.columns)
    if owner and all(names):
        agent, graph = _clause(agents), _clause(graphs)
        marked, graph_id, user = (agent.c[name or ""] for name in names)
        own = exists(select(1).where(graph.c.id == graph_id, graph.c[owner] == user))
        words = "LibraryAgent.isCreatedByUser is true exactly where the graph is the user's own"
        yield _Rule(words, agent, marked != own)


def _about_times(catalog: Catalog) -> Iterator[_Rule]:
    for one in catalog.tables.values():
        rows = _clause(one)
        for order in _ORDERS:
            known = [name for name in order if _is_time(one, name)]
            for first, second in pairwise(known):
                words = f"{one.name}.{second} is not before {first}"
                yield _Rule(words, rows, rows.c[second] < rows.c[first])
        for key in one.foreign_keys:
            yield from _after_its_cause(catalog, one, key)


def _after_its_cause(catalog: Catalog, child: Table, key: ForeignKey) -> Iterator[_Rule]:
    parent = catalog.tables.get(key.table) if key.schema == catalog.schema else None
    begins, began = _beginning(child), _beginning(parent) if parent else None
    if parent is None or not begins or not began or _NOT_A_CAUSE in key.columns:
        return
    rows, causes = _clause(child).alias("effect"), _clause(parent).alias("cause")
    same = [
        rows.c[here] == causes.c[there]
        for here, there in zip(key.columns, key.referred, strict=True)
    ]
    words = f"{child.name}.{begins} is not before {began} of the {parent.name} it refers to"
    yield _Rule(words, rows.join(causes, and_(*same)), rows.c[begins] < causes.c[began])


def _beginning(one: Table) -> str | None:
    return next((name for name in _BEGINNINGS if _is_time(one, name)), None)


def _is_time(one: Table, name: str) -> bool:
    found = one.columns.get(name)
    return found is not None and found.type.base.name.startswith("timestamp")


def _clause(one: Table) -> TableClause:
    return table(one.name, *map(column, one.columns), schema=one.schema)
