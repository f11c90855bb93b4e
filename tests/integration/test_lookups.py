"""Rows that are there in lookup tables are referred to; those of runs and of users are not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed import Plan, clean, diagnose, update, verify
from autogpt_seed.database.existing.lookups import with_lookups
from autogpt_seed.database.reflection.reflect import reflect
from autogpt_seed.database.url import parse_url
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.overrides import Constant
from autogpt_seed.seeding import PopulateReport, populate
from autogpt_seed.verification import Outcome, VerifySettings
from tests.altering import SCHEMA, altered, execute, texts, value
from tests.conftest import SMALL_PLAN

ALL = SMALL_PLAN.model_copy(update={"tables": "all"})
TINY = SMALL_PLAN.model_copy(update={"users": 3, "blocks": 2})

PLANS = (
    "CREATE TABLE \"Plan\" (code text PRIMARY KEY CHECK (code IN ('free', 'pro', 'team')),"
    " price int NOT NULL)",
    "INSERT INTO \"Plan\" VALUES ('team', 60), ('free', 0), ('pro', 20)",
)
PLAN_OF_USERS = 'ALTER TABLE "User" ADD plan text NOT NULL REFERENCES "Plan"'
ORGANISATIONS = (
    'CREATE TABLE "Org" (id text PRIMARY KEY, slug text NOT NULL UNIQUE)',
    "INSERT INTO \"Org\" VALUES ('default', 'default'), ('acme', 'acme')",
)
ORGANISATION_OF_USERS = (
    'ALTER TABLE "User" ADD "orgId" text NOT NULL DEFAULT \'default\' REFERENCES "Org"'
)

STATES = (
    'CREATE TABLE "SubmissionState" (id smallint PRIMARY KEY, code text NOT NULL UNIQUE)',
    'INSERT INTO "SubmissionState" SELECT 10 * place, label FROM'
    ' unnest(enum_range(NULL::"SubmissionStatus")::text[]) WITH ORDINALITY AS s (label, place)',
)
LABEL_AS_KEY = """
    ALTER TABLE "StoreListingVersion" ALTER "submissionStatus" DROP DEFAULT,
        ALTER "submissionStatus" TYPE text USING "submissionStatus"::text,
        ADD FOREIGN KEY ("submissionStatus") REFERENCES "SubmissionState" (code)
"""
NUMBER_AS_KEY = """
    ALTER TABLE "StoreListingVersion" DROP "submissionStatus",
        ADD "submissionStatusId" smallint NOT NULL REFERENCES "SubmissionState"
