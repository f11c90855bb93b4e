"""Each way to a schema, applied to an empty database as its own tool would."""

from __future__ import annotations

import asyncio
import hashlib
import time
from pathlib import Path

import pytest

from autogpt_seed import ConfigurationError, DatabaseUnsuitable, parse_url
from autogpt_seed.testing import (
    Alembic,
    Function,
    Prisma,
    SqlFile,
    alembic_process,
    migrations_from,
)
from tests.databases import value

ENV = """
import asyncio
from alembic import context
from sqlalchemy import pool
from sqlalchemy.ext.asyncio import async_engine_from_config

def run(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()

async def main():
    section = context.config.get_section(context.config.config_ini_section)
    engine = async_engine_from_config(section, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()

asyncio.run(main())
"""
REVISION = """
from alembic import op
revision, down_revision = {name!r}, {before!r}

def upgrade():
    op.execute({up!r})

def downgrade():
    op.execute({down!r})
"""
INI = """
[alembic]
script_location = %(here)s/scripts
sqlalchemy.url = postgresql+asyncpg://nobody@nowhere/nothing
"""
NOWHERE = parse_url("postgresql://nobody@nowhere/nothing")


def prisma(folder: Path, **migrations: str) -> Prisma:
    for name, script in migrations.items():
        (folder / name).mkdir()
        (folder / name / "migration.sql").write_text(script)
    (folder / "migration_lock.toml").write_text('provider = "postgresql"')
    return Prisma(folder)


async def test_prisma_migrations_run_in_order_each_by_itself_and_are_recorded(
    empty: str, tmp_path: Path
) -> None:
    last = 'CREATE INDEX CONCURRENTLY i ON "Thing" (kind)'
    source = prisma(
        tmp_path,
        n3=last,
        n1='CREATE TYPE "Kind" AS ENUM (\'A\'); CREATE TABLE "Thing" (kind "Kind")',
        n2="ALTER TYPE \"Kind\" ADD VALUE 'B'",
        n2b="INSERT INTO \"Thing\" VALUES ('B')",
    )
    await source.apply(parse_url(empty))
    assert await value(empty, 'SELECT count(*) FROM platform."Thing"') == 1
    names = "SELECT string_agg(migration_name, ' ' ORDER BY started_at) {}"
    table = "FROM platform._prisma_migrations WHERE finished_at IS NOT NULL"
    assert await value(empty, names.format(table)) == "n1 n2 n2b n3"
    checksum = await value(empty, f"SELECT checksum {table} AND migration_name = 'n3'")
    assert checksum == hashlib.sha256(last.encode()).hexdigest()


async def test_the_prisma_migration_that_fails_is_named(empty: str, tmp_path: Path) -> None:
    source = prisma(tmp_path, n1="CREATE TABLE t (id int)", n2="ALTER TABLE nobody ADD x int")
    with pytest.raises(DatabaseUnsuitable, match="n2 failed") as caught:
        await source.apply(parse_url(empty))
    assert 'relation "nobody" does not exist' in caught.value.evidence


async def test_prisma_migrations_stop_at_the_revision(empty: str, tmp_path: Path) -> None:
    source = prisma(tmp_path, n1="CREATE TABLE t (id int)", n2="DROP TABLE t").at("n1")
    await source.apply(parse_url(empty))
    assert await value(empty, "SELECT count(*) FROM platform.t") == 0
    with pytest.raises(ConfigurationError, match="no migration 'n9'"):
        source.at("n9").digest()


def alembic(folder: Path, *scripts: str) -> Alembic:
    (folder / "scripts/versions").mkdir(parents=True)
    (folder / "scripts/env.py").write_text(ENV)
    before = None
    for number, up in enumerate(scripts):
        text = REVISION.format(name=f"r{number}", before=before, up=up, down="DROP TABLE t")
        (folder / f"scripts/versions/r{number}.py").write_text(text)
        before = f"r{number}"
    (folder / "alembic.ini").write_text(INI)
    return Alembic(folder / "alembic.ini")


def test_alembic_ends_with_the_one_who_waits_for_it(tmp_path: Path) -> None:
    source, begun = _slow(tmp_path), time.monotonic()
    with pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(source.apply(NOWHERE), 1))
    assert time.monotonic() - begun < 15


async def test_alembic_that_does_not_end_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alembic_process, "_PATIENCE", 1)
    with pytest.raises(DatabaseUnsuitable, match="Alembic did not end"):
        await _slow(tmp_path).apply(NOWHERE)


def _slow(folder: Path) -> Alembic:
    source = alembic(folder)
    (folder / "scripts/env.py").write_text("import time\ntime.sleep(30)\n")
    return source


async def test_an_alembic_env_that_runs_a_loop_of_its_own_is_run(
    empty: str, tmp_path: Path
) -> None:
    source = alembic(tmp_path, "CREATE TABLE t (id int)", "ALTER TABLE t ADD name text")
    await source.apply(parse_url(empty))
    assert await value(empty, "SELECT version_num FROM alembic_version") == "r1"


async def test_the_alembic_revision_that_fails_is_named(empty: str, tmp_path: Path) -> None:
    source = alembic(tmp_path, "CREATE TABLE t (id int)", "ALTER TABLE nobody ADD name text")
    with pytest.raises(DatabaseUnsuitable, match="Migration r1 failed") as caught:
        await source.apply(parse_url(empty))
    assert 'relation "nobody" does not exist' in caught.value.evidence


def test_what_alembic_migrations_are_is_read_off_all_of_their_files(tmp_path: Path) -> None:
    source = alembic(tmp_path, "CREATE TABLE t (id int)")
    before = source.digest()
    (tmp_path / "scripts/versions/r0.py").touch()
    assert source.digest() == before
    (tmp_path / "scripts/helpers.py").write_text("")
    assert source.digest() != before


async def test_a_dump_with_commands_to_psql_is_run(empty: str, tmp_path: Path) -> None:
    file = tmp_path / "dump.sql"
    file.write_text("\\restrict abc\nCREATE TABLE t (id int);\n\\unrestrict abc\n")
    await SqlFile(file, "other").apply(parse_url(empty))
    assert await value(empty, "SELECT count(*) FROM other.t") == 0


async def test_a_function_that_raises_is_named(empty: str) -> None:
    def broken(url: str) -> None:
        raise ValueError(f"no luck with {url}")

    with pytest.raises(DatabaseUnsuitable, match=r"broken\(\) failed") as caught:
        await Function(broken).apply(parse_url(empty))
    assert caught.value.evidence == f"ValueError: no luck with {parse_url(empty)}"


def test_a_path_says_what_kind_of_migrations_it_is(tmp_path: Path) -> None:
    folder, dump, ini = tmp_path / "migrations", tmp_path / "dump.sql", tmp_path / "alembic.ini"
    folder.mkdir()
    dump.touch()
    ini.touch()
    kinds = [type(migrations_from(path)) for path in (folder, dump, ini)]
    assert kinds == [Prisma, SqlFile, Alembic]
    for path, complaint in (
        (tmp_path / "nothing", "no migrations at"),
        (folder, "no Prisma migrations"),
        (ini, "does not lead to Alembic"),
    ):
        with pytest.raises(ConfigurationError, match=complaint):
            migrations_from(path).digest()
