"""The migrations make exactly the platform's schema, undo it, and harm nobody else's."""

from __future__ import annotations

import argparse
import asyncio
import io
import logging
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text
from sqlalchemy.engine import make_url

from autogpt_seed.database.migrations.files import migrations_folder, newest_revision
from autogpt_seed.database.migrations.recorded import recorded_revision
from autogpt_seed.database.url import parse_url
from autogpt_seed.errors import (
    ConfigurationError,
    DatabaseNotNamed,
    DatabaseUnsuitable,
    RefusedForSafety,
)
from autogpt_seed.history import runs
from autogpt_seed.migrating import MigrationReport, known_revisions, migrate
from autogpt_seed.seeding import populate
from autogpt_seed.unit_of_work import Timeouts
from tests.catalog_facts import Facts, Session, catalog_facts, leftovers, reference, tuples
from tests.conftest import SMALL_PLAN

SCHEMAS = ["platform", "public", 'Pla"t %s :form']


@pytest.fixture
def url(create_database: Callable[[], str], drop_database: Callable[[str], None]) -> Iterator[str]:
    """The URL of an empty database, gone after the test."""
    url = create_database()
    yield url
    drop_database(url)


@pytest.fixture
async def session(url: str) -> AsyncIterator[Session]:
    """A session with that database."""
    session = await asyncpg.connect(url)
    yield session
    await session.close()


async def bring(url: str, schema: str, revision: str) -> MigrationReport:
    return await migrate(parse_url(url, {}), schema=schema, revision=revision)


async def expected(session: Session, revision: str, schema: str) -> Facts:
    query = "SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'"
    return reference(revision, schema, vector=await session.fetchval(query) == 1)


@pytest.mark.parametrize("schema", SCHEMAS)
async def test_each_revision_is_the_platforms_schema_in_both_directions(
    url: str, session: Session, schema: str
) -> None:
    for revision in ("2025_08", "2026_01", "2025_08", "2026_01"):
        report = await bring(url, schema, revision)
        assert report.to_revision == revision
        assert await catalog_facts(session, schema) == await expected(session, revision, schema)
    report = await bring(url, schema, "base")
    assert report == MigrationReport(schema, "2026_01", None, ("2026_01", "2025_08"))
    assert await leftovers(session, schema) == []
    report = await bring(url, schema, "head")
    assert report == MigrationReport(schema, None, "2026_01", ("2025_08", "2026_01"))
    assert await catalog_facts(session, schema) == await expected(session, "2026_01", schema)


async def test_schemas_of_one_database_are_migrated_apart(url: str, session: Session) -> None:
    long = "a_schema_with_a_name_as_long_as_postgresql_allows_for_" + "x" * 9
    for schema, revision in (("platform", "head"), ("public", "2025_08"), (long, "2026_01")):
        await bring(url, schema, revision)
    await bring(url, "platform", "2025_08")
    await bring(url, "public", "head")
    for schema, revision in (("platform", "2025_08"), ("public", "2026_01"), (long, "2026_01")):
        assert await catalog_facts(session, schema) == await expected(session, revision, schema)


async def test_migrating_to_where_it_is_does_nothing(url: str) -> None:
    await bring(url, "platform", "head")
    assert await bring(url, "platform", "head") == MigrationReport(
        "platform", "2026_01", "2026_01", ()
    )


ROWS = """
INSERT INTO "User" (id, email, "updatedAt", timezone) VALUES ('u', 'u@example.com', now(), 'UTC');
INSERT INTO "UserOnboarding" (id, "userId", "walletShown", "completedSteps", notified)
    VALUES ('o', 'u', true, '{VISIT_COPILOT,WELCOME,RUN_3_DAYS,CONGRATS}', '{RUN_14_DAYS}');
INSERT INTO "APIKey" (id, name, head, tail, hash, salt, "userId", permissions)
    VALUES ('k', 'key', 'agpt_abc', 'xyz', 'hash', 'salt', 'u', '{IDENTITY,READ_GRAPH}');
INSERT INTO "UserNotificationBatch" (id, "userId", type)
    VALUES ('b1', 'u', 'AGENT_APPROVED'), ('b2', 'u', 'AGENT_RUN');
INSERT INTO "NotificationEvent" (id, type, data, "userNotificationBatchId")
    VALUES ('e1', 'AGENT_APPROVED', '{}', 'b1'), ('e2', 'AGENT_RUN', '{}', 'b2');
INSERT INTO "AgentGraph" (id, version, "userId", instructions) VALUES ('g', 1, 'u', 'do');
INSERT INTO "AgentGraphExecution" (id, "agentGraphId", "userId", "executionStatus")
    VALUES ('x1', 'g', 'u', 'REVIEW'), ('x2', 'g', 'u', 'FAILED');
INSERT INTO "UserBalance" ("userId", "updatedAt") VALUES ('u', now());
"""


