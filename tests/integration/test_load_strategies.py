"""How populate() chooses what happens to the keys of the tables, on which no row depends."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from autogpt_seed.choices import Load
from autogpt_seed.database.loading import prefetch
from autogpt_seed.database.loading.strategy import LEAST_ROWS
from autogpt_seed.database.url import Target, parse_url
from autogpt_seed.errors import DatabaseUnsuitable, RefusedForSafety
from autogpt_seed.plan import Plan
from autogpt_seed.progress import Silence
from autogpt_seed.seeding import PopulateReport, expected_rows, populate
from autogpt_seed.unit_of_work import Timeouts
from tests.conftest import AS_OF, SMALL_PLAN, CreateDatabase
from tests.databases import contents, counts, execute, session, waiting
from tests.key_facts import key_facts

PLAN = Plan(users=40, blocks=10, as_of=AS_OF, api_key_hash="sha256")
"""Large enough for suspending to pay."""

REPEATABLE = PLAN.model_copy(update={"deterministic_keys": True})


def embedded(url: str) -> Target:
    """A target that says of itself that nobody else depends on it."""
    return replace(parse_url(url, {}), embedded=True)


async def give(url: str, role: str) -> None:
    """Make the role the owner of all tables and views."""
    async with session(url) as connection:
        names = await connection.fetch(
            "SELECT quote_ident(relname) FROM pg_class "
            "WHERE relnamespace = 'platform'::regnamespace AND relkind IN ('r', 'v', 'm')"
        )
    await execute(url, *(f"ALTER TABLE platform.{name} OWNER TO {role}" for (name,) in names))


@asynccontextmanager
async def somebody_reads(url: str, table: str) -> AsyncIterator[int]:
    """A session in the middle of a transaction that has read the table; its process id."""
    async with session(url) as connection:
        await connection.execute(f'BEGIN; SELECT FROM platform."{table}" LIMIT 1')
        yield connection.get_server_pid()


@pytest.fixture
async def guest(database: str) -> AsyncIterator[str]:
    """The URL of a role that may work on the tables of `database`, which others own."""
    url = make_url(database)
    name = f"guest_{url.database}"
    await execute(
        database,
        f"CREATE ROLE {name} LOGIN PASSWORD 'secret'",
        f"GRANT USAGE ON SCHEMA platform TO {name}",
        f"GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA platform TO {name}",
        "ALTER FUNCTION platform.refresh_store_materialized_views() SECURITY DEFINER",
    )
    yield url.set(username=name, password="secret").render_as_string(hide_password=False)
    await execute(
        database,
        f"REASSIGN OWNED BY {name} TO CURRENT_USER",
        f"DROP OWNED BY {name}",
        f"DROP ROLE {name}",
    )


def test_the_plan_of_these_tests_is_large_enough() -> None:
    assert sum(expected_rows(PLAN).values()) > LEAST_ROWS > sum(expected_rows(SMALL_PLAN).values())


# What auto chooses


async def test_keys_of_empty_tables_are_suspended(database: str) -> None:
    report = await populate(parse_url(database, {}), PLAN)
    assert report.strategy.name == "suspended"
    assert report.strategy.reason.endswith("tables that no other session uses")
    assert report.rows == expected_rows(PLAN)


async def test_keys_of_small_tables_stay(database: str) -> None:
    report = await populate(parse_url(database, {}), PLAN)
    touched = {key.table for key in report.strategy.suspension.keys}
    assert "AgentNodeExecutionInputOutput" in touched
    assert touched.isdisjoint({"User", "Profile", "APIKey"})


async def test_few_rows_are_loaded_live(database: str) -> None:
    report = await populate(parse_url(database, {}), SMALL_PLAN)
    assert report.strategy.name == "live"
    assert "too few new rows" in report.strategy.reason


async def test_tables_that_hold_rows_are_loaded_live(seeded_database: str) -> None:
    report = await populate(parse_url(seeded_database, {}), PLAN)
    assert report.strategy.name == "live"
    assert report.strategy.reason == "the tables hold rows, and the server is not the embedded one"


async def test_tables_that_held_rows_once_are_empty(database: str) -> None:
    await populate(parse_url(database, {}), PLAN, rollback=True)
    assert (await populate(parse_url(database, {}), PLAN)).strategy.name == "suspended"


async def test_on_the_embedded_server_many_rows_among_few_are_suspended(
    seeded_database: str,
) -> None:
    before = await key_facts(seeded_database)
    report = await populate(embedded(seeded_database), PLAN)
    assert report.strategy.name == "suspended"
    assert " new rows join about " in report.strategy.reason
    assert await key_facts(seeded_database) == before


async def test_on_the_embedded_server_few_rows_among_many_are_loaded_live(database: str) -> None:
    await populate(embedded(database), PLAN.model_copy(update={"users": 160}))
    report = await populate(embedded(database), PLAN)
    assert report.strategy.name == "live"
    estimate = r"too few new rows beside about \d{1,3},000 existing ones"
    assert re.match(estimate, report.strategy.reason), report.strategy.reason


async def test_rows_that_were_rolled_back_are_not_counted_among_the_old_ones(
    database: str,
) -> None:
    first = await populate(embedded(database), PLAN)
    for _ in range(2):
        report = await populate(embedded(database), PLAN, rollback=True)
        met = re.search("join about ([0-9,]+) existing ones", report.strategy.reason)
        assert met, report.strategy.reason
        assert int(met[1].replace(",", "")) <= first.total_rows


async def test_tables_that_another_session_uses_are_loaded_live(database: str) -> None:
    async with somebody_reads(database, "AgentNodeExecution") as pid:
        report = await populate(parse_url(database, {}), PLAN)
    assert report.strategy.name == "live"
    assert f"process {pid} " in report.strategy.reason
    assert "AgentNodeExecution" in report.strategy.reason


async def test_sessions_that_use_none_of_the_tables_do_not_matter(database: str) -> None:
    async with session(database) as connection:
        await connection.execute("BEGIN; SELECT count(*) FROM pg_class")
        assert (await populate(parse_url(database, {}), PLAN)).strategy.name == "suspended"


async def test_tables_with_triggers_are_loaded_live(database: str) -> None:
    await execute(
        database,
        "CREATE FUNCTION platform.nothing() RETURNS trigger LANGUAGE plpgsql "
        "AS $$BEGIN RETURN NEW; END$$",
        'CREATE TRIGGER doing BEFORE INSERT ON platform."AgentNode" FOR EACH ROW '
        "EXECUTE FUNCTION platform.nothing()",
    )
    report = await populate(parse_url(database, {}), PLAN)
    assert report.strategy.name == "live"
    assert "AgentNode" in report.strategy.reason


async def test_a_role_that_does_not_own_the_tables_loads_live(database: str, guest: str) -> None:
    report = await populate(parse_url(guest, {}), PLAN)
    assert report.strategy.name == "live"
    assert report.strategy.reason.startswith("the role does not own User, ")
    with pytest.raises(DatabaseUnsuitable, match="cannot be suspended") as refused:
        await populate(parse_url(guest, {}), PLAN, load="suspended")
    assert "does not own User" in refused.value.evidence


async def test_a_role_that_may_not_create_in_the_schema_loads_live(
    database: str, guest: str
) -> None:
    await give(database, make_url(guest).username or "")
    report = await populate(parse_url(guest, {}), PLAN)
    assert report.strategy.name == "live"
    assert "may not create" in report.strategy.reason


async def test_the_owner_of_the_tables_needs_no_more_rights(database: str, guest: str) -> None:
    name = make_url(guest).username or ""
    await give(database, name)
    await execute(database, f"GRANT CREATE ON SCHEMA platform TO {name}")
    before = await key_facts(database)
    report = await populate(parse_url(guest, {}), PLAN)
    assert report.strategy.name == "suspended"
    assert await key_facts(database) == before


async def test_keys_are_never_suspended_in_a_callers_transaction(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        report = await populate(connection, PLAN)
        assert report.strategy.name == "live"
        assert "caller's" in report.strategy.reason
        with pytest.raises(RefusedForSafety, match="caller's"):
            await populate(connection, PLAN, load="suspended")
        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1


# What is the same either way


@pytest.mark.parametrize("other", ["live", "auto"])
async def test_the_rows_are_the_same(
    create_database: CreateDatabase, migrated: Callable[[str], str], revision: str, other: Load
) -> None:
    one, another = (create_database(migrated(revision)) for _ in range(2))
    await populate(parse_url(one, {}), REPEATABLE, load="suspended")
    await populate(parse_url(another, {}), REPEATABLE, load=other)
    assert await contents(one) == await contents(another)


@pytest.mark.parametrize("load", ["live", "suspended"])
async def test_the_rows_do_not_depend_on_how_many_are_made_ahead(
    create_database: CreateDatabase,
    migrated: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
    load: Load,
) -> None:
    plan = REPEATABLE.model_copy(update={"users": 12})
    one, another = (create_database(migrated("head")) for _ in range(2))
    await populate(parse_url(one, {}), plan, load=load)
    monkeypatch.setattr(prefetch, "_SLICE_ROWS", 3)
    monkeypatch.setattr(prefetch, "MOST_BYTES", 20_000)
    await populate(parse_url(another, {}), plan, load=load)
    assert await contents(one) == await contents(another)


# How it is done


class Record(Silence):
    """What a populate told: of each phase its total and how much of it was done."""

    def __init__(self) -> None:
        self.totals: dict[str, int] = {}
        self.done: dict[str, int] = {}
        self._current = ""

    def phase(self, name: str, total: int, unit: str = "rows") -> None:
        self.totals[name] = total
        self.done.setdefault(name, 0)
        self._current = name

    def advance(self, amount: int) -> None:
        self.done[self._current] += amount


@pytest.mark.parametrize("load", ["live", "suspended"])
async def test_the_progress_tells_every_row_key_and_constraint(database: str, load: Load) -> None:
    record = Record()
    report = await populate(parse_url(database, {}), PLAN, load=load, progress=record)
    suspension = report.strategy.suspension
    steps = {"indexes": len(suspension.keys), "constraints": len(suspension.foreign_keys)}
    expected = {**report.rows, **(steps if load == "suspended" else {})}
    assert {name: n for name, n in record.done.items() if n} == expected
    assert {name: n for name, n in record.totals.items() if n} == expected


async def test_large_tables_come_before_the_small_ones_and_the_largest_last(database: str) -> None:
    record = Record()
    plan = PLAN.model_copy(update={"api_key_hash": "scrypt"})
    report = await populate(parse_url(database, {}), plan, load="suspended", progress=record)
    order = [name for name in record.totals if name in report.rows]
    assert order[:3] == [
        "AgentGraphExecution",
        "AgentNodeExecution",
        "AgentNodeExecutionInputOutput",
    ]
    sizes = [report.rows[name] for name in order[3:-1]]
    assert sizes == sorted(sizes, reverse=True)
    assert order[-1] == "APIKey"  # its hashes are waited for


async def test_active_versions_need_no_update_while_their_key_is_away(database: str) -> None:
    record = Record()
    await populate(parse_url(database, {}), PLAN, load="suspended", progress=record)
    assert "StoreListing.activeVersionId" not in record.totals
    async with session(database) as connection:
        query = 'SELECT count(*) FROM platform."StoreListing" WHERE "activeVersionId" IS NOT NULL'
        assert await connection.fetchval(query) > 0


async def test_a_live_load_looks_up_parents_by_their_keys(database: str) -> None:
    # Of tables that were once vacuumed, the planner believes that they are as small as they seem.
    await execute(database, "VACUUM")
    await populate(parse_url(database, {}), PLAN, load="live")
    rows = (await counts(database))["AgentNodeExecution"]
    async with session(database) as connection:
        query = (
            "SELECT seq_tup_read FROM pg_stat_user_tables "
            "WHERE schemaname = 'platform' AND relname = 'AgentNodeExecution'"
        )
        assert await connection.fetchval(query) < 100 * rows


async def test_a_session_that_comes_to_use_a_table_is_waited_for(database: str) -> None:
    async with somebody_reads(database, "AgentNodeExecution"):
        loading = asyncio.create_task(populate(parse_url(database, {}), PLAN, load="suspended"))
        await waiting(database)
    report: PopulateReport = await loading
    assert report.rows == expected_rows(PLAN)


async def test_a_table_that_stays_in_use_is_not_waited_for_long(database: str) -> None:
    before = await key_facts(database)
    async with somebody_reads(database, "AgentNodeExecution"):
        with pytest.raises(DatabaseUnsuitable, match="A lock was not free in time"):
            await populate(
                parse_url(database, {}), PLAN, load="suspended", timeouts=Timeouts(lock=0.2)
            )
    assert await key_facts(database) == before
    assert not await counts(database)
