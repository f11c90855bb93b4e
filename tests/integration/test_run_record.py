"""The record of runs: written with the rows, read back, and in nobody's way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from importlib.metadata import version

import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from autogpt_seed import clean, inspect, populate, runs, verify
from autogpt_seed.database.reflection.reflect import reflect
from autogpt_seed.database.url import Target
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.migrating import migrate
from autogpt_seed.schema_facts import fingerprint
from autogpt_seed.unit_of_work import UnitOfWork
from tests.conftest import SMALL_PLAN, CreateDatabase
from tests.databases import counts, execute, target, value

_ROLE = "seeds_and_keeps_no_record"
_LISTED = "SELECT count(*) FROM autogpt_seed.run_key WHERE relation = '{}'"


async def test_a_populate_is_recorded_with_its_rows(database: str) -> None:
    report = await populate(target(database), SMALL_PLAN)
    (record,) = await runs(target(database))
    async with UnitOfWork(target(database), read_only=True) as work:
        await work.enter_schema("platform", exclusive=False)
        digest = fingerprint(await reflect(work.connection, "platform"))
    assert (record.tag, record.schema, record.kind) == (report.run_tag, "platform", "populate")
    assert record.plan == SMALL_PLAN.model_dump(mode="json")
    assert record.plan_digest == SMALL_PLAN.digest()
    assert (record.seed, record.as_of, record.n) == (42, "2026-01-15", 0)
    assert record.rows == report.rows
    assert record.total_rows == report.total_rows
    assert record.fingerprint == digest
    assert record.version == version("autogpt-seed")
    assert record.made_at is not None
    assert record.made_by == make_url(database).username
    assert report.unrecorded == ""


async def test_what_is_rolled_back_leaves_no_record(database: str) -> None:
    await populate(target(database), SMALL_PLAN, rollback=True)
    assert await runs(target(database)) == ()
    assert await value(database, "SELECT to_regclass('autogpt_seed.run')") is None


async def test_runs_are_told_in_the_order_of_their_making(database: str) -> None:
    tags = [(await populate(target(database), SMALL_PLAN)).run_tag for _ in range(2)]
    records = await runs(target(database))
    assert [record.tag for record in records] == tags
    assert [record.n for record in records] == [0, 1]


async def test_on_a_callers_connection_the_record_is_the_callers_to_keep(
    engine: AsyncEngine,
) -> None:
    async with engine.connect() as connection:
        outer = await connection.begin()
        report = await populate(connection, SMALL_PLAN)
        assert [record.tag for record in await runs(connection)] == [report.run_tag]
        await outer.rollback()
    async with engine.connect() as connection:
        assert await runs(connection) == ()


async def test_a_run_that_lost_its_users_still_counts(database: str) -> None:
    first = await populate(target(database), SMALL_PLAN)
    await execute(database, 'TRUNCATE platform."User" CASCADE')
    second = await populate(target(database), SMALL_PLAN)
    assert first.run_tag != second.run_tag
    assert [record.n for record in await runs(target(database))] == [0, 1]


async def test_rows_without_a_tag_are_listed_by_their_keys(database: str) -> None:
    await execute(
        database,
        'CREATE TABLE platform."Badge" (id serial PRIMARY KEY, "userId" text NOT NULL REFERENCES '
        'platform."User")',
        'CREATE TABLE platform."Follower" ("userId" text REFERENCES platform."User", rank int, '
        'PRIMARY KEY ("userId", rank))',
    )
    report = await populate(target(database), SMALL_PLAN.model_copy(update={"tables": "all"}))
    for table in ("Badge", "Follower", "AgentGraph"):
        assert await value(database, _LISTED.format(table)) == report.rows[table] > 0
    assert await value(database, _LISTED.format("AgentNode")) == 0


async def test_rows_that_triggers_make_are_listed_as_well(database: str) -> None:
    await execute(
        database,
        'CREATE TABLE platform."Welcome" (id serial PRIMARY KEY, "userId" text)',
        "CREATE FUNCTION platform.welcome() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
        'INSERT INTO platform."Welcome" ("userId") VALUES (NEW.id); RETURN NEW; END$$',
        'CREATE TRIGGER welcome AFTER INSERT ON platform."User" FOR EACH ROW '
        "EXECUTE FUNCTION platform.welcome()",
        """INSERT INTO platform."Welcome" ("userId") VALUES ('somebody else')""",
    )
    await populate(target(database), SMALL_PLAN)
    assert await value(database, _LISTED.format("Welcome")) == SMALL_PLAN.users


async def test_verify_records_what_it_keeps_and_nothing_else(seeded_database: str) -> None:
    undone = await verify(target(seeded_database))
    kept = await verify(target(seeded_database), commit=True)
    assert undone.ok
    assert kept.ok
    populated, verified = await runs(target(seeded_database))
    assert (verified.tag, verified.kind) == (kept.run_tag, "verify")
    assert kept.injected.items() <= verified.rows.items()
    assert populated.kind == "populate"


async def test_verify_forgets_what_it_removes_after_the_waiting(seeded_database: str) -> None:
    await verify(target(seeded_database), commit=True, wait_for_cron=0.1)
    assert [record.kind for record in await runs(target(seeded_database))] == ["populate"]


async def test_verify_removes_what_the_schema_wanted_beside_its_rows(
    seeded_database: str,
) -> None:
    await execute(
        seeded_database,
        'CREATE TABLE platform."Plaque" (id text PRIMARY KEY DEFAULT gen_random_uuid())',
        'ALTER TABLE platform."StoreListing" ADD "plaqueId" text UNIQUE',
        'UPDATE platform."StoreListing" SET "plaqueId" = id',
        'INSERT INTO platform."Plaque" SELECT id FROM platform."StoreListing"',
        'ALTER TABLE platform."StoreListing" ALTER "plaqueId" SET NOT NULL, '
        'ADD FOREIGN KEY ("plaqueId") REFERENCES platform."Plaque"',
    )
    before = await counts(seeded_database)
    report = await verify(target(seeded_database), commit=True, wait_for_cron=0.1)
    assert await counts(seeded_database) == before
    check = next(check for check in report.checks if check.code == "cron.refresh")
    # Three listings with what belongs to them, plaques and up to three reviews, three of new users
    # with two profiles and five reviews, and of two graphs or versions each a run and a review of
    # long ago, a run without times, a shared one and four that go on are rolled back and never
    # committed; nor are these seven kinds of runs of graphs of their own, four agents of libraries
    # and four presets.
    passing = 6 + 6 + 8 + (3 * 6 + 2 + 5) + 2 * 8 + 7 * 2 + 4 * 2
    removed = sum(report.injected.values()) + report.injected["StoreListing"] - passing
    assert f"The {removed} rows " in check.evidence[-1]


async def test_nothing_is_recorded_of_a_schema_that_is_gone(seeded_database: str) -> None:
    await execute(
        seeded_database,
        "DELETE FROM autogpt_seed.run",
        "INSERT INTO autogpt_seed.run_key SELECT 'other', relation, key, tag "
        "FROM autogpt_seed.run_key LIMIT 1",
    )
    await migrate(target(seeded_database), schema="platform", revision="base")
    kept = "SELECT string_agg(DISTINCT schema, ',') FROM autogpt_seed.run_key"
    assert await value(seeded_database, kept) == "other"


@pytest.fixture
async def weak(database: str) -> Target:
    """The database for a role that may fill the platform's tables and make none."""
    await execute(
        database,
        f"DO $$BEGIN CREATE ROLE {_ROLE} LOGIN PASSWORD 'weak'; "
        "EXCEPTION WHEN duplicate_object THEN NULL; END$$",
        f"GRANT ALL ON ALL TABLES IN SCHEMA platform TO {_ROLE}",
        f"GRANT USAGE ON SCHEMA platform TO {_ROLE}",
        f"ALTER MATERIALIZED VIEW platform.mv_agent_run_counts OWNER TO {_ROLE}",
        f"ALTER MATERIALIZED VIEW platform.mv_review_stats OWNER TO {_ROLE}",
        f"GRANT CREATE ON SCHEMA platform TO {_ROLE}",
    )
    url = make_url(database).set(username=_ROLE, password="weak")
    return target(url.render_as_string(hide_password=False))


