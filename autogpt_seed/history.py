"""The use case runs(): which runs were made in a schema, as far as they are in the record."""

from __future__ import annotations

from autogpt_seed.database.run_record import RunRecord, read_records
from autogpt_seed.database.schemas import find_schema
from autogpt_seed.unit_of_work import Bind, Timeouts, UnitOfWork


async def runs(
    target: Bind, *, schema: str | None = None, timeouts: Timeouts | None = None
) -> tuple[RunRecord, ...]:
    """The runs in the platform's schema of `target`, in the order in which they were made.

    Reads nothing but the record, in a read-only transaction. Raises `SeedError`.
    """
    async with UnitOfWork(target, timeouts=timeouts, read_only=True) as work:
        found = await find_schema(work.connection, schema or work.named_schema)
        return await read_records(work.connection, found)
