"""What goes wrong around a populate: nothing is lost, nothing is left, and it is told."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count

import asyncpg
import pytest

from autogpt_seed.database.holders import holders
from autogpt_seed.database.url import parse_url
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.migrating import migrate
from autogpt_seed.plan import Plan
from autogpt_seed.seeding import PopulateReport, populate
from autogpt_seed.unit_of_work import Timeouts, UnitOfWork
from autogpt_seed.verification import verify
from tests.conftest import AS_OF, SMALL_PLAN, CreateDatabase, run_sync, with_database
from tests.databases import (
    KEY_COLUMNS,
    contents,
    end_sessions,
    everything,
    execute,
    nobody_left,
    session,
    waiting,
)
from tests.integration.test_unit_of_work import At

MOMENTS = 20 if os.environ.get("AUTOGPT_SEED_LONG_TESTS") else 8

PLAN = Plan(users=3, blocks=2, as_of=AS_OF, api_key_hash="sha256")


@pytest.fixture(scope="module")
def occupied(create_database: CreateDatabase, marketplace: str) -> str:
    """The URL of a seeded database that the tests leave as it is."""
    return create_database(marketplace)


@asynccontextmanager
async def transaction(url: str, *statements: str) -> AsyncIterator[asyncpg.Connection]:
    """An application's transaction that has executed the statements, rolled back at the end."""
    async with session(url) as connection:
        await connection.execute("SET application_name = 'shop'; BEGIN")
        for statement in statements:
            await connection.execute(statement)
        yield connection
        await connection.execute("ROLLBACK")


# Moments


@pytest.mark.parametrize("seed", range(MOMENTS))
async def test_whenever_it_is_cancelled_or_its_session_ended_nothing_is_left(
    occupied: str, before: object, seed: int
) -> None:
    chance = random.Random(seed)
    act = chance.choice(["cancel", "end"])
    work = asyncio.create_task(populate(parse_url(occupied, {}), PLAN, rollback=True))
    await asyncio.wait([work], timeout=chance.uniform(0, 1.0))
    if act == "cancel":
        work.cancel()
    else:
        await end_sessions(occupied)
    await asyncio.gather(work, return_exceptions=True)
    await nobody_left(occupied)
    assert await everything(occupied) == before


@pytest.fixture(scope="module")
def before(occupied: str) -> object:
    """Contents and catalog of `occupied`."""
    return run_sync(everything(occupied))


# Others' locks


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            'LOCK TABLE platform."StoreListing" IN SHARE MODE',
            'holds ShareLock on "StoreListing" since',
        ),
        (
            "REFRESH MATERIALIZED VIEW platform.mv_review_stats",
            "AccessExclusiveLock on mv_review_stats",
        ),
    ],
)
async def test_who_holds_a_lock_is_told_with_what_it_is_doing(
    occupied: str, before: object, statement: str, words: str
) -> None:
    secret = "SELECT 'p4ssword'"
    async with transaction(occupied, statement, secret) as other:
        pid = await other.fetchval("SELECT pg_backend_pid()")
        await other.execute(secret)
        with pytest.raises(DatabaseUnsuitable, match="A lock was not free in time") as late:
            await populate(parse_url(occupied, {}), PLAN, timeouts=Timeouts(lock=0.3))
    evidence = late.value.evidence
    assert f"Process {pid} (shop, role postgres, from " in evidence
    assert words in evidence
    assert "it is idle in transaction: SELECT '…'" in evidence
    assert "p4ssword" not in evidence
    assert await everything(occupied) == before


@pytest.mark.parametrize(
    "statement",
    [
        f"SELECT 'p4ssword{'x' * 2000}'",
        f"SELECT $a$p4ssword{'x' * 2000}$a$",
        r"SELECT E'\'p4ssword', 'more'",
        "SELECT NULL /* don't */, 'p4ssword'",
        "SELECT NULL -- don't\n, 'p4ssword'",
        """SELECT NULL AS "it's", 'p4ssword'""",
        "SELECT pg_sleep(0) WHERE 41111111 > 7",
    ],
    ids=range(7),
)
async def test_no_value_of_his_statement_is_told(occupied: str, statement: str) -> None:
    lock = 'LOCK TABLE platform."User" IN SHARE MODE'
    async with transaction(occupied, lock, statement), UnitOfWork(parse_url(occupied, {})) as work:
        told = await holders(work.connection)
    assert "it is idle in transaction: SELECT " in told
    assert "p4ss" not in told
    assert "4111" not in told


