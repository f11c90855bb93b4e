"""The proof that nothing was left would fail if something was."""

from __future__ import annotations

import pytest

from autogpt_seed.database import traces
from autogpt_seed.database.reflection.reflect import reflect
from tests.altering import SCHEMA, altered, execute, value
from tests.databases import session, target


async def test_a_value_that_changed_shows_in_the_digest(marketplace: str) -> None:
    async with altered(marketplace) as connection:
        catalog = await reflect(connection, SCHEMA)
        before = await traces.digests(connection, catalog, ["User", "Profile"])
        await execute(connection, "UPDATE \"User\" SET name = 'x' WHERE id = (SELECT min(id) "
                      'FROM "User")')  # fmt: skip
        after = await traces.digests(connection, catalog, ["User", "Profile"])
    assert before["Profile"] == after["Profile"]
    assert before["User"] != after["User"]


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TYPE \"SubmissionStatus\" ADD VALUE 'LOST'",
        'ALTER TABLE "UnifiedContentEmbedding" DISABLE TRIGGER update_unified_tsvector',
        'DROP INDEX "User_email_idx"; CREATE INDEX "User_email_idx" ON "User" (name)',
        "CREATE OR REPLACE FUNCTION refresh_store_materialized_views() RETURNS void "
        "LANGUAGE plpgsql AS $$BEGIN END$$",
    ],
)
async def test_a_definition_that_changed_shows_in_the_digest(marketplace: str, change: str) -> None:
    prepare = 'DROP INDEX IF EXISTS "User_email_idx"; CREATE INDEX "User_email_idx" ON "User" (id)'
    async with altered(marketplace, *prepare.split("; ")) as connection:
        catalog = await reflect(connection, SCHEMA)
        before = await traces.catalog_digest(connection, catalog)
        await execute(connection, *change.split("; "))
        assert await traces.catalog_digest(connection, catalog) != before


async def test_rows_that_are_left_are_counted(marketplace: str) -> None:
    async with altered(marketplace) as connection:
        catalog = await reflect(connection, SCHEMA)
        one = str(await value(connection, 'SELECT min(id) FROM "User"'))
        assert await traces.count_rows(connection, catalog, {("User", "id"): [one, "gone"]}) == 1


async def test_who_committed_meanwhile_is_known(database: str) -> None:
    async with target(database).engine().connect() as connection:
        quiet = []
        for _ in range(5):  # the server's own work may come between
            since = await traces.current_snapshot(connection)
            quiet.append(not await traces.committed_since(connection, since))
        assert any(quiet)
    async with session(database) as early, session(database) as other:
        transaction = early.transaction()
        await transaction.start()
        for one in (early, other):  # a later one is over, so the earlier one counts as running
            await one.fetchval("SELECT pg_current_xact_id()")
        async with target(database).engine().connect() as connection:
            since = await traces.current_snapshot(connection)
            await transaction.commit()
            assert await traces.committed_since(connection, since)
        async with target(database).engine().connect() as connection:
            since = await traces.current_snapshot(connection)
            await other.execute("SELECT pg_current_xact_id()")
            assert await traces.committed_since(connection, since)
