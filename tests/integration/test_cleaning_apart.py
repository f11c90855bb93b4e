"""What a clean must leave alone: other schemas, others' rows, the caller's settings."""

from __future__ import annotations

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from autogpt_seed import clean, inspect, populate, runs
from autogpt_seed.errors import DatabaseNotNamed, DatabaseUnsuitable
from autogpt_seed.migrating import migrate
from autogpt_seed.unit_of_work import Timeouts, UnitOfWork
from tests.conftest import SMALL_PLAN, CreateDatabase
from tests.databases import counts, everything, execute, session, target, user, value
from tests.integration.test_cleaning import PERSON
from tests.integration.test_refusing_tables import PARTITIONED
from tests.key_facts import key_facts

TINY = SMALL_PLAN.model_copy(update={"users": 2, "blocks": 2, "tables": "all"})
SETTINGS = ("search_path", "lock_timeout", "statement_timeout", "jit", "enable_nestloop")
ROLE = "cleans_and_owns_nothing"


def badges(schema: str = "platform") -> str:
    """A table whose rows only the record knows."""
    return f'CREATE TABLE {schema}."Badge" (id serial PRIMARY KEY, name text NOT NULL)'


async def test_a_run_of_the_same_tag_in_another_schema_stays(
    create_database: CreateDatabase,
) -> None:
    url = create_database()
    for schema in ("one", "two"):
        await migrate(target(url), schema=schema)
        await execute(url, badges(schema))
    await execute(url, 'ALTER SEQUENCE two."Badge_id_seq" RESTART 1000')
    first, second = [await populate(target(url), TINY, schema=s) for s in ("one", "two")]
    assert first.run_tag == second.run_tag
    mine = """INSERT INTO one."Badge" SELECT min(id), 'mine' FROM two."Badge\""""
    await execute(url, mine)
    await clean(target(url), "all", schema="one")
    assert await value(url, 'SELECT array_agg(name) FROM one."Badge"') == ["mine"]
    assert [record.tag for record in await runs(target(url), schema="two")] == [second.run_tag]
    cleaned = await clean(target(url), "all", schema="two")
    assert cleaned.cleared.total_rows == second.total_rows
    assert cleaned.cleared.left == ()


async def test_a_number_that_came_again_is_the_later_runs(database: str) -> None:
    await execute(database, badges())
    first = await populate(target(database), TINY)
    await execute(database, 'TRUNCATE platform."Badge" RESTART IDENTITY')
    second = await populate(target(database), TINY)
    await clean(target(database), [first.run_tag])
    assert await value(database, 'SELECT count(*) FROM platform."Badge"') == second.rows["Badge"]
    cleaned = await clean(target(database), [second.run_tag])
    assert cleaned.cleared.total_rows == second.total_rows


async def test_rows_that_only_a_trigger_made_go_as_well(database: str) -> None:
    await execute(
        database,
        badges(),
        "CREATE FUNCTION platform.welcome() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
        "INSERT INTO platform.\"Badge\" (name) VALUES ('welcome'); RETURN NEW; END$$",
        'CREATE TRIGGER welcome AFTER INSERT ON platform."User" FOR EACH ROW '
        "EXECUTE FUNCTION platform.welcome()",
        "INSERT INTO platform.\"Badge\" (name) VALUES ('mine')",
    )
    report = await populate(target(database), SMALL_PLAN)
    assert "Badge" not in report.rows
    await clean(target(database), "all")
    assert await value(database, 'SELECT array_agg(name) FROM platform."Badge"') == ["mine"]


