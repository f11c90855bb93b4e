"""Keys that are dropped for a load come back exactly as they were, or the load is undone."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from autogpt_seed.database.url import parse_url
from autogpt_seed.errors import DatabaseUnreachable, DatabaseUnsuitable
from autogpt_seed.progress import Silence
from autogpt_seed.seeding import PopulateReport, expected_rows, populate
from tests.conftest import SMALL_PLAN, CreateDatabase, run_sync
from tests.databases import contents, end_sessions, execute, nobody_left, session
from tests.key_facts import key_facts

ADVERSARIES = r"""
SET search_path = platform;

-- what is said about keys
COMMENT ON INDEX "User_email_key" IS 'an index''s \ comment; with a semicolon';
COMMENT ON CONSTRAINT "User_pkey" ON "User" IS '';
COMMENT ON INDEX "User_pkey" IS 'the index of the key';
COMMENT ON CONSTRAINT "Profile_userId_fkey" ON "Profile" IS 'a foreign key''s';
ALTER TABLE "AgentNode" CLUSTER ON "AgentNode_pkey";
ALTER TABLE "AgentGraph" CLUSTER ON "AgentGraph_userId_isActive_id_version_idx";
ALTER TABLE "APIKey" REPLICA IDENTITY USING INDEX "APIKey_pkey";
ALTER TABLE "AgentBlock" REPLICA IDENTITY USING INDEX "AgentBlock_name_key";
ALTER TABLE "Profile" REPLICA IDENTITY FULL;

-- kinds of indexes
CREATE INDEX "expression" ON "User" (lower(email), (length(name)) DESC NULLS LAST);
ALTER INDEX "expression" ALTER COLUMN 1 SET STATISTICS 1234;
ALTER INDEX "expression" ALTER COLUMN 2 SET STATISTICS 0;
CREATE UNIQUE INDEX "partial" ON "AgentGraph" (id) INCLUDE (version, name)
    WITH (fillfactor = 71) WHERE "isActive" AND version = 1;
CREATE INDEX "collated" ON "Profile" (name COLLATE "POSIX" text_pattern_ops);
CREATE INDEX "gin" ON "StoreListingVersion" USING gin (categories) WITH (fastupdate = off);
CREATE INDEX "hash" ON "AnalyticsDetails" USING hash (type);
CREATE INDEX "brin" ON "AgentGraphExecution" USING brin ("createdAt") WITH (pages_per_range = 7);
CREATE INDEX "we""ird; -- :name %s $1 'é'" ON "AgentNode" ("agentBlockId");
CREATE INDEX "twice" ON "Profile" (username, (lower(username)), username text_pattern_ops);
ALTER TABLE "IntegrationWebhook" ADD COLUMN before1 text;
CREATE INDEX "renamed" ON "IntegrationWebhook" (before1) INCLUDE (id);
ALTER TABLE "IntegrationWebhook" RENAME COLUMN before1 TO before;
CREATE UNIQUE INDEX "nulls" ON "StoreListing" ("id", "activeVersionId") NULLS NOT DISTINCT;

-- kinds of constraints
ALTER TABLE "User" ADD CONSTRAINT "deferrable" UNIQUE (id, email) WITH (fillfactor = 55) DEFERRABLE;
ALTER TABLE "User" ADD CONSTRAINT "deferred" UNIQUE (email, id) INCLUDE (name)
    DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE "User" ADD CONSTRAINT "exclusion" EXCLUDE USING btree (id WITH =)
    WITH (fillfactor = 66) WHERE (name <> '') DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE "AnalyticsMetrics" DROP CONSTRAINT "AnalyticsMetrics_userId_fkey",
    ADD CONSTRAINT "AnalyticsMetrics_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" (id)
    MATCH FULL ON DELETE SET NULL ("userId") DEFERRABLE INITIALLY DEFERRED;
CREATE TABLE "FollowedUser" (
    id text PRIMARY KEY, "userId" text REFERENCES "User" (id) ON DELETE RESTRICT,
    "otherId" text REFERENCES "FollowedUser" (id));
INSERT INTO "FollowedUser" VALUES ('a', NULL, NULL), ('b', NULL, 'a');
"""
"""What has to come back as it was."""

ADVERSARIES_18 = r"""
SET search_path = platform;
ALTER TABLE "IntegrationWebhook" ADD COLUMN room int4range, ADD COLUMN during daterange,
    ADD CONSTRAINT "temporal" UNIQUE (room, during WITHOUT OVERLAPS) DEFERRABLE,
    ADD CONSTRAINT "stored" UNIQUE (during, room WITHOUT OVERLAPS) WITH (fillfactor = 61);
ALTER TABLE "Profile" ADD CONSTRAINT "unenforced" FOREIGN KEY (username) REFERENCES "User" (email)
    NOT ENFORCED;
