"""Whether there is anything to migrate, asked without Alembic, whose import takes time."""

from __future__ import annotations

from autogpt_seed.database.bookkeeping import BOOKKEEPING
from autogpt_seed.database.migrations.files import newest_revision, version_table
from autogpt_seed.database.reflection.schemas import LANDMARKS
from autogpt_seed.database.sql import quote
from autogpt_seed.database.target import Target


async def is_at_newest(target: Target, schema: str) -> bool:
    """Whether the record says that the schema is at the newest revision, and it holds tables.

    Raises `DatabaseUnreachable` like `Target.connect`.
    """
    record = quote(BOOKKEEPING, version_table(schema))
    tables = [quote(schema, name) for name in LANDMARKS]
    async with target.session() as session:
        if not await session.fetchval(_THERE, [record, *tables]):
            return False
        query = f"SELECT version_num FROM {record}"
        return bool(await session.fetchval(query) == newest_revision())


_THERE = "SELECT bool_and(to_regclass(name) IS NOT NULL) FROM unnest($1::text[]) AS name"
