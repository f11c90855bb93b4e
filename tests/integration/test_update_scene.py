"""Who and what takes part in a day: as the marketplace was then, whatever the order of its rows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.database.url import parse_url
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.seeding import populate
from autogpt_seed.unit_of_work import Timeouts
from autogpt_seed.updating import UpdateReport, UpdateSettings, update
from autogpt_seed.verification import verify
from tests.altering import SCHEMA, altered, execute
from tests.conftest import AS_OF, SMALL_PLAN

SETTINGS = UpdateSettings(as_of=AS_OF)


def before(**length: float) -> str:
    """So long before the day's end, as SQL has it."""
    return f"TIMESTAMP '{AS_OF.replace(tzinfo=None) - timedelta(**length)}'"


async def day(connection: AsyncConnection) -> UpdateReport:
    return await update(connection, SETTINGS, schema=SCHEMA)


async def rows(
    connection: AsyncConnection, query: str, *values: object
) -> list[tuple[object, ...]]:
    return [tuple(row) for row in await connection.exec_driver_sql(query, values)]


def renamed(table: str, column: str, name: str) -> str:
    """The statement that gives a column a name, which may be the one that it has."""
    statement = f'ALTER TABLE "{table}" RENAME "{column}" TO "{name}"'
    return "SELECT 1" if name == column else statement


def new(column: str) -> str:
    return f"{column} LIKE '%' || $1"


@pytest.mark.parametrize("created", ["createdAt", "created_at"])
async def test_nothing_happens_to_what_came_later(marketplace: str, created: str) -> None:
    half = "('x' || right(md5(id), 1))::bit(4)::int % 2"
    recent = f"CASE {half} WHEN 0 THEN {before(hours=3)} ELSE {before(minutes=90)} END"
    async with altered(
        marketplace,
        f'UPDATE "User" SET "createdAt" = {recent}',
        f'UPDATE "AgentGraph" SET "createdAt" = {before(hours=2)}',
        f'UPDATE "StoreListingVersion" SET "createdAt" = {before(hours=2)}, '
        f'"submittedAt" = {before(minutes=100)}, "reviewedAt" = NULL',
        *(renamed(table, "createdAt", created) for table in ("User", "AgentGraph")),
    ) as connection:
        tag = (await day(connection)).run_tag[3:]
        for table, column, time, joins, cause in (
            ("AgentGraphExecution", "id", "startedAt", GRAPH, f'g."{created}"'),
            ("StoreListingReview", "id", "createdAt", VERSION, 'v."submittedAt"'),
            ("CreditTransaction", "transactionKey", "createdAt", PAYER, f'u."{created}"'),
        ):
            found = await rows(
                connection,
                f'SELECT t."{time}" >= GREATEST({cause}, u."{created}") FROM "{table}" t {joins} '
                f"WHERE {new(f't.{chr(34)}{column}{chr(34)}')}",
                tag,
            )
            assert set(found) == {(True,)}, table


async def test_a_role_that_only_reads_is_told_so(marketplace: str) -> None:
    async with altered(
        marketplace,
        "CREATE ROLE looker",
        "GRANT USAGE ON SCHEMA platform, autogpt_seed TO looker",
        "GRANT SELECT ON ALL TABLES IN SCHEMA platform, autogpt_seed TO looker",
        "SET LOCAL ROLE looker",
    ) as connection:
        for attempt in (day, verify):
            with pytest.raises(DatabaseUnsuitable, match="may not fill all tables") as caught:
                await attempt(connection)
            assert "No INSERT on: " in caught.value.evidence
            assert "AgentGraphExecution" in caught.value.evidence


GRAPH = 'JOIN "AgentGraph" g ON g.id = t."agentGraphId" JOIN "User" u ON u.id = t."userId"'
VERSION = (
    'JOIN "StoreListingVersion" v ON v.id = t."storeListingVersionId" '
    'JOIN "User" u ON u.id = t."reviewByUserId"'
)
PAYER = 'JOIN "User" u ON u.id = t."userId"'


async def test_who_came_within_the_last_hour_takes_no_part(marketplace: str) -> None:
    settle = f'UPDATE "User" SET "createdAt" = {before(minutes=59)}'
    async with altered(marketplace, settle) as connection:
        with pytest.raises(DatabaseUnsuitable, match="Nothing can happen"):
            await day(connection)


async def test_versions_are_featured_whatever_the_columns_are_called(marketplace: str) -> None:
    changes = (
        renamed("StoreListingVersion", "isFeatured", "is_featured"),
        renamed("StoreListingVersion", "updatedAt", "updated_at"),
    )
    query = 'SELECT id, is_featured, updated_at FROM "StoreListingVersion"'
    async with altered(marketplace, *changes) as connection:
        old = {row[0]: row[1] for row in await rows(connection, query)}
        assert (await day(connection)).changed_versions == SETTINGS.versions
        changed = [row for row in await rows(connection, query) if row[1] is not old[row[0]]]
    assert len(changed) == SETTINGS.versions
    assert {time for *_, time in changed} == {AS_OF.replace(tzinfo=None)}


