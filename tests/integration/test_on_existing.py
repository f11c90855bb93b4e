"""Seeding a schema that is seeded already: again, not at all, anew, or not without being told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from autogpt_seed import Plan, populate, runs, verify
from autogpt_seed.errors import ConfigurationError, RefusedForSafety
from tests.conftest import AS_OF, SMALL_PLAN
from tests.databases import KEY_COLUMNS, contents, counts, everything, execute, session, target

BIGGER = SMALL_PLAN.model_copy(update={"users": 15})
UNDATED = Plan(users=3, blocks=2, api_key_hash="sha256")


async def test_skip_does_nothing_where_the_same_run_is_there(seeded_database: str) -> None:
    before = await everything(seeded_database)
    (record,) = await runs(target(seeded_database))
    report = await populate(target(seeded_database), SMALL_PLAN, on_existing="skip")
    assert report.skipped
    assert not report.committed
    assert report.run_tag == record.tag
    assert report.rows == {}
    assert report.figures.runs is not None
    assert await everything(seeded_database) == before


async def test_skip_seeds_where_only_other_runs_are(seeded_database: str) -> None:
    for plan in (BIGGER, SMALL_PLAN.model_copy(update={"seed": 7})):
        assert (await populate(target(seeded_database), plan, on_existing="skip")).committed
    assert len(await runs(target(seeded_database))) == 3


async def test_skip_waits_for_nobody_who_holds_the_schema(seeded_database: str) -> None:
    engine = target(seeded_database).engine()
    async with engine.begin() as connection:
        await populate(connection, BIGGER)
        skipping = populate(target(seeded_database), SMALL_PLAN, on_existing="skip")
        report = await asyncio.wait_for(skipping, 20)
        await connection.rollback()
    await engine.dispose()
    assert report.skipped


async def test_of_two_that_skip_at_once_one_seeds(database: str) -> None:
    both = (populate(target(database), SMALL_PLAN, on_existing="skip") for _ in range(2))
    reports = await asyncio.gather(*both)
    assert sorted(report.skipped for report in reports) == [False, True]
    assert len(await runs(target(database))) == 1


async def test_skip_minds_the_as_of_time_only_where_one_is_given(database: str) -> None:
    dated = UNDATED.model_copy(update={"as_of": AS_OF})
    await populate(target(database), dated)
    assert (await populate(target(database), UNDATED, on_existing="skip")).skipped
    other = Plan.model_validate({**UNDATED.model_dump(exclude={"as_of"}), "as_of": "2026-01-16"})
    assert not (await populate(target(database), other, on_existing="skip")).skipped


async def test_skip_seeds_again_what_was_emptied(seeded_database: str) -> None:
    await execute(seeded_database, 'TRUNCATE platform."User", platform."AgentBlock" CASCADE')
    report = await populate(target(seeded_database), SMALL_PLAN, on_existing="skip")
    assert report.committed


async def test_skip_knows_runs_that_are_not_in_the_record(seeded_database: str) -> None:
    await execute(seeded_database, "DROP TABLE autogpt_seed.run, autogpt_seed.run_key")
    assert (await populate(target(seeded_database), SMALL_PLAN, on_existing="skip")).skipped


async def test_replace_leaves_the_new_run_alone(seeded_database: str) -> None:
    await verify(target(seeded_database), commit=True)
    report = await populate(target(seeded_database), BIGGER, on_existing="replace")
    assert report.replaced is not None
    assert len(report.replaced.runs) == 2
    assert [record.tag for record in await runs(target(seeded_database))] == [report.run_tag]
    found = await counts(seeded_database)
    assert {name: found[name] for name in report.rows if name in found} == {
        name: number for name, number in report.rows.items() if number
    }


async def test_replace_by_the_same_plan_makes_the_same_rows(seeded_database: str) -> None:
    before = await contents(seeded_database, without=KEY_COLUMNS)
    await populate(target(seeded_database), SMALL_PLAN, on_existing="replace")
    assert await contents(seeded_database, without=KEY_COLUMNS) == before


async def test_a_replace_that_is_undone_leaves_the_old_run(seeded_database: str) -> None:
    before = await everything(seeded_database)
    report = await populate(target(seeded_database), BIGGER, on_existing="replace", rollback=True)
    assert report.replaced is not None
    assert await everything(seeded_database) == before


async def test_readers_see_the_old_run_until_the_new_one_is_there(seeded_database: str) -> None:
    engine = target(seeded_database).engine()
    async with engine.connect() as writer:
        transaction = await writer.begin()
        await populate(writer, BIGGER, on_existing="replace")
        async with session(seeded_database) as reader:
            seen = await reader.fetchval('SELECT count(*) FROM platform."User"')
        await transaction.commit()
    await engine.dispose()
    assert seen == SMALL_PLAN.users
    assert (await counts(seeded_database))["User"] == BIGGER.users


async def test_replace_stops_where_others_attached_rows(seeded_database: str) -> None:
    await execute(
        seeded_database,
        "CREATE SCHEMA app",
        'CREATE TABLE app.note ("userId" text REFERENCES platform."User" ON DELETE CASCADE)',
        'INSERT INTO app.note SELECT min(id) FROM platform."User"',
    )
    before = await everything(seeded_database)
    with pytest.raises(RefusedForSafety, match="--cascade"):
        await populate(target(seeded_database), BIGGER, on_existing="replace")
    assert await everything(seeded_database) == before


async def test_fail_refuses_where_any_run_is(seeded_database: str) -> None:
    (record,) = await runs(target(seeded_database))
    with pytest.raises(RefusedForSafety, match=record.tag) as refusal:
        await populate(target(seeded_database), BIGGER, on_existing="fail")
    assert refusal.value.exit_status == 5


async def test_fail_refuses_where_a_run_is_in_the_record_alone(seeded_database: str) -> None:
    await execute(seeded_database, 'TRUNCATE platform."User", platform."AgentBlock" CASCADE')
    with pytest.raises(RefusedForSafety, match="is already seeded"):
        await populate(target(seeded_database), BIGGER, on_existing="fail")


async def test_fail_seeds_where_none_is(database: str) -> None:
    assert (await populate(target(database), UNDATED, on_existing="fail")).committed


@pytest.mark.parametrize(
    ("work", "name", "mistaken"),
    [(populate, "on_existing", "Replace"), (populate, "load", "foo"), (verify, "digest", "ALL")],
)
async def test_what_nobody_knows_is_refused_before_anything_is_contacted(
    work: Callable[..., Awaitable[object]], name: str, mistaken: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        await work("postgresql://nobody@localhost:1/none", **{name: mistaken})
    assert caught.value.sentence == f"Invalid value {mistaken!r} for {name}."
    assert caught.value.remedy.startswith("Choose one of: ")
