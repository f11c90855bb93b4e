"""One transaction: all of a populate is kept, or nothing, whatever ends it."""

from __future__ import annotations

import asyncio
import resource
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from autogpt_seed.database.url import parse_url
from autogpt_seed.entities import ENTITIES
from autogpt_seed.entities.world import World
from autogpt_seed.errors import ConfigurationError, DatabaseUnreachable, DatabaseUnsuitable
from autogpt_seed.migrating import migrate
from autogpt_seed.plan import Plan
from autogpt_seed.rows import Record, Rows
from autogpt_seed.seeding import PopulateReport, populate
from autogpt_seed.unit_of_work import Isolation, Timeouts, UnitOfWork
from tests.conftest import AS_OF, CreateDatabase, run_sync
from tests.databases import (
    contents,
    counts,
    end_sessions,
    everything,
    held_up,
    nobody_left,
    session,
    waiting,
)

PLAN = Plan(users=3, blocks=2, as_of=AS_OF, api_key_hash="sha256")
BLOCK = ("7", "block", "{}", "{}")


SLOW_COMMIT = """
CREATE TABLE slow (id int);
CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql
    AS 'BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END';
CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION wait();
"""
"""After this a commit of rows in `slow` waits for the advisory lock 7."""


class Broken(Exception):
    """What a test breaks an entity with."""


async def copy_a_block(work: UnitOfWork) -> None:
    driver = await work.driver()
    columns = ["id", "name", "inputSchema", "outputSchema"]
    await driver.copy_records_to_table(
        "AgentBlock", schema_name="platform", columns=columns, records=[BLOCK]
    )


class At:
    """A progress that does something when a table's turn comes."""

    def __init__(self, table: str, act: Callable[[], object]) -> None:
        self._table = table
        self._act = act

    def phase(self, name: str, total: int, unit: str = "rows") -> None:
        if name == self._table:
            self._act()

    def advance(self, rows: int) -> None: ...


def populate_in_the_background(
    url: str, timeouts: Timeouts | None = None
) -> asyncio.Task[PopulateReport]:
    return asyncio.create_task(populate(parse_url(url, {}), PLAN, timeouts=timeouts))


@pytest.fixture(scope="module")
def shared(create_database: CreateDatabase, migrated: Callable[[str], str]) -> str:
    """The URL of a database that the tests of this module leave as it is."""
    return create_database(migrated("head"))


# The unit of work itself


@pytest.mark.parametrize("isolation", [None, "REPEATABLE READ"])
async def test_a_copy_as_the_first_act_is_rolled_back(
    shared: str, isolation: Isolation | None
) -> None:
    engine = create_async_engine(shared.replace("postgresql:", "postgresql+asyncpg:"))
    for bind in (parse_url(shared, {}), engine):
        async with UnitOfWork(bind, isolation=isolation) as work:
            await copy_a_block(work)
        assert await counts(shared) == {}
    async with engine.connect() as connection:
        async with UnitOfWork(connection) as work:
            await copy_a_block(work)
        await connection.commit()
    assert await counts(shared) == {}
    await engine.dispose()


async def test_a_commit_keeps_what_was_copied(engine: AsyncEngine, database: str) -> None:
    async with UnitOfWork(engine) as work:
        await copy_a_block(work)
        await work.commit()
    assert await counts(database) == {"AgentBlock": 1}


async def test_an_error_after_the_commit_does_not_undo_it(
    engine: AsyncEngine, database: str
) -> None:
    async def commit_and_break() -> None:
        async with UnitOfWork(engine) as work:
            await copy_a_block(work)
            await work.commit()
            raise Broken

    with pytest.raises(Broken):
        await commit_and_break()
    assert await counts(database) == {"AgentBlock": 1}


async def test_who_is_cancelled_during_the_commit_has_committed(
    engine: AsyncEngine, database: str
) -> None:
    async def work_and_commit() -> str:
        async with UnitOfWork(engine) as work:
            await work.connection.execute(text("INSERT INTO slow VALUES (1)"))
            await work.commit()
        return "done"

    async with session(database) as other:
        await other.execute(SLOW_COMMIT)
        await other.execute("SELECT pg_advisory_lock(7)")
        task = asyncio.create_task(work_and_commit())
        await waiting(database)
        task.cancel()
        await asyncio.sleep(0)
        await other.execute("SELECT pg_advisory_unlock(7)")
        assert await task == "done"
        assert await other.fetchval("SELECT count(*) FROM slow") == 1