async def test_rows_outlive_a_downgrade_and_the_way_back(url: str, session: Session) -> None:
    await bring(url, "platform", "2026_01")
    await session.execute("SET search_path = platform")
    await session.execute(ROWS)
    target = parse_url(url, {})

    await migrate(target, schema="platform", revision="2025_08", into=target.place)
    onboarding = 'SELECT "notificationDot", "completedSteps", notified FROM "UserOnboarding"'
    key = 'SELECT prefix, postfix, key, permissions FROM "APIKey"'
    executions = 'SELECT "executionStatus" FROM "AgentGraphExecution" ORDER BY id'
    events = 'SELECT id, "userNotificationBatchId" FROM "NotificationEvent"'
    assert await tuples(session, onboarding) == [(False, ["WELCOME", "CONGRATS"], [])]
    assert await tuples(session, key) == [("agpt_abc", "xyz", "hash", ["READ_GRAPH"])]
    assert await tuples(session, executions) == [("RUNNING",), ("FAILED",)]
    assert await tuples(session, events) == [("e2", "b2")]
    assert await session.fetchval('SELECT count(*) FROM "UserNotificationBatch"') == 1

    await bring(url, "platform", "2026_01")
    onboarding = 'SELECT "walletShown", "completedSteps" FROM "UserOnboarding"'
    key = 'SELECT head, tail, hash, salt FROM "APIKey"'
    assert await tuples(session, onboarding) == [(True, ["WELCOME", "CONGRATS"])]
    assert await tuples(session, key) == [("agpt_abc", "xyz", "hash", None)]
    assert await session.fetchval('SELECT timezone FROM "User"') == "not-set"


async def test_rows_that_no_run_made_are_lost_only_where_the_database_is_named(
    url: str, session: Session
) -> None:
    target = parse_url(url, {})
    await bring(url, "platform", "2025_08")
    await session.execute("SET search_path = platform")
    await session.execute(
        """INSERT INTO "User" (id, email, "updatedAt") VALUES ('u', 'u@example.com', now())"""
    )
    await bring(url, "platform", "head")  # the way up keeps them, and asks for nothing
    for revision in ("2025_08", "base"):
        with pytest.raises(DatabaseNotNamed, match="holds 1 user that no run made"):
            await bring(url, "platform", revision)
        with pytest.raises(RefusedForSafety, match="not shop@elsewhere"):
            await migrate(target, revision=revision, into="shop@elsewhere")
    assert await session.fetchval('SELECT count(*) FROM "User"') == 1
    report = await migrate(target, revision="base", into=target.place)
    assert report.steps == ("2026_01", "2025_08")


async def test_what_runs_made_is_taken_down_unasked(url: str) -> None:
    await bring(url, "platform", "head")
    await populate(parse_url(url, {}), SMALL_PLAN)
    for revision in ("2025_08", "base"):
        assert (await bring(url, "platform", revision)).steps


async def test_runs_are_forgotten_with_their_tables(url: str) -> None:
    target = parse_url(url, {})
    for schema in ("platform", "other"):
        await bring(url, schema, "head")
        await populate(target, SMALL_PLAN, schema=schema)
    await bring(url, "platform", "2025_08")
    assert len(await runs(target, schema="platform")) == 1
    await bring(url, "platform", "base")
    await bring(url, "platform", "head")
    assert await runs(target, schema="platform") == ()
    assert len(await runs(target, schema="other")) == 1


