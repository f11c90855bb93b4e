"""Keeping test data out of the wrong database. What it holds decides, not where it is."""

from __future__ import annotations

import shlex

from autogpt_seed.catalog import Catalog
from autogpt_seed.database.existing.ownership import (
    MOST_COUNTED,
    count_unseeded_users,
    name_of,
    streams_to_replicas,
)
from autogpt_seed.errors import DatabaseNotNamed, RefusedForSafety
from autogpt_seed.unit_of_work import UnitOfWork

MANY_USERS = 50
"""More people than try out a platform on a machine of their own."""


async def require_name(work: UnitOfWork, catalog: Catalog, into: str | None) -> None:
    """Return where runs made all users of the database, or where `into` names it.

    A name is DATABASE@HOST, see `Target.place`. Raises `DatabaseNotNamed` where there are other
    users, or the role may not read them, and `RefusedForSafety` where `into` names another
    database.
    """
    place = work.target.place if work.target else await name_of(work.connection)
    if into == place:
        return
    if into:
        raise RefusedForSafety(
            f"The database is {place}, not {into}.",
            evidence="Nothing was changed.",
            remedy="Correct the name (--into, AUTOGPT_SEED_INTO), or the connection string.",
        )
    if not (catalog.tables.get("User") or catalog.views["User"]).privileges.select:
        raise DatabaseNotNamed(
            f"This role cannot see whose users the database {place} holds.",
            place=place,
            evidence=f"It has no right to SELECT from the table User of {catalog.schema!r}.",
            remedy="Nothing was changed. Grant it that right or, if it is the database that you "
            f"mean, name it: --into {shlex.quote(place)}",
        )
    if unseeded := await count_unseeded_users(work.connection, catalog):
        replicas = await streams_to_replicas(work.connection)
        raise refusal(place, unseeded, replicas=replicas)


def refusal(place: str, unseeded: int, *, replicas: bool) -> DatabaseNotNamed:
    """The error for a database that holds users whom no run made. They are counted up to 1,000."""
    number = f"{unseeded:,}" + (" or more" if unseeded >= MOST_COUNTED else "")
    users = "user" if unseeded == 1 else "users"
    warnings = [
        "That many users suggest a platform that people use." if unseeded >= MANY_USERS else "",
        "The server streams to replicas, as production servers do." if replicas else "",
    ]
    return DatabaseNotNamed(
        f"The database {place} holds {number} {users} that no run made.",
        place=place,
        evidence="\n".join(filter(None, warnings)),
        remedy=f"Nothing was changed. If it is the one that you mean, name it: "
        f"--into {shlex.quote(place)}",
    )