async def test_an_engine_that_commits_by_itself_is_refused(shared: str) -> None:
    url = shared.replace("postgresql:", "postgresql+asyncpg:")
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    with pytest.raises(ConfigurationError, match="commits every statement"):
        await populate(engine, PLAN, rollback=True)
    async with engine.connect() as connection:
        with pytest.raises(ConfigurationError, match="commits every statement"):
            await populate(connection, PLAN, rollback=True)
        within = await connection.execution_options(isolation_level="READ COMMITTED")
        assert (await populate(within, PLAN, rollback=True)).total_rows
    assert await counts(shared) == {}
    await engine.dispose()


async def test_an_error_of_a_file_is_not_taken_for_one_of_the_connection(shared: str) -> None:
    async def read_in_vain() -> None:
        async with UnitOfWork(parse_url(shared, {})) as work:
            await copy_a_block(work)
            raise FileNotFoundError

    with pytest.raises(FileNotFoundError):
        await read_in_vain()
    assert await counts(shared) == {}


async def test_a_connection_that_is_lost_during_the_commit_may_have_committed(
    database: str,
) -> None:
    async def work_and_commit() -> None:
        async with UnitOfWork(parse_url(database, {})) as work:
            await work.connection.execute(text("INSERT INTO slow VALUES (1)"))
            await work.commit()

    async with session(database) as other:
        await other.execute(SLOW_COMMIT)
        await other.execute("SELECT pg_advisory_lock(7)")
        task = asyncio.create_task(work_and_commit())
        await other.execute("SELECT pg_terminate_backend($1)", await waiting(database))
        with pytest.raises(DatabaseUnreachable, match="it may or may not have happened"):
            await task


async def test_a_commit_that_the_server_refuses_has_not_happened(database: str) -> None:
    async def work_and_commit() -> None:
        async with UnitOfWork(parse_url(database, {}), timeouts=Timeouts(lock=0.2)) as work:
            await work.connection.execute(text("INSERT INTO slow VALUES (1)"))
            await work.commit()

    async with session(database) as other:
        await other.execute(SLOW_COMMIT)
        await other.execute("SELECT pg_advisory_lock(7)")
        with pytest.raises(DatabaseUnsuitable, match="A lock was not free in time"):
            await work_and_commit()
        assert await other.fetchval("SELECT count(*) FROM slow") == 0


# What ends a populate


@pytest.fixture(scope="module")
def half_full(
    create_database: CreateDatabase, migrated: Callable[[str], str]
) -> tuple[str, object]:
    """The URL of a database with the rows of an earlier run, not to be changed, and these."""
    url = create_database(migrated("head"))
    run_sync(populate(parse_url(url, {}), PLAN))
    return url, run_sync(contents(url))


@pytest.mark.parametrize("entity", ENTITIES)
async def test_an_exception_in_the_middle_of_an_entity_leaves_every_table_as_it_was(
    half_full: tuple[str, object], entity: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaking(world: World) -> Rows:
        rows = make(world)

        def records() -> Iterator[Record]:
            yield from islice(rows.records(), rows.count // 2)
            raise Broken

        return replace(rows, records=records)

    make = ENTITIES[entity]
    monkeypatch.setitem(ENTITIES, entity, breaking)
    url, before = half_full
    with pytest.raises(Broken):
        await populate(parse_url(url, {}), PLAN)
    assert await contents(url) == before


@pytest.mark.parametrize("table", ["AgentGraph", "views"])
async def test_an_exception_between_two_tables_leaves_every_table_as_it_was(
    half_full: tuple[str, object], table: str
) -> None:
    def break_down() -> None:
        raise Broken

    url, before = half_full
    with pytest.raises(Broken):
        await populate(parse_url(url, {}), PLAN, progress=At(table, break_down))
    assert await contents(url) == before


async def test_a_populate_that_is_cancelled_while_it_loads_leaves_nothing(shared: str) -> None:
    before = await everything(shared)
    progress = At("StoreListing", lambda: work.cancel())
    work = asyncio.create_task(populate(parse_url(shared, {}), PLAN, progress=progress))
    with pytest.raises(asyncio.CancelledError):
        await work
    await nobody_left(shared)
    assert await everything(shared) == before


async def test_a_populate_that_is_cancelled_while_it_waits_leaves_nothing(shared: str) -> None:
    before = await everything(shared)
    async with held_up(shared):
        work = populate_in_the_background(shared)
        await waiting(shared)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        await nobody_left(shared)
    assert await everything(shared) == before


@pytest.mark.parametrize("table", ["AgentNodeExecution", "views"])
async def test_a_session_that_is_ended_from_outside_leaves_nothing(shared: str, table: str) -> None:
    before = await everything(shared)
    progress = At(table, lambda: run_sync(end_sessions(shared)))
    with pytest.raises(DatabaseUnreachable, match="lost; the transaction is undone") as lost:
        await populate(parse_url(shared, {}), PLAN, progress=progress)
    assert lost.value.evidence
    assert await everything(shared) == before


@pytest.mark.parametrize(
    ("timeouts", "sentence", "remedy"),
    [
        (Timeouts(lock=0.3), "A lock was not free in time", "--lock-timeout"),
        (Timeouts(statement=0.3), "The server cancelled a statement", "--statement-timeout"),
    ],
)
async def test_a_populate_that_takes_too_long_leaves_nothing(
    shared: str, timeouts: Timeouts, sentence: str, remedy: str
) -> None:
    before = await everything(shared)
    async with held_up(shared):
        with pytest.raises(DatabaseUnsuitable, match=sentence) as late:
            await populate_in_the_background(shared, timeouts)
    assert remedy in late.value.remedy
    assert await everything(shared) == before


async def test_a_populate_that_cannot_write_its_keys_leaves_nothing(
    shared: str, tmp_path: Path
) -> None:
    before = await everything(shared)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    full = At("views", lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard)))
    try:
        with pytest.raises(ConfigurationError, match="keys, cannot be written"):
            await populate(
                parse_url(shared, {}), PLAN, progress=full, api_keys_out=tmp_path / "keys"
            )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert await everything(shared) == before