LOCK = 'LOCK TABLE platform."{}" IN SHARE ROW EXCLUSIVE MODE'


async def deadlocked(url: str, patience: str) -> asyncio.Task[PopulateReport]:
    """A populate on top of another, which looks for a deadlock after so long a wait."""
    name = url.rpartition("/")[2].partition("?")[0]
    await execute(url, f"ALTER DATABASE \"{name}\" SET deadlock_timeout = '{patience}'")
    return asyncio.create_task(populate(parse_url(url, {}), PLAN.model_copy(update={"seed": 7})))


# Who waits looks for a deadlock once, so it has to be the last of both who looks soon.


async def test_a_deadlock_that_ends_the_populate_is_reported_and_leaves_nothing(
    database: str,
) -> None:
    await populate(parse_url(database, {}), PLAN)
    before = await contents(database)
    review = LOCK.format("StoreListingReview")
    async with transaction(database, "SET deadlock_timeout = '1min'", review) as other:
        async with transaction(database, LOCK.format("StoreListing")):
            work = await deadlocked(database, "100ms")
            await waiting(database)
            locking = asyncio.create_task(other.execute(LOCK.format("User")))
            await waiting(database, application="shop")
        with pytest.raises(DatabaseUnsuitable, match="ended a deadlock") as ended:
            await work
        await locking
        assert "Run the same command again" in ended.value.remedy
    assert await contents(database) == before


async def test_a_deadlock_that_ends_the_application_does_the_populate_no_harm(
    database: str,
) -> None:
    await populate(parse_url(database, {}), PLAN)
    review = LOCK.format("StoreListingReview")
    async with transaction(database, "SET deadlock_timeout = '100ms'", review) as other:
        work = await deadlocked(database, "1min")
        await waiting(database)
        with pytest.raises(asyncpg.DeadlockDetectedError):
            await other.execute(LOCK.format("User"))
        await other.execute("ROLLBACK; BEGIN")
        assert (await work).committed


async def test_the_application_goes_on_writing_meanwhile(database: str) -> None:
    await populate(parse_url(database, {}), SMALL_PLAN)
    stop, written = asyncio.Event(), count()
    writers = [asyncio.create_task(write(database, stop, written)) for _ in range(3)]
    plan = Plan(users=100, as_of=AS_OF, api_key_hash="sha256", seed=7)
    report = await populate(parse_url(database, {}), plan)
    stop.set()
    await asyncio.gather(*writers)
    assert report.committed
    assert report.strategy.name == "live"
    number = next(written)
    assert number > 20
    async with session(database) as connection:
        query = "SELECT count(*) FROM platform.\"AgentGraphExecution\" WHERE id LIKE 'app-%'"
        assert await connection.fetchval(query) == number


async def write(url: str, stop: asyncio.Event, written: count[int]) -> None:
    """Run graphs, end runs and look at the store, as an application does, until told to stop."""
    async with session(url) as connection:
        while not stop.is_set():
            await connection.execute(
                'INSERT INTO platform."AgentGraphExecution" (id, "agentGraphId", '
                '"agentGraphVersion", "userId", "executionStatus", "updatedAt") '
                "SELECT 'app-' || gen_random_uuid(), id, version, \"userId\", 'RUNNING', now() "
                'FROM platform."AgentGraph" ORDER BY random() LIMIT 1'
            )
            next(written)
            await connection.execute(
                'UPDATE platform."AgentGraphExecution" SET "executionStatus" = \'COMPLETED\' '
                'WHERE id = (SELECT id FROM platform."AgentGraphExecution" '
                "WHERE id LIKE 'app-%' ORDER BY random() LIMIT 1)"
            )
            await connection.fetch('SELECT * FROM platform."StoreAgent" LIMIT 10')


# Rights and settings


