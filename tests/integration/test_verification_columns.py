"""A column that a view lost, or shows under a name that nobody knows, does not pass unseen."""

from __future__ import annotations

import pytest

from autogpt_seed.database.url import parse_url
from autogpt_seed.verification import Check, Outcome, verify
from tests.databases import session
from tests.redefining import redefine, run


async def without(url: str, view: str, column: str, instead: str = "") -> None:
    """Let a view lack that column, and have those `instead`."""
    async with session(url) as connection:
        names = await connection.fetchval(
            "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute "
            "WHERE attrelid = $1::text::regclass AND attnum > 0 AND attname <> $2",
            f'platform."{view}"',
            column,
        )
    await redefine(url, view, f"SELECT {', '.join(filter(None, (names, instead)))} FROM {{old}}")


async def troubles(url: str) -> list[Check]:
    """What did not pass, cron aside."""
    report = await verify(parse_url(url, {}))
    assert report.exit_status == 0
    found = [check for check in report.checks if check.outcome is not Outcome.PASSED]
    return [check for check in found if check.code != "cron.job"]


@pytest.mark.parametrize(
    ("view", "column", "instead"),
    [
        ("StoreAgent", "runs", "7 AS usage_count"),
        ("StoreAgent", "creator_username", '(SELECT min(username) FROM "Profile") AS author'),
        ("StoreAgent", "updated_at", "now() AS last_updated"),
        ("StoreAgent", "slug", "'x'::text AS agent_slug"),
        ("StoreSubmission", "status", "'APPROVED'::text AS state"),
        ("Creator", "num_agents", "9 AS listings"),
    ],
)
async def test_a_column_under_a_name_that_nobody_knows_is_a_warning(
    seeded_database: str, view: str, column: str, instead: str
) -> None:
    await without(seeded_database, view, column, instead)
    (check,) = await troubles(seeded_database)
    assert (check.code, check.outcome, check.subject) == ("view.columns", Outcome.WARNING, view)
    assert "version 2026_01" in check.title
    assert check.evidence[0].endswith(f": {column}.")
    assert instead.split()[-1] in check.evidence[1]


@pytest.mark.parametrize(
    ("view", "column"),
    [
        ("StoreAgent", "versions"),
        ("StoreAgent", "storeListingVersionId"),
        ("StoreSubmission", "rating"),
        ("Creator", "agent_runs"),
    ],
)
async def test_a_column_that_a_view_lost_is_a_warning(
    seeded_database: str, view: str, column: str
) -> None:
    await without(seeded_database, view, column)
    (check,) = await troubles(seeded_database)
    assert (check.code, check.subject) == ("view.columns", view)
    assert check.evidence[0].endswith(f": {column}.")


async def test_a_materialised_view_without_a_figure_is_a_warning(seeded_database: str) -> None:
    await run(seeded_database, "DROP INDEX idx_mv_review_stats_count")
    await without(seeded_database, "mv_review_stats", "review_count")
    (check,) = await troubles(seeded_database)
    assert (check.code, check.subject) == ("view.columns", "mv_review_stats")
    assert check.evidence == ("Not found, under any known name: review_count.",)


async def test_columns_under_other_known_names_are_not_missed(seeded_database: str) -> None:
    renamed = {
        "StoreAgent": {"agentGraphId": "graph_id", "agentGraphVersions": "graph_versions",
                       "creator_avatar": "creatorAvatarUrl", "rating": "mean"},
        "StoreSubmission": {"agent_version": "graph_version", "date_submitted": "submitted_at"},
        "Creator": {"avatar_url": "avatar", "username": "user_name"},
    }  # fmt: skip
    for view, names in renamed.items():
        for old, new in names.items():
            await run(seeded_database, f'ALTER VIEW "{view}" RENAME "{old}" TO "{new}"')
    assert await troubles(seeded_database) == []


async def test_of_a_view_of_a_forks_own_only_the_figures_are_missed(seeded_database: str) -> None:
    await run(
        seeded_database,
        'ALTER VIEW "StoreAgent" RENAME TO agents',
        'CREATE VIEW "StoreAgent" AS SELECT listing_id, slug, runs FROM agents',
    )
    found = [check for check in await troubles(seeded_database) if check.code == "view.columns"]
    assert [check.evidence[0].split(": ")[1] for check in found] == ["rating."]


async def test_a_view_of_which_nothing_is_recognised_does_not_pass(seeded_database: str) -> None:
    texts = 'SELECT "storeListingId", review_count::text AS a, avg_rating::text AS b FROM {old}'
    await redefine(seeded_database, "mv_review_stats", texts, alone=True)
    await run(
        seeded_database,
        'DROP VIEW IF EXISTS "StoreAgent", "Creator", "StoreSubmission"',
        'CREATE VIEW "StoreAgent" AS SELECT slug AS a FROM "StoreListing"',
        'CREATE VIEW "Creator" AS SELECT name AS a FROM "Profile"',
        'CREATE VIEW "StoreSubmission" AS SELECT id AS a FROM "StoreListingVersion"',
    )
    report = await verify(parse_url(seeded_database, {}))
    found = {(c.code, c.subject) for c in report.checks if c.outcome is Outcome.INCONCLUSIVE}
    assert found == {
        ("view.present", "StoreAgent"),
        ("view.counts", "mv_review_stats"),
        ("store.agents", "StoreAgent"),
        ("store.creators", "Creator"),
        ("store.submissions", "StoreSubmission"),
    }


@pytest.mark.parametrize("columns", ["failed, run_count", "run_count, failed"])
async def test_of_two_unknown_counts_the_one_that_the_store_shows_is_the_runs(
    seeded_database: str, columns: str
) -> None:
    counts = (
        'SELECT "agentGraphId", count(*) AS run_count, '
        "count(*) FILTER (WHERE \"executionStatus\" = 'FAILED') AS failed "
        'FROM "AgentGraphExecution" GROUP BY 1'
    )
    definition = f'SELECT "agentGraphId", {columns} FROM ({counts}) AS counted'
    await redefine(seeded_database, "mv_agent_run_counts", definition)
    rename = "ALTER MATERIALIZED VIEW mv_agent_run_counts RENAME run_count TO finished_or_not"
    await run(seeded_database, rename)
    assert await troubles(seeded_database) == []