async def test_a_role_that_may_make_no_record_seeds_and_is_told(weak: Target) -> None:
    report = await populate(weak, SMALL_PLAN)
    assert report.committed
    assert report.unrecorded == "the role may not make the schema autogpt_seed and its tables"
    assert await runs(weak) == ()


async def test_a_role_that_may_not_write_the_record_seeds_and_is_told(
    weak: Target, database: str
) -> None:
    await populate(target(database), SMALL_PLAN)
    await execute(database, f"GRANT USAGE ON SCHEMA autogpt_seed TO {_ROLE}")
    report = await populate(weak, SMALL_PLAN)
    assert report.committed
    assert "may not read and write" in report.unrecorded
    assert [record.n for record in await runs(target(database))] == [0]


@pytest.mark.parametrize(
    "right", ["UPDATE ON autogpt_seed.run_key", "USAGE ON SCHEMA autogpt_seed"]
)
async def test_a_part_of_the_rights_on_the_record_is_none(
    weak: Target, database: str, right: str
) -> None:
    await populate(target(database), SMALL_PLAN)
    await execute(
        database,
        f"GRANT USAGE ON SCHEMA autogpt_seed TO {_ROLE}",
        f"GRANT ALL ON ALL TABLES IN SCHEMA autogpt_seed TO {_ROLE}",
        f"REVOKE {right} FROM {_ROLE}",
    )
    report = await populate(weak, SMALL_PLAN)
    assert "may not read and write" in report.unrecorded
    if "USAGE" not in right:
        assert len(await runs(weak)) == 1


