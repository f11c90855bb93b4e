"""inspect(): which run made how many rows, and which rows no run made."""

from __future__ import annotations

import pytest

from autogpt_seed import inspect, populate, runs, verify
from autogpt_seed.errors import ConfigurationError
from autogpt_seed.ids import RunTag
from autogpt_seed.unit_of_work import Timeouts
from tests.conftest import SMALL_PLAN
from tests.databases import everything, execute, target, user
from tests.integration.test_cleaning import ids_like_those_of


async def test_every_row_is_told_by_the_run_that_made_it(seeded_database: str) -> None:
    verified = await verify(target(seeded_database), commit=True)
    before = await everything(seeded_database)
    report = await inspect(target(seeded_database))
    records = await runs(target(seeded_database))
    assert report.records == records
    assert report.tags == tuple(record.tag for record in records)
    for record in records:
        counted = {t.table: t.runs[record.tag] for t in report.tables if record.tag in t.runs}
        assert counted == {name: number for name, number in record.rows.items() if number}
    assert verified.run_tag in report.tags
    assert all(table.others == 0 for table in report.tables)
    assert report.figures.store is not None
    assert {"User", "AgentGraph"} <= set(report.seeded)
    assert set(report.seeded).isdisjoint(report.empty)
    assert await everything(seeded_database) == before


async def test_rows_outside_the_block_of_a_run_are_nobodys(seeded_database: str) -> None:
    (record,) = await runs(target(seeded_database))
    graph = RunTag(record.tag).ids("AgentGraph")[0]
    hostile = ids_like_those_of(RunTag(record.tag))
    await execute(
        seeded_database,
        *map(user, hostile),
        'INSERT INTO platform."AgentGraph" (id, version, "userId", "updatedAt") '
        f"VALUES ('{graph}', 9, '{graph}', now())",
    )
    tables = {table.table: table for table in (await inspect(target(seeded_database))).tables}
    assert tables["User"].runs == {record.tag: record.rows["User"]}
    assert tables["User"].others == len(hostile)
    assert tables["AgentGraph"].others == 1


async def test_a_run_that_is_not_in_the_record_is_counted_too(seeded_database: str) -> None:
    (record,) = await runs(target(seeded_database))
    await execute(seeded_database, "DROP TABLE autogpt_seed.run, autogpt_seed.run_key")
    report = await inspect(target(seeded_database))
    assert report.tags == (record.tag,)
    assert report.records == ()
    assert sum(table.runs.get(record.tag, 0) for table in report.tables) == record.total_rows


async def test_one_run_is_told_apart_where_one_is_asked_for(seeded_database: str) -> None:
    other = await populate(target(seeded_database), SMALL_PLAN.model_copy(update={"seed": 7}))
    report = await inspect(target(seeded_database), other.run_tag[:5])
    assert report.tags == (other.run_tag,)
    assert [record.tag for record in report.records] == [other.run_tag]
    users = next(table for table in report.tables if table.table == "User")
    assert users.runs == {other.run_tag: SMALL_PLAN.users}
    assert users.others == SMALL_PLAN.users
    with pytest.raises(ConfigurationError, match=other.run_tag):
        await inspect(target(seeded_database), "nobody")


async def test_nobody_is_waited_for_and_nothing_has_to_be_writable(seeded_database: str) -> None:
    (record,) = await runs(target(seeded_database))
    async with target(seeded_database).engine().connect() as connection:
        await populate(connection, SMALL_PLAN)
        await execute(
            seeded_database,
            "DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', "
            "current_database()); END$$",
        )
        report = await inspect(target(seeded_database), timeouts=Timeouts(lock=0.1))
    assert report.tags == (record.tag,)
