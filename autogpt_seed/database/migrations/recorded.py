"""The revision that a schema is at, asked without Alembic, whose import takes time."""

from __future__ import annotations

from autogpt_seed.database.bookkeeping import BOOKKEEPING
from autogpt_seed.database.migrations.files import version_table
from autogpt_seed.database.reflection.schemas import LANDMARKS
from autogpt_seed.database.sql import quote
from autogpt_seed.database.target import Target


async def recorded_revision(target: Target, schema: str) -> str | None:
    """The revision that the record names; None without one, or without the platform's tables.

    Raises `DatabaseUnreachable` like `Target.connect`.
    """
    record = quote(BOOKKEEPING, version_table(schema))
    tables = [quote(schema, name) for name in LANDMARKS]
    async with target.session() as session:
        if not await session.fetchval(_THERE, [record, *tables]):
            return None
        revision: str | None = await session.fetchval(f"SELECT version_num FROM {record}")
        return revision


_THERE = "SELECT bool_and(to_regclass(name) IS NOT NULL) FROM unnest($1::text[]) AS name"
