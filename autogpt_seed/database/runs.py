"""Which runs a database holds rows of, read off the ids themselves."""

from __future__ import annotations

from itertools import count

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.catalog import Catalog
from autogpt_seed.database.sql import quote
from autogpt_seed.ids import RunTag
from autogpt_seed.plan import Plan

_ID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$"


async def run_tags(connection: AsyncConnection, catalog: Catalog) -> frozenset[str]:
    """The tags of the runs that have users in the schema. One scan of the users."""
    users = quote(catalog.schema, "User")
    query = text(
        f"SELECT DISTINCT right(replace(id::text, '-', ''), 15) FROM {users} "
        "WHERE id::text ~ :pattern"
    )
    return frozenset((await connection.execute(query, {"pattern": _ID_PATTERN})).scalars())


async def next_run_tag(connection: AsyncConnection, catalog: Catalog, plan: Plan) -> RunTag:
    """The tag of a run of `plan`, counting the earlier runs of the same plan, seed and as-of."""
    taken = await run_tags(connection, catalog)
    tags = (RunTag.of(plan.digest(), plan.seed, plan.as_of_text(), n) for n in count())
    return next(tag for tag in tags if tag.digits not in taken)
