"""Rows that are planted break a careless migration, and a careful one passes on them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.database.migrations.hostile_rows import Planting, plant
from autogpt_seed.database.reflection.reflect import reflect
from autogpt_seed.database.url import parse_url
from autogpt_seed.demands import demands
from tests.conftest import CreateDatabase, run_sync
from tests.databases import session

TOYS = """
CREATE SCHEMA toys;
CREATE DOMAIN toys.mark AS int;
CREATE TYPE toys.mood AS ENUM ('SAD', 'GLAD');
CREATE TYPE toys.temper AS ENUM ('GLAD');
CREATE TABLE toys.toy (
    id int PRIMARY KEY, name text NOT NULL UNIQUE, kind text NOT NULL, owner int, gone timestamptz,
    low int NOT NULL, high int NOT NULL, mark toys.mark, mood toys.mood, words text[],
    made timestamp NOT NULL, loud text GENERATED ALWAYS AS (upper(kind)) STORED);
INSERT INTO toys.toy SELECT n, 'toy ' || n, 'k' || n, NULL, now(), 10 * n, 10 * n + 5, n, 'GLAD',
    ARRAY['w'], '2026-01-01 10:00'::timestamp + n * interval '1 day' FROM generate_series(1, 6) n;
CREATE TABLE toys.seat (id int PRIMARY KEY, kind text NOT NULL, gone bool NOT NULL);
CREATE UNIQUE INDEX ON toys.seat (kind) WHERE NOT gone;
INSERT INTO toys.seat SELECT n, 's' || n, false FROM generate_series(1, 4) n;
CREATE TABLE toys.part (id int, kind text NOT NULL) PARTITION BY LIST (id);
CREATE TABLE toys.part_1 PARTITION OF toys.part FOR VALUES IN (1);
CREATE TABLE toys.part_2 PARTITION OF toys.part FOR VALUES IN (2);
INSERT INTO toys.part VALUES (1, 'a'), (2, 'a');
"""
OWN_KINDS = "UPDATE toy SET kind = kind || id;"
OWN_OWNERS = """
DELETE FROM toy a USING toy b WHERE a.id > b.id AND a.owner = b.owner AND a.kind = b.kind;
"""
SAME_OWNERS = OWN_OWNERS.replace("a.owner = b.owner", "a.owner IS NOT DISTINCT FROM b.owner")
CASES = {
    "partial, and no row is under the condition": (
        "CREATE UNIQUE INDEX ON toy (kind) WHERE gone IS NULL",
        OWN_KINDS,
    ),
    "partial, by a value": (
        "CREATE UNIQUE INDEX ON toy (low) WHERE kind = 'k3'",
        "UPDATE toy SET low = id;",
    ),
    "over an expression, with a key on the column": (
        "CREATE UNIQUE INDEX ON toy (lower(name))",
        "UPDATE toy SET name = lower(name) || id;",
    ),
    "over a day": (
        "CREATE UNIQUE INDEX ON toy (date_trunc('day', made))",
        "UPDATE toy SET made = '2020-01-01'::timestamp + id * interval '1 day';",
    ),
    "partial before, whole afterwards": (
        "CREATE UNIQUE INDEX ON seat (kind)",
        "UPDATE seat SET kind = kind || id;",
    ),
    "of several columns, one of them NULL in all rows": (
        "ALTER TABLE toy ADD UNIQUE (owner, kind)",
        OWN_OWNERS,
    ),
    "with a column that is added": (
        "ALTER TABLE toy ADD tenant int DEFAULT 1, ADD UNIQUE (tenant, kind)",
        OWN_KINDS,
    ),
    "excluding what overlaps": (
        "ALTER TABLE toy ADD EXCLUDE USING gist (int4range(low, high) WITH &&)",
        "UPDATE toy SET low = 10 * id, high = 10 * id + 5;",
    ),
    "excluding some rows": (
        "ALTER TABLE toy ADD EXCLUDE (kind WITH =) WHERE (gone IS NULL)",
        OWN_KINDS,
    ),
    "a check of two columns that compares them": (
        "ALTER TABLE toy ADD CHECK (low < high)",
        "UPDATE toy SET high = low + 1 WHERE low >= high;",
    ),
    "a check of two columns, by a value and a NULL": (
        "ALTER TABLE toy ADD CHECK (kind <> 'lost' OR gone IS NULL OR owner = 7)",
        "UPDATE toy SET gone = NULL;",
    ),
    "a check of how many are NULL": (
        "ALTER TABLE toy ADD CHECK (num_nonnulls(owner, gone) = 1)",
        "UPDATE toy SET owner = NULL, gone = now();",
    ),
    "a check of a domain": (
        "ALTER DOMAIN mark ADD CHECK (VALUE < 1000)",
        "UPDATE toy SET mark = NULL WHERE mark >= 1000;",
    ),
    "another enum": (
        "ALTER TABLE toy ALTER mood TYPE temper USING mood::text::temper",
        "UPDATE toy SET mood = 'GLAD';",
    ),
    "shorter words": (
        "ALTER TABLE toy ALTER words TYPE varchar(3)[]",
        "UPDATE toy SET words = '{}' WHERE words[1] <> 'w';",
    ),
    "a key of a partitioned table": (
        "ALTER TABLE part ADD UNIQUE (id, kind)",
        "UPDATE part p SET kind = p.kind || x.n"
        " FROM (SELECT tableoid AS t, ctid AS c, row_number() OVER () AS n FROM part) AS x"
        " WHERE (p.tableoid, p.ctid) = (x.t, x.c);",
    ),
}
NULLS = "ALTER TABLE toy ADD UNIQUE NULLS NOT DISTINCT (owner, kind)"


@pytest.fixture(scope="module")
def toys(create_database: CreateDatabase, drop_database: Callable[[str], None]) -> Iterator[str]:
    """The URL of a database with a schema of small tables."""
    url = create_database()

    async def make() -> None:
        async with session(url) as connection:
            await connection.execute(TOYS)

    run_sync(make())
    yield url
    drop_database(url)


@pytest.fixture
async def connection(toys: str) -> AsyncIterator[AsyncConnection]:
    """A connection whose transaction is undone."""
    engine = parse_url(toys, {}).engine()
    async with engine.connect() as connection:
        await connection.exec_driver_sql("SET search_path TO toys")
        yield connection
        await connection.rollback()
    await engine.dispose()


async def run(connection: AsyncConnection, script: str) -> None:
    """Run a script of statements without parameters."""
    raw = await connection.get_raw_connection()
    assert raw.driver_connection
    await raw.driver_connection.execute(script)


async def planted(connection: AsyncConnection, migration: str) -> list[Planting]:
    """Plant against what the migration demands."""
    before = await reflect(connection, "toys")
    trial = await connection.begin_nested()
    await run(connection, f"TRUNCATE toy, seat, part; {migration}")
    after = await reflect(connection, "toys")
    await trial.rollback()
    return [await plant(connection, "toys", demand) for demand in demands(before, after)]


async def passes(connection: AsyncConnection, migration: str) -> bool:
    """Whether the migration passes on the rows as they are; it is undone."""
    trial = await connection.begin_nested()
    try:
        await run(connection, migration)
    except asyncpg.PostgresError:
        return False
    finally:
        await trial.rollback()
    return True


@pytest.mark.parametrize("case", CASES)
async def test_a_careless_migration_fails_on_them_and_a_careful_one_does_not(
    connection: AsyncConnection, case: str
) -> None:
    careless, care = CASES[case]
    assert await passes(connection, careless)
    (planting,) = await planted(connection, careless)
    assert (planting.planted, planting.why) == (True, "")
    assert not await passes(connection, careless)
    assert await passes(connection, f"{care} {careless}")


async def test_nulls_that_a_key_takes_for_equal_are_planted_beside_other_twins(
    connection: AsyncConnection,
) -> None:
    plantings = await planted(connection, NULLS)
    assert [(p.planted, "NULL" in p.demand.text) for p in plantings] == [
        (True, False),
        (True, True),
    ]
    assert not await passes(connection, f"{OWN_OWNERS} {NULLS}")
    assert await passes(connection, f"{SAME_OWNERS} {NULLS}")


UNPLANTED = {
    "CREATE UNIQUE INDEX ON toy (loud)": (
        "two rows with the same loud, which becomes unique",
        "no value is known that breaks it",
    ),
    "CREATE UNIQUE INDEX ON toy (left(name, 9))": (
        'two rows with the same "left"(name, 9), which becomes unique',
        'duplicate key value violates unique constraint "toy_name_key"',
    ),
    "ALTER TABLE toy ADD age int, ADD CHECK (age <> low)": (
        "a row against toy_check, CHECK ((age <> low))",
        "age comes with the migration",
    ),
    "ALTER TABLE toy ALTER made TYPE text; ALTER TABLE toy ALTER owner TYPE bool USING owner > 0": (
        "a value in owner that does not fit boolean",
        "no value is known that breaks it",
    ),
}


@pytest.mark.parametrize("migration", UNPLANTED)
async def test_a_demand_against_which_nothing_can_be_planted_is_named_with_the_reason(
    connection: AsyncConnection, migration: str
) -> None:
    (planting,) = await planted(connection, migration)
    assert not planting.planted
    assert (planting.demand.text, planting.why) == UNPLANTED[migration]


async def test_what_was_tried_in_vain_leaves_no_row_changed(connection: AsyncConnection) -> None:
    query = "SELECT string_agg(toy::text, chr(10) ORDER BY id) FROM toy"
    before = (await connection.exec_driver_sql(query)).scalar_one()
    await planted(connection, "CREATE UNIQUE INDEX ON toy (loud) WHERE owner = 5")
    assert (await connection.exec_driver_sql(query)).scalar_one() == before
