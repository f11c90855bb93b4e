"""Times that a trigger sets, as `NEW."updatedAt" := now()` does: nobody can choose these."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.binding import Bound, Note
from autogpt_seed.binding.bound import column_note
from autogpt_seed.binding.instants import is_instant
from autogpt_seed.database.reflection.platform_tables import instant_of
from autogpt_seed.database.sql import quote


async def overwritten(
    connection: AsyncConnection, bounds: Sequence[Bound], as_of: datetime
) -> tuple[Note, ...]:
    """Notes on columns in which loaded rows hold times after `as_of` (UTC, without zone).

    No row was sent with such a time, so a trigger of the table set it.
    """
    notes: list[Note] = []
    for bound in bounds:
        if bound.table.triggers and bound.table.privileges.select and (ids := [*bound.ids()]):
            names = ", ".join(trigger.name for trigger in bound.table.triggers)
            why = f"a trigger sets it to a time after the as-of time, another in each run: {names}"
            late = await _late(connection, bound, list(map(str, ids)), as_of)
            notes += [column_note("overwritten", bound.table.name, name, why) for name in late]
    return tuple(notes)


async def _late(
    connection: AsyncConnection, bound: Bound, ids: list[str], as_of: datetime
) -> list[str]:
    table = bound.table
    instants = [c for n in sorted(bound.given) if is_instant((c := table.columns[n]).type)]
    if not instants:
        return []
    limit = "CAST(CAST($1 AS text) AS timestamp)"
    times = (instant_of(quote(column.name), column.type.base) for column in instants)
    terms = [f"bool_or({time} > {limit})" for time in times]
    key = table.columns[bound.id_column]
    query = (
        f"SELECT {', '.join(terms)} FROM {quote(table.schema, table.name)} WHERE "
        f"{quote(key.name)} = ANY(CAST(CAST($2 AS text[]) AS {key.type.base.text}[]))"
    )
    found = (await connection.exec_driver_sql(query, (as_of.isoformat(), ids))).one()
    return [column.name for column, late in zip(instants, found, strict=True) if late]
