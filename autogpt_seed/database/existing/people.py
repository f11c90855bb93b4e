"""Who can take part in a day: any user, and those who have an agent in the library.

Where there are more than it needs, digests with a salt choose: the same salt, the same choice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.catalog import Catalog
from autogpt_seed.database.reflection.platform_tables import PlatformTable
from autogpt_seed.database.sql import fetch


@dataclass(frozen=True)
class Person:
    """A user, since when."""

    id: str
    since: datetime


class Draw(NamedTuple):
    """Which are chosen where there are more than enough: of those that were there by `until`, the
    `most` that come first by digests with the `salt`. They are the parameters $1 to $3."""

    until: datetime
    salt: str
    most: int


@dataclass(frozen=True)
class LibraryOwner:
    """Who has a graph in the library, and whether the library shows it."""

    person: Person
    shown: bool


def other_library_owners(library_owners: Sequence[LibraryOwner], owner: str) -> tuple[Person, ...]:
    """Whose library shows the graph or, without any such, who only has it there; not its owner."""
    others = [library_owner for library_owner in library_owners if library_owner.person.id != owner]
    shown = [library_owner for library_owner in others if library_owner.shown]
    return tuple(library_owner.person for library_owner in shown or others)


async def read_people(
    connection: AsyncConnection, catalog: Catalog, draw: Draw
) -> tuple[Person, ...]:
    """Some users."""
    user = PlatformTable(catalog, "User", "u")
    person, since = user.text("id"), user.instant("createdAt")
    query = f"""
        SELECT {person}, {since} FROM {user.sql}
        WHERE {since} <= CAST($1 AS timestamp) {drawn(person)}
    """
    return tuple(Person(*row) for row in await fetch(connection, query, *draw))


async def read_library_owners(
    connection: AsyncConnection, catalog: Catalog, draw: Draw, graphs: Sequence[str]
) -> dict[str, list[LibraryOwner]]:
    """Who has each graph in the library; nobody where libraries are unknown or not to be read."""
    library_owners: dict[str, list[LibraryOwner]] = defaultdict(list)
    library = PlatformTable(catalog, "LibraryAgent", "l")
    user = PlatformTable(catalog, "User", "u")
    if not (library.find("agentGraphId") and library.find("userId") and library.readable):
        return library_owners
    graph, person = library.text("agentGraphId"), user.text("id")
    since = f"GREATEST({library.instant('createdAt')}, {user.instant('createdAt')})"
    hidden = (library.flag(name, "false") for name in ("isDeleted", "isArchived"))
    shown = " AND ".join(f"NOT {flag}" for flag in hidden)
    query = f"""
        SELECT {graph}, {person}, min({since}), COALESCE(bool_or({shown}), false)
        FROM {library.sql} JOIN {user.sql} ON {person} = {library.text("userId")}
        WHERE {library.among("agentGraphId", 4)} AND {since} <= CAST($1 AS timestamp)
        GROUP BY 1, 2 {drawn(f"({graph} || {person})")}
    """
    for key, identifier, when, visible in await fetch(connection, query, *draw, graphs):
        library_owners[key].append(LibraryOwner(Person(identifier, when), visible))
    return library_owners


def drawn(key: str) -> str:
    """The order and the limit of a `Draw`."""
    return f"ORDER BY md5({key} || CAST($2 AS text)), {key} LIMIT $3"
