"""Refreshing and reading the platform's views, whatever state and shape they are in."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed import views
from autogpt_seed.catalog import Catalog
from autogpt_seed.database.reflection.reflect import reflect
from autogpt_seed.database.url import parse_url
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.unit_of_work import Timeouts, UnitOfWork
from autogpt_seed.verification import verify
from autogpt_seed.views import RefreshFailed, RefreshPath
from tests.databases import session
from tests.redefining import run

Place = tuple[AsyncConnection, Catalog]


@pytest.fixture
async def work(seeded_database: str) -> AsyncIterator[UnitOfWork]:
    """A unit of work on a seeded database."""
    async with UnitOfWork(parse_url(seeded_database, {})) as work:
        yield work


async def execute(work: UnitOfWork, *statements: str) -> Place:
    """Change the schema inside the transaction, and reflect it then."""
    await work.connection.execute(text("SET LOCAL search_path TO platform"))
    for statement in statements:
        await work.connection.execute(text(statement))
    await work.connection.execute(text("SET LOCAL search_path TO pg_catalog"))
    return work.connection, await reflect(work.connection, "platform")


async def paths(connection: AsyncConnection, catalog: Catalog) -> dict[str, RefreshPath]:
    return {v.view: v.path for v in (await views.refresh(connection, catalog)).views}


async def test_the_function_refreshes_concurrently_what_the_transaction_added(
    work: UnitOfWork,
) -> None:
    connection, catalog = await execute(work, 'DELETE FROM "StoreListingReview"')
    assert set((await paths(connection, catalog)).values()) == {RefreshPath.CONCURRENT}
    reviews = (await views.figures(connection, catalog)).reviews
    assert reviews
    assert (reviews.total, reviews.mean_rating) == (0, None)


async def test_the_search_path_is_put_back(work: UnitOfWork) -> None:
    connection, catalog = await execute(work)
    await views.refresh(connection, catalog)
    assert (await connection.execute(text("SHOW search_path"))).scalar_one() == "pg_catalog"


async def test_without_the_function_a_view_is_refreshed_plainly_whose_key_is_an_expression(
    work: UnitOfWork,
) -> None:
    connection, catalog = await execute(
        work,
        "DROP FUNCTION refresh_store_materialized_views()",
        "DROP INDEX idx_mv_agent_run_counts",
        'CREATE UNIQUE INDEX odd ON mv_agent_run_counts (lower("agentGraphId"))',
    )
    assert await paths(connection, catalog) == {
        "mv_agent_run_counts": RefreshPath.PLAIN,
        "mv_review_stats": RefreshPath.CONCURRENT,
    }


async def test_an_index_over_a_column_with_an_odd_name_lets_a_view_be_refreshed_concurrently(
    work: UnitOfWork,
) -> None:
    _, catalog = await execute(
        work,
        'CREATE MATERIALIZED VIEW mv_odd AS SELECT 1 AS "a WHERE b"',
        'CREATE UNIQUE INDEX odd ON mv_odd ("a WHERE b")',
    )
    assert catalog.views["mv_odd"].concurrently_refreshable


async def test_without_the_function_views_are_refreshed_in_the_order_of_their_dependencies(
    work: UnitOfWork,
) -> None:
    connection, catalog = await execute(
        work,
        "DROP FUNCTION refresh_store_materialized_views()",
        "CREATE MATERIALIZED VIEW a_total AS SELECT sum(run_count) AS n FROM mv_agent_run_counts",
        'DELETE FROM "AgentGraphExecution"',
    )
    assert await paths(connection, catalog) == {
        "mv_agent_run_counts": RefreshPath.CONCURRENT,
        "mv_review_stats": RefreshPath.CONCURRENT,
        "a_total": RefreshPath.PLAIN,
    }
    total = await connection.execute(text("SELECT n FROM platform.a_total"))
    assert total.scalar_one() is None


async def test_a_function_that_does_nothing_is_seen_to_do_nothing(work: UnitOfWork) -> None:
    connection, catalog = await execute(
        work,
        "CREATE OR REPLACE FUNCTION refresh_store_materialized_views() RETURNS void "
        "LANGUAGE sql AS 'SELECT'",
    )
    assert set((await paths(connection, catalog)).values()) == {RefreshPath.NONE}


async def test_the_connection_is_usable_after_a_function_that_raises(work: UnitOfWork) -> None:
    connection, catalog = await execute(
        work,
        "CREATE OR REPLACE FUNCTION refresh_store_materialized_views() RETURNS void "
        "LANGUAGE plpgsql AS $$ BEGIN RAISE 'out of order'; END $$",
    )
    with pytest.raises(RefreshFailed) as caught:
        await views.refresh(connection, catalog)
    assert "out of order" in caught.value.evidence
    assert (await connection.execute(text("SHOW search_path"))).scalar_one() == "pg_catalog"


async def test_all_waits_for_locks_together_take_no_longer_than_one_may(
    seeded_database: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with (
        session(seeded_database) as other,
        UnitOfWork(parse_url(seeded_database, {}), timeouts=Timeouts(lock=1.8)) as work,
    ):
        await other.execute("BEGIN; COMMENT ON MATERIALIZED VIEW platform.mv_review_stats IS ''")
        catalog = await reflect(work.connection, "platform")
        begun = time.monotonic()
        with pytest.raises(DatabaseUnsuitable, match="lock was not free"):
            await views.refresh(work.connection, catalog)
        assert time.monotonic() - begun < 3.6  # as long as two waits of the whole
        assert (await work.connection.execute(text("SHOW lock_timeout"))).scalar_one() == "1800ms"
    locked = r"mv_review_stats is locked \(ShareUpdateExclusiveLock\) by process \d+ \(unnamed\): "
    assert re.search(locked, caplog.text)


async def test_it_is_said_beforehand_whose_readers_will_wait(
    work: UnitOfWork, caplog: pytest.LogCaptureFixture
) -> None:
    connection, catalog = await execute(work, "DROP INDEX idx_mv_review_stats")
    await views.refresh(connection, catalog)
    assert (
        "blocks readers of mv_review_stats until this transaction ends (lock wait: at most 30 s)"
        in caplog.text
    )


async def test_it_is_said_too_where_it_is_the_function_that_refreshes_plainly(
    work: UnitOfWork, caplog: pytest.LogCaptureFixture
) -> None:
    connection, catalog = await execute(
        work,
        "CREATE MATERIALIZED VIEW mv_other AS SELECT 1 AS one",
        "CREATE OR REPLACE FUNCTION refresh_store_materialized_views() RETURNS void LANGUAGE sql "
        "AS $$ REFRESH MATERIALIZED VIEW CONCURRENTLY mv_agent_run_counts; "
        "REFRESH MATERIALIZED VIEW mv_review_stats $$",
    )
    await views.refresh(connection, catalog)
    assert "A plain refresh blocks readers of mv_review_stats" in caplog.text
    assert "mv_other" not in caplog.text


async def test_figures_are_read_from_columns_of_any_name(work: UnitOfWork) -> None:
    connection, before = await execute(work)
    expected = await views.figures(connection, before)
    connection, catalog = await execute(
        work,
        'ALTER MATERIALIZED VIEW mv_agent_run_counts RENAME "agentGraphId" TO g',
        "ALTER MATERIALIZED VIEW mv_agent_run_counts RENAME run_count TO n",
        'ALTER MATERIALIZED VIEW mv_review_stats RENAME "storeListingId" TO s',
        "ALTER MATERIALIZED VIEW mv_review_stats RENAME review_count TO r",
        "ALTER MATERIALIZED VIEW mv_review_stats RENAME avg_rating TO stars",
        "ALTER MATERIALIZED VIEW mv_review_stats RENAME TO mv_stars",
    )
    assert await views.figures(connection, catalog) == expected


async def test_views_that_are_missing_have_no_figures(work: UnitOfWork) -> None:
    connection, catalog = await execute(
        work, "DROP MATERIALIZED VIEW mv_agent_run_counts, mv_review_stats CASCADE"
    )
    assert await views.figures(connection, catalog) == views.ViewFigures(None, None, None)


async def test_views_above_one_that_is_not_populated_have_no_figures(work: UnitOfWork) -> None:
    connection, catalog = await execute(
        work, "REFRESH MATERIALIZED VIEW mv_review_stats WITH NO DATA"
    )
    figures = await views.figures(connection, catalog)
    assert figures.runs
    assert (figures.reviews, figures.store) == (None, None)


async def test_a_snapshot_holds_all_rows_under_their_keys(work: UnitOfWork) -> None:
    connection, catalog = await execute(work)
    view = catalog.views["mv_agent_run_counts"]
    contents = await views.snapshot(connection, view, ["agentGraphId"])
    assert contents == await views.definition_snapshot(connection, view, ["agentGraphId"])
    query = 'SELECT "agentGraphId", run_count FROM platform.mv_agent_run_counts'
    rows = (await connection.execute(text(query))).all()
    assert contents.rows == {key: ((key, count),) for key, count in rows}


async def test_another_sessions_refresh_is_not_waited_for_longer_than_allowed(
    seeded_database: str,
) -> None:
    async with session(seeded_database) as other, other.transaction():
        await other.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY platform.mv_review_stats")
        with pytest.raises(DatabaseUnsuitable, match="A lock was not free in time"):
            await verify(parse_url(seeded_database, {}), timeouts=Timeouts(lock=0.1))


async def test_a_refresh_by_another_session_meanwhile_is_told_as_a_reason(
    seeded_database: str,
) -> None:
    change = """UPDATE "StoreListingReview" SET score = score + 1 WHERE id = (
        SELECT {}(id) FROM "StoreListingReview" GROUP BY "storeListingVersionId"
        HAVING count(*) > 1 ORDER BY "storeListingVersionId" LIMIT 1)"""
    refresh = "REFRESH MATERIALIZED VIEW CONCURRENTLY mv_review_stats"
    target = parse_url(seeded_database, {})
    async with UnitOfWork(target, isolation="REPEATABLE READ") as work:
        connection, catalog = await execute(
            work, "DROP FUNCTION refresh_store_materialized_views()", change.format("min")
        )
        await run(seeded_database, change.format("max"), refresh)
        with pytest.raises(DatabaseUnsuitable, match="could not serialise") as caught:
            await views.refresh(connection, catalog)
    assert "refreshed a view at the same time" in caught.value.evidence


async def test_a_view_that_cannot_be_computed_fails_the_refresh(seeded_database: str) -> None:
    await run(
        seeded_database,
        "DROP FUNCTION refresh_store_materialized_views()",
        "CREATE TABLE divisor AS SELECT 1 AS n",
        "CREATE MATERIALIZED VIEW broken AS SELECT 1 / n AS quotient FROM divisor",
        "UPDATE divisor SET n = 0",
    )
    async with UnitOfWork(parse_url(seeded_database, {})) as work:
        catalog = await reflect(work.connection, "platform")
        with pytest.raises(RefreshFailed, match="'platform' failed") as caught:
            await views.refresh(work.connection, catalog)
    assert "division by zero" in caught.value.evidence