"""
STATUS = '"?[A-Za-z]+"?[.]"submissionStatus"'
LOOKED_UP = '(SELECT code FROM "SubmissionState" WHERE id = "submissionStatusId")'


def restated(change: str, status: str = r"\&", approved: str = "APPROVED") -> str:
    """What makes the change and the views anew, which then read the status in another way."""
    return f"""
        DO $$
        DECLARE
            names text[] := '{{mv_agent_run_counts,mv_review_stats,StoreAgent,Creator,'
                            'StoreSubmission}}';
            texts text[] := ARRAY(SELECT pg_get_viewdef(quote_ident(name)::regclass)
                FROM unnest(names) WITH ORDINALITY AS n (name, place) ORDER BY place);
        BEGIN
            DROP VIEW "StoreSubmission", "Creator", "StoreAgent";
            DROP MATERIALIZED VIEW mv_review_stats, mv_agent_run_counts;
            {change};
            FOR n IN 1 .. 5 LOOP
                texts[n] := regexp_replace(texts[n], '{STATUS}', '{status}', 'g');
                texts[n] := replace(texts[n], '::"SubmissionStatus"', '');
                EXECUTE format('CREATE %s VIEW %I AS %s',
                    CASE WHEN n < 3 THEN 'MATERIALIZED' END, names[n],
                    replace(texts[n], 'APPROVED', '{approved}'));
            END LOOP;
            CREATE UNIQUE INDEX ON mv_agent_run_counts ("agentGraphId");
            CREATE UNIQUE INDEX ON mv_review_stats ("storeListingId");
        END $$
    """


async def seed(connection: AsyncConnection, plan: Plan = TINY) -> PopulateReport:
    return await populate(connection, plan, schema=SCHEMA)


async def held(connection: AsyncConnection, table: str, column: str) -> list[object]:
    """The values of a column, each once, in order."""
    query = f'SELECT array_agg(DISTINCT "{column}" ORDER BY "{column}") FROM "{table}"'
    found = await value(connection, query)
    assert isinstance(found, list)
    return found


# Labels


@pytest.mark.parametrize(
    ("change", "column"),
    [
        (restated(LABEL_AS_KEY), "submissionStatus"),
        (restated(NUMBER_AS_KEY, LOOKED_UP), "submissionStatusId"),
    ],
    ids=["by label", "by number"],
)
async def test_an_enum_that_became_a_lookup_table_keeps_its_labels_and_verify_proves_the_store(
    head: str, change: str, column: str
) -> None:
    async with altered(head, *STATES, change) as connection:
        report = await seed(connection, SMALL_PLAN)
        assert "SubmissionState" not in report.rows
        status = (
            'SELECT array_agg(DISTINCT code) FROM "StoreListingVersion" JOIN "SubmissionState" s'
            f' ON "{column}"::text IN (s.id::text, code)'
        )
        assert await value(connection, status) == ["APPROVED", "PENDING", "REJECTED"]
        unlike = (
            'SELECT count(*) FROM "StoreListing" l WHERE "hasApprovedVersion" <>'
            ' (l.id IN (SELECT "storeListingId" FROM mv_review_stats))'
        )
        assert await value(connection, unlike) == 0
        assert await value(connection, 'SELECT count(*) > 0 FROM "StoreAgent"') is True
        why = "its labels are existing rows of SubmissionState"
        assert f"StoreListingVersion.{column} adapted: {why}" in texts(report)
        verified = await verify(connection, schema=SCHEMA)
        assert verified.exit_status == 0
        passed = {c.code for c in verified.checks if c.outcome is Outcome.PASSED}
        assert passed >= {"view.counts", "view.fresh", "store.agents", "store.creators"}
        updated = await update(connection, schema=SCHEMA)
        assert "SubmissionState" not in updated.rows


async def test_a_label_that_a_lookup_table_lacks_is_replaced_and_named(head: str) -> None:
    changes = (
        *STATES,
        "UPDATE \"SubmissionState\" SET code = 'PUBLISHED' WHERE code = 'APPROVED'",
        restated(LABEL_AS_KEY, approved="PUBLISHED"),
    )
    async with altered(head, *changes) as connection:
        report = await seed(connection)
        why = "PUBLISHED stands for APPROVED, which SubmissionState does not have"
        assert f"StoreListingVersion.submissionStatus label replaced: {why}" in texts(report)
        assert "PUBLISHED" in await held(connection, "StoreListingVersion", "submissionStatus")
        assert (await verify(connection, schema=SCHEMA)).exit_status == 0


async def test_labels_are_translated_to_the_keys_of_a_lookup_table(head: str) -> None:
    changes = (
        'CREATE TABLE "RunState" (id smallint PRIMARY KEY, code text NOT NULL UNIQUE)',
        "INSERT INTO \"RunState\" VALUES (1, 'FAILED'), (2, 'RUNNING'), (7, 'COMPLETED')",
        'ALTER TABLE "AgentGraphExecution" DROP "executionStatus",'
        ' ADD "executionStatusId" smallint NOT NULL REFERENCES "RunState"',
        'ALTER TABLE "AgentNodeExecution" DROP "executionStatus",'
        ' ADD "executionStatus" smallint NOT NULL DEFAULT 2 REFERENCES "RunState"',
        'CREATE TABLE "Provider" (id uuid PRIMARY KEY DEFAULT gen_random_uuid(),'
        " name varchar(20) UNIQUE)",
        "INSERT INTO \"Provider\" (name) VALUES ('github'), ('slack'), ('discord'), ('x'), (NULL)",
        'ALTER TABLE "IntegrationWebhook" DROP provider,'
        ' ADD provider uuid NOT NULL REFERENCES "Provider"',
    )
    async with altered(head, *changes) as connection:
        report = await seed(connection, SMALL_PLAN)
        assert report.rows.keys().isdisjoint({"RunState", "Provider"})
        assert await held(connection, "AgentGraphExecution", "executionStatusId") == [7]
        assert await held(connection, "AgentNodeExecution", "executionStatus") == [7]
        others = (
            'SELECT count(*) FROM "IntegrationWebhook" w JOIN "Provider" p ON p.id = w.provider'
            " WHERE p.name NOT IN ('github', 'slack', 'discord')"
        )
        assert await value(connection, others) == 0
        await verify(connection, schema=SCHEMA, commit=True)
        assert await held(connection, "AgentGraphExecution", "executionStatusId") == [1, 7]


# Rows in turn


async def test_the_platforms_own_schemas_have_nothing_to_look_up(
    migrated: Callable[[str], str], revision: str
) -> None:
    async with altered(migrated(revision)) as connection:
        catalog = await reflect(connection, SCHEMA)
        assert await with_lookups(connection, catalog) is catalog


async def test_rows_that_are_there_are_referred_to_in_turn_and_none_are_made(head: str) -> None:
    async with altered(head, *PLANS, PLAN_OF_USERS) as connection:
        found = await diagnose(connection, TINY, schema=SCHEMA)
        for _ in range(2):
            report = await seed(connection)
            assert "Plan" not in report.rows
            assert texts(report) == [note.text for note in found.notes]
        assert "Plan" not in found.unknown_tables
        note = "User.plan filled: it refers in turn to 3 existing rows of Plan"
        assert note in texts(report)
        assert await value(connection, 'SELECT count(*) FROM "Plan"') == 3
        each = 'SELECT array_agg(n) FROM (SELECT count(*) AS n FROM "User" GROUP BY plan) AS each'
        assert await value(connection, each) == [2, 2, 2]
        verified = await verify(connection, schema=SCHEMA)
        assert verified.exit_status == 0


async def test_what_lookup_tables_refer_to_may_be_there_as_well(head: str) -> None:
    changes = (
        'CREATE TABLE "Currency" (code char(3) PRIMARY KEY)',
        "INSERT INTO \"Currency\" VALUES ('EUR'), ('USD')",
        'CREATE TABLE "Price" (id serial PRIMARY KEY,'
        ' currency char(3) NOT NULL REFERENCES "Currency")',
        'ALTER TABLE "User" ADD "priceId" int NOT NULL REFERENCES "Price"',
    )
    async with altered(head, *changes) as connection:
        report = await seed(connection)
        assert (report.rows["Price"], "Currency" in report.rows) == (6, False)
        assert await held(connection, "Price", "currency") == ["EUR", "USD"]


async def test_what_a_run_made_is_not_referred_to_by_the_next_so_that_it_can_be_cleaned(
    head: str,
) -> None:
    changes = (
        'CREATE TABLE "Team" (id text PRIMARY KEY)',
        'CREATE TABLE "Level" (id serial PRIMARY KEY, name text NOT NULL)',
        'ALTER TABLE "User" ADD "teamId" text NOT NULL REFERENCES "Team",'
        ' ADD "levelId" int NOT NULL REFERENCES "Level"',
    )
    async with altered(head, *changes) as connection:
        first, second = await seed(connection), await seed(connection)
        assert first.rows["Team"] == second.rows["Team"] == 10
        assert first.rows["Level"] == second.rows["Level"] == 10
        await execute(connection, "INSERT INTO \"Team\" VALUES ('ours')")
        third = await seed(connection)
        assert ("Team" in third.rows, third.rows["Level"]) == (False, 10)
        await clean(connection, [first.run_tag], schema=SCHEMA)
        await clean(connection, "all", schema=SCHEMA)
        assert await held(connection, "Team", "id") == ["ours"]
        assert await value(connection, 'SELECT count(*) FROM "Level"') == 0


async def test_rows_that_belong_to_a_user_are_nobody_elses_to_refer_to(head: str) -> None:
    person = "INSERT INTO \"User\" (id, email, \"updatedAt\") VALUES ('me', 'me@here.org', now())"
    changes = (
        person,
        'CREATE TABLE "Folder" (id text PRIMARY KEY, "ownerId" text NOT NULL REFERENCES "User")',
        "INSERT INTO \"Folder\" VALUES ('mine', 'me')",
        'ALTER TABLE "LibraryAgent" ADD "folderId" text NOT NULL REFERENCES "Folder"',
    )
    async with altered(head, *changes) as connection:
        place = parse_url(head, {}).place
        report = await populate(connection, TINY, schema=SCHEMA, into=place)
        assert report.rows["Folder"] > 0
        assert "mine" not in await held(connection, "LibraryAgent", "folderId")


async def test_one_row_for_each_is_made_where_the_key_wants_it(head: str) -> None:
    column = "text NOT NULL DEFAULT 'acme' UNIQUE REFERENCES"
    changes = (*ORGANISATIONS, f'ALTER TABLE "User" ADD org {column} "Org"')
    async with altered(head, *changes) as connection:
        report = await seed(connection)
        assert report.rows["Org"] == report.rows["User"]


async def test_the_plan_may_want_rows_of_a_lookup_table_to_be_made(head: str) -> None:
    plan = TINY.model_copy(update={"columns": {"Org": {"slug": Constant(constant="x")}}})
    changes = (
        *ORGANISATIONS,
        'ALTER TABLE "Org" DROP CONSTRAINT "Org_slug_key"',
        'ALTER TABLE "User" ADD org text NOT NULL REFERENCES "Org"',
    )
    async with altered(head, *changes) as connection:
        assert (await seed(connection, plan)).rows["Org"] == 10


async def test_what_a_plan_wants_of_a_lookup_table_is_not_made_again_by_verify(head: str) -> None:
    column = 'ALTER TABLE "AgentGraphExecution" ADD org text NOT NULL REFERENCES "Org"'
    settings = VerifySettings.model_validate({"columns": {"Org": {"slug": "x"}}})
    async with altered(head, *ORGANISATIONS, column) as connection:
        await seed(connection)
        kept = await verify(connection, schema=SCHEMA, commit=True, settings=settings)
        assert kept.exit_status == 0
        assert await held(connection, "Org", "id") == ["acme", "default"]


# Defaults


async def test_a_default_that_refers_to_a_row_that_is_there_stays(head: str) -> None:
    changes = (
        *PLANS,
        *ORGANISATIONS,
        ORGANISATION_OF_USERS,
        'ALTER TABLE "User" ADD plan text DEFAULT \'pro\' REFERENCES "Plan"',
        'CREATE TABLE "Member" ("orgId" text NOT NULL DEFAULT \'acme\' REFERENCES "Org",'
        ' "userId" text NOT NULL REFERENCES "User", PRIMARY KEY ("orgId", "userId"))',
    )
    async with altered(head, *changes) as connection:
        report = await seed(connection, ALL)
        assert report.rows.keys().isdisjoint({"Org", "Plan"})
        assert report.coverage.without_rows == ()
        assert [text for text in texts(report) if "User" in text] == []
        assert await held(connection, "User", "orgId") == ["default"]
        assert await held(connection, "User", "plan") == ["pro"]
        assert await held(connection, "Member", "orgId") == ["acme"]
        assert report.rows["Member"] == report.rows["User"]
        assert (await verify(connection, schema=SCHEMA)).exit_status == 0
        assert (await seed(connection, ALL)).rows["Member"] == report.rows["User"]


async def test_a_default_decides_for_what_hangs_on_the_row_by_a_wider_key(head: str) -> None:
    changes = (
        *ORGANISATIONS,
        ORGANISATION_OF_USERS,
        'ALTER TABLE "User" ADD UNIQUE ("orgId", id)',
        'ALTER TABLE "AgentGraph" ADD "orgId" text NOT NULL DEFAULT \'acme\' REFERENCES "Org",'
        ' ADD FOREIGN KEY ("orgId", "userId") REFERENCES "User" ("orgId", id)',
    )
    async with altered(head, *changes) as connection:
        await seed(connection)
        assert await held(connection, "AgentGraph", "orgId") == ["default"]


@pytest.mark.parametrize("default", ["'nobody'", "current_setting('nobody.set.this')"])
async def test_without_the_row_that_a_default_names_parents_are_made(
    head: str, default: str
) -> None:
    changes = (
        'CREATE TABLE "Org" (id text PRIMARY KEY)',
        'ALTER TABLE "User" ADD org text NOT NULL REFERENCES "Org"',
        f'ALTER TABLE "User" ALTER org SET DEFAULT {default}',
    )
    async with altered(head, *changes) as connection:
        assert (await seed(connection)).rows["Org"] == 10


async def test_a_default_that_names_a_row_of_a_run_does_not_tie_the_next_run_to_it(
    head: str,
) -> None:
    changes = (
        'CREATE TABLE "Org" (id text PRIMARY KEY)',
        'ALTER TABLE "User" ADD org text NOT NULL REFERENCES "Org"',
    )
    async with altered(head, *changes) as connection:
        first = await seed(connection)
        made = await value(connection, 'SELECT min(id) FROM "Org"')
        await execute(connection, f"ALTER TABLE \"User\" ALTER org SET DEFAULT '{made}'")
        assert (await seed(connection)).rows["Org"] == 10
        await clean(connection, [first.run_tag], schema=SCHEMA)


async def test_too_few_values_are_refused_where_only_runs_made_rows(head: str) -> None:
    changes = (*PLANS[:1], PLAN_OF_USERS)
    async with altered(head, *changes) as connection:
        assert (await seed(connection)).rows["Plan"] == 3
        with pytest.raises(
            DatabaseUnsuitable, match=r'"code" of "Plan" .* has no unused value left'
        ):
            await seed(connection)