async def test_tables_that_others_made_are_refused_and_left_alone(
    url: str, session: Session
) -> None:
    await session.execute('CREATE SCHEMA platform; CREATE TABLE platform."AgentGraph" (id text)')
    with pytest.raises(DatabaseUnsuitable, match="somebody else manages") as caught:
        await bring(url, "platform", "head")
    assert "AgentGraph" in caught.value.evidence
    assert "can be seeded as it is" in caught.value.remedy
    assert len(await leftovers(session, "platform")) == 2  # the table and its row type
    assert await session.fetchval("SELECT to_regnamespace('autogpt_seed')") is None


async def test_a_name_that_is_taken_is_named_and_nothing_is_kept(
    url: str, session: Session
) -> None:
    await session.execute('CREATE TABLE public."Profile" (id text)')
    with pytest.raises(DatabaseUnsuitable, match="refused to migrate") as caught:
        await bring(url, "public", "head")
    assert '"Profile" already exists' in caught.value.evidence
    assert len(await leftovers(session, "public")) == 2


async def test_what_others_built_on_the_tables_stops_the_way_down(
    url: str, session: Session
) -> None:
    await bring(url, "platform", "head")
    await session.execute('CREATE VIEW public.mine AS SELECT * FROM platform."Profile"')
    with pytest.raises(DatabaseUnsuitable, match="refused to migrate") as caught:
        await bring(url, "platform", "base")
    assert "mine" in caught.value.evidence
    assert await catalog_facts(session, "platform") == await expected(
        session, "2026_01", "platform"
    )


