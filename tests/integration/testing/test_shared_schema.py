"""One seeded schema for everybody, where the role may create no database."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from autogpt_seed import DatabaseUnsuitable
from autogpt_seed.database import maintenance
from autogpt_seed.testing import SqlFile, TestDatabases
from tests.databases import execute, value, waiting
from tests.integration.testing.conftest import Suite
from tests.integration.testing.test_migration_sources import alembic

RENAMED = "ALTER TABLE platform.t RENAME TO s"

BY_TURNS = """
import pytest
from sqlalchemy import text

USERS = text('SELECT id FROM platform."User"')

def agree(session, world, users):
    assert set(session.scalars(USERS)) == {user.id for user in world.users}
    assert len(world.users) == users


def test_five(autogpt_sync_session, autogpt_world):
    agree(autogpt_sync_session, autogpt_world, 5)


@pytest.mark.autogpt_seed(users=2)
def test_two(autogpt_sync_connection, autogpt_world):
    agree(autogpt_sync_connection, autogpt_world, 2)


@pytest.mark.asyncio
async def test_five_again(autogpt_connection, autogpt_world):
    await autogpt_connection.run_sync(lambda c: agree(c, autogpt_world, 5))


@pytest.mark.autogpt_seed(revision="2025_08")
def test_older(autogpt_sync_session, autogpt_world):
    assert not autogpt_sync_session.scalar(text("SELECT to_regclass('platform.\\"ChatSession\\"')"))
    agree(autogpt_sync_session, autogpt_world, 5)
"""


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_tests_that_want_another_plan_or_revision_share_the_schema_by_turns(
    suite: Suite, pytester: pytest.Pytester, restricted: str, workers: str
) -> None:
    pytester.makepyfile(BY_TURNS)
    result = suite(workers, "-p", "no:randomly", f"--autogpt-seed-server={restricted}")
    result.assert_outcomes(passed=4)
    assert "may not create databases: tests share schema platform" in result.stdout.str()


async def test_alembic_starts_anew_in_a_schema_that_is_filled_anew(
    restricted: str, tmp_path: Path
) -> None:
    """Its record of what was applied is outside of the schema, and survives it."""
    source = alembic(tmp_path, "CREATE TABLE platform.t (id int)", RENAMED)
    for revision in ("r0", "r1", "r0"):
        async with TestDatabases(restricted, migrate=source.at(revision)) as databases:
            target = await databases.shared()
            there = await value(target.url(), "SELECT to_regclass('platform.t') IS NOT NULL")
            assert there == (revision == "r0")


async def test_what_others_have_applied_is_never_forgotten(restricted: str, tmp_path: Path) -> None:
    source = alembic(tmp_path, "CREATE TABLE platform.t (id int)", RENAMED)
    table = "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)"
    await execute(restricted, table, "INSERT INTO alembic_version VALUES ('r1')")
    for revision in ("r1", "r0"):
        async with TestDatabases(restricted, migrate=source.at(revision)) as databases:
            with pytest.raises(DatabaseUnsuitable, match="made no table"):
                await databases.shared()
    assert await value(restricted, "SELECT version_num FROM alembic_version") == "r1"


async def test_one_recipe_waits_until_those_of_another_have_left(
    restricted: str, tmp_path: Path
) -> None:
    two, three = tmp_path / "two.sql", tmp_path / "three.sql"
    two.write_text("CREATE TABLE thing (id int); INSERT INTO thing VALUES (1), (2)")
    three.write_text("CREATE TABLE thing (id int); INSERT INTO thing VALUES (1), (2), (3)")
    count = "SELECT count(*) FROM platform.thing"
    async with (
        TestDatabases(restricted, migrate=SqlFile(two)) as first,
        TestDatabases(restricted, migrate=SqlFile(three)) as second,
    ):
        await first.shared()
        begun = asyncio.create_task(second.shared())
        await waiting(restricted, application="autogpt-seed testing")
        assert await value(restricted, count) == 2
        await first.leave()
        await begun
        assert await value(restricted, count) == 3


async def test_a_lock_that_is_not_free_in_time_is_told_with_who_holds_it(
    restricted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = tmp_path / "one.sql", tmp_path / "other.sql"
    one.write_text("CREATE TABLE one (id int)")
    other.write_text("CREATE TABLE other (id int)")
    monkeypatch.setattr(maintenance, "_LOCK_MINUTES", 0.02)
    async with (
        TestDatabases(restricted, migrate=SqlFile(one)) as first,
        TestDatabases(restricted, migrate=SqlFile(other)) as second,
    ):
        await first.shared()
        with pytest.raises(DatabaseUnsuitable, match=r"Other tests .* \w+\.platform") as found:
            await second.shared()
        assert "--lock-timeout" not in str(found.value)


async def test_a_migration_that_creates_the_schema_is_not_blamed(
    restricted: str, tmp_path: Path
) -> None:
    source = alembic(tmp_path, "CREATE SCHEMA platform")
    async with TestDatabases(restricted, migrate=source) as databases:
        with pytest.raises(DatabaseUnsuitable, match="there before") as found:
            await databases.shared()
    assert "Migration r0 failed" in found.value.evidence
    assert "IF NOT EXISTS" in found.value.remedy