async def test_whose_keys_are_lost_after_the_commit_is_told_that_it_happened(
    database: str, tmp_path: Path
) -> None:
    folder = tmp_path / "passing"
    folder.mkdir()
    gone = At("views", lambda: shutil.rmtree(folder))
    with pytest.raises(ConfigurationError, match="keys, cannot be written") as lost:
        await populate(parse_url(database, {}), PLAN, progress=gone, api_keys_out=folder / "keys")
    assert "The rows are committed" in lost.value.evidence
    assert (await counts(database))["User"] == PLAN.users


# Two at once


async def test_a_second_populate_waits_for_the_first(
    database: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with held_up(database):
        first = populate_in_the_background(database)
        await waiting(database)
        second = populate_in_the_background(database)
        await waiting(database, sessions=2)
    one, another = await asyncio.gather(first, second)
    assert one.run_tag != another.run_tag
    assert "Another seeder is working on schema platform; waiting for it." in caplog.text
    assert (await counts(database))["User"] == 2 * PLAN.users


async def test_a_second_populate_that_may_not_wait_is_told_who_works(shared: str) -> None:
    before = await everything(shared)
    async with held_up(shared):
        first = populate_in_the_background(shared)
        pid = await waiting(shared)
        with pytest.raises(DatabaseUnsuitable, match="Another seeder is still working") as refused:
            await populate(parse_url(shared, {}), PLAN, timeouts=Timeouts(lock=0.2))
        assert f"held by process {pid} (autogpt-seed, role postgres" in refused.value.evidence
        assert "--lock-timeout" in refused.value.remedy
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
    assert await everything(shared) == before


async def test_a_role_that_sees_little_of_other_sessions_is_told_of_the_lock_all_the_same(
    shared: str,
) -> None:
    async with UnitOfWork(parse_url(shared, {})) as first:
        await first.enter_schema("platform")
        pid = (await first.driver()).get_server_pid()
        async with UnitOfWork(parse_url(shared, {}), timeouts=Timeouts(lock=0.2)) as second:
            await second.connection.execute(text("CREATE ROLE stranger"))  # goes with the rollback
            await second.set_local("role", "stranger")
            with pytest.raises(DatabaseUnsuitable, match="still working") as refused:
                await second.enter_schema("platform")
    assert f"held by process {pid} " in refused.value.evidence


async def test_populates_of_two_schemas_do_not_wait_for_each_other(database: str) -> None:
    await migrate(parse_url(database, {}), schema="other", revision="2025_08")
    async with held_up(database):
        first = asyncio.create_task(populate(parse_url(database, {}), PLAN, schema="platform"))
        await waiting(database)
        await populate(parse_url(database, {}), PLAN, schema="other")
        assert not first.done()
    await first


async def test_a_limit_on_the_length_of_transactions_is_lifted(database: str) -> None:
    name = make_url(database).database
    async with session(database) as connection:
        await connection.execute(f"ALTER DATABASE \"{name}\" SET transaction_timeout = '500ms'")
    async with UnitOfWork(parse_url(database, {})) as work:
        await work.connection.exec_driver_sql("SELECT pg_sleep(0.7)")
        assert (await work.connection.exec_driver_sql("SELECT 1")).scalar_one() == 1


@pytest.mark.parametrize(("embedded", "shown"), [(True, "50ms"), (False, "1s")])
async def test_an_autovacuum_of_the_embedded_server_gives_way_soon(
    shared: str, embedded: bool, shown: str
) -> None:
    target = replace(parse_url(shared, {}), embedded=embedded)
    async with UnitOfWork(target) as work:
        found = await work.connection.exec_driver_sql("SHOW deadlock_timeout")
        assert found.scalar_one() == shown
