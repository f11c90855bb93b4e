"""Tables that refuse inserts or COPY work all the same, or are explained."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.overrides import Constant
from autogpt_seed.seeding import PopulateReport, populate
from tests.altering import SCHEMA, altered, execute, texts, value
from tests.conftest import SMALL_PLAN

METRICS = 'SELECT count(*) FROM "AnalyticsMetrics"'
RENAMED = 'ALTER TABLE "AnalyticsMetrics" RENAME TO metrics'
INSTEAD = """
CREATE FUNCTION pass_on() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN INSERT INTO platform.metrics SELECT NEW.*; RETURN NEW; END $$
"""
FLAGS = ("isDeleted", "useForOnboarding")
CHANGED = (
    """
CREATE FUNCTION change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE platform.listings SET "activeVersionId" = NEW."activeVersionId" WHERE id = NEW.id;
    RETURN NEW;
END $$
""",
    'CREATE TRIGGER u INSTEAD OF UPDATE ON "StoreListing" FOR EACH ROW EXECUTE FUNCTION change()',
)
PARTITIONED = """
CREATE TABLE "AnalyticsMetrics" (
    id text, "createdAt" timestamp(3), "updatedAt" timestamp(3) NOT NULL,
    "analyticMetric" text NOT NULL, value double precision NOT NULL, "dataString" text,
    "userId" text NOT NULL REFERENCES "User", PRIMARY KEY (id, "createdAt")
) PARTITION BY RANGE ("createdAt")
"""


@asynccontextmanager
async def seeded(
    url: str, *statements: str
) -> AsyncIterator[tuple[AsyncConnection, PopulateReport]]:
    """The transaction in which the schema was changed and seeded."""
    async with altered(url, *statements) as connection:
        yield connection, await populate(connection, SMALL_PLAN, schema=SCHEMA)


async def refusal(url: str, *statements: str) -> DatabaseUnsuitable:
    """The error of a populate after these changes, which leaves nothing."""
    async with altered(url, *statements) as connection:
        with pytest.raises(DatabaseUnsuitable) as caught:
            await populate(connection, SMALL_PLAN, schema=SCHEMA)
        await execute(connection, "RESET ROLE")
        assert await value(connection, 'SELECT count(*) FROM "AgentGraph"') == 0
    return caught.value


def as_role(*rights: str) -> list[str]:
    """Changes after which the session is another role, which may fill the tables, and `rights`."""
    return [
        "CREATE ROLE seeder",
        f"GRANT USAGE, CREATE ON SCHEMA {SCHEMA} TO seeder",
        f"GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA {SCHEMA} TO seeder",
        "ALTER MATERIALIZED VIEW mv_agent_run_counts OWNER TO seeder",
        "ALTER MATERIALIZED VIEW mv_review_stats OWNER TO seeder",
        *rights,
        "SET LOCAL ROLE seeder",
    ]


async def test_rows_go_through_a_simple_view(head: str) -> None:
    view = 'CREATE VIEW "AnalyticsMetrics" AS SELECT * FROM metrics'
    async with seeded(head, RENAMED, view) as (connection, report):
        assert await value(connection, "SELECT count(*) FROM metrics") == SMALL_PLAN.users
        assert "AnalyticsMetrics is a view: its rows go to what it stands for" in texts(report)


async def test_even_users_may_stand_behind_a_view(head: str) -> None:
    changes = 'ALTER TABLE "User" RENAME TO people', 'CREATE VIEW "User" AS SELECT * FROM people'
    async with seeded(head, *changes) as (connection, report):
        assert await value(connection, "SELECT count(*) FROM people") == SMALL_PLAN.users
        assert report.rows["User"] == SMALL_PLAN.users


@pytest.mark.parametrize(
    "view",
    [
        ['CREATE VIEW "StoreListing" AS SELECT * FROM listings'],
        [
            'CREATE VIEW "StoreListing" AS SELECT DISTINCT * FROM listings',
            *(f'ALTER VIEW "StoreListing" ALTER "{c}" SET DEFAULT false' for c in FLAGS),
            INSTEAD.replace("metrics", "listings"),
            'CREATE TRIGGER t INSTEAD OF INSERT ON "StoreListing" FOR EACH ROW '
            "EXECUTE FUNCTION pass_on()",
            *CHANGED,
        ],
    ],
    ids=["simple", "with triggers"],
)
async def test_keys_lead_through_a_view_to_the_table_that_it_shows(
    head: str, view: list[str]
) -> None:
    changes = (
        'ALTER TABLE "StoreListing" RENAME TO listings',
        *view,
        'CREATE TABLE "Shelf" (id text PRIMARY KEY, "listingId" text NOT NULL REFERENCES listings)',
    )
    plan = SMALL_PLAN.model_copy(update={"tables": "all"})
    async with altered(head, *changes) as connection:
        report = await populate(connection, plan, schema=SCHEMA)
        assert report.rows["Shelf"] > 0
        assert "listings" not in report.rows
        active = 'SELECT count(*) FROM listings WHERE "activeVersionId" IS NOT NULL'
        assert await value(connection, active) != 0


async def test_columns_that_a_view_computes_are_left_to_it(head: str) -> None:
    view = 'CREATE VIEW "AnalyticsMetrics" AS SELECT id, "userId", "analyticMetric", value, '
    view += '"updatedAt", upper("dataString") AS "dataString" FROM metrics'
    async with seeded(head, RENAMED, view) as (connection, report):
        assert await value(connection, "SELECT count(*) FROM metrics") == SMALL_PLAN.users
        dropped = "AnalyticsMetrics.dataString dropped: the role cannot insert into it"
        assert dropped in texts(report)


async def test_numbers_that_the_server_counts_are_set_also_through_a_view_that_renames_them(
    head: str,
) -> None:
    counted = (
        "ALTER TABLE metrics ALTER id TYPE bigint USING 0, ALTER id ADD GENERATED ALWAYS AS "
        "IDENTITY",
        "ALTER TABLE metrics RENAME id TO number",
    )
    view = 'CREATE VIEW "AnalyticsMetrics" AS SELECT number AS id, "userId", "analyticMetric", '
    view += 'value, "updatedAt", "dataString" FROM metrics'
    async with seeded(head, RENAMED, *counted, view) as (connection, _):
        assert await value(connection, "SELECT count(*) FROM metrics") == SMALL_PLAN.users


async def test_rows_go_through_a_view_with_an_instead_of_trigger(head: str) -> None:
    view = 'CREATE VIEW "AnalyticsMetrics" AS SELECT DISTINCT * FROM metrics'
    trigger = 'CREATE TRIGGER t INSTEAD OF INSERT ON "AnalyticsMetrics" FOR EACH ROW'
    trigger += " EXECUTE FUNCTION pass_on()"
    async with seeded(head, RENAMED, view, INSTEAD, trigger) as (connection, _):
        assert await value(connection, "SELECT count(*) FROM metrics") == SMALL_PLAN.users


async def test_a_view_that_takes_no_rows_is_left_out(head: str) -> None:
    view = 'CREATE VIEW "AnalyticsMetrics" AS SELECT DISTINCT * FROM metrics'
    async with seeded(head, RENAMED, view) as (_, report):
        assert "AnalyticsMetrics" not in report.rows
        assert "AnalyticsMetrics left out: it is a view that takes no rows" in texts(report)


async def test_no_marketplace_is_made_where_the_users_are_a_view_that_takes_no_rows(
    head: str,
) -> None:
    view = 'CREATE VIEW "User" AS SELECT DISTINCT * FROM people'
    error = await refusal(head, 'ALTER TABLE "User" RENAME TO people', view)
    assert "User" in error.sentence
    assert "a view that takes no rows" in error.evidence


async def test_a_foreign_table_that_takes_no_rows_is_left_out(head: str) -> None:
    changes = (
        RENAMED,
        "CREATE EXTENSION file_fdw",
        "CREATE SERVER files FOREIGN DATA WRAPPER file_fdw",
        'CREATE FOREIGN TABLE "AnalyticsMetrics" (id text) SERVER files'
        " OPTIONS (filename '/dev/null')",
    )
    async with altered(head) as connection:
        query = "SELECT count(*) FROM pg_available_extensions WHERE name = 'file_fdw'"
        if not await value(connection, query):
            pytest.skip("this server comes without file_fdw")
    async with seeded(head, *changes) as (_, report):
        assert "AnalyticsMetrics left out: it is a foreign table that takes no rows" in texts(
            report
        )


async def test_a_foreign_table_whose_wrapper_has_no_handler_is_left_out(head: str) -> None:
    changes = (
        RENAMED,
        "CREATE FOREIGN DATA WRAPPER wrapper",
        "CREATE SERVER elsewhere FOREIGN DATA WRAPPER wrapper",
        'CREATE FOREIGN TABLE "AnalyticsMetrics" (id text) SERVER elsewhere',
    )
    async with seeded(head, *changes) as (_, report):
        assert "AnalyticsMetrics left out: it is a foreign table that takes no rows" in texts(
            report
        )


async def test_under_row_security_rows_are_inserted(head: str) -> None:
    policy = 'CREATE POLICY everybody ON "AgentGraph" USING (true) WITH CHECK (true)'
    secured = 'ALTER TABLE "AgentGraph" ENABLE ROW LEVEL SECURITY'
    async with seeded(head, *as_role(secured, policy)) as (connection, report):
        count = await value(connection, 'SELECT count(*) FROM "AgentGraph"')
        assert count == report.rows["AgentGraph"] > 0
        assert "AgentGraph is filled by INSERT: row security applies to the role" in texts(report)


async def test_row_security_that_refuses_is_named(head: str) -> None:
    secured = 'ALTER TABLE "AgentGraph" ENABLE ROW LEVEL SECURITY'
    error = await refusal(head, *as_role(secured))
    assert 'row security of table "AgentGraph"' in error.sentence
    assert "Connect as a role" in error.remedy


async def test_a_right_on_the_needed_columns_is_enough(head: str) -> None:
    revoked = 'REVOKE INSERT ON "AgentGraph" FROM seeder'
    granted = 'GRANT INSERT (id, version, "userId", name) ON "AgentGraph" TO seeder'
    async with seeded(head, *as_role(revoked, granted)) as (_, report):
        assert report.rows["AgentGraph"] > 0
        assert "AgentGraph.description dropped: the role cannot insert into it" in texts(report)


async def test_missing_rights_are_listed_with_the_tables_and_columns(head: str) -> None:
    changes = (
        'REVOKE INSERT ON "AgentGraph", "Profile" FROM seeder',
        'GRANT INSERT (id, version, name) ON "AgentGraph" TO seeder',
        'REVOKE SELECT ON "AgentGraph" FROM seeder',
    )
    error = await refusal(head, *as_role(*changes))
    assert error.evidence.splitlines() == [
        "No INSERT on: Profile.",
        "No INSERT on required columns: AgentGraph.userId.",
        "No SELECT on: AgentGraph.",
    ]


async def test_a_partitioned_table_is_filled_through_its_parent(head: str) -> None:
    changes = (
        'DROP TABLE "AnalyticsMetrics"',
        PARTITIONED,
        'CREATE TABLE early PARTITION OF "AnalyticsMetrics" FOR VALUES FROM'
        " ('2000-01-01') TO ('2025-06-01')",
        'CREATE TABLE late PARTITION OF "AnalyticsMetrics" FOR VALUES FROM'
        " ('2025-06-01') TO ('2200-01-01')",
    )
    async with seeded(head, *changes) as (connection, report):
        assert await value(connection, METRICS) == report.rows["AnalyticsMetrics"]
        assert await value(connection, "SELECT count(*) FROM late") != 0


async def test_a_missing_partition_is_named(head: str) -> None:
    error = await refusal(head, 'DROP TABLE "AnalyticsMetrics"', PARTITIONED)
    assert error.sentence == 'No partition of table "AnalyticsMetrics" takes a row of this plan.'
    assert '("createdAt") = (20' in error.evidence
    assert "Attach a partition" in error.remedy


@pytest.mark.parametrize(
    "change",
    [
        'CREATE TABLE more_metrics () INHERITS ("AnalyticsMetrics")',
        'ALTER TABLE "AnalyticsMetrics" SET UNLOGGED',
    ],
    ids=["inherited", "unlogged"],
)
async def test_it_makes_no_difference_that_a_table_is(head: str, change: str) -> None:
    async with seeded(head, change) as (connection, report):
        assert await value(connection, METRICS) == SMALL_PLAN.users
        assert not report.notes


async def test_rules_are_passed_by_with_a_note(head: str) -> None:
    rule = 'CREATE RULE nothing AS ON INSERT TO "AnalyticsMetrics" DO INSTEAD NOTHING'
    async with seeded(head, rule) as (connection, report):
        assert await value(connection, METRICS) == SMALL_PLAN.users
        assert any("its rules do not apply: nothing" in text for text in texts(report))


async def test_a_refresh_function_for_views_that_are_gone_is_worked_around(head: str) -> None:
    gone = "DROP MATERIALIZED VIEW mv_review_stats CASCADE"
    async with seeded(head, gone) as (connection, report):
        assert report.refresh.function is None
        assert [view.view for view in report.refresh.views] == ["mv_agent_run_counts"]
        assert await value(connection, "SELECT count(*) FROM mv_agent_run_counts") != 0
        assert any("refreshes mv_review_stats, which do not exist" in t for t in texts(report))


async def test_a_check_that_raises_is_met_by_a_setting_of_the_table(head: str) -> None:
    change = 'ALTER TABLE "AgentGraph" ADD cfg jsonb NOT NULL CHECK (jsonb_array_length(cfg) > 0)'
    async with altered(head, change) as connection:
        with pytest.raises(DatabaseUnsuitable, match=r"in \[columns.AgentGraph\]") as caught:
            await populate(connection, SMALL_PLAN, schema=SCHEMA)
        assert "no setting" not in str(caught.value)
        plan = SMALL_PLAN.model_copy(
            update={"columns": {"AgentGraph": {"cfg": Constant(constant=[1])}}}
        )
        await populate(connection, plan, schema=SCHEMA)
        assert await value(connection, "SELECT bool_and(cfg = '[1]') FROM \"AgentGraph\"") is True