async def test_a_schema_dropped_by_hand_is_made_anew(
    url: str, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    await bring(url, "platform", "2025_08")
    await populate(parse_url(url, {}), SMALL_PLAN)
    await session.execute("DROP SCHEMA platform CASCADE")
    report = await bring(url, "platform", "head")
    assert report == MigrationReport("platform", None, "2026_01", ("2025_08", "2026_01"))
    assert await runs(parse_url(url, {})) == ()
    assert "was at 2025_08 and no longer has its tables" in caplog.text


async def test_a_revision_that_is_not_known_is_refused(url: str, session: Session) -> None:
    with pytest.raises(ConfigurationError, match="no revision '2025'") as caught:
        await bring(url, "platform", "2025")
    assert "2025_08, 2026_01" in caught.value.remedy
    await bring(url, "platform", "head")
    await session.execute(
        "UPDATE autogpt_seed.alembic_version_platform SET version_num = '2031_05'"
    )
    with pytest.raises(DatabaseUnsuitable, match="'2031_05', which this version does not know"):
        await bring(url, "platform", "head")


def test_the_revisions_are_listed_oldest_first() -> None:
    assert known_revisions() == ("2025_08", "2026_01")
    assert newest_revision() == known_revisions()[-1]


async def test_a_schema_is_at_a_revision_by_its_record_and_its_tables(
    url: str, session: Session
) -> None:
    target = parse_url(url, {})
    assert await recorded_revision(target, "platform") is None
    for revision in known_revisions():
        await bring(url, "platform", revision)
        assert await recorded_revision(target, "platform") == revision
    await session.execute('DROP TABLE platform."User" CASCADE')
    assert await recorded_revision(target, "platform") is None


@pytest.mark.parametrize("schema", ["autogpt_seed", "pg_catalog", "information_schema", "é" * 32])
async def test_a_schema_that_cannot_be_the_platforms_is_refused(url: str, schema: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be the platform's schema"):
        await bring(url, schema, "head")


@pytest.fixture
async def role(url: str, session: Session) -> AsyncIterator[str]:
    """The URL of an ordinary role, which may connect and no more."""
    role = f"role_{make_url(url).database}"
    await session.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'secret'")
    yield make_url(url).set(username=role, password="secret").render_as_string(False)
    await session.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


async def test_a_role_without_the_right_to_create_is_told(role: str, session: Session) -> None:
    with pytest.raises(DatabaseUnsuitable, match="refused to migrate") as caught:
        await bring(role, "platform", "head")
    assert "permission denied for database" in caught.value.evidence
    assert "CREATE on the database" in caught.value.remedy
    assert await session.fetchval("SELECT to_regnamespace('platform')") is None


async def test_an_ordinary_role_migrates_schemas_that_were_made_for_it(
    role: str, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    name = make_url(role).username
    for schema in ("platform", "autogpt_seed"):
        await session.execute(f"CREATE SCHEMA {schema} AUTHORIZATION {name}")
    await bring(role, "platform", "head")
    # pgvector is not a trusted extension, so the role cannot create it.
    assert await catalog_facts(session, "platform") == reference(
        "2026_01", "platform", vector=False
    )
    assert "There is no table UnifiedContentEmbedding" in caplog.text


async def test_migrations_of_one_database_wait_for_each_other(url: str, session: Session) -> None:
    async with parse_url(url, {}).engine().connect() as first:
        await migrate(first, schema="platform")
        others = [asyncio.create_task(bring(url, name, "head")) for name in ("platform", "mine")]
        _, waiting = await asyncio.wait(others, timeout=0.3)
        assert waiting == set(others)
        await first.commit()
    assert [report.steps for report in await asyncio.gather(*others)] == [
        (),
        ("2025_08", "2026_01"),
    ]
    for schema in ("platform", "mine"):
        assert await catalog_facts(session, schema) == await expected(session, "2026_01", schema)


async def test_a_migration_waits_no_longer_than_it_may(url: str) -> None:
    async with parse_url(url, {}).engine().connect() as first:
        await migrate(first, schema="platform")
        with pytest.raises(DatabaseUnsuitable, match="is still working"):
            async with asyncio.timeout(20):  # of itself it would wait for 30 s
                await migrate(parse_url(url, {}), timeouts=Timeouts(lock=0.2))


async def test_migrations_of_two_databases_in_one_process_do_not_mix(
    url: str, session: Session, create_database: Callable[[], str]
) -> None:
    await asyncio.gather(
        bring(url, "platform", "2025_08"), bring(create_database(), "mine", "head")
    )
    assert await catalog_facts(session, "platform") == await expected(
        session, "2025_08", "platform"
    )


async def test_on_a_callers_connection_the_caller_decides(url: str, session: Session) -> None:
    async with parse_url(url, {}).engine().connect() as connection:
        await connection.execute(text("SET LOCAL search_path = mine"))
        await migrate(connection, schema="platform")
        assert (await connection.execute(text("SHOW search_path"))).scalar_one() == "mine"
        await connection.execute(text('SELECT * FROM platform."StoreAgent"'))
        await connection.rollback()
    assert await session.fetchval("SELECT to_regnamespace('platform')") is None
    assert await session.fetchval("SELECT to_regnamespace('autogpt_seed')") is None


async def test_the_schema_is_the_urls_unless_named(url: str) -> None:
    named = f"{url}{'&' if '?' in url else '?'}schema=mine"
    report = await migrate(parse_url(named, {}), revision="2025_08")
    assert report.schema == "mine"
    assert (await migrate(parse_url(url, {}).engine(), revision="2025_08")).schema == "platform"


async def test_it_prints_nothing_and_leaves_logging_alone(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    loggers = (logging.root, logging.getLogger("alembic"), logging.getLogger("autogpt_seed"))
    before = [(logger.level, list(logger.handlers)) for logger in loggers]
    await bring(url, "platform", "head")
    assert capsys.readouterr() == ("", "")
    assert [(logger.level, list(logger.handlers)) for logger in loggers] == before


async def test_the_offline_script_makes_the_same_schema(session: Session) -> None:
    script = io.StringIO()
    config = Config(output_buffer=script)
    config.set_main_option("script_location", str(migrations_folder()))
    config.cmd_opts = argparse.Namespace(x=["schema=Off line"])
    command.upgrade(config, "head", sql=True)
    await session.execute(script.getvalue())
    assert await catalog_facts(session, "Off line") == await expected(
        session, "2026_01", "Off line"
    )


async def test_alembics_own_command_does_the_same(url: str, session: Session) -> None:
    checkout = Path(__file__).parents[2]
    alembic = [sys.executable, "-m", "alembic", "-x", f"url={url}", "-x", "schema=By hand"]
    process = await asyncio.create_subprocess_exec(*alembic, "upgrade", "2025_08", cwd=checkout)
    assert await process.wait() == 0
    assert await catalog_facts(session, "By hand") == await expected(session, "2025_08", "By hand")
    assert (await bring(url, "By hand", "head")).from_revision == "2025_08"