async def test_a_record_that_the_role_may_not_read_is_not_taken_for_an_empty_one(
    weak: Target, database: str
) -> None:
    report = await populate(target(database), SMALL_PLAN)
    with pytest.raises(DatabaseUnsuitable, match="may not read the record") as refused:
        await runs(weak)
    seen = await inspect(weak)
    assert seen.tags == (report.run_tag,)
    assert seen.missing_grants
    assert "\n".join(seen.missing_grants) in refused.value.remedy
    await execute(database, *seen.missing_grants)
    assert [record.tag for record in await runs(weak)] == [report.run_tag]
    seen = await inspect(weak)
    assert [record.tag for record in seen.records] == [report.run_tag]
    assert seen.missing_grants == ()


async def test_who_may_not_delete_from_the_record_cleans_and_it_stays(
    weak: Target, database: str
) -> None:
    await populate(target(database), SMALL_PLAN)
    await execute(
        database,
        f"GRANT USAGE ON SCHEMA autogpt_seed TO {_ROLE}",
        f"GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA autogpt_seed TO {_ROLE}",
    )
    assert (await clean(weak, "all")).committed
    assert len(await runs(weak)) == 1


async def test_our_schema_is_not_counted_among_the_others(create_database: CreateDatabase) -> None:
    url = create_database()
    await execute(url, "CREATE SCHEMA autogpt_seed", "CREATE TABLE autogpt_seed.run (tag text)")
    with pytest.raises(DatabaseUnsuitable, match="empty: it has no tables at all"):
        await populate(target(url), SMALL_PLAN)


async def test_two_schemas_of_one_database_can_begin_the_record_at_once(
    create_database: CreateDatabase,
) -> None:
    url = create_database()
    for schema in ("one", "two"):
        await migrate(target(url), schema=schema)
    both = (populate(target(url), SMALL_PLAN, schema=schema) for schema in ("one", "two"))
    assert [report.unrecorded for report in await asyncio.gather(*both)] == ["", ""]
    for schema in ("one", "two"):
        assert [record.n for record in await runs(target(url), schema=schema)] == [0]


async def test_a_fingerprint_is_that_of_the_schema_and_not_of_its_name_or_rows(
    create_database: CreateDatabase, migrated: Callable[[str], str]
) -> None:
    async def digest(url: str, schema: str) -> str:
        async with UnitOfWork(target(url), read_only=True) as work:
            await work.enter_schema(schema, exclusive=False)
            return fingerprint(await reflect(work.connection, schema))

    url = create_database(migrated("head"))
    before = await digest(url, "platform")
    await populate(target(url), SMALL_PLAN)
    await execute(url, "ALTER SCHEMA platform RENAME TO other")
    assert await digest(url, "other") == before
    await execute(url, 'ALTER TABLE other."User" ADD COLUMN shoe_size int')
    assert await digest(url, "other") != before
    assert await digest(create_database(migrated("2025_08")), "platform") != before