async def test_nobody_reviews_an_agent_of_their_own(marketplace: str) -> None:
    async with altered(marketplace, 'DELETE FROM "StoreListingReview"') as connection:
        report = await day(connection)
        own = await rows(
            connection,
            f'SELECT 1 FROM "StoreListingReview" t {VERSION} '
            'JOIN "StoreListing" l ON l.id = v."storeListingId" '
            'WHERE l."owningUserId" = t."reviewByUserId"',
        )
    assert report.rows["StoreListingReview"] > 20
    assert own == []


async def test_listings_that_were_deleted_get_no_reviews(marketplace: str) -> None:
    deleted = 'UPDATE "StoreListing" SET "isDeleted" = true'
    async with altered(marketplace, deleted) as connection:
        assert "StoreListingReview" not in (await day(connection)).rows


async def test_agents_are_run_by_those_who_have_them_in_their_libraries(marketplace: str) -> None:
    kept = """
        SELECT l."userId" FROM "LibraryAgent" l JOIN "AgentGraph" g ON g.id = l."agentGraphId"
        WHERE g.id = e."agentGraphId" AND l."userId" <> g."userId"
    """
    shown = f'{kept} AND NOT l."isDeleted" AND NOT l."isArchived"'
    async with altered(marketplace) as connection:
        tag = (await day(connection)).run_tag[3:]
        for some in (kept, shown):
            found = await rows(
                connection,
                f'SELECT EXISTS ({some}), e."userId" IN ({some}) FROM "AgentGraphExecution" e '
                f"WHERE {new('e.id')}",
                tag,
            )
            assert (True, True) in found
            assert (True, False) not in found
            assert (False, False) in found


async def test_the_newest_version_of_a_graph_runs(marketplace: str) -> None:
    second = (
        'INSERT INTO "AgentGraph" (id, version, "userId", "createdAt", "updatedAt") '
        'SELECT id, 2, "userId", "createdAt", "updatedAt" FROM "AgentGraph"'
    )
    async with altered(marketplace, second) as connection:
        tag = (await day(connection)).run_tag[3:]
        version = 'SELECT DISTINCT "agentGraphVersion" FROM "AgentGraphExecution"'
        assert await rows(connection, f"{version} WHERE {new('id')}", tag) == [(2,)]


async def test_versions_are_featured_that_were_not_and_are_never_made_older(
    marketplace: str,
) -> None:
    newer = f'UPDATE "StoreListingVersion" SET "updatedAt" = {before(days=-1)}'
    query = (
        'SELECT id, "isFeatured", "updatedAt" FROM "StoreListingVersion" '
        'WHERE "updatedAt" >= $1 ORDER BY id'
    )
    end = AS_OF.replace(tzinfo=None)
    async with altered(marketplace) as connection:
        every = await rows(connection, 'SELECT id, "isFeatured" FROM "StoreListingVersion"')
        old = {row[0]: row[1] for row in every}
        await day(connection)
        changed = await rows(connection, query, end)
        assert len(changed) == SETTINGS.versions
        assert all(featured is not old[key] for key, featured, _ in changed)
        assert {time for *_, time in changed} == {end}
    async with altered(marketplace, newer) as connection:
        assert (await day(connection)).changed_versions == SETTINGS.versions
        assert {time for *_, time in await rows(connection, query, end)} == {
            end + timedelta(days=1)
        }


async def test_a_day_does_not_depend_on_where_the_rows_lie(marketplace: str) -> None:
    moved = [
        f"UPDATE \"{table}\" SET id = id WHERE md5(id) < '8'"
        for table in ("User", "AgentGraph", "AgentNode", "StoreListingVersion", "Region")
    ]
    regions = (
        'CREATE TABLE "Region" (id text PRIMARY KEY)',
        'INSERT INTO "Region" SELECT n FROM generate_series(1, 300) AS n',
        'ALTER TABLE "AgentGraphExecution" ADD region text NOT NULL DEFAULT 1 REFERENCES "Region"',
        'ALTER TABLE "AgentGraphExecution" ALTER region DROP DEFAULT',
    )
    days = []
    for changes in ((), moved):
        async with altered(marketplace, *regions, *changes) as connection:
            tag = (await day(connection)).run_tag[3:]
            days.append(
                [
                    await rows(connection, f"{query} WHERE {new('id')} ORDER BY id", tag)
                    for query in (
                        'SELECT id, "agentGraphId", "userId", region FROM "AgentGraphExecution"',
                        'SELECT id, "agentNodeId" FROM "AgentNodeExecution"',
                        'SELECT id, "storeListingVersionId" FROM "StoreListingReview"',
                    )
                ]
            )
    assert all(days[0])
    assert days[0] == days[1]


async def test_a_day_that_is_not_in_the_record_is_not_made_twice(marketplace: str) -> None:
    async with altered(marketplace) as connection:
        first = await day(connection)
        await execute(connection, "DELETE FROM autogpt_seed.run WHERE kind = 'update'")
        assert (await day(connection)).run_tag != first.run_tag