async def test_a_role_that_loses_a_right_half_way_leaves_nothing(database: str, guest: str) -> None:
    await execute(
        database,
        f"GRANT USAGE ON SCHEMA platform TO {guest}",
        f"GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA platform TO {guest}",
        "ALTER FUNCTION platform.refresh_store_materialized_views() SECURITY DEFINER",
    )
    before = await everything(database)
    revoke = f'REVOKE INSERT ON platform."StoreListingReview" FROM {guest}'
    progress = At("StoreListing", lambda: run_sync(execute(database, revoke)))
    login = f"{guest}:pw@"
    url = database.replace(database[len("postgresql://") : database.index("@") + 1], login)
    with pytest.raises(DatabaseUnsuitable, match="lacks a right") as refused:
        await populate(parse_url(url, {}), PLAN, progress=progress)
    assert "StoreListingReview" in refused.value.evidence
    await execute(database, f"GRANT INSERT ON ALL TABLES IN SCHEMA platform TO {guest}")
    assert await everything(database) == before


@pytest.fixture
async def guest(database: str) -> AsyncIterator[str]:
    """A role that may log in with the password pw, and owns nothing."""
    name = f"guest_{time.monotonic_ns()}"
    await execute(database, f"CREATE ROLE {name} LOGIN PASSWORD 'pw'")
    yield name
    await execute(database, f"DROP OWNED BY {name}", f"DROP ROLE {name}")


SETTINGS = {
    "TimeZone": "Asia/Kathmandu",
    "DateStyle": "German",
    "IntervalStyle": "sql_standard",
    "default_transaction_isolation": "serializable",
    "default_transaction_deferrable": "on",
    "row_security": "off",
    "work_mem": "64kB",
    "maintenance_work_mem": "1MB",
    "bytea_output": "escape",
    "extra_float_digits": "-15",
    "standard_conforming_strings": "off",
    "client_encoding": "LATIN1",
    "search_path": "pg_catalog",
    "idle_in_transaction_session_timeout": "60000",
}


async def test_no_setting_of_the_database_changes_a_row(
    database: str, occupied: str, before: tuple[object, object]
) -> None:
    name = database.rpartition("/")[2].partition("?")[0]
    for setting, value in SETTINGS.items():
        await execute(database, f"ALTER DATABASE \"{name}\" SET {setting} = '{value}'")
    await populate(parse_url(database, {}), SMALL_PLAN)
    plain = await contents(occupied, without=KEY_COLUMNS)
    async with session(database) as connection:
        for setting in SETTINGS:
            await connection.execute(f'ALTER DATABASE "{name}" RESET {setting}')
    assert await contents(database, without=KEY_COLUMNS) == plain
    report = await verify(parse_url(database, {}))
    assert report.ok


async def test_verification_holds_under_any_settings(occupied: str) -> None:
    options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
    target = parse_url(f"{occupied}{'&' if '?' in occupied else '?'}options={options}", {})
    assert (await verify(target)).ok


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
async def test_a_database_of_another_encoding_takes_the_marketplace(
    server_url: str, drop_database: Callable[[str], None], encoding: str
) -> None:
    name = f"test_{encoding.lower()}_{time.monotonic_ns()}"
    create = f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'"
    await execute(server_url, create)
    url = with_database(server_url, name)
    try:
        await migrate(parse_url(url, {}), schema="platform")
        assert (await populate(parse_url(url, {}), PLAN)).committed
        assert (await verify(parse_url(url, {}))).ok
    finally:
        drop_database(url)


async def test_what_an_encoding_lacks_is_refused_by_name(
    server_url: str, drop_database: Callable[[str], None]
) -> None:
    name = f"test_lacking_{time.monotonic_ns()}"
    create = f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'"
    await execute(server_url, create)
    url = with_database(server_url, name)
    try:
        await migrate(parse_url(url, {}), schema="platform")
        values = PLAN.model_dump() | {"columns": {"User": {"name": "Łukasz"}}}
        with pytest.raises(DatabaseUnsuitable) as refused:
            await populate(parse_url(url, {}), Plan.model_validate(values))
        assert "LATIN1" in str(refused.value)
    finally:
        drop_database(url)
