"""The use case runs(): which runs were made in a schema, as far as they are in the record."""

from __future__ import annotations

from autogpt_seed.database.runs.record import RunRecord, missing_grants, read_records
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.unit_of_work import Bind, Timeouts, UnitOfWork


async def runs(
    target: Bind, *, schema: str | None = None, timeouts: Timeouts | None = None
) -> tuple[RunRecord, ...]:
    """The runs in the platform's schema of `target`, in the order in which they were made.

    Reads nothing but the record, in a read-only transaction. Raises `DatabaseUnsuitable` where the
    role may not read the record, and other `SeedError`s.
    """
    async with UnitOfWork(target, timeouts=timeouts, read_only=True) as work:
        found = await work.open_schema(schema, exclusive=False)
        if grants := await missing_grants(work.connection):
            raise DatabaseUnsuitable(
                "This role may not read the record of runs.",
                evidence="The record is there, in the schema autogpt_seed.",
                remedy="\n".join(["Ask its owner to run:", *grants]),
            )
        return await read_records(work.connection, found)
