"""Rules that every marketplace keeps and no key enforces, and how many rows break them.

Rules about tables or columns that this version of the schema does not have say nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import ColumnElement, Text, and_, cast, exists, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import FromClause

from autogpt_seed.binding.finding import known_column
from autogpt_seed.catalog import Catalog, ForeignKey, Table
from autogpt_seed.database.reflection.platform_tables import flag_of
from autogpt_seed.database.sql import clause, quote

_ORDERS = (
    ("createdAt", "updatedAt"),
    ("createdAt", "startedAt", "endedAt"),
    ("addedTime", "queuedTime", "startedTime", "endedTime"),
    ("submittedAt", "reviewedAt"),
)
"""Times of a row that follow each other."""

_BEGINNINGS = ("createdAt", "addedTime", "time")
"""The columns that tell when a row was made, in tables that have one."""

_NOT_A_CAUSE = "activeVersionId"
"""A listing refers to its active version, which is younger."""


@dataclass(frozen=True)
class Breach:
    """A rule, in words, and how many rows break it."""

    rule: str
    rows: int


@dataclass(frozen=True)
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
    listing, version = clause(listings), clause(versions)
    marked, active = _named(listings, "hasApprovedVersion", "activeVersionId")
    status, parent = _named(versions, "submissionStatus", "storeListingId")
    if marked and status and parent:
        approved = and_(
            version.c[parent] == listing.c.id, cast(version.c[status], Text) == "APPROVED"
        )
        words = f"StoreListing.{marked} is true exactly where a version is approved"
        yield _Rule(words, listing, _flag(listings, marked) != exists(select(1).where(approved)))
        if active:
            chosen = and_(approved, version.c.id == listing.c[active])
            words = f"StoreListing.{active} is an approved version where there is one"
            yield _Rule(words, listing, listing.c[marked] & ~exists(select(1).where(chosen)))


def _about_libraries(catalog: Catalog) -> Iterator[_Rule]:
    agents, graphs = catalog.tables.get("LibraryAgent"), catalog.tables.get("AgentGraph")
    if agents is None or graphs is None:
        return
    own, agent_of, user = _named(agents, "isCreatedByUser", "agentGraphId", "userId")
    (owner,) = _named(graphs, "userId")
    if own and agent_of and user and owner:
        agent, graph = clause(agents), clause(graphs)
        owned = graph.c.id == agent.c[agent_of], graph.c[owner] == agent.c[user]
        words = "LibraryAgent.isCreatedByUser is true exactly where the graph is the user's own"
        yield _Rule(words, agent, _flag(agents, own) != exists(select(1).where(*owned)))


def _about_times(catalog: Catalog) -> Iterator[_Rule]:
    for one in catalog.tables.values():
        rows = clause(one)
        for order in _ORDERS:
            for first, second in pairwise(_times(one, order)):
                words = f"{one.name}.{second} is not before {first}"
                yield _Rule(words, rows, rows.c[second] < rows.c[first])
        for key in one.foreign_keys:
            yield from _after_its_cause(catalog, one, key)


def _after_its_cause(catalog: Catalog, child: Table, key: ForeignKey) -> Iterator[_Rule]:
    parent = catalog.tables.get(key.table) if key.schema == catalog.schema else None
    begins, began = _beginning(child), _beginning(parent) if parent else None
    if parent is None or not begins or not began or _NOT_A_CAUSE in key.columns:
        return
    rows, causes = clause(child).alias("effect"), clause(parent).alias("cause")
    same = [
        rows.c[here] == causes.c[there]
        for here, there in zip(key.columns, key.referred, strict=True)
    ]
    words = f"{child.name}.{begins} is not before {began} of the {parent.name} it refers to"
    yield _Rule(words, rows.join(causes, and_(*same)), rows.c[begins] < causes.c[began])


def _beginning(one: Table) -> str | None:
    return next(iter(_times(one, _BEGINNINGS)), None)


def _times(one: Table, names: Sequence[str]) -> list[str]:
    """The names that the table has for these columns, without those that hold no times."""
    found = [known_column(one, name) for name in names]
    return [c.name for c in found if c and c.type.base.name.startswith("timestamp")]


def _flag(one: Table, name: str) -> ColumnElement[bool]:
    """The flag as a boolean, of whatever type its column is."""
    return literal_column(flag_of(f"{quote(one.name)}.{quote(name)}", one.columns[name].type.base))


def _named(one: Table, *names: str) -> list[str | None]:
    """The name that the table has for each of the columns; None for one that it lacks."""
    found = [known_column(one, name) for name in names]
    return [column.name if column else None for column in found]
