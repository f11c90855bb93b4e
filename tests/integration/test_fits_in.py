"""A marketplace fits into what is there: the platform's own blocks, a developer's own account."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.database.existing.lookups import with_lookups
from autogpt_seed.database.reflection.reflect import reflect
from autogpt_seed.database.traces import count_rows
from autogpt_seed.database.url import parse_url
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.plan import Plan, Range
from autogpt_seed.seeding import expected_rows, populate
from autogpt_seed.unit_of_work import UnitOfWork
from autogpt_seed.verification import VerifySettings
from autogpt_seed.verification.observation import observe
from autogpt_seed.verification.worker import worker_thread
from tests.altering import SCHEMA, altered, execute, value
from tests.catalog_facts import Facts, catalog_facts
from tests.conftest import AS_OF, SMALL_PLAN
from tests.databases import contents, session
from tests.integration.coherence import every_table
from tests.integration.test_lookups import restated

EMAIL = "dev@company.test"
FOR_USER = SMALL_PLAN.model_copy(update={"for_user": EMAIL})
TIMELY = {
    "nothing happens after the as-of time",
    "what goes on or ends has begun",
    "nothing happens before its cause",
}
BLOCKS = """
INSERT INTO "AgentBlock" (id, name, "inputSchema", "outputSchema")
SELECT gen_random_uuid(), 'Block' || n, '{}', '{}' FROM generate_series(1, 5) AS n
"""
PROFILE = """
INSERT INTO "Profile" (id, "userId", name, username, description, links, "updatedAt")
VALUES ('own-profile', 'me', 'Me', 'me', '', '{}', now())
"""
ONBOARDING = """
INSERT INTO "UserOnboarding" (id, "userId", "updatedAt") VALUES ('mine', 'me', now())
"""
CREATED = 'ALTER TABLE "User" RENAME "createdAt" TO created_at'
OWN_ROWS = """
SELECT jsonb_agg(to_jsonb(u)) || (SELECT COALESCE(jsonb_agg(to_jsonb(p)), '[]') FROM "Profile" p
       WHERE p.id = 'own-profile') || (SELECT COALESCE(jsonb_agg(to_jsonb(o)), '[]')
       FROM "UserOnboarding" o WHERE o."userId" = 'me') AS rows
FROM "User" u WHERE u.id = 'me'
"""


def account(age: timedelta = timedelta(days=500)) -> str:
    """A developer's own account, so old at the as-of time."""
    created = (AS_OF - age).replace(tzinfo=None)
    return (
        'INSERT INTO "User" (id, email, name, "createdAt", "updatedAt") '
        f"VALUES ('me', '{EMAIL}', 'Me', '{created}', '{created}')"
    )


async def count_own(connection: AsyncConnection, table: str, column: str = "userId") -> int:
    query = f'SELECT count(*) FROM "{table}" WHERE "{column}" = \'me\''
    return int(str(await value(connection, query)))


@asynccontextmanager
async def seeded_for(
    url: str, *changes: str, plan: Plan = FOR_USER
) -> AsyncIterator[AsyncConnection]:
    """The transaction in which the marketplace was made for the account."""
    async with altered(url, *changes) as connection:
        await populate(connection, plan, schema=SCHEMA, into=parse_url(url, {}).place)
        yield connection


# Blocks


async def test_nodes_use_the_blocks_that_are_there(head: str) -> None:
    async with altered(head, BLOCKS) as connection:
        report = await populate(connection, SMALL_PLAN, schema=SCHEMA)
        assert report.rows["AgentBlock"] == 0
        assert report.uses == ("5 blocks that were there before",)
        used = 'SELECT count(DISTINCT "agentBlockId") FROM "AgentNode"'
        assert await value(connection, used) == 5


async def test_blocks_of_earlier_runs_are_not_taken_for_the_platforms_own(head: str) -> None:
    async with altered(head) as connection:
        for _ in range(2):
            report = await populate(connection, SMALL_PLAN, schema=SCHEMA)
            assert report.rows["AgentBlock"] == SMALL_PLAN.blocks
            assert report.uses == ()


async def test_blocks_are_generated_where_the_plan_says_so(head: str) -> None:
    plan = SMALL_PLAN.model_copy(update={"block_source": "generate"})
    async with altered(head, BLOCKS) as connection:
        report = await populate(connection, plan, schema=SCHEMA)
        assert report.rows["AgentBlock"] == SMALL_PLAN.blocks
        foreign = 'SELECT count(*) FROM "AgentNode" n JOIN "AgentBlock" b ON b.id = "agentBlockId"'
        assert await value(connection, f"{foreign} WHERE b.name LIKE 'Block_'") == 0