async def test_rows_that_a_trigger_made_in_partitions_go_as_well(database: str) -> None:
    await execute(
        database,
        'CREATE TABLE platform."AuditLog" (id bigint GENERATED ALWAYS AS IDENTITY, '
        "at timestamptz NOT NULL DEFAULT now(), subject text NOT NULL, PRIMARY KEY (id, at)) "
        "PARTITION BY RANGE (at)",
        'CREATE TABLE platform."AuditLog_old" PARTITION OF platform."AuditLog" '
        "FOR VALUES FROM (MINVALUE) TO ('2026-01-01')",
        'CREATE TABLE platform."AuditLog_new" PARTITION OF platform."AuditLog" DEFAULT',
        "CREATE FUNCTION platform.audit() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
        'INSERT INTO platform."AuditLog" (subject) VALUES (NEW.id); RETURN NULL; END$$',
        'CREATE TRIGGER audit AFTER INSERT ON platform."User" FOR EACH ROW '
        "EXECUTE FUNCTION platform.audit()",
    )
    report = await populate(target(database), TINY)
    of_trigger, of_plan = TINY.users, report.rows["AuditLog"]
    assert await value(database, 'SELECT count(*) FROM platform."AuditLog"') == of_trigger + of_plan
    await clean(target(database), [report.run_tag])
    assert await value(database, 'SELECT count(*) FROM platform."AuditLog"') == 0


async def test_listings_go_whose_active_version_must_be_their_own(database: str) -> None:
    await execute(
        database,
        'ALTER TABLE platform."StoreListingVersion" ADD UNIQUE ("storeListingId", id)',
        'ALTER TABLE platform."StoreListing" ADD FOREIGN KEY (id, "activeVersionId") '
        'REFERENCES platform."StoreListingVersion" ("storeListingId", id)',
        "CREATE FUNCTION platform.look() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RETURN NEW; END$$",
        'CREATE TRIGGER look BEFORE INSERT ON platform."User" FOR EACH ROW '
        "EXECUTE FUNCTION platform.look()",
    )
    await populate(target(database), TINY, load="live")
    await clean(target(database), "all")
    assert not await counts(database)


async def test_a_database_of_others_must_be_named(seeded_database: str) -> None:
    await execute(seeded_database, user(PERSON))
    before = await everything(seeded_database)
    with pytest.raises(DatabaseNotNamed):
        await clean(target(seeded_database), "all")
    assert await everything(seeded_database) == before


async def test_a_seeder_at_work_is_waited_for(seeded_database: str) -> None:
    engine = target(seeded_database).engine()
    async with engine.connect() as connection:
        await populate(connection, TINY)
        with pytest.raises(DatabaseUnsuitable, match="Another seeder is still working"):
            await clean(target(seeded_database), "all", timeouts=Timeouts(lock=0.1))
    await engine.dispose()


async def test_nobody_writes_meanwhile_and_everybody_reads(seeded_database: str) -> None:
    note = 'CREATE SCHEMA app; CREATE TABLE app.note ("userId" text REFERENCES platform."User")'
    await execute(seeded_database, note)
    engine = target(seeded_database).engine()
    async with engine.connect() as connection, session(seeded_database) as other:
        await clean(connection, "all")
        await other.execute("SET lock_timeout = '50ms'")
        for written in (user(PERSON), "INSERT INTO app.note VALUES (NULL)"):
            with pytest.raises(asyncpg.LockNotAvailableError):
                await other.execute(written)
        assert await other.fetchval('SELECT count(*) FROM platform."User"') == SMALL_PLAN.users
    await engine.dispose()


async def test_a_cascade_takes_what_hangs_on_what_is_attached_and_no_row_beside_it(
    seeded_database: str,
) -> None:
    await execute(
        seeded_database,
        "CREATE SCHEMA app",
        'CREATE TABLE app.note (id int PRIMARY KEY, "userId" text REFERENCES platform."User")',
        "CREATE TABLE app.answer (id int PRIMARY KEY, note int REFERENCES app.note)",
        """INSERT INTO app.note SELECT 1, min(id) FROM platform."User"; """
        "INSERT INTO app.note VALUES (2, NULL);"
        "INSERT INTO app.answer VALUES (1, NULL), (2, 1)",  # as far into its file as note 2
    )
    await clean(target(seeded_database), "all", cascade=True)
    assert await value(seeded_database, "SELECT array_agg(id) FROM app.note") == [2]
    assert await value(seeded_database, "SELECT array_agg(id) FROM app.answer") == [1]


