"""Which runs a database holds rows of, read off the ids themselves."""

from __future__ import annotations

from itertools import count

from sqlalchemy import Text, cast, column, func, select, table
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.binding.adapt import adapter
from autogpt_seed.catalog import Catalog
from autogpt_seed.ids import ID_PATTERN, TAG_DIGITS, RunTag
from autogpt_seed.plan import Plan
from autogpt_seed.rows import Kind


async def run_tags(connection: AsyncConnection, catalog: Catalog) -> frozenset[str]:
    """The tags of the runs that have users in the schema. One scan of the users."""
    users = table("User", column("id"), schema=catalog.schema)
    identifier = cast(users.c.id, Text)
    tag = func.right(func.replace(identifier, "-", ""), TAG_DIGITS)
    query = select(tag).distinct().where(identifier.regexp_match(ID_PATTERN))
    return frozenset((await connection.execute(query)).scalars())


async def next_run_tag(connection: AsyncConnection, catalog: Catalog, plan: Plan) -> RunTag:
    """The tag of a run of `plan`, counting the earlier runs of the same plan, seed and as-of."""
    taken = await run_tags(connection, catalog)
    for earlier in count():
        tag = RunTag.of(plan.digest(), plan.seed, plan.as_of_text(), earlier)
        if tag.digits not in taken and not await _first_user_exists(connection, catalog, tag):
            return tag
    raise AssertionError("counting never ends")


async def _first_user_exists(connection: AsyncConnection, catalog: Catalog, tag: RunTag) -> bool:
    """Whether a run with this tag made users, where their ids are numbers, which hold no tag."""
    key = catalog.tables["User"].columns.get("id")
    if key is None or key.type.base.name not in ("int4", "int8"):
        return False
    first = adapter(Kind.ID, key.type)(tag.ids("User")[0])
    users = table("User", column("id"), schema=catalog.schema)
    query = select(select(users.c.id).where(users.c.id == first).exists())
    return bool((await connection.execute(query)).scalar_one())
