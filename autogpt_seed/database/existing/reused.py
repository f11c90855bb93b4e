"""What was there before and takes part in a marketplace: the platform's own blocks, one user."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.binding.adapt import INTEGER_TYPES, NUMBER_TYPES
from autogpt_seed.catalog import Catalog
from autogpt_seed.database.reflection.platform_tables import PlatformTable
from autogpt_seed.database.sql import fetch
from autogpt_seed.entities.capabilities import ExistingUser
from autogpt_seed.entities.schedule import SHORTEST_ROOM
from autogpt_seed.entities.times import EPOCH, milliseconds
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.ids import id_pattern
from autogpt_seed.plan import Plan

_MOST_BLOCKS = 10_000
_REMEDY = "Seed without --for-user and with --blocks generate."


async def existing_blocks(
    connection: AsyncConnection, catalog: Catalog, plan: Plan
) -> tuple[str, ...]:
    """The ids of the blocks that nodes shall use, ascending; none where blocks are to be made.

    They are those that no run made. Raises `DatabaseUnsuitable` where the plan wants existing
    blocks and there are none.
    """
    if plan.block_source == "generate" or "AgentBlock" not in catalog.tables:
        return ()
    block = PlatformTable(catalog, "AgentBlock", "b", _REMEDY)
    only = "ONLY " if catalog.tables["AgentBlock"].relation == "r" else ""  # not what inherits
    query = (
        f"SELECT {block.text('id')} FROM {only}{block.sql} WHERE NOT {_made_by_a_run(block)} "
        f"ORDER BY {block.text('id')} LIMIT {_MOST_BLOCKS}"
    )
    ids = tuple(identifier for (identifier,) in await fetch(connection, query))
    if not ids and plan.block_source == "existing":
        raise DatabaseUnsuitable(
            f"Schema {catalog.schema!r} holds no blocks of the platform's own.",
            evidence="The plan wants nodes to use existing blocks.",
            remedy="Start the platform once, which registers its blocks, or use --blocks generate.",
        )
    return ids


def _made_by_a_run(block: PlatformTable) -> str:
    """Whether the id of a block tells, or the end of its name where ids are numbers."""
    if block.column("id").type.base.name in INTEGER_TYPES | NUMBER_TYPES:
        return f"({block.text('name')} ~ '_[0-9a-f]{{8}}$')"
    return f"({block.text('id')} ~ '{id_pattern('AgentBlock')}')"


async def existing_user(
    connection: AsyncConnection, catalog: Catalog, plan: Plan
) -> ExistingUser | None:
    """The user whom the plan names, or None where it names nobody.

    Raises `DatabaseUnsuitable` where there is no such user, or one younger than the as-of time.
    """
    if plan.for_user is None:
        return None
    user = PlatformTable(catalog, "User", "u", _REMEDY)
    query = (
        f"SELECT {user.text('id')}, {user.get('createdAt', 'NULL')} FROM {user.sql} "
        f"WHERE {user['email']} = CAST($1 AS text)"
    )
    found = next(iter(await fetch(connection, query, plan.for_user)), None)
    if found is None:
        raise DatabaseUnsuitable(
            f"Schema {catalog.schema!r} has no user with the email {plan.for_user}.",
            remedy="Sign up with it first, or correct --for-user, which is case-sensitive.",
        )
    identifier, created = found[0], _utc(found[1])
    if milliseconds(created) > milliseconds(plan.as_of) - SHORTEST_ROOM:
        later = max(datetime.now(UTC), created + timedelta(hours=1)) + timedelta(seconds=1)
        raise DatabaseUnsuitable(
            f"The account of {plan.for_user} is younger than the data would be.",
            evidence=f"It was made at {created:%Y-%m-%d %H:%M} UTC, the data end at "
            f"{plan.as_of:%Y-%m-%d %H:%M}.",
            remedy=f"Let the data end later: --as-of {later:%Y-%m-%dT%H:%M:%SZ}.",
        )
    profile = await _profile(connection, catalog, identifier)
    ids = {"User": identifier} | ({"Profile": profile} if profile else {})
    return ExistingUser(milliseconds(created) + 1, ids)


async def _profile(connection: AsyncConnection, catalog: Catalog, user: str) -> str | None:
    if "Profile" not in catalog.tables:
        return None
    profile = PlatformTable(catalog, "Profile", "p", _REMEDY)
    query = f"SELECT {profile.text('id')} FROM {profile.sql} WHERE {profile.text('userId')} = $1"
    return next((identifier for (identifier,) in await fetch(connection, query, user)), None)


def _utc(instant: object) -> datetime:
    """The instant with a zone; the beginning of time where it is none."""
    known = instant if isinstance(instant, datetime) else EPOCH
    return known if known.tzinfo else known.replace(tzinfo=UTC)
