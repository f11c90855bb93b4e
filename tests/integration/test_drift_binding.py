"""Schemas that require what nobody knows are filled on a real server, or refused by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.binding.fill.checks import NO_LIMITS
from autogpt_seed.binding.fill.types import values_of
from autogpt_seed.binding.fill.values import SCARCE, Unfillable
from autogpt_seed.catalog import Column
from autogpt_seed.database.existing.scarce import with_taken_values
from autogpt_seed.database.reflection.reflect import reflect
from autogpt_seed.errors import ConfigurationError, DatabaseUnsuitable
from autogpt_seed.overrides import Constant
from autogpt_seed.plan import Plan, load_plan
from autogpt_seed.seeding import PopulateReport, populate
from tests.altering import SCHEMA, altered, execute, texts, value
from tests.conftest import AS_OF, SMALL_PLAN
from tests.unit.test_fill import filled

ALL = SMALL_PLAN.model_copy(update={"tables": "all"})

_TYPES = """
SELECT format_type(oid, NULL) FROM pg_type
WHERE typtype IN ('b', 'd', 'e', 'r', 'm') AND typname !~ '^_' AND typnamespace IN
      ('pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'platform'::regnamespace)
ORDER BY typname
"""
SIZED = [
    "varchar(3)", "character(1)", "character(8)", "numeric(5,2)", "numeric(2,2)", "numeric(3,-2)",
    "bit(6)", "bit varying(9)", "timestamp(0)", "timestamptz(6)", "time(0)", "interval year",
    "interval day", "interval(2)", "interval day to second(1)", "varchar(3)[]",
    "numeric(5,2)[]", "bit(2)[]", "int2vector",
    "oidvector", "pair", "pairs", "pair[]", "short", "short[]", "few", "textrange",
    "textmultirange",
]  # fmt: skip
OWN_TYPES = (
    "CREATE TYPE pair AS (a varchar(3), b numeric(4,1), c bit(3), d text[], e pg_node_tree)",
    "CREATE DOMAIN pairs AS pair",
    "CREATE DOMAIN short AS varchar(4) NOT NULL CHECK (VALUE ~ '^[a-z]+$')",
    "CREATE DOMAIN few AS int[] CHECK (cardinality(VALUE) BETWEEN 2 AND 3)",
    "CREATE TYPE textrange AS RANGE (subtype = text)",
)


async def tried(connection: AsyncConnection, statement: str) -> bool:
    """Whether the server takes the statement."""
    savepoint = await connection.begin_nested()
    try:
        await connection.exec_driver_sql(statement)
    except DBAPIError:
        await savepoint.rollback()
        return False
    await savepoint.commit()
    return True


async def seed(connection: AsyncConnection, plan: Plan = SMALL_PLAN) -> PopulateReport:
    return await populate(connection, plan, schema=SCHEMA)


# Types


async def every_type(connection: AsyncConnection) -> list[str]:
    """The types that a column can have, other than those of which nobody can make values."""
    await execute(connection, *OWN_TYPES, "CREATE TABLE trial (id text)")
    names = [row[0] for row in await connection.exec_driver_sql(_TYPES)] + SIZED
    names += [f"{name}[]" for name in names if not name.endswith("]")]
    names = [n for n in names if await tried(connection, f'ALTER TABLE trial ADD "{n}" {n}')]
    xml = await tried(connection, "SELECT '<a/>'::xml")  # not every server is built with it
    columns = (await reflect(connection, SCHEMA)).tables["trial"].columns
    await execute(connection, "DROP TABLE trial")
    return [n for n in names if is_fillable(columns[n]) and (xml or "xml" not in n)]


def is_fillable(column: Column) -> bool:
    try:
        values_of(column.type, NO_LIMITS, filled())
    except Unfillable:
        return False
    return True


async def test_a_column_of_every_type_is_filled(head: str) -> None:
    async with altered(head) as connection:
        names = await every_type(connection)
        assert len(names) > 150
        columns = ", ".join(f"c{n} {name} NOT NULL" for n, name in enumerate(names))
        await execute(
            connection,
            f'CREATE TABLE "Every" (id text PRIMARY KEY, {columns})',
            'ALTER TABLE "Profile" ADD "everyId" text NOT NULL UNIQUE REFERENCES "Every"',
        )
        report = await seed(connection)
        assert report.rows["Every"] == report.rows["Profile"] == SMALL_PLAN.users


async def test_a_unique_column_of_every_type_has_distinct_values_over_two_runs(head: str) -> None:
    async with altered(head) as connection:
        names = await every_type(connection)
        few = ("boolean", "bit", "character", '"char"', "character(1)")
        ordered = [
            name
            for number, name in enumerate(names)
            if "information_schema" not in name and '"' not in name
            if await tried(connection, f"CREATE TEMP TABLE trial{number} (v {name} UNIQUE)")
        ]
        unique = [
            f"c{number} {name} NOT NULL UNIQUE"
            for number, name in enumerate(ordered)
            if name not in few and name.removesuffix("[]") in ordered
        ]
        assert len(unique) > 80
        columns = ", ".join(unique)
        await execute(connection, f'CREATE TABLE "Every" (id text PRIMARY KEY, {columns})')
        plan = ALL.model_copy(update={"users": 3})
        first, second = await seed(connection, plan), await seed(connection, plan)
        assert first.rows["Every"] == second.rows["Every"] == 10


async def test_known_tables_with_types_that_binary_copy_cannot_carry_are_filled(head: str) -> None:
    changes = (
        'ALTER TABLE "User" ADD home point NOT NULL, ADD net inet NOT NULL, ADD fee money NOT NULL',
        'ALTER TABLE "AgentNode" ADD words tsvector NOT NULL',
        'ALTER TABLE "User" ALTER integrations SET DEFAULT NULL',
    )
    async with altered(head, *changes) as connection:
        report = await seed(connection)
        differ = 'SELECT count(DISTINCT net) FROM "User"'
        assert await value(connection, differ) == SMALL_PLAN.users
        assert sum("filled: it requires a value" in text for text in texts(report)) == 4


async def test_texts_arrive_as_they_are_in_the_text_form(head: str) -> None:
    nasty = 'a\tb\nc\r\\N \\. "q" \'s\' é ☃ \x08\x0b\x0c {"x"}'
    plan = SMALL_PLAN.model_copy(
        update={
            "columns": {
                "User": {"name": Constant(constant=nasty)},
                "Profile": {"links": Constant(constant=[nasty, "", "NULL", "a,b"])},
            }
        }
    )
    changes = (
        'ALTER TABLE "User" ADD p point NOT NULL',
        'ALTER TABLE "Profile" ADD p point NOT NULL',
    )
    async with altered(head, *changes) as connection:
        await seed(connection, plan)
        assert await value(connection, 'SELECT min(name) FROM "User"') == nasty
        assert await value(connection, 'SELECT min(links) FROM "Profile"') == [
            nasty,
            "",
            "NULL",
            "a,b",
        ]


# Keys


async def test_parents_that_nobody_knows_are_made_with_theirs(head: str) -> None:
    changes = (
        'CREATE TABLE "Plan" (id int PRIMARY KEY, tier "SubmissionStatus" NOT NULL UNIQUE)',
        'CREATE TABLE "Team" (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), "planId" int NOT NULL'
        ' REFERENCES "Plan", "ownerId" text REFERENCES "User")',
        'ALTER TABLE "User" ADD "teamId" uuid NOT NULL REFERENCES "Team"',
        'CREATE TABLE "Secret" (id bigserial PRIMARY KEY, value bytea NOT NULL UNIQUE)',
        'ALTER TABLE "AgentGraph" ADD "secretId" bigint NOT NULL UNIQUE REFERENCES "Secret"',
    )
    async with altered(head, *changes) as connection:
        report = await seed(connection)
        assert report.rows["Plan"] == 4
        assert report.rows["Secret"] == report.rows["AgentGraph"]
        made = [text for text in texts(report) if " made: " in text]
        assert [text.split()[0] for text in made] == ["Plan", "Team", "Secret"]
        assert list(report.rows)[:3] == ["Plan", "Team", "User"]


def tenants(of_users: str, of_profiles: str) -> tuple[str, ...]:
    """Users of tenants, and profiles that refer to both at once."""
    return (
        'CREATE TABLE "Tenant" (id text PRIMARY KEY)',
        f'ALTER TABLE "User" ADD "tenantId" text {of_users} REFERENCES "Tenant", '
        'ADD UNIQUE ("tenantId", id)',
        f'ALTER TABLE "Profile" ADD "tenantId" text {of_profiles}, '
        'DROP CONSTRAINT "Profile_userId_fkey", '
        'ADD FOREIGN KEY ("tenantId", "userId") REFERENCES "User" ("tenantId", id)',
    )


@pytest.mark.parametrize("null", ["NOT NULL", "NULL"])
async def test_a_field_that_names_its_row_keeps_it_in_a_wider_key_that_may_be_empty(
    head: str, null: str
) -> None:
    async with altered(head, *tenants("NOT NULL", null)) as connection:
        report = await seed(connection)
        kept = 'SELECT count(*) FROM "Profile" p JOIN "User" u ON p."userId" = u.id'
        assert await value(connection, f'{kept} AND p."tenantId" = u."tenantId"') == 12
        assert any(text.startswith("Profile.tenantId filled") for text in texts(report))


async def test_such_a_key_stays_empty_where_the_rest_of_it_is_not_known(head: str) -> None:
    async with altered(head, *tenants("NULL", "NULL")) as connection:
        report = await seed(connection)
        assert await value(connection, 'SELECT count("userId") FROM "Profile"') == 0
        assert any(text.startswith("Profile.userId dropped") for text in texts(report))


async def test_references_to_any_unique_column_are_filled(head: str) -> None:
    changes = (
        'ALTER TABLE "User" ADD number serial UNIQUE, ADD UNIQUE (id, email)',
        'ALTER TABLE "Profile" ADD "userNumber" int NOT NULL UNIQUE REFERENCES "User" (number)',
        'ALTER TABLE "Profile" ADD mail text NOT NULL REFERENCES "User" (email)',
        'ALTER TABLE "AgentGraph" ADD mail text NOT NULL,'
        ' ADD FOREIGN KEY ("userId", mail) REFERENCES "User" (id, email)',
        'CREATE TABLE "Version" ("graphId" text NOT NULL, version int NOT NULL, note text,'
        ' PRIMARY KEY ("graphId", version),'
        ' FOREIGN KEY ("graphId", version) REFERENCES "AgentGraph")',
    )
    async with altered(head, *changes) as connection:
        report = await seed(connection, ALL)
        assert report.rows["Version"] > 0
        assert report.coverage.without_rows == ()
        strangers = 'SELECT count(*) FROM "AgentGraph" g JOIN "User" u ON u.id = g."userId"'
        assert await value(connection, f"{strangers} WHERE u.email <> g.mail") == 0


async def test_circles_are_filled_where_a_key_can_be_deferred(head: str) -> None:
    changes = (
        'CREATE TABLE "Hen" (id text PRIMARY KEY, "eggId" text NOT NULL)',
        'CREATE TABLE "Egg" (id text PRIMARY KEY, "henId" text NOT NULL REFERENCES "Hen")',
        'ALTER TABLE "Hen" ADD FOREIGN KEY ("eggId") REFERENCES "Egg" DEFERRABLE',
        'ALTER TABLE "User" ADD "henId" text NOT NULL REFERENCES "Hen"',
        'ALTER TABLE "User" ADD "managerId" text NOT NULL REFERENCES "User"',
        'ALTER TABLE "StoreListing" DROP CONSTRAINT "StoreListing_activeVersionId_fkey",'
        ' ALTER "activeVersionId" SET NOT NULL, ADD FOREIGN KEY ("activeVersionId")'
        ' REFERENCES "StoreListingVersion" DEFERRABLE INITIALLY DEFERRED',
    )
    async with altered(head, *changes) as connection:
        report = await seed(connection)
        assert report.rows["Hen"] > 0
        assert await value(connection, 'SELECT bool_and("managerId" = id) FROM "User"') is True


async def test_a_circle_that_cannot_be_filled_is_refused_by_name(head: str) -> None:
    changes = ('ALTER TABLE "User" ADD "defaultListingId" text NOT NULL REFERENCES "StoreListing"',)
    async with altered(head, *changes) as connection:
        with pytest.raises(DatabaseUnsuitable) as caught:
            await seed(connection)
        assert "User → StoreListing → " in caught.value.sentence
        assert '"User_defaultListingId_fkey"' in caught.value.evidence
        assert await value(connection, 'SELECT count(*) FROM "User"') == 0


async def test_ids_may_be_numbers_from_identities_and_sequences(head: str) -> None:
    changes = (
        'ALTER TABLE "AnalyticsMetrics" ALTER id TYPE bigint USING 0,'
        " ALTER id ADD GENERATED ALWAYS AS IDENTITY",
        "CREATE SEQUENCE numbers AS int",
        'ALTER TABLE "LibraryAgent" ALTER id TYPE int USING 0,'
        " ALTER id SET DEFAULT nextval('numbers')",
        'ALTER TABLE "User" ADD doubled text GENERATED ALWAYS AS (email || email) STORED',
    )
    async with altered(head, *changes) as connection:
        for _ in range(2):
            report = await seed(connection)
        assert report.rows["AnalyticsMetrics"] == SMALL_PLAN.users
        assert await value(connection, "SELECT nextval('numbers')") == 1
        assert int(str(await value(connection, 'SELECT min(id) FROM "LibraryAgent"'))) >= 2**30


# Checks


async def test_checks_of_a_common_form_are_met(head: str) -> None:
    changes = (
        'ALTER TABLE "User" ADD age int NOT NULL CHECK (age BETWEEN 18 AND 99)',
        "ALTER TABLE \"User\" ADD plan text NOT NULL CHECK (plan IN ('free', 'paid'))",
        'ALTER TABLE "User" ADD code varchar(12) NOT NULL UNIQUE',
        "ALTER TABLE \"User\" ADD CHECK (code ~ '^[A-Z]{3}-\\d{4}$')",
        'ALTER TABLE "User" ADD rate numeric(3,2) NOT NULL CHECK (rate > 0 AND rate <= 1)',
        'ALTER TABLE "User" ADD tags text[] NOT NULL CHECK (cardinality(tags) <= 3)',
        'ALTER TABLE "User" ADD born date NOT NULL CHECK (born < CURRENT_DATE)',
        'ALTER TABLE "User" ADD score float NOT NULL CHECK (score <= 5), '
        "ADD share float NOT NULL CHECK (share >= 0 AND share < 'Infinity'), "
        "ADD until timestamp NOT NULL CHECK (until > now() AND until < '2100-01-01')",
        "CREATE DOMAIN mail AS text CHECK (VALUE ~ '^[^@]+@[^@]+$')",
        'ALTER TABLE "User" ADD contact mail NOT NULL',
        "ALTER TABLE \"User\" ADD site text NOT NULL CHECK (site SIMILAR TO 'w_.[a-z]+.(com|o%)')",
        "ALTER TABLE \"User\" ADD cost text NOT NULL CHECK (cost SIMILAR TO '$[1-9.][$^]')",
        'ALTER TABLE "APIKey" ADD "expiresAt" timestamp NOT NULL CHECK ("expiresAt" > "createdAt")',
        'CREATE TABLE "Term" (id text PRIMARY KEY, "validFrom" timestamp NOT NULL, '
        '"validTo" timestamp NOT NULL, CHECK ("validTo" > "validFrom"))',
        'ALTER TABLE "User" ADD "termId" text NOT NULL REFERENCES "Term"',
    )
    async with altered(head, *changes) as connection:
        await seed(connection)
        assert await value(connection, 'SELECT count(DISTINCT plan) FROM "User"') == 2
        assert (
            await value(connection, "SELECT count(*) FROM \"User\" WHERE contact ~ 'example.com$'")
            == SMALL_PLAN.users
        )


async def test_too_few_values_for_a_unique_key_are_named_before_anything_is_written(
    head: str,
) -> None:
    change = 'ALTER TABLE "User" ADD flag boolean NOT NULL UNIQUE'
    async with altered(head, change) as connection:
        with pytest.raises(DatabaseUnsuitable) as caught:
            await seed(connection)
        assert all(part in caught.value.sentence for part in ('"User"', "flag", '"User_flag_key"'))


async def test_a_key_for_which_nothing_differs_is_named_before_anything_is_written(
    head: str,
) -> None:
    key = 'ALTER TABLE "AgentGraph" ADD UNIQUE NULLS NOT DISTINCT ("forkedFromId")'
    async with altered(head, key) as connection:
        with pytest.raises(DatabaseUnsuitable, match=r"would agree in forkedFromId.*\n.*None"):
            await seed(connection)


async def test_values_that_are_taken_are_not_used_again(head: str) -> None:
    kinds = ("smallint", "bit(6)", "character(1)", "varchar(1)", "boolean", "bit(3)[]")
    columns = ", ".join(f"c{n} {kind} NOT NULL UNIQUE" for n, kind in enumerate(kinds))
    changes = (
        "CREATE TYPE tone AS ENUM ('a', 'b', 'c', 'd')",
        f'CREATE TABLE "Few" (id "tone" PRIMARY KEY, {columns})',
        'ALTER TABLE "AgentNode" ADD few tone NOT NULL REFERENCES "Few"',
    )
    async with altered(head, *changes) as connection:
        for _ in range(2):
            assert (await seed(connection)).rows["Few"] == 2
            await execute(connection, 'ALTER TABLE "Few" DROP COLUMN IF EXISTS c4')
        with pytest.raises(DatabaseUnsuitable, match=r'"id" of "Few" .* has no unused value left'):
            await seed(connection)


async def test_values_that_are_taken_are_found_among_many_rows_without_one(head: str) -> None:
    changes = (
        "CREATE TYPE tone AS ENUM ('a', 'b')",
        'CREATE TABLE "Few" (tone tone UNIQUE)',
        f'INSERT INTO "Few" SELECT NULL FROM generate_series(1, {SCARCE})',
        "INSERT INTO \"Few\" VALUES ('a')",
    )
    async with altered(head, *changes) as connection:
        catalog = await with_taken_values(connection, await reflect(connection, SCHEMA))
        (key,) = catalog.tables["Few"].unique_keys
        assert key.taken == {"a"}


# Overrides


async def test_overrides_reach_the_database(head: str) -> None:
    plan = load_plan(
        flags={
            "users": 12,
            "as_of": AS_OF,
            "api_key_hash": "sha256",
            "columns.User.timezone": "Europe/Paris",
            "columns.User.name": '{faker = "name"}',
            "columns.Profile.description": '{choice = ["a", "b"]}',
            "columns.LibraryAgent.imageUrl": "{null = true}",
            "columns.AgentBlock.name": '{sequence = "block-{n}"}',
        }
    )
    async with altered(head) as connection:
        report = await seed(connection, plan)
        assert (
            await value(connection, 'SELECT min(timezone) || max(timezone) FROM "User"')
            == 2 * "Europe/Paris"
        )
        assert (
            await value(
                connection, "SELECT count(*) FROM \"AgentBlock\" WHERE name ~ '^block-\\d+$'"
            )
            == report.rows["AgentBlock"]
        )
        assert await value(connection, 'SELECT count("imageUrl") FROM "LibraryAgent"') == 0
        assert await value(connection, 'SELECT count(DISTINCT description) FROM "Profile"') == 2
        assert {note.action for note in report.notes} == {"overridden"}
        await populate(connection, plan.model_copy(update={"seed": 7, "columns": {}}), strict=True)


@pytest.mark.parametrize(
    ("setting", "text", "named"),
    [
        ("columns.User.timezon", "x", '"timezon" of "User"'),
        ("columns.Nothing.a", "x", '"Nothing"'),
        ("columns.User.maxEmailsPerDay", "many", '"maxEmailsPerDay" of "User"'),
        ("columns.User.email", "{null = true}", '"email" of "User"'),
        ("columns.ChatSession.title", "x", '"ChatSession"'),
    ],
)
async def test_an_override_that_does_not_fit_is_named(
    head: str, setting: str, text: str, named: str
) -> None:
    plan = load_plan(flags={setting: text, "users": 3, "as_of": AS_OF})
    async with altered(head) as connection:
        with pytest.raises(ConfigurationError) as caught:
            await seed(connection, plan)
        assert named in caught.value.sentence
        assert caught.value.exit_status == 2


# All tables


@pytest.mark.parametrize("revision", ["2025_08", "2026_01"])
async def test_every_table_of_the_reference_schemas_gets_rows_twice(
    migrated: Callable[[str], str], revision: str
) -> None:
    async with altered(migrated(revision)) as connection:
        for run in (1, 2):
            report = await seed(connection, ALL)
            assert report.coverage.without_rows == ()
            assert report.coverage.filled == report.coverage.tables
            for table, rows in report.rows.items():
                found = await value(connection, f'SELECT count(*) FROM "{table}"')
                assert found == run * rows > 0, table


async def test_all_tables_of_the_newest_schema_look_right(head: str) -> None:
    checks: dict[str, Any] = {
        'SELECT count(*) FROM "UserBalance"': SMALL_PLAN.users,
        'SELECT count(*) FROM "ChatMessage" m LEFT JOIN "ChatSession" s ON s.id = m."sessionId"'
        ' WHERE s.id IS NULL OR m.content IS NULL OR m."createdAt" < s."createdAt"': 0,
        'SELECT count(*) FROM "NotificationEvent" WHERE "userNotificationBatchId" IS NULL': 0,
        'SELECT count(*) FROM "PendingHumanReview" r JOIN "AgentGraphExecution" e'
        ' ON e.id = r."graphExecId" WHERE e."userId" <> r."userId"': 0,
        'SELECT count(*) FROM "AgentNodeExecutionKeyValueData" d'
        ' WHERE NOT EXISTS (SELECT FROM "User" u WHERE u.id = d."userId")': 0,
        f'SELECT count(*) FROM "ChatSession" WHERE "createdAt" > \'{AS_OF:%Y-%m-%d}\'': 0,
        'SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY "updatedAt" - "createdAt")'
        """ > '1 day' FROM "ChatSession" WHERE "updatedAt" >= "createdAt" """: True,
        'SELECT count(*) FROM "ChatMessage"'
        " WHERE role <> CASE sequence % 2 WHEN 1 THEN 'user' ELSE 'assistant' END": 0,
        'SELECT count(*) FROM "ChatMessage" m JOIN "ChatMessage" n USING ("sessionId")'
        ' WHERE m.sequence < n.sequence AND m."createdAt" >= n."createdAt"': 0,
    }
    async with altered(head) as connection:
        await seed(connection, ALL)
        for query, expected in checks.items():
            assert await value(connection, query) == expected, query


async def test_bookkeeping_and_tables_of_extensions_are_never_touched(head: str) -> None:
    changes = (
        "CREATE TABLE _prisma_migrations (id text PRIMARY KEY, checksum text NOT NULL)",
        "CREATE TABLE alembic_version_x (version_num text PRIMARY KEY)",
        'CREATE TABLE "Parent" (id text PRIMARY KEY)',
        'CREATE TABLE "Child" () INHERITS ("Parent")',
        'CREATE TABLE "Parts" (id text PRIMARY KEY) PARTITION BY HASH (id)',
        'CREATE TABLE "Part0" PARTITION OF "Parts" FOR VALUES WITH (MODULUS 2, REMAINDER 0)',
        'CREATE TABLE "Part1" PARTITION OF "Parts" FOR VALUES WITH (MODULUS 2, REMAINDER 1)',
    )
    async with altered(head, *changes) as connection:
        report = await seed(connection, ALL)
        assert {"Parent", "Parts"} <= report.rows.keys()
        assert report.rows.keys().isdisjoint(
            {"Child", "Part0", "Part1", "_prisma_migrations", "alembic_version_x"}
        )
        assert await value(connection, "SELECT count(*) FROM _prisma_migrations") == 0