async def test_a_seeder_at_work_is_waited_for(seeded_database: str) -> None:
    target = parse_url(seeded_database, {})
    async with target.engine().connect() as connection:
        await populate(connection, SMALL_PLAN)
        with pytest.raises(DatabaseUnsuitable, match="Another seeder is still working"):
            await update(target, SETTINGS, timeouts=Timeouts(lock=0.1))


@pytest.mark.parametrize("column", ["agentGraphId", "userId"])
async def test_a_graph_and_a_user_run_once_at_a_time(marketplace: str, column: str) -> None:
    one = (
        f'CREATE UNIQUE INDEX ON "AgentGraphExecution" ("{column}") '
        "WHERE \"executionStatus\" = 'RUNNING'"
    )
    running = """SELECT count(*) FROM "AgentGraphExecution" WHERE "executionStatus" = 'RUNNING'"""
    async with altered(marketplace, one) as connection:
        for _ in range(2):  # they end at the same time, so the first leaves some running
            await day(connection)
            assert await rows(connection, running) != [(0,)]


async def test_without_a_table_of_executions_the_rest_happens_and_verify_names_it(
    marketplace: str,
) -> None:
    gone = 'ALTER TABLE "AgentGraphExecution" RENAME TO "GraphRun"'
    async with altered(marketplace, gone) as connection:
        assert "AgentNodeExecution left out" in (await day(connection)).notes[0].text
        with pytest.raises(DatabaseUnsuitable, match="lacks the table 'AgentGraphExecution'"):
            await verify(connection, schema=SCHEMA)


async def test_executions_end_where_those_of_nodes_do_not_tell_theirs(marketplace: str) -> None:
    unrelated = 'ALTER TABLE "AgentNodeExecution" DROP "agentGraphExecutionId" CASCADE'
    async with altered(marketplace, unrelated) as connection:
        await day(connection)
        later = SETTINGS.model_copy(update={"as_of": AS_OF + timedelta(days=1)})
        assert (await update(connection, later, schema=SCHEMA)).ended_runs


async def test_what_began_nobody_knows_when_goes_on(marketplace: str) -> None:
    timeless = (
        'ALTER TABLE "AgentGraphExecution" DROP "createdAt" CASCADE, DROP "startedAt" CASCADE'
    )
    async with altered(marketplace, timeless) as connection:
        await day(connection)
        later = SETTINGS.model_copy(update={"as_of": AS_OF + timedelta(days=1)})
        assert (await update(connection, later, schema=SCHEMA)).ended_runs == 0


APPEND_ONLY = (
    "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'append-only'; END $$",
    *(
        f'CREATE TRIGGER keep BEFORE UPDATE ON "{table}" FOR EACH ROW EXECUTE FUNCTION keep()'
        for table in ("StoreListingVersion", "AgentGraphExecution")
    ),
)
MAY_ADD = (
    "CREATE ROLE adder",
    "GRANT USAGE, CREATE ON SCHEMA platform TO adder",
    "GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA platform TO adder",
    "GRANT USAGE ON SCHEMA autogpt_seed TO adder",
    "GRANT ALL ON ALL TABLES IN SCHEMA autogpt_seed TO adder",
    "ALTER MATERIALIZED VIEW mv_agent_run_counts OWNER TO adder",
    "ALTER MATERIALIZED VIEW mv_review_stats OWNER TO adder",
    "SET LOCAL ROLE adder",
)


@pytest.mark.parametrize(
    ("statements", "reason"),
    [(APPEND_ONLY, "append-only"), (MAY_ADD, "permission denied")],
    ids=["a trigger", "a role"],
)
async def test_what_may_not_be_changed_stays_with_a_note(
    marketplace: str, statements: tuple[str, ...], reason: str
) -> None:
    async with altered(marketplace) as connection:
        await day(connection)
        await execute(connection, *statements)
        later = SETTINGS.model_copy(update={"as_of": AS_OF + timedelta(days=1)})
        report = await update(connection, later, schema=SCHEMA)
    assert (report.changed_versions, report.ended_runs) == (0, 0)
    assert [note.table for note in report.notes] == ["StoreListingVersion", "AgentGraphExecution"]
    assert all(reason in note.text for note in report.notes)


async def test_a_schema_that_takes_no_running_executions_is_told_the_setting(
    marketplace: str,
) -> None:
    ended = 'ALTER TABLE "AgentGraphExecution" ADD CHECK (stats IS NOT NULL) NOT VALID'
    async with altered(marketplace, ended) as connection:
        with pytest.raises(DatabaseUnsuitable, match="refuses a row") as caught:
            await day(connection)
        assert "--set running_rate=0" in caught.value.remedy
        none_running = SETTINGS.model_copy(update={"running_rate": 0.0})
        assert (await update(connection, none_running, schema=SCHEMA)).rows["AgentGraphExecution"]
