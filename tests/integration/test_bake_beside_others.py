"""A baked file is one snapshot of one schema, whatever others do and however the server is set."""

from __future__ import annotations

from pathlib import Path

import pytest

from autogpt_seed.baking import bake
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.history import runs
from autogpt_seed.progress import Silence
from autogpt_seed.restoring import restore
from autogpt_seed.seeding import populate
from autogpt_seed.unit_of_work import Timeouts
from tests.altering import SCHEMA, altered
from tests.conftest import SMALL_PLAN, run_sync
from tests.databases import everything, execute, session, target


def same(one: Path, other: Path) -> bool:
    return one.read_bytes() == other.read_bytes()


class Meanwhile(Silence):
    """Somebody who writes as soon as the first table is being baked, and counts the rows."""

    def __init__(self, url: str, statement: str) -> None:
        self._waiting = [(url, statement)]
        self.rows = 0

    def phase(self, name: str, total: int, unit: str = "rows") -> None:
        while self._waiting:
            run_sync(execute(*self._waiting.pop()))

    def advance(self, amount: int) -> None:
        self.rows += amount


async def test_what_others_write_meanwhile_is_not_in_the_file(
    baked: Path, seeded_database: str, tmp_path: Path
) -> None:
    path, gone = tmp_path / "snapshot.sql.gz", 'DELETE FROM platform."StoreListingReview"'
    meanwhile = Meanwhile(seeded_database, gone)
    report = await bake(target(seeded_database), path, progress=meanwhile)
    assert same(path, baked)
    assert meanwhile.rows == report.manifest.total_rows


async def test_nobody_is_waited_for_and_no_setting_of_the_server_matters(
    baked: Path, seeded_database: str, tmp_path: Path
) -> None:
    await execute(
        seeded_database,
        *(
            f"DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET {setting}', current_database()); "
            "END$$"
            for setting in ("DateStyle = ''SQL, DMY''", "TimeZone = ''Asia/Tokyo''")
        ),
        "DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET extra_float_digits = -9', "
        "current_database()); END$$",
    )
    path, where = tmp_path / "set.sql.gz", target(seeded_database)
    async with where.engine().connect() as connection:
        await populate(connection, SMALL_PLAN)
        await bake(where, path, timeouts=Timeouts(lock=0.1))
    assert same(path, baked)


async def test_runs_of_other_schemas_stay_out(seeded_database: str, tmp_path: Path) -> None:
    await execute(
        seeded_database,
        "INSERT INTO autogpt_seed.run SELECT other.* FROM autogpt_seed.run AS r, "
        """jsonb_populate_record(r, '{"schema": "other"}') AS other""",
    )
    report = await bake(target(seeded_database), tmp_path / "one.sql.gz")
    assert {table.name: table.rows for table in report.manifest.records}["run"] == 1


async def test_tables_whose_rows_may_be_hidden_are_not_baked(
    marketplace: str, tmp_path: Path
) -> None:
    async with altered(
        marketplace,
        "CREATE ROLE reader",
        "GRANT USAGE ON SCHEMA platform, autogpt_seed TO reader",
        "GRANT SELECT ON ALL TABLES IN SCHEMA platform, autogpt_seed TO reader",
        'ALTER TABLE "Profile" ENABLE ROW LEVEL SECURITY',
        "SET LOCAL ROLE reader",
    ) as connection:
        with pytest.raises(DatabaseUnsuitable, match="may hide rows of Profile"):
            await bake(connection, tmp_path / "hidden", schema=SCHEMA)
    assert not (tmp_path / "hidden").exists()


async def test_sequences_that_may_not_be_read_are_told(marketplace: str, tmp_path: Path) -> None:
    async with altered(
        marketplace,
        "CREATE TABLE counted (id serial PRIMARY KEY)",
        "INSERT INTO counted SELECT FROM generate_series(1, 2)",
        "CREATE ROLE reader",
        "GRANT USAGE ON SCHEMA platform, autogpt_seed TO reader",
        "GRANT SELECT ON ALL TABLES IN SCHEMA platform, autogpt_seed TO reader",
        "SET LOCAL ROLE reader",
    ) as connection:
        with pytest.raises(
            DatabaseUnsuitable, match=r"may not read the sequences .*counted_id_seq"
        ):
            await bake(connection, tmp_path / "hidden", schema=SCHEMA)
        await connection.exec_driver_sql("RESET ROLE")
        await connection.exec_driver_sql(
            "GRANT SELECT ON ALL SEQUENCES IN SCHEMA platform TO reader"
        )
        await connection.exec_driver_sql("SET LOCAL ROLE reader")
        report = await bake(connection, tmp_path / "seen", schema=SCHEMA)
    assert report.manifest.sequences == {"counted_id_seq": 2}


async def test_who_may_only_read_bakes_the_same_file(marketplace: str, tmp_path: Path) -> None:
    await bake(target(marketplace), tmp_path / "of the owner")
    async with altered(
        marketplace,
        "CREATE ROLE reader",
        "GRANT USAGE ON SCHEMA platform, autogpt_seed TO reader",
        "GRANT SELECT ON ALL TABLES IN SCHEMA platform, autogpt_seed TO reader",
        "GRANT SELECT ON ALL SEQUENCES IN SCHEMA platform TO reader",
        "SET LOCAL ROLE reader",
    ) as connection:
        await bake(connection, tmp_path / "of a reader", schema=SCHEMA)
    assert same(tmp_path / "of the owner", tmp_path / "of a reader")


async def test_a_record_of_rows_that_are_gone_makes_room(
    baked: Path, marketplace: str, seeded_database: str
) -> None:
    await execute(seeded_database, 'TRUNCATE platform."User", platform."AgentBlock" CASCADE')
    await populate(target(seeded_database), SMALL_PLAN, rollback=True)
    await restore(target(seeded_database), baked)
    assert await everything(seeded_database) == await everything(marketplace)
    assert await runs(target(seeded_database)) == await runs(target(marketplace))


async def test_a_seeder_at_work_is_waited_for(baked: Path, database: str) -> None:
    where = target(database)
    async with where.engine().connect() as connection:
        await populate(connection, SMALL_PLAN)
        with pytest.raises(DatabaseUnsuitable, match="Another seeder is still working"):
            await restore(where, baked, timeouts=Timeouts(lock=0.1))


async def test_a_schema_with_views_alone_is_somebodys(baked: Path, empty: str) -> None:
    await execute(empty, "CREATE SCHEMA platform; CREATE VIEW platform.mine AS SELECT 1 AS one")
    before = await everything(empty)
    with pytest.raises(DatabaseUnsuitable):
        await restore(target(empty), baked, schema="platform")
    assert await everything(empty) == before


async def test_a_schema_that_migrate_did_not_make_is_not_made(
    seeded_database: str, empty: str, tmp_path: Path
) -> None:
    async with session(seeded_database) as connection:
        query = "SELECT relname FROM pg_class WHERE relname LIKE 'alembic%' AND relkind = 'r'"
        table = await connection.fetchval(query)
        await connection.execute(f'DROP TABLE autogpt_seed."{table}"')
    path = tmp_path / "foreign.sql.gz"
    assert (await bake(target(seeded_database), path)).manifest.revision is None
    with pytest.raises(DatabaseUnsuitable):
        await restore(target(empty), path)
    async with session(empty) as connection:
        assert await connection.fetchval("SELECT to_regnamespace('platform')") is None