async def test_a_caller_can_work_twice_and_finds_the_session_as_it_was(
    seeded_database: str,
) -> None:
    other = await populate(target(seeded_database), TINY)
    await execute(
        seeded_database,
        'CREATE TABLE platform.note ("userId" text REFERENCES platform."User")',
        'INSERT INTO platform.note SELECT id FROM platform."User"',
    )
    first = (await runs(target(seeded_database)))[0].tag
    engine = target(seeded_database).engine()
    async with engine.connect() as connection:
        settings = text(f"SELECT {', '.join(map('current_setting({!r})'.format, SETTINGS))}")
        before = (await connection.execute(settings)).one()
        async with UnitOfWork(connection) as work:
            for exclusive in (False, True):
                await work.open_schema(None, exclusive=exclusive)
            await work.commit()
        for tag in (other.run_tag, first):
            assert (await clean(connection, [tag], cascade=True)).cleared.rows["note"]
        assert (await connection.execute(settings)).one() == before
        assert await runs(connection) == ()
    await engine.dispose()


async def test_rows_in_a_table_that_was_renamed_since_are_found(seeded_database: str) -> None:
    (record,) = await runs(target(seeded_database))
    await execute(seeded_database, 'ALTER TABLE platform."AnalyticsMetrics" RENAME TO "Measures"')
    cleaned = await clean(target(seeded_database), "all")
    assert cleaned.cleared.total_rows == record.total_rows
    assert cleaned.cleared.rows["Measures"] == record.rows["AnalyticsMetrics"]


async def test_rows_that_a_view_passed_on_to_another_schema_are_named(database: str) -> None:
    await execute(
        database,
        "CREATE SCHEMA billing",
        'ALTER TABLE platform."CreditTransaction" SET SCHEMA billing',
        # It would stop the clean.
        'ALTER TABLE billing."CreditTransaction" DROP CONSTRAINT "CreditTransaction_userId_fkey"',
        'CREATE VIEW platform."CreditTransaction" AS TABLE billing."CreditTransaction"',
    )
    made = (await populate(target(database), SMALL_PLAN)).rows["CreditTransaction"]
    (left,) = (await clean(target(database), "all")).cleared.left
    assert left.startswith(f"CreditTransaction: {made} rows, which this view passed on")


async def test_rows_that_went_through_two_views_are_not_said_to_be_elsewhere(
    database: str,
) -> None:
    await execute(
        database,
        'ALTER TABLE platform."CreditTransaction" RENAME TO entry',
        "CREATE VIEW platform.bookings AS TABLE platform.entry",
        'CREATE VIEW platform."CreditTransaction" AS TABLE platform.bookings',
    )
    made = (await populate(target(database), SMALL_PLAN)).rows["CreditTransaction"]
    cleared = (await clean(target(database), "all")).cleared
    assert (cleared.rows["entry"], cleared.left) == (made, ())


async def test_rows_of_a_table_that_inherits_its_columns_are_found(database: str) -> None:
    await execute(
        database,
        'CREATE TABLE platform.dated ("createdAt" timestamp(3) NOT NULL DEFAULT now())',
        'ALTER TABLE platform."AnalyticsMetrics" INHERIT platform.dated',
        'CREATE TABLE platform."StoreListingSubmission" (id text PRIMARY KEY) '
        "INHERITS (platform.dated)",
    )
    made = await populate(target(database), SMALL_PLAN)
    assert made.rows["StoreListingSubmission"]
    cleaned = await clean(target(database), "all")
    assert cleaned.cleared.rows == made.rows
    assert await counts(database) == {}


async def test_rows_of_a_partitioned_table_are_counted_once(database: str) -> None:
    await execute(
        database,
        'SET search_path TO platform; DROP TABLE "AnalyticsMetrics";' + PARTITIONED,
        'CREATE TABLE platform.every PARTITION OF platform."AnalyticsMetrics" DEFAULT',
    )
    report = await populate(target(database), SMALL_PLAN)
    tables = {table.table: table for table in (await inspect(target(database))).tables}
    assert "every" not in tables
    assert tables["AnalyticsMetrics"].runs == {report.run_tag: SMALL_PLAN.users}
    cleaned = await clean(target(database), "all")
    assert cleaned.cleared.total_rows == report.total_rows


