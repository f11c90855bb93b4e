"""The checks one by one, on a connection of the caller's, whose transaction stays the caller's."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.checks import (
    Check,
    Outcome,
    check_cron,
    check_fresh,
    check_store,
    check_views,
)
from tests.altering import altered


def outcomes(checks: tuple[Check, ...]) -> set[tuple[str, Outcome]]:
    return {(check.code, check.outcome) for check in checks}


async def path(connection: AsyncConnection) -> object:
    return (await connection.execute(text("SHOW search_path"))).scalar_one()


async def test_a_seeded_database_passes_each_of_them(seeded_revision: str) -> None:
    async with altered(seeded_revision, "SET LOCAL search_path TO pg_catalog") as connection:
        assert outcomes(await check_fresh(connection)) == {("view.fresh", Outcome.PASSED)}
        assert outcomes(await check_views(connection)) == {("view.counts", Outcome.PASSED)}
        assert outcomes(await check_store(connection)) == {
            ("store.agents", Outcome.PASSED),
            ("store.creators", Outcome.PASSED),
            ("store.submissions", Outcome.PASSED),
            ("store.columns", Outcome.PASSED),
        }
        assert outcomes(await check_cron(connection)) == {("cron.job", Outcome.WARNING)}
        assert outcomes(await check_cron(connection, required=True)) == {
            ("cron.job", Outcome.FAILED)
        }
        assert await path(connection) == "pg_catalog"
        await connection.execute(text("CREATE TABLE platform.still_writable (one int)"))


async def test_a_view_that_is_stale_now_is_told(seeded_database: str) -> None:
    changes = (
        "CREATE MATERIALIZED VIEW shares AS "
        'SELECT id, 1 / (SELECT count(*) FROM "StoreListingReview") AS share FROM "User"',
        "CREATE MATERIALIZED VIEW empty AS SELECT 1 AS one WITH NO DATA",
        'DELETE FROM "StoreListingReview"',
    )
    async with altered(seeded_database, *changes) as connection:
        found = {check.subject: check for check in await check_fresh(connection)}
        assert found["mv_review_stats"].outcome is Outcome.FAILED
        assert found["mv_agent_run_counts"].outcome is Outcome.PASSED
        assert found["empty"].title == "empty was never populated"
        assert found["empty"].outcome is Outcome.FAILED
        assert found["shares"].outcome is Outcome.INCONCLUSIVE  # it cannot be computed any more
        assert outcomes(await check_views(connection)) == {("view.counts", Outcome.PASSED)}