async def test_existing_blocks_that_are_not_there_are_missed(head: str) -> None:
    plan = SMALL_PLAN.model_copy(update={"block_source": "existing"})
    async with altered(head) as connection:
        with pytest.raises(DatabaseUnsuitable, match="holds no blocks") as caught:
            await populate(connection, plan, schema=SCHEMA)
        assert "--blocks generate" in caught.value.remedy


# Earlier runs

NUMBERED = """
DO $$
DECLARE key record;
BEGIN
    DROP VIEW "StoreAgent", "StoreSubmission", "Creator";
    FOR key IN SELECT c.conrelid::regclass AS child, a.attname AS name, c.conname AS constraint
        FROM pg_constraint c JOIN pg_attribute a ON (a.attrelid, a.attnum) = (conrelid, conkey[1])
        WHERE c.confrelid = '"User"'::regclass
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', key.child, key.constraint);
        EXECUTE format('ALTER TABLE %s ALTER %I TYPE bigint USING 0', key.child, key.name);
    END LOOP;
    ALTER TABLE "User" ALTER id TYPE bigint USING 0;
END $$
"""


async def test_blocks_of_earlier_runs_are_told_by_their_names_where_ids_are_numbers(
    head: str,
) -> None:
    changes = (
        'ALTER TABLE "AgentNode" DROP CONSTRAINT "AgentNode_agentBlockId_fkey",'
        ' ALTER "agentBlockId" TYPE bigint USING 0',
        'ALTER TABLE "AgentBlock" ALTER id TYPE bigint USING 0',
        'ALTER TABLE "AgentNode" ADD FOREIGN KEY ("agentBlockId") REFERENCES "AgentBlock"',
    )
    async with altered(head, *changes) as connection:
        for _ in range(2):
            report = await populate(connection, SMALL_PLAN, schema=SCHEMA)
            assert report.rows["AgentBlock"] == SMALL_PLAN.blocks


async def test_runs_are_told_apart_where_ids_are_numbers(head: str) -> None:
    async with altered(head, NUMBERED) as connection:
        reports = [await populate(connection, SMALL_PLAN, schema=SCHEMA) for _ in range(2)]
        assert len({report.run_tag for report in reports}) == 2
        assert await value(connection, 'SELECT count(*) FROM "User"') == 2 * SMALL_PLAN.users


NUMBERED_LISTINGS = restated("""
    ALTER TABLE "StoreListingVersion" DROP CONSTRAINT "StoreListingVersion_storeListingId_fkey",
        ALTER "storeListingId" TYPE bigint USING 0;
    ALTER TABLE "StoreListing" ALTER id TYPE bigint USING 0;
    ALTER TABLE "StoreListingVersion" ADD FOREIGN KEY ("storeListingId") REFERENCES "StoreListing"
""")


async def test_listings_whose_ids_are_numbers_are_found_in_the_store(head: str) -> None:
    async with altered(head, NUMBERED_LISTINGS) as connection:
        report = await populate(connection, SMALL_PLAN, schema=SCHEMA)
        assert not [note for note in report.notes if note.action == "not shown"]


async def test_what_verify_adds_is_looked_for_where_ids_are_numbers(head: str) -> None:
    async with altered(head, NUMBERED_LISTINGS) as connection:
        await populate(connection, SMALL_PLAN, schema=SCHEMA)
        async with worker_thread() as thread, UnitOfWork(connection) as work:
            await work.enter_schema(SCHEMA)
            catalog = await with_lookups(connection, await reflect(connection, SCHEMA))
            seen = await observe(work, catalog, VerifySettings(), thread, kept=False)
            rows = seen.arrival.rows
            assert await count_rows(connection, catalog, seen.arrival.ids) == sum(rows.values())


# An existing user


@pytest.mark.parametrize("with_profile", [True, False], ids=["with a profile", "without"])
async def test_an_existing_user_gets_what_is_its_own(head: str, with_profile: bool) -> None:
    own = [PROFILE, ONBOARDING] if with_profile else []
    async with altered(head, account(), *own) as connection:
        before = await value(connection, OWN_ROWS)
        report = await populate(connection, FOR_USER, schema=SCHEMA, into=parse_url(head, {}).place)
        assert await value(connection, OWN_ROWS) == before
        assert report.rows["User"] == SMALL_PLAN.users
        assert report.rows["Profile"] == SMALL_PLAN.users + (not with_profile)
        for table in ("AgentGraph", "LibraryAgent", "AgentGraphExecution", "CreditTransaction"):
            assert await count_own(connection, table) >= 1, table
        assert await count_own(connection, "StoreListing", "owningUserId") >= 1
        assert await count_own(connection, "Profile") == 1
        assert await count_own(connection, "UserOnboarding") == with_profile
        assert await count_own(connection, "APIKey") == 0
        shown = 'SELECT count(*) FROM "StoreAgent" s JOIN "StoreListing" l ON l.id = s.listing_id'
        assert await value(connection, f"{shown} WHERE l.\"owningUserId\" = 'me'") != 0


