"""The views of the migrations say what they should, worked out by hand for a few rows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from decimal import Decimal

import asyncpg
import pytest

from tests.catalog_facts import Session, tuples

ROWS = """
INSERT INTO "User" (id, email, "updatedAt")
    SELECT name, name || '@example.com', now() FROM unnest('{ann,bob,cid}'::text[]) AS name;
INSERT INTO "Profile" (id, "userId", name, username, description, links)
    VALUES ('pa', 'ann', 'Ann', 'ann', 'A', '{}'), ('pb', 'bob', 'Bob', 'bob', 'B', '{}');
INSERT INTO "AgentGraph" (id, version, "userId") VALUES ('runs', 1, 'ann'), ('runs', 2, 'ann'),
    ('waits', 1, 'ann'), ('strays', 1, 'cid'), ('gone', 1, 'ann'), ('odd', 1, 'bob');
INSERT INTO "AgentGraphExecution" (id, "agentGraphId", "agentGraphVersion", "userId") VALUES
    ('x1', 'runs', 1, 'ann'), ('x2', 'runs', 1, 'bob'), ('x3', 'runs', 2, 'bob'),
    ('x4', 'waits', 1, 'bob'), ('x5', 'gone', 1, 'bob');
INSERT INTO "StoreListing"
    (id, slug, "agentGraphId", "agentGraphVersion", "owningUserId", "hasApprovedVersion",
     "isDeleted")
VALUES ('listed', 'listed', 'runs', 1, 'ann', true, false),
    ('pending', 'pending', 'waits', 1, 'ann', false, false),
    ('nameless', 'nameless', 'strays', 1, 'cid', true, false),
    ('deleted', 'deleted', 'gone', 1, 'ann', true, true),
    ('unmarked', 'unmarked', 'odd', 1, 'bob', false, false);
INSERT INTO "StoreListingVersion"
    (id, version, "storeListingId", "agentGraphId", "agentGraphVersion", name, "subHeading",
     description, "imageUrls", categories, "submissionStatus")
VALUES ('listed-2', 2, 'listed', 'runs', 1, 'Old', '', '', '{}', '{b,a}', 'APPROVED'),
    ('listed-10', 10, 'listed', 'runs', 2, 'New', '', '', '{}', '{c,a}', 'APPROVED'),
    ('listed-11', 11, 'listed', 'runs', 2, 'Next', '', '', '{}', '{z}', 'PENDING'),
    ('pending-1', 1, 'pending', 'waits', 1, 'Wait', '', '', '{}', '{z}', 'PENDING'),
    ('nameless-1', 1, 'nameless', 'strays', 1, 'Stray', '', '', '{}', '{s}', 'APPROVED'),
    ('deleted-1', 1, 'deleted', 'gone', 1, 'Gone', '', '', '{}', '{z}', 'APPROVED'),
    ('unmarked-1', 1, 'unmarked', 'odd', 1, 'Odd', '', '', '{}', '{z}', 'APPROVED');
INSERT INTO "StoreListingReview" (id, "storeListingVersionId", "reviewByUserId", score) VALUES
    ('r1', 'listed-2', 'bob', 5), ('r2', 'listed-2', 'cid', 4), ('r3', 'listed-10', 'bob', 1),
    ('r4', 'listed-11', 'bob', 5), ('r5', 'deleted-1', 'bob', 5);
SELECT refresh_store_materialized_views();
"""
THIRD = Decimal("3.3333333333333333")


@pytest.fixture
async def session(
    create_database: Callable[..., str],
    drop_database: Callable[[str], None],
    migrated: Callable[[str], str],
    revision: str,
) -> AsyncIterator[Session]:
    """A session in the platform's schema at each revision, with the rows above in it."""
    url = create_database(migrated(revision))
    session = await asyncpg.connect(url, server_settings={"search_path": "platform"})
    await session.execute(ROWS)
    yield session
    await session.close()
    drop_database(url)


async def test_runs_are_counted_for_every_graph_that_was_run(session: Session) -> None:
    counts = await tuples(session, 'SELECT "agentGraphId", run_count FROM mv_agent_run_counts')
    assert dict(counts) == {"runs": 3, "waits": 1, "gone": 1}


async def test_reviews_of_approved_versions_are_counted_for_listings_in_the_store(
    session: Session,
) -> None:
    columns = '"storeListingId", review_count, avg_rating'
    rows = await tuples(session, f"SELECT {columns} FROM mv_review_stats")
    assert sorted(rows) == [("listed", 3, THIRD), ("nameless", 0, None), ("unmarked", 0, None)]


async def test_the_store_shows_approved_versions_of_marked_listings(
    session: Session, revision: str
) -> None:
    columns = '"storeListingVersionId", runs, rating, versions, creator_username'
    rows = await tuples(session, f'SELECT {columns} FROM "StoreAgent"')
    every = {
        "listed-2": [3, float(THIRD), ["2", "10"], "ann"],
        "listed-10": [3, float(THIRD), ["2", "10"], "ann"],
        "nameless-1": [0, 0.0, ["1"], None],
    }
    if revision == "2026_01":
        del every["listed-2"]
    assert len(rows) == len(every)
    assert {version: rest for version, *rest in rows} == every


@pytest.mark.parametrize("revision", ["2026_01"])
async def test_the_store_tells_the_graph_and_its_approved_versions(session: Session) -> None:
    columns = '"agentGraphId", "agentGraphVersions", is_available, "useForOnboarding"'
    query = f"SELECT {columns} FROM \"StoreAgent\" WHERE slug = 'listed'"
    assert await tuples(session, query) == [("runs", ["1", "2"], True, False)]


async def test_every_profile_has_the_figures_of_its_listings_in_the_store(
    session: Session,
) -> None:
    columns = "username, num_agents, agent_rating, agent_runs, top_categories"
    assert await tuples(session, f'SELECT {columns} FROM "Creator" ORDER BY username') == [
        ("ann", 1, THIRD, 3, ["a", "b", "c"]),
        ("bob", 0, 0, 0, None),
    ]


async def test_submissions_show_every_status_and_the_figures_of_this_moment(
    session: Session,
) -> None:
    columns, values = '(id, "agentGraphId", "userId")', "('x6', 'runs', 'cid')"
    await session.execute(f'INSERT INTO "AgentGraphExecution" {columns} VALUES {values}')
    columns = "store_listing_version_id, agent_version, status, runs, rating"
    assert set(await tuples(session, f'SELECT {columns} FROM "StoreSubmission"')) == {
        ("listed-2", 1, "APPROVED", 4, 4.5),
        ("listed-10", 2, "APPROVED", 4, 1.0),
        ("listed-11", 2, "PENDING", 4, 5.0),
        ("pending-1", 1, "PENDING", 1, 0.0),
        ("nameless-1", 1, "APPROVED", 0, 0.0),
        ("unmarked-1", 1, "APPROVED", 0, 0.0),
    }
    assert await session.fetchval('SELECT max(runs) FROM "StoreAgent"') == 3


async def test_the_refresh_falls_back_to_a_plain_one(session: Session) -> None:
    await session.execute("DROP INDEX idx_mv_agent_run_counts")
    await session.execute("DELETE FROM \"AgentGraphExecution\" WHERE id = 'x1'")
    await session.execute("SELECT refresh_store_materialized_views()")
    count = "SELECT run_count FROM mv_agent_run_counts WHERE \"agentGraphId\" = 'runs'"
    assert await session.fetchval(count) == 2