async def test_a_role_that_owns_nothing_cleans_and_the_record_stays(seeded_database: str) -> None:
    await execute(
        seeded_database,
        f"DO $$BEGIN CREATE ROLE {ROLE} LOGIN PASSWORD 'weak'; "
        "EXCEPTION WHEN duplicate_object THEN NULL; END$$",
        "CREATE SCHEMA app; CREATE TABLE app.note "
        '("executionId" text REFERENCES platform."AgentGraphExecution")',
        "CREATE TABLE app.page (id text PRIMARY KEY, parent text REFERENCES app.page)",
        "ALTER TABLE app.page ENABLE ROW LEVEL SECURITY",
        f"GRANT USAGE ON SCHEMA platform, app, autogpt_seed TO {ROLE}",
        f"GRANT SELECT, UPDATE ON ALL TABLES IN SCHEMA platform, app TO {ROLE}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA autogpt_seed TO {ROLE}",
        f"ALTER MATERIALIZED VIEW platform.mv_agent_run_counts OWNER TO {ROLE}",
        f"ALTER MATERIALIZED VIEW platform.mv_review_stats OWNER TO {ROLE}",
        f"GRANT CREATE ON SCHEMA platform TO {ROLE}",
    )
    records = await runs(target(seeded_database))
    weak = make_url(seeded_database).set(username=ROLE, password="weak")
    place = target(weak.render_as_string(hide_password=False))
    with pytest.raises(DatabaseUnsuitable, match="lacks a right"):
        await clean(place, "all")
    await execute(seeded_database, f"GRANT DELETE ON ALL TABLES IN SCHEMA platform TO {ROLE}")
    report = await clean(place, "all")
    assert report.cleared.rows["AgentGraphExecution"] >= 100  # so many that an index would pay
    assert report.cleared.total_rows == records[0].total_rows
    assert await runs(target(seeded_database)) == records


async def test_rows_that_the_role_does_not_see_are_not_taken_along(seeded_database: str) -> None:
    await execute(
        seeded_database,
        f"DO $$BEGIN CREATE ROLE {ROLE} LOGIN PASSWORD 'weak'; "
        "EXCEPTION WHEN duplicate_object THEN NULL; END$$",
        f"GRANT USAGE ON SCHEMA platform, autogpt_seed TO {ROLE}",
        f"GRANT ALL ON ALL TABLES IN SCHEMA platform, autogpt_seed TO {ROLE}",
        "ALTER FUNCTION platform.refresh_store_materialized_views() SECURITY DEFINER",
        "ALTER FUNCTION platform.refresh_store_materialized_views() SET search_path = platform",
        user("real"),
        'INSERT INTO platform."AgentGraphExecution" '
        '(id, "agentGraphId", "agentGraphVersion", "userId", "updatedAt") '
        "SELECT 'real', id, version, 'real', now() FROM platform.\"AgentGraph\" LIMIT 1",
        'ALTER TABLE platform."AgentGraphExecution" ENABLE ROW LEVEL SECURITY',
        "CREATE POLICY visible ON platform.\"AgentGraphExecution\" USING (id <> 'real')",
    )
    before = await counts(seeded_database)
    weak = make_url(seeded_database).set(username=ROLE, password="weak")
    place = target(weak.render_as_string(hide_password=False))
    with pytest.raises(DatabaseUnsuitable, match="does not see") as caught:
        await clean(place, "all", into=place.place)
    assert caught.value.evidence == "Row security may hide rows of AgentGraphExecution from it."
    assert await counts(seeded_database) == before


async def test_the_indexes_that_a_clean_makes_for_itself_are_gone_after_it(database: str) -> None:
    await populate(target(database), SMALL_PLAN.model_copy(update={"users": 110}))
    unindexed = 'ALTER TABLE platform."AgentGraph" ADD by text REFERENCES platform."User"'
    await execute(database, unindexed)
    before = await key_facts(database)
    await clean(target(database), "all")
    assert await key_facts(database) == before