"""
"""The same, of what only PostgreSQL 18 has."""

STAYING = r"""
SET search_path = platform;
CREATE VIEW "Grouping" AS SELECT u.id, u.email FROM "User" u GROUP BY u.id;
CREATE SCHEMA elsewhere;
CREATE TABLE elsewhere.follower ("profileId" text REFERENCES platform."Profile" (id));
ALTER TABLE "AgentPreset" DROP CONSTRAINT "AgentPreset_userId_fkey",
    ADD CONSTRAINT "AgentPreset_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" (id)
    ON UPDATE CASCADE ON DELETE CASCADE NOT VALID;
ALTER TABLE "LibraryAgent" DISABLE TRIGGER ALL;
CREATE PUBLICATION news FOR TABLE "AgentBlock", "CreditTransaction";
CREATE UNIQUE INDEX "invalid" ON "AgentGraph" (id);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'platform."invalid"'::regclass;
ALTER INDEX "AgentNode_agentBlockId_idx" DEPENDS ON EXTENSION plpgsql;
CREATE FUNCTION "grouped"() RETURNS bigint BEGIN ATOMIC
    SELECT count(*) FROM (SELECT id, slug FROM "StoreListing" GROUP BY id) AS groups; END;
"""
"""What cannot come back, or would let rows pass unchecked meanwhile."""

STAYED = {
    ("User", "User_pkey"): "rule _RETURN on view",
    ("Profile", "Profile_pkey"): "foreign key follower_profileId_fkey",
    ("follower", "follower_profileId_fkey"): "joins schemas elsewhere and platform",
    ("AgentPreset", "AgentPreset_userId_fkey"): "NOT VALID",
    ("LibraryAgent", "LibraryAgent_userId_fkey"): "triggers are not enabled",
    ("AgentBlock", "AgentBlock_name_key"): "published",
    ("CreditTransaction", "CreditTransaction_pkey"): "published",
    ("AgentGraph", "invalid"): "invalid",
    ("AgentNode", "AgentNode_agentBlockId_idx"): "extension plpgsql",
    ("StoreListing", "StoreListing_pkey"): "function",
}


async def suspended(url: str, *, rollback: bool = False) -> PopulateReport:
    return await populate(parse_url(url, {}), SMALL_PLAN, load="suspended", rollback=rollback)


@pytest.fixture
async def tablespace(server_url: str) -> str:
    """A tablespace of its own name, inside the server's data folder."""
    name = f"Space {os.getpid()}"
    create = f"CREATE TABLESPACE \"{name}\" LOCATION ''"
    await execute(server_url, "SET allow_in_place_tablespaces = on", create)
    return name


@pytest.fixture
async def adverse(database: str) -> str:
    """A database with keys of all kinds."""
    await execute(database, ADVERSARIES)
    async with session(database) as connection:
        if connection.get_server_version() >= (18,):
            await connection.execute(ADVERSARIES_18)
    return database


# The catalog


@pytest.mark.parametrize("rollback", [False, True], ids=["committed", "rolled back"])
async def test_the_catalog_is_the_same_before_and_after(
    create_database: CreateDatabase,
    migrated: Callable[[str], str],
    revision: str,
    rollback: bool,
) -> None:
    url = create_database(migrated(revision))
    before = await key_facts(url)
    report = await suspended(url, rollback=rollback)
    assert report.strategy.suspension.keys
    assert report.strategy.suspension.foreign_keys
    assert not report.strategy.suspension.kept
    assert await key_facts(url) == before
    assert report.rows == expected_rows(SMALL_PLAN)


@pytest.mark.parametrize("rollback", [False, True], ids=["committed", "rolled back"])
async def test_keys_of_every_kind_come_back_with_all_that_is_said_about_them(
    adverse: str, rollback: bool
) -> None:
    before = await key_facts(adverse)
    report = await suspended(adverse, rollback=rollback)
    dropped = {key.name for key in report.strategy.suspension.keys}
    assert dropped >= {"expression", "partial", "gin", "deferred", "exclusion", "nulls"}
    assert await key_facts(adverse) == before


async def test_an_index_comes_back_in_its_tablespace(adverse: str, tablespace: str) -> None:
    await execute(
        adverse,
        f'ALTER INDEX platform."User_email_key" SET TABLESPACE "{tablespace}"',
        f'ALTER TABLE platform."User" ADD CONSTRAINT spaced UNIQUE (email, name) '
        f'USING INDEX TABLESPACE "{tablespace}"',
    )
    before = await key_facts(adverse)
    await suspended(adverse)
    assert await key_facts(adverse) == before


