"""What was there before and takes part in a marketplace: the platform's own blocks, one user."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnClause, ColumnElement, Text, cast, null, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import TableClause

from autogpt_seed.binding.adapt import INTEGER_TYPES, NUMBER_TYPES
from autogpt_seed.binding.finding import known_column
from autogpt_seed.catalog import Catalog
from autogpt_seed.database.sql import clause
from autogpt_seed.entities.capabilities import ExistingUser
from autogpt_seed.entities.schedule import SHORTEST_ROOM
from autogpt_seed.entities.times import EPOCH, milliseconds
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.ids import id_pattern
from autogpt_seed.plan import Plan

_MOST_BLOCKS = 10_000


async def existing_blocks(
    connection: AsyncConnection, catalog: Catalog, plan: Plan
) -> tuple[str, ...]:
    """The ids of the blocks that nodes shall use, ascending; none where blocks are to be made.

    They are those that no run made. Raises `DatabaseUnsuitable` where the plan wants existing
    blocks and there are none.
    """
    if plan.block_source == "generate" or "AgentBlock" not in catalog.tables:
        return ()
    blocks = clause(catalog.tables["AgentBlock"])
    identifier = cast(_column(catalog, blocks, "id"), Text)
    query = (
        select(identifier)
        .where(~_made_by_a_run(blocks, catalog))
        .order_by(identifier)
        .limit(_MOST_BLOCKS)
    )
    if catalog.tables["AgentBlock"].relation == "r":
        query = query.with_hint(blocks, "ONLY", "postgresql")  # not what tables inherit from it
    ids = tuple(await connection.scalars(query))
    if not ids and plan.block_source == "existing":
        raise DatabaseUnsuitable(
            f"Schema {catalog.schema!r} holds no blocks of the platform's own.",
            evidence="The plan wants nodes to use existing blocks.",
            remedy="Start the platform once, which registers its blocks, or use --blocks generate.",
        )
    return ids


def _made_by_a_run(blocks: TableClause, catalog: Catalog) -> ColumnElement[bool]:
    """Whether the id of a block tells, or the end of its name where ids are numbers."""
    identifier = _column(catalog, blocks, "id")
    kind = catalog.tables["AgentBlock"].columns[identifier.name].type.base.name
    if kind in INTEGER_TYPES | NUMBER_TYPES:
        return cast(_column(catalog, blocks, "name"), Text).regexp_match("_[0-9a-f]{8}$")
    return cast(identifier, Text).regexp_match(id_pattern("AgentBlock"))


async def existing_user(
    connection: AsyncConnection, catalog: Catalog, plan: Plan
) -> ExistingUser | None:
    """The user whom the plan names, or None where it names nobody.

    Raises `DatabaseUnsuitable` where there is no such user, or one younger than the as-of time.
    """
    if plan.for_user is None:
        return None
    users = clause(catalog.tables["User"])
    since = _find(catalog, users, "createdAt")
    query = select(cast(_column(catalog, users, "id"), Text), null() if since is None else since)
    query = query.where(_column(catalog, users, "email") == plan.for_user)
    found = (await connection.execute(query)).first()
    if found is None:
        raise DatabaseUnsuitable(
            f"Schema {catalog.schema!r} has no user with the email {plan.for_user}.",
            remedy="Sign up with it first, or correct --for-user, which is case-sensitive.",
        )
    user, created = found[0], _utc(found[1])
    if milliseconds(created) > milliseconds(plan.as_of) - SHORTEST_ROOM:
        later = max(datetime.now(UTC), created + timedelta(hours=1)) + timedelta(seconds=1)
        raise DatabaseUnsuitable(
            f"The account of {plan.for_user} is younger than the data would be.",
            evidence=f"It was made at {created:%Y-%m-%d %H:%M} UTC, the data end at "
            f"{plan.as_of:%Y-%m-%d %H:%M}.",
            remedy=f"Let the data end later: --as-of {later:%Y-%m-%dT%H:%M:%SZ}.",
        )
    profile = await _profile(connection, catalog, user)
    ids = {"User": user} | ({"Profile": profile} if profile else {})
    return ExistingUser(milliseconds(created) + 1, ids)


async def _profile(connection: AsyncConnection, catalog: Catalog, user: str) -> str | None:
    if "Profile" not in catalog.tables:
        return None
    profiles = clause(catalog.tables["Profile"])
    query = select(cast(_column(catalog, profiles, "id"), Text))
    query = query.where(cast(_column(catalog, profiles, "userId"), Text) == user)
    found: str | None = (await connection.scalars(query)).first()
    return found


def _find(catalog: Catalog, source: TableClause, known: str) -> ColumnClause[Any] | None:
    """The column, by the name that this schema has for it."""
    found = known_column(catalog.tables[source.name], known)
    return None if found is None else source.c[found.name]


def _column(catalog: Catalog, source: TableClause, known: str) -> ColumnClause[Any]:
    """The column, likewise. Raises `DatabaseUnsuitable` where there is none."""
    found = _find(catalog, source, known)
    if found is None:
        raise DatabaseUnsuitable(
            f'Table "{source.name}" has no column {known}, by which its rows are found.',
            remedy="Seed without --for-user and with --blocks generate.",
        )
    return found


def _utc(instant: object) -> datetime:
    """The instant with a zone; the beginning of time where it is none."""
    known = instant if isinstance(instant, datetime) else EPOCH
    return known if known.tzinfo else known.replace(tzinfo=UTC)
