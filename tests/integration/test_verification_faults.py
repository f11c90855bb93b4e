"""Each way to break the platform's derived data is found, and nothing else is blamed for it."""

from __future__ import annotations

import pytest

from autogpt_seed.database.url import parse_url
from autogpt_seed.verification import Outcome, VerificationReport, verify
from tests.databases import everything
from tests.redefining import recompute, redefine, run

FUNCTION = "CREATE OR REPLACE FUNCTION refresh_store_materialized_views() RETURNS void "
TRIGGER = "CREATE FUNCTION trip() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {} END $$"
ON_RUNS = (
    'CREATE TRIGGER trip {} INSERT ON "AgentGraphExecution" FOR EACH ROW EXECUTE FUNCTION trip()'
)

STATEMENTS = {
    "an empty refresh function": (
        "view.fresh",
        [FUNCTION + "LANGUAGE plpgsql AS 'BEGIN END'"],
    ),
    "a refresh function that forgets a view": (
        "view.fresh",
        [FUNCTION + "LANGUAGE sql AS 'REFRESH MATERIALIZED VIEW CONCURRENTLY mv_agent_run_counts'"],
    ),
    "a refresh function that raises": (
        "refresh.function",
        [FUNCTION + "LANGUAGE plpgsql AS $$ BEGIN RAISE 'out of order'; END $$"],
    ),
    "a refresh function that names a view that is gone": (
        "refresh.function",
        [FUNCTION + "LANGUAGE plpgsql AS 'BEGIN REFRESH MATERIALIZED VIEW mv_old; END'"],
    ),
    "a refresh function of another schema's views": (
        "view.fresh",
        [
            "CREATE SCHEMA other",
            "CREATE MATERIALIZED VIEW other.mv_agent_run_counts AS SELECT 1 AS one",
            "CREATE MATERIALIZED VIEW other.mv_review_stats AS SELECT 1 AS one",
            "ALTER FUNCTION refresh_store_materialized_views() SET search_path TO other",
        ],
    ),
    "a trigger that loses runs": (
        "data.injected",
        [
            TRIGGER.format("IF NEW.id LIKE '%1-%' THEN RETURN NULL; END IF; RETURN NEW;"),
            ON_RUNS.format("BEFORE"),
        ],
    ),
    "a trigger that doubles runs": (
        "data.injected",
        [
            TRIGGER.format(
                'IF pg_trigger_depth() = 1 THEN INSERT INTO "AgentGraphExecution" (id, '
                '"agentGraphId", "agentGraphVersion", "userId") VALUES (NEW.id || \'x\', '
                'NEW."agentGraphId", 1, NEW."userId"); END IF; RETURN NULL;'
            ),
            ON_RUNS.format("AFTER"),
        ],
    ),
}

DEFINITIONS = {
    "run counts that stop at ten graphs": (
        "view.counts",
        "mv_agent_run_counts",
        'SELECT * FROM {old} ORDER BY "agentGraphId" DESC LIMIT 10',
    ),
    "run counts without finished runs": (
        "view.counts",
        "mv_agent_run_counts",
        'SELECT "agentGraphId", count(*) AS run_count FROM "AgentGraphExecution" '
        "WHERE \"executionStatus\" <> 'COMPLETED' GROUP BY 1",
    ),
    "run counts that are joined to the nodes": (
        "view.counts",
        "mv_agent_run_counts",
        'SELECT "agentGraphId", count(*) AS run_count FROM "AgentGraphExecution" '
        'JOIN "AgentNode" USING ("agentGraphId") GROUP BY 1',
    ),
    "a rating that is the best, not the mean": (
        "view.counts",
        "mv_review_stats",
        'SELECT listing.id AS "storeListingId", count(review.id) AS review_count, '
        "max(review.score)::numeric AS avg_rating "
        'FROM "StoreListing" listing JOIN "StoreListingVersion" version '
        'ON version."storeListingId" = listing.id LEFT JOIN "StoreListingReview" review '
        'ON review."storeListingVersionId" = version.id '
        "WHERE version.\"submissionStatus\" = 'APPROVED' GROUP BY 1",
    ),
}

COLUMNS = {
    "run counts that count double": (
        "view.counts",
        ("mv_agent_run_counts", "run_count", "run_count * 2"),
    ),
    "run counts that are always one": (
        "view.counts",
        ("mv_agent_run_counts", "run_count", "1::bigint"),
    ),
    "a review count of zero": ("view.counts", ("mv_review_stats", "review_count", "0::bigint")),
    "a rating in whole numbers": (
        "view.counts",
        ("mv_review_stats", "avg_rating", "floor(avg_rating)"),
    ),
    "StoreAgent with constant runs": ("store.agents", ("StoreAgent", "runs", "7::bigint")),
    "StoreAgent with a rating of its own": (
        "store.agents",
        ("StoreAgent", "rating", "least(5, rating + 1)"),
    ),
    "StoreAgent that reads a copy": (
        "store.agents",
        (
            "StoreAgent",
            "runs",
            '(SELECT run_count FROM frozen JOIN "StoreListing" USING ("agentGraphId") '
            "WHERE id = listing_id)",
        ),
    ),
}


async def verdict(url: str) -> tuple[set[str], VerificationReport]:
    """The codes of the checks that did not pass, cron aside."""
    report = await verify(parse_url(url, {}))
    codes = {check.code for check in report.checks if check.outcome is not Outcome.PASSED}
    return codes - {"cron.job"}, report


@pytest.mark.parametrize("fault", STATEMENTS)
async def test_a_fault_is_found_by_its_own_check(seeded_database: str, fault: str) -> None:
    code, statements = STATEMENTS[fault]
    await run(seeded_database, *statements)
    before = await everything(seeded_database)
    found, report = await verdict(seeded_database)
    assert found == {code}, report.checks
    assert report.exit_status == 1
    assert await everything(seeded_database) == before


@pytest.mark.parametrize("fault", DEFINITIONS)
async def test_a_wrong_definition_is_found(seeded_database: str, fault: str) -> None:
    code, view, definition = DEFINITIONS[fault]
    await redefine(seeded_database, view, definition)
    found, report = await verdict(seeded_database)
    assert found == {code}, report.checks
    assert report.exit_status == 1


@pytest.mark.parametrize("fault", COLUMNS)
async def test_a_wrong_figure_is_found(seeded_database: str, fault: str) -> None:
    code, (view, column, expression) = COLUMNS[fault]
    await run(seeded_database, "CREATE TABLE frozen AS SELECT * FROM mv_agent_run_counts")
    await recompute(seeded_database, view, column, expression)
    found, report = await verdict(seeded_database)
    assert found == {code}, report.checks
    assert report.exit_status == 1


@pytest.mark.parametrize("view", ["mv_agent_run_counts", "mv_review_stats"])
async def test_a_table_in_the_place_of_a_view_is_found(seeded_database: str, view: str) -> None:
    await redefine(seeded_database, view, "SELECT * FROM {old}", table=True)
    found, report = await verdict(seeded_database)
    assert "view.present" in found, report.checks
    assert report.exit_status == 1
