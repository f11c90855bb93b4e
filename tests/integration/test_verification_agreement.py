"""Views of one database that count by different known rules do not pass unseen."""

from __future__ import annotations

import re

import pytest

from autogpt_seed.checks import check_store
from autogpt_seed.database.url import parse_url
from autogpt_seed.verification import Outcome, verify
from tests.databases import session
from tests.redefining import recompute, redefine, run

OWNERS_ASIDE = """
    SELECT run."agentGraphId", count(*) AS run_count FROM "AgentGraphExecution" AS run
    JOIN "AgentGraph" AS graph
        ON (graph.id, graph.version) = (run."agentGraphId", run."agentGraphVersion")
    WHERE graph."userId" <> run."userId" GROUP BY 1
"""
ALL = 'SELECT "agentGraphId", count(*) AS run_count FROM "AgentGraphExecution" GROUP BY 1'
LIVE_STATS = """
    SELECT listing.id AS "storeListingId", avg(review.score) AS avg_rating
    FROM "StoreListing" AS listing
    JOIN "StoreListingVersion" AS version ON {versions}
    JOIN "StoreListingReview" AS review ON review."storeListingVersionId" = version.id GROUP BY 1
"""
APPROVED = 'version."storeListingId" = listing.id AND version."submissionStatus" = \'APPROVED\''


async def count_live(url: str, view: str, materialized: str, sql: str) -> None:
    """Let a view read that in the place of a materialised one."""
    async with session(url) as connection:
        await connection.execute("SET search_path TO platform")
        old = await connection.fetchval("SELECT pg_get_viewdef($1::text::regclass)", f'"{view}"')
    join = re.compile(rf"JOIN {materialized}(?: (?!ON|USING)(\w+))?")
    await redefine(url, view, join.sub(lambda m: f"JOIN ({sql}) AS {m[1] or materialized}", old))


async def disagreement(url: str) -> list[tuple[str, ...]]:
    """The evidence of each finding, cron aside, all of which are of views that do not agree."""
    report = await verify(parse_url(url, {}))
    assert report.exit_status == 0
    found = [c for c in report.checks if c.outcome is not Outcome.PASSED and c.code != "cron.job"]
    assert {check.code for check in found} <= {"store.agreement"}, found
    return [check.evidence for check in found]


async def without_owners(url: str, view: str) -> None:
    """Let a view alone leave out the runs by a graph's owner."""
    if view == "StoreSubmission":
        live = f'(SELECT run_count FROM ({OWNERS_ASIDE}) r WHERE r."agentGraphId" = agent_id)'
        await recompute(url, view, "runs", f"COALESCE({live}, 0)")
    else:
        await count_live(url, view, "mv_agent_run_counts", OWNERS_ASIDE)


@pytest.mark.parametrize("view", ["StoreSubmission", "StoreAgent", "Creator"])
async def test_a_view_that_alone_leaves_out_the_owners_runs_is_a_warning(
    seeded_database: str, view: str
) -> None:
    await without_owners(seeded_database, view)
    (evidence,) = await disagreement(seeded_database)
    assert f"{view}: the runs of each graph, without those by its owner." in evidence
    assert "mv_agent_run_counts: the runs of each graph." in evidence


async def test_views_that_all_leave_them_out_agree(seeded_database: str) -> None:
    await redefine(seeded_database, "mv_agent_run_counts", OWNERS_ASIDE)
    await without_owners(seeded_database, "StoreSubmission")
    assert await disagreement(seeded_database) == []


async def test_views_that_count_live_by_the_rule_of_the_materialised_ones_agree(
    seeded_database: str,
) -> None:
    await count_live(seeded_database, "StoreAgent", "mv_agent_run_counts", ALL)
    stats = LIVE_STATS.format(versions=APPROVED)
    await count_live(seeded_database, "StoreAgent", "mv_review_stats", stats)
    assert await disagreement(seeded_database) == []


async def test_a_live_rating_by_another_rule_than_the_materialised_one_is_a_warning(
    seeded_database: str,
) -> None:
    stats = LIVE_STATS.format(versions=f'{APPROVED} AND NOT version."isDeleted"')
    await count_live(seeded_database, "StoreAgent", "mv_review_stats", stats)
    await run(
        seeded_database,
        'UPDATE "StoreListingVersion" SET "isDeleted" = true WHERE id = (SELECT min(v.id) FROM '
        '"StoreListingVersion" AS v JOIN "StoreListingReview" AS r ON r."storeListingVersionId" = '
        "v.id WHERE v.\"submissionStatus\" = 'APPROVED')",
    )
    (evidence,) = await disagreement(seeded_database)
    assert evidence == (
        "mv_review_stats: the reviews of the approved versions of each live listing.",
        "StoreAgent: the reviews of the approved versions of each live listing, "
        "without deleted versions.",
    )


async def test_a_creators_rule_that_all_views_may_follow_agrees(seeded_database: str) -> None:
    means = (
        'SELECT l.id AS "storeListingId", l."owningUserId" AS owner, count(r.id) AS review_count,'
        ' avg(r.score) AS avg_rating FROM "StoreListing" AS l JOIN "StoreListingVersion" AS v'
        """ ON v."storeListingId" = l.id AND v."submissionStatus" = 'APPROVED' """
        'LEFT JOIN "StoreListingReview" AS r ON r."storeListingVersionId" = v.id '
        'WHERE NOT l."isDeleted" AND l."hasApprovedVersion" GROUP BY l.id'
    )
    columns = '"storeListingId", review_count, avg_rating'
    await redefine(seeded_database, "mv_review_stats", f"SELECT {columns} FROM ({means}) AS m")
    await redefine(
        seeded_database,
        "Creator",
        "SELECT p.username, COALESCE(avg(m.avg_rating), 0) AS agent_rating "
        f'FROM "Profile" AS p LEFT JOIN ({means}) AS m ON m.owner = p."userId" GROUP BY p.username',
    )
    report = await verify(parse_url(seeded_database, {}))
    assert report.exit_status == 0
    assert "store.agreement" not in {check.code for check in report.checks}


async def test_the_single_check_of_the_store_compares_the_rules_too(seeded_database: str) -> None:
    await without_owners(seeded_database, "StoreSubmission")
    engine = parse_url(seeded_database, {}).engine()
    async with engine.connect() as connection:
        found = [c.code for c in await check_store(connection) if c.outcome is not Outcome.PASSED]
    await engine.dispose()
    assert found == ["store.agreement"]
