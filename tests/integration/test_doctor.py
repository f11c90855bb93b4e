"""The doctor says what a populate would do, and does nothing."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from autogpt_seed.database.url import parse_url
from autogpt_seed.diagnosis import Diagnosis, diagnose
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.plan import load_plan
from autogpt_seed.seeding import populate
from tests.altering import SCHEMA, altered, execute, value
from tests.conftest import SMALL_PLAN, CreateDatabase
from tests.databases import everything

DRIFT = (
    'ALTER TABLE "AgentBlock" ADD "taste" text',
    'ALTER TABLE "AnalyticsMetrics" DROP "dataString"',
    'ALTER TABLE "AnalyticsDetails" ALTER "data" TYPE json',
    'CREATE TABLE "Badge" (id text PRIMARY KEY, "userId" text REFERENCES "User")',
    "ALTER TYPE \"OnboardingStep\" RENAME VALUE 'CONGRATS' TO 'CHEERS'",
)


async def examined(url: str, *statements: str) -> Diagnosis:
    """What the doctor says after these changes."""
    async with altered(url, *statements) as connection:
        return await diagnose(connection, SMALL_PLAN, schema=SCHEMA)


async def test_the_newest_known_version_can_be_seeded_without_a_note(head: str) -> None:
    diagnosis = await diagnose(parse_url(head, {}))
    assert diagnosis.verdict == "can be seeded"
    assert (diagnosis.schema, diagnosis.notes, diagnosis.problems) == (SCHEMA, (), ())
    assert diagnosis.function
    assert "User" in diagnosis.tables
    assert "UserBalance" in diagnosis.unknown_tables
    assert "plpgsql" in diagnosis.extensions
    assert diagnosis.cron is not None
    assert diagnosis.cron.version is None


async def test_where_an_extension_keeps_its_types_is_no_difference(head: str) -> None:
    if "vector" not in (await examined(head)).extensions:
        pytest.skip("this server has no pgvector")
    move = "ALTER EXTENSION vector SET SCHEMA extensions"
    diagnosis = await examined(head, "CREATE SCHEMA extensions", move)
    assert len(diagnosis.version) == 0, diagnosis.version


async def test_each_known_version_is_recognised(
    migrated: Callable[[str], str], revision: str
) -> None:
    diagnosis = await diagnose(parse_url(migrated(revision), {}))
    assert diagnosis.version.version == revision
    unavailable = {"UnifiedContentEmbedding", "ContentType"}  # where there is no pgvector
    missing = {feature.split()[1].split(".")[0] for feature in diagnosis.version.fewer}
    assert missing <= unavailable
    assert not diagnosis.version.more


async def test_nothing_is_changed_and_nobody_waits(head: str) -> None:
    before = await everything(head)
    async with altered(head, 'LOCK TABLE "User", "StoreListing" IN EXCLUSIVE MODE'):
        await diagnose(parse_url(head, {}), SMALL_PLAN)
    assert await everything(head) == before


async def test_its_transaction_is_read_only(head: str) -> None:
    async with altered(head) as connection:
        await diagnose(connection, schema=SCHEMA)
        assert await value(connection, "SHOW transaction_read_only") == "off"
        guard = 'CREATE RULE guard AS ON UPDATE TO "User" DO INSTEAD NOTHING'
        await execute(connection, guard)


async def test_its_notes_are_those_of_a_populate(migrated: Callable[[str], str]) -> None:
    changes = ('ALTER TABLE "User" DROP "integrations"', 'DROP TABLE "AnalyticsDetails"')
    async with altered(migrated("2025_08"), *changes) as connection:
        diagnosis = await diagnose(connection, SMALL_PLAN, schema=SCHEMA)
        report = await populate(connection, SMALL_PLAN, schema=SCHEMA)
    assert diagnosis.notes == report.notes
    assert "AnalyticsDetails" in {note.table for note in diagnosis.notes}
    assert set(diagnosis.tables) == set(report.rows)
    assert diagnosis.verdict == "can be seeded, with notes"


async def test_the_differences_from_the_nearest_version_are_told(head: str) -> None:
    version = (await examined(head, *DRIFT)).version
    assert version.version == "2026_01"
    more = {
        "column AgentBlock.taste text",
        "column AnalyticsDetails.data json",
        "table Badge",
        "column Badge.id text",
        "column Badge.userId text",
        "label OnboardingStep.CHEERS",
    }
    assert more <= set(version.more)
    fewer = {
        "column AnalyticsMetrics.dataString text",
        "column AnalyticsDetails.data jsonb",
        "label OnboardingStep.CONGRATS",
    }
    assert fewer <= set(version.fewer)


async def test_unknown_tables_are_those_that_somebody_could_fill(head: str) -> None:
    changes = (
        "CREATE TABLE _prisma_migrations (id text)",
        "CREATE TABLE django_migrations (id text)",
        'CREATE TABLE "Event" (id int) PARTITION BY RANGE (id)',
        'CREATE TABLE "Event_1" PARTITION OF "Event" DEFAULT',
    )
    unknown = (await examined(head, *changes)).unknown_tables
    assert "Event" in unknown
    theirs = {"_prisma_migrations", "django_migrations"}
    assert not {*theirs, "Event_1", "User"} & set(unknown)


async def test_what_api_keys_refer_to_is_looked_at_without_the_keys_of_a_run(head: str) -> None:
    diagnosis = await examined(
        head,
        'CREATE TABLE "Tenant" (id text PRIMARY KEY)',
        'ALTER TABLE "User" ADD "tenantId" text NOT NULL REFERENCES "Tenant", '
        'ADD UNIQUE ("tenantId", id)',
        'ALTER TABLE "APIKey" ADD "tenantId" text NOT NULL, DROP CONSTRAINT "APIKey_userId_fkey", '
        'ADD FOREIGN KEY ("tenantId", "userId") REFERENCES "User" ("tenantId", id)',
    )
    assert diagnosis.problems == ()
    assert {"APIKey", "Tenant"} <= set(diagnosis.tables)


async def test_circles_of_foreign_keys_are_told_with_what_is_done_about_them(head: str) -> None:
    changes = (
        'CREATE TABLE "Egg" (id text PRIMARY KEY)',
        'CREATE TABLE "Hen" (id text PRIMARY KEY, "eggId" text REFERENCES "Egg")',
        'ALTER TABLE "Egg" ADD "henId" text REFERENCES "Hen"',
    )
    diagnosis = await examined(head, *changes)
    assert ("Egg", "Hen") in diagnosis.cycles
    assert ("StoreListing", "StoreListingVersion") in diagnosis.cycles
    assert ("AgentGraph",) in diagnosis.cycles
    assert "StoreListing.activeVersionId" in diagnosis.late_columns


async def test_views_are_told_with_the_figures_that_they_carry(head: str) -> None:
    changes = (
        'DROP INDEX "idx_mv_agent_run_counts"',
        "DROP FUNCTION refresh_store_materialized_views",
    )
    diagnosis = await examined(head, *changes)
    assert not diagnosis.function
    runs = diagnosis.views["mv_agent_run_counts"]
    assert "run_count by agentGraphId" in runs
    assert "blocking readers" in runs
    reviews = diagnosis.views["mv_review_stats"]
    assert "review_count, avg_rating by storeListingId; refreshed concurrently" in reviews
    assert "runs, rating by listing_id" in diagnosis.views["StoreAgent"]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        (["GRANT SELECT ON ALL TABLES IN SCHEMA platform TO looker"], "No INSERT on: User"),
        (
            ["GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA platform TO looker"],
            "may not refresh mv_agent_run_counts, mv_review_stats",
        ),
    ],
    ids=["insert", "refresh"],
)
async def test_missing_rights_are_told(head: str, changes: list[str], problem: str) -> None:
    role = ["CREATE ROLE looker", "GRANT USAGE ON SCHEMA platform TO looker"]
    diagnosis = await examined(head, *role, *changes, "SET LOCAL ROLE looker")
    assert diagnosis.session.role == "looker"
    assert diagnosis.verdict == "cannot be seeded"
    assert any(problem in told for told in diagnosis.problems)
    assert diagnosis.version.version == "2026_01"


async def test_a_role_that_may_not_write_is_told(head: str) -> None:
    diagnosis = await examined(head, "SET LOCAL default_transaction_read_only = on")
    assert diagnosis.verdict == "cannot be seeded"
    assert "default_transaction_read_only" in diagnosis.problems[0]


async def test_a_schema_of_something_else_is_refused_with_what_is_missing(
    create_database: CreateDatabase,
) -> None:
    url = create_database()
    async with altered(url, "CREATE SCHEMA shop", 'CREATE TABLE shop."User" ()') as connection:
        with pytest.raises(DatabaseUnsuitable) as caught:
            await diagnose(connection)
        assert "shop (1 tables, without AgentGraph)" in caught.value.evidence
        with pytest.raises(DatabaseUnsuitable, match="without AgentGraph"):
            await diagnose(connection, schema="shop")


async def test_of_two_candidates_the_user_is_asked_which(head: str) -> None:
    second = (
        "CREATE SCHEMA fork",
        'CREATE TABLE fork."User" ()',
        'CREATE TABLE fork."AgentGraph" ()',
    )
    async with altered(head, *second) as connection:
        with pytest.raises(DatabaseUnsuitable) as caught:
            await diagnose(connection)
    assert "fork (2 tables), platform (" in caught.value.evidence
    assert "--schema" in caught.value.remedy


async def test_settings_of_the_plan_count(head: str) -> None:
    plan = load_plan(flags={"for_user": "nobody@example.org"})
    diagnosis = await diagnose(parse_url(head, {}), plan)
    assert diagnosis.verdict == "cannot be seeded"
    assert "nobody@example.org" in diagnosis.problems[0]


async def test_a_diagnosis_can_be_written_as_json(head: str) -> None:
    document = json.loads(json.dumps((await examined(head, *DRIFT)).as_json(), default=str))
    assert document["verdict"] == "can be seeded, with notes"
    assert document["notes"][0].keys() == {"action", "table", "column", "text"}


async def test_keys_to_rows_that_nobody_makes_are_told(head: str) -> None:
    accounts = (
        "CREATE SCHEMA auth",
        "CREATE TABLE auth.users (id text PRIMARY KEY)",
        'ALTER TABLE "User" ADD FOREIGN KEY (id) REFERENCES auth.users',
        'ALTER TABLE "Profile" ADD account text REFERENCES auth.users',  # stays empty
    )
    diagnosis = await examined(head, *accounts)
    assert diagnosis.elsewhere == ("User.id refers to auth.users",)
    assert (await examined(head)).elsewhere == ()