async def test_what_cannot_be_dropped_stays_with_a_note(adverse: str) -> None:
    await execute(adverse, STAYING)
    before = await key_facts(adverse)
    report = await suspended(adverse)
    kept = {(key.table, key.name): key.reason for key in report.strategy.suspension.kept}
    for name, reason in STAYED.items():
        assert reason in kept[name]
    dropped = {(key.table, key.name) for key in report.strategy.suspension.keys}
    assert dropped.isdisjoint(kept)
    # Its key onto "User" needs a primary key that stays: no reason to lock a table of others.
    assert "FollowedUser" not in report.strategy.suspension.tables
    assert await key_facts(adverse) == before
    assert report.rows == expected_rows(SMALL_PLAN)


async def test_a_table_that_rows_are_inherited_from_keeps_its_catalog(database: str) -> None:
    await execute(
        database,
        'CREATE TABLE platform.child () INHERITS (platform."AnalyticsDetails")',
        'CREATE TABLE platform.parts (LIKE platform."AnalyticsMetrics" INCLUDING ALL) '
        "PARTITION BY HASH (id)",
        'DROP TABLE platform."AnalyticsMetrics"',
        'ALTER TABLE platform.parts RENAME TO "AnalyticsMetrics"',
        'CREATE TABLE platform.part PARTITION OF platform."AnalyticsMetrics" '
        "FOR VALUES WITH (MODULUS 1, REMAINDER 0)",
        'ALTER TABLE platform."AnalyticsMetrics" ADD FOREIGN KEY ("userId") '
        'REFERENCES platform."User" (id)',
    )
    before = await key_facts(database)
    report = await suspended(database)
    assert report.rows == expected_rows(SMALL_PLAN)
    assert await key_facts(database) == before


# What breaks a key


async def test_a_row_that_breaks_a_key_is_named_by_the_server_and_all_is_undone(
    database: str,
) -> None:
    await execute(
        database,
        "CREATE SEQUENCE platform.numbers",
        # The rows of the probe are all different to it, and of those of the mass some are not.
        "CREATE FUNCTION platform.few(text) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS "
        "$$BEGIN RETURN LEAST(nextval('platform.numbers'), 9); END$$",
        'CREATE UNIQUE INDEX few ON platform."CreditTransaction" (platform.few("userId"))',
    )
    before = await key_facts(database), await contents(database)
    with pytest.raises(DatabaseUnsuitable, match="few") as refused:
        await suspended(database)
    assert refused.value.exit_status == 4
    assert (await key_facts(database), await contents(database)) == before


async def test_a_foreign_key_is_checked_again_over_every_row(database: str) -> None:
    await execute(
        database,
        "SET session_replication_role = replica",
        """INSERT INTO platform."AnalyticsDetails" (id, "userId", type, "updatedAt")
           VALUES ('orphan', 'nobody', '', now())""",
    )
    before = await key_facts(database), await contents(database)
    with pytest.raises(DatabaseUnsuitable, match="AnalyticsDetails_userId_fkey") as refused:
        await suspended(database)
    assert "nobody" in refused.value.evidence
    assert refused.value.exit_status == 4
    assert (await key_facts(database), await contents(database)) == before


# Ends in the middle


class Watch(Silence):
    """Does something when a phase is begun, or taken up again, for the `times`th time."""

    def __init__(self, watched: str, then: Callable[[], None], times: int = 1) -> None:
        self._watched, self._then, self._left = watched, then, times

    def phase(self, name: str, total: int, unit: str = "rows") -> None:
        self._left -= name == self._watched
        if name == self._watched and not self._left:
            self._then()


class Stop(Exception):
    """What a progress may raise."""


def stop() -> None:
    raise Stop


MOMENTS = [("AgentNodeLink", 1), ("indexes", 40), ("constraints", 30), ("views", 1)]


@pytest.mark.parametrize(("phase", "times"), MOMENTS, ids=[name for name, _ in MOMENTS])
async def test_an_exception_in_the_middle_leaves_all_as_it_was(
    adverse: str, phase: str, times: int
) -> None:
    before = await key_facts(adverse), await contents(adverse)
    with pytest.raises(Stop):
        await populate(
            parse_url(adverse, {}),
            SMALL_PLAN,
            load="suspended",
            progress=Watch(phase, stop, times),
        )
    assert (await key_facts(adverse), await contents(adverse)) == before


@pytest.mark.parametrize(("phase", "times"), MOMENTS, ids=[name for name, _ in MOMENTS])
async def test_a_session_that_the_server_ends_leaves_all_as_it_was(
    adverse: str, phase: str, times: int
) -> None:
    before = await key_facts(adverse), await contents(adverse)
    with pytest.raises(DatabaseUnreachable):
        await populate(
            parse_url(adverse, {}),
            SMALL_PLAN,
            load="suspended",
            progress=Watch(phase, lambda: run_sync(end_sessions(adverse)), times),
        )
    await nobody_left(adverse)
    assert (await key_facts(adverse), await contents(adverse)) == before
