"""What populate() does to databases of every kind, and what it leaves of them when it must."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from autogpt_seed.database.loading import copy
from autogpt_seed.database.sql import quote
from autogpt_seed.database.url import parse_url
from autogpt_seed.entities import ENTITIES
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.migrating import migrate
from autogpt_seed.plan import Plan
from autogpt_seed.seeding import expected_rows, populate
from tests.altering import altered
from tests.conftest import AS_OF, SMALL_PLAN, CreateDatabase
from tests.databases import KEY_COLUMNS, contents, counts, everything, session, with_parameters

TINY_PLAN = Plan(users=3, blocks=2, as_of=AS_OF, api_key_hash="sha256")
VIEWS = ("mv_agent_run_counts", "mv_review_stats")
HOSTILE = """we"ird; -- :name %s 'é'"""


async def rows_of(url: str, schema: str = "platform") -> dict[str, int]:
    """The tables that have rows, and how many, without the views."""
    found = await counts(url, schema)
    return {table: number for table, number in found.items() if table not in VIEWS}


@pytest.fixture
async def connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A caller's own connection, with a transaction of the caller's."""
    async with engine.connect() as connection:
        await connection.execute(text("CREATE TABLE platform.diary (entry text)"))
        await connection.execute(text("INSERT INTO platform.diary VALUES ('before')"))
        yield connection


# Counts


async def test_the_report_counts_what_the_database_holds_and_the_plan_foresees(
    create_database: CreateDatabase, migrated: Callable[[str], str], revision: str
) -> None:
    url = create_database(migrated(revision))
    report = await populate(parse_url(url, {}), SMALL_PLAN)
    assert report.rows == expected_rows(SMALL_PLAN)
    assert {table: n for table, n in report.rows.items() if n} == await rows_of(url)
    assert report.committed


async def test_the_report_tells_the_figures_of_the_refreshed_views(database: str) -> None:
    report = await populate(parse_url(database, {}), SMALL_PLAN)
    async with session(database) as connection:
        runs = await connection.fetchrow(
            'SELECT count(DISTINCT "agentGraphId"), count(*) FROM platform."AgentGraphExecution"'
        )
        reviews = await connection.fetchval(
            'SELECT count(*) FROM platform."StoreListingReview" r JOIN '
            'platform."StoreListingVersion" v ON v.id = r."storeListingVersionId" '
            """WHERE v."submissionStatus" = 'APPROVED'"""
        )
    assert runs
    assert report.figures.runs
    assert (report.figures.runs.agents, report.figures.runs.total) == tuple(runs)
    assert report.figures.reviews
    assert report.figures.reviews.total == reviews


async def test_the_report_names_a_creator_and_a_listing_that_the_store_shows(
    database: str,
) -> None:
    report = await populate(parse_url(database, {}), TINY_PLAN)
    creator, slug = report.look_at["listing"].split("/")
    assert creator == report.look_at["creator"]
    async with session(database) as connection:
        shown = await connection.fetch(
            'SELECT FROM platform."StoreAgent" WHERE slug = $1 AND creator_username = $2',
            slug,
            creator,
        )
        known = await connection.fetch(
            'SELECT FROM platform."Creator" WHERE username = $1', creator
        )
    assert len(shown) == len(known) == 1


async def test_the_report_names_the_listing_by_its_slug_as_it_was_shortened(database: str) -> None:
    shorter = (
        'ALTER TABLE "StoreListing" ADD CHECK (length(slug) <= 20)',
        'ALTER TABLE "Profile" ADD CHECK (length(username) <= 14)',
    )
    async with altered(database, *shorter) as connection:
        report = await populate(connection, TINY_PLAN)
        creator, slug = report.look_at["listing"].split("/")
        query = text('SELECT count(*) FROM "StoreAgent" WHERE (creator_username, slug) = (:c, :s)')
        shown = await connection.scalar(query, {"c": creator, "s": slug})
    assert shown == 1


async def test_a_second_run_of_the_same_plan_comes_on_top(database: str) -> None:
    target = parse_url(database, {})
    first = await populate(target, TINY_PLAN)
    second = await populate(target, TINY_PLAN)
    assert first.run_tag != second.run_tag
    assert first.rows == second.rows
    assert await rows_of(database) == {t: 2 * n for t, n in first.rows.items() if n}


async def test_a_second_run_of_the_same_plan_is_not_the_first_again(database: str) -> None:
    for _ in range(2):
        await populate(parse_url(database, {}), TINY_PLAN)
    async with session(database) as connection:
        names = await connection.fetch('SELECT name FROM platform."AgentGraph"')
    distinct = {record["name"] for record in names}
    assert len(distinct) > 0.7 * len(names)


# The same rows


async def test_the_same_plan_makes_the_same_rows(
    create_database: CreateDatabase, migrated: Callable[[str], str], revision: str
) -> None:
    one, another = (create_database(migrated(revision)) for _ in range(2))
    for url in (one, another):
        await populate(parse_url(url, {}), TINY_PLAN)
    assert await contents(one) != await contents(another), "keys are to differ"
    assert await contents(one, without=KEY_COLUMNS) == await contents(another, without=KEY_COLUMNS)


async def test_keys_are_the_same_only_where_that_is_asked_for(
    create_database: CreateDatabase, migrated: Callable[[str], str]
) -> None:
    plan = TINY_PLAN.model_copy(update={"deterministic_keys": True, "api_key_hash": "scrypt"})
    one, another = (create_database(migrated("head")) for _ in range(2))
    for url in (one, another):
        await populate(parse_url(url, {}), plan)
    assert await contents(one) == await contents(another)


async def test_rows_do_not_depend_on_the_size_of_batches(
    create_database: CreateDatabase,
    migrated: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole, in_parts = (create_database(migrated("head")) for _ in range(2))
    await populate(parse_url(whole, {}), TINY_PLAN)
    monkeypatch.setattr(copy, "load", partial(copy.load, batch_rows=7))
    monkeypatch.setattr(copy, "set_late", partial(copy.set_late, batch_rows=1))
    await populate(parse_url(in_parts, {}), TINY_PLAN)
    assert await contents(whole, without=KEY_COLUMNS) == await contents(
        in_parts, without=KEY_COLUMNS
    )


# Rollback


async def test_rollback_leaves_contents_and_catalog_as_they_were(
    create_database: CreateDatabase, migrated: Callable[[str], str], revision: str
) -> None:
    url = create_database(migrated(revision))
    empty, catalog = await everything(url)
    report = await populate(parse_url(url, {}), TINY_PLAN, rollback=True)
    assert not report.committed
    assert report.rows == expected_rows(TINY_PLAN)
    assert await everything(url) == (empty, catalog)
    await populate(parse_url(url, {}), TINY_PLAN)
    full, afterwards = await everything(url)
    assert afterwards == catalog
    again = await populate(parse_url(url, {}), TINY_PLAN, rollback=True)
    assert again.figures.runs
    assert again.figures.runs.agents == 2 * report.rows["AgentGraph"]
    assert await everything(url) == (full, catalog)


# As a library


async def test_an_engine_of_the_caller_serves_and_is_left_open(database: str) -> None:
    url = database.replace("postgresql://", "postgresql+asyncpg://")
    engine = create_async_engine(url)
    report = await populate(engine, TINY_PLAN)
    assert await rows_of(database) == {t: n for t, n in report.rows.items() if n}
    async with engine.connect() as connection:
        assert (await connection.execute(text("SHOW statement_timeout"))).scalar_one() == "0"
        assert (await connection.execute(text("SHOW search_path"))).scalar_one() == (
            '"$user", public'
        )
    await engine.dispose()


async def test_a_caller_who_rolls_back_keeps_nothing(
    database: str, connection: AsyncConnection
) -> None:
    report = await populate(connection, TINY_PLAN)
    users = text('SELECT count(*) FROM platform."User"')
    assert (await connection.execute(users)).scalar_one() == report.rows["User"]
    await connection.rollback()
    assert await rows_of(database) == {}


async def test_a_caller_who_commits_keeps_the_marketplace_and_the_rest(
    database: str, connection: AsyncConnection
) -> None:
    report = await populate(connection, TINY_PLAN)
    await connection.execute(text("INSERT INTO platform.diary VALUES ('after')"))
    await connection.commit()
    assert await rows_of(database) == {t: n for t, n in report.rows.items() if n} | {"diary": 2}


@pytest.mark.parametrize("outcome", ["commit", "rollback", "error"])
async def test_settings_of_the_callers_transaction_are_put_back(
    connection: AsyncConnection, outcome: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"search_path": "public", "lock_timeout": "7s", "statement_timeout": "11min"}
    for name, value in settings.items():
        await connection.execute(text(f"SET LOCAL {name} = '{value}'"))
    if outcome == "error":
        monkeypatch.setitem(ENTITIES, "StoreListingReview", lambda world: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await populate(connection, TINY_PLAN)
    else:
        await populate(connection, TINY_PLAN, rollback=outcome == "rollback")
    for name, value in settings.items():
        assert (await connection.execute(text(f"SHOW {name}"))).scalar_one() == value
    await connection.commit()


async def test_rollback_inside_the_callers_transaction_undoes_the_marketplace_alone(
    database: str, connection: AsyncConnection
) -> None:
    await populate(connection, TINY_PLAN, rollback=True)
    await connection.commit()
    assert await rows_of(database) == {"diary": 1}


# Where the platform's tables are


@pytest.mark.parametrize(
    ("schema", "way"),
    [
        ("public", "found"),
        (HOSTILE, "found"),
        (HOSTILE, "in the URL"),
        (HOSTILE, "as an argument"),
    ],
)
async def test_the_schema_may_have_any_name_and_be_given_or_not(
    database: str, schema: str, way: str
) -> None:
    async with session(database) as connection:
        if schema == "public":
            await connection.execute("DROP SCHEMA public CASCADE")
        await connection.execute(f"ALTER SCHEMA platform RENAME TO {quote(schema)}")
    target = parse_url(database, {})
    if way == "in the URL":
        target = parse_url(with_parameters(database, schema=schema), {})
    argument = schema if way == "as an argument" else None
    report = await populate(target, TINY_PLAN, schema=argument)
    assert report.schema == schema
    assert await rows_of(database, schema) == {t: n for t, n in report.rows.items() if n}


async def test_of_two_schemas_the_named_one_is_filled_and_without_a_name_neither(
    database: str,
) -> None:
    await migrate(parse_url(database, {}), schema="second", revision="2025_08")
    with pytest.raises(DatabaseUnsuitable, match=r"Candidates: platform .*, second") as refused:
        await populate(parse_url(database, {}), TINY_PLAN)
    assert "--schema" in refused.value.remedy
    await populate(parse_url(database, {}), TINY_PLAN, schema="second")
    assert await rows_of(database, "platform") == {}
    assert (await rows_of(database, "second"))["User"] == TINY_PLAN.users


async def test_a_url_is_a_target_and_its_schema_the_one_to_fill(database: str) -> None:
    url = with_parameters(database, schema="platform")
    report = await populate(url, SMALL_PLAN)
    assert report.schema == "platform"
    assert (await counts(database))["User"] == SMALL_PLAN.users
