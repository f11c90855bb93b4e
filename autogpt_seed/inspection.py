"""The use case inspect(): what a schema holds now, and which run made how much of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from autogpt_seed import views
from autogpt_seed.database.cron.jobs import CronStatus, cron_status
from autogpt_seed.database.reflection.reflect import reflect
from autogpt_seed.database.runs.census import TableCensus, census
from autogpt_seed.database.runs.record import RunRecord, missing_grants, read_records
from autogpt_seed.removal import meant_runs
from autogpt_seed.unit_of_work import Bind, Timeouts, UnitOfWork


@dataclass(frozen=True)
class Inspection:
    """What was seen. `tags` are the runs that have rows or are in the record, `records` what is
    known of them; of one run alone where one was asked for."""

    schema: str
    tags: tuple[str, ...]
    records: tuple[RunRecord, ...]
    tables: tuple[TableCensus, ...]
    figures: views.ViewFigures
    cron: CronStatus
    missing_grants: tuple[str, ...] = ()
    """The statements that let the role read the record; none where it may, or none is there."""

    @property
    def seeded(self) -> tuple[str, ...]:
        """The tables that hold rows of the runs."""
        return tuple(table.table for table in self.tables if table.runs)

    @property
    def empty(self) -> tuple[str, ...]:
        """The tables without any row."""
        return tuple(table.table for table in self.tables if not table.rows)

    def as_json(self) -> dict[str, Any]:
        """Everything, of types that `json` can write, but for times."""
        tables = {t.table: asdict(t) | {"not_seeded": t.others} for t in self.tables}
        return asdict(self) | {"tables": tables, "seeded": self.seeded, "empty": self.empty}


async def inspect(
    target: Bind,
    tag: str | None = None,
    *,
    schema: str | None = None,
    timeouts: Timeouts | None = None,
) -> Inspection:
    """Count the rows of each table by the run that made them, in one scan of each.

    Runs are known by the record and by the ids of their rows. With a `tag`, or the beginning of
    one, only the rows of that run are told apart. Reads only, and locks no more than any SELECT.
    Raises `ConfigurationError` for a run that is not there, and other `SeedError`s.
    """
    async with UnitOfWork(target, timeouts=timeouts, read_only=True) as work:
        name = await work.open_schema(schema, exclusive=False)
        catalog = await reflect(work.connection, name)
        records = await read_records(work.connection, name)
        recorded = [record.tag for record in records]
        tables = await census(work.connection, catalog, recorded)
        counted = sorted({run for table in tables for run in table.runs})
        tags = tuple(dict.fromkeys([*recorded, *counted]))
        if tag is not None:
            tags = tuple(meant_runs([tag], tags))
        return Inspection(
            schema=name,
            tags=tags,
            records=tuple(record for record in records if record.tag in tags),
            tables=_only(tables, tags),
            figures=await views.figures(work.connection, catalog),
            cron=await cron_status(work.connection, catalog),
            missing_grants=await missing_grants(work.connection),
        )


def _only(tables: Sequence[TableCensus], tags: Sequence[str]) -> tuple[TableCensus, ...]:
    """The tables with the rows of these runs alone told apart."""
    return tuple(
        replace(table, runs={tag: table.runs[tag] for tag in tags if tag in table.runs})
        for table in tables
    )