async def test_the_profile_that_is_there_is_the_creator(head: str) -> None:
    async with seeded_for(head, account(), PROFILE) as connection:
        query = 'SELECT count(*) FROM "LibraryAgent" WHERE "creatorId" = \'own-profile\''
        assert await value(connection, query) != 0


@pytest.mark.parametrize(
    "age",
    [timedelta(days=2000), timedelta(days=29), timedelta(hours=3), timedelta(minutes=1)],
    ids=str,
)
async def test_nothing_happens_before_the_account_was_made(head: str, age: timedelta) -> None:
    plan = FOR_USER.model_copy(update={"graphs_per_user": Range(3, 5)})
    async with session(head) as outside:
        tables: Facts = (await catalog_facts(outside, SCHEMA))["tables"]
    async with seeded_for(head, account(age), plan=plan) as connection:
        for rule in every_table.rules(tables):
            if rule.name in TIMELY:
                query = rule.violations.replace(":as_of", f"TIMESTAMP '{AS_OF:%Y-%m-%d}'")
                broken = (await connection.exec_driver_sql(query)).all()
                assert not broken, rule.name


async def test_what_happened_before_and_after_is_kept_when_it_is_repeated(head: str) -> None:
    async with altered(head, account()) as connection:
        for _ in range(2):
            await populate(connection, FOR_USER, schema=SCHEMA, into=parse_url(head, {}).place)
        assert await count_own(connection, "CreditTransaction") == 2
        assert await count_own(connection, "Profile") == 1


async def test_a_dry_run_counts_as_if_the_account_were_there(head: str) -> None:
    async with altered(head, account(), PROFILE) as connection:
        report = await populate(connection, FOR_USER, schema=SCHEMA, into=parse_url(head, {}).place)
        assert expected_rows(FOR_USER) == report.rows


async def test_an_unknown_account_is_refused_without_telling_others(head: str) -> None:
    async with altered(head, account()) as connection:
        plan = SMALL_PLAN.model_copy(update={"for_user": "Dev@company.test"})
        with pytest.raises(DatabaseUnsuitable) as caught:
            await populate(connection, plan, schema=SCHEMA, into=parse_url(head, {}).place)
    assert caught.value.exit_status == 4
    assert "Dev@company.test" in caught.value.sentence
    assert EMAIL not in str(caught.value)


@pytest.mark.parametrize("change", ["SELECT 1", CREATED], ids=["as it is", "renamed"])
async def test_an_account_younger_than_the_data_is_refused_with_a_later_time(
    head: str, change: str
) -> None:
    async with altered(head, account(timedelta(days=-1)), change) as connection:
        with pytest.raises(DatabaseUnsuitable, match="younger") as caught:
            await populate(connection, FOR_USER, schema=SCHEMA, into=parse_url(head, {}).place)
        as_of = datetime.fromisoformat(caught.value.remedy.split()[-1].rstrip("."))
        later = Plan.model_validate(FOR_USER.model_dump() | {"as_of": as_of})
        place = parse_url(head, {}).place
        assert (await populate(connection, later, schema=SCHEMA, into=place)).rows


# What is nobody's to fill


async def test_bookkeeping_and_tables_of_extensions_are_never_touched(
    head: str, create_database: Callable[..., str], drop_database: Callable[[str], None]
) -> None:
    url = create_database(head)
    plan = Plan.model_validate(SMALL_PLAN.model_dump() | {"tables": "all"})
    async with parse_url(url, {}).engine().connect() as connection:
        await execute(
            connection,
            f"SET LOCAL search_path TO {SCHEMA}",
            "CREATE TABLE _prisma_migrations (id text PRIMARY KEY, migration_name text NOT NULL)",
            "INSERT INTO _prisma_migrations VALUES ('1', 'init')",
            "CREATE TABLE alembic_version (version_num text NOT NULL)",
        )
        await connection.commit()
    before = await contents(url)
    await populate(parse_url(url, {}), plan, schema=SCHEMA, into=parse_url(url, {}).place)
    after = await contents(url)
    for table in ("_prisma_migrations", "alembic_version"):
        assert after[table] == before[table]
    drop_database(url)
