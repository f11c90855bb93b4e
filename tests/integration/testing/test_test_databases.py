"""Templates and their copies: made once, never half, never in the way, gone afterwards."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from autogpt_seed import ConfigurationError, DatabaseUnreachable, DatabaseUnsuitable
from autogpt_seed.testing import SqlFile, TestDatabases
from tests.conftest import with_database
from tests.databases import nobody_left, session
from tests.integration.testing.conftest import PLAN

Listing = Callable[[str], list[str]]


@pytest.fixture
def schema(tmp_path: Path) -> SqlFile:
    """A schema that is made in no time."""
    file = tmp_path / "schema.sql"
    file.write_text("CREATE TABLE thing (id int); INSERT INTO thing VALUES (1)")
    return SqlFile(file)


async def count(url: str, table: str = "thing") -> int:
    async with session(url) as connection:
        return int(await connection.fetchval(f'SELECT count(*) FROM platform."{table}"'))


async def test_each_copy_is_fresh_seeded_and_gone_afterwards(
    server_url: str, name: str, databases_of: Listing
) -> None:
    async with TestDatabases(server_url, plan=PLAN, name=name) as databases:
        async with databases.clone() as first:
            async with session(first.url()) as connection:
                await connection.execute('TRUNCATE platform."User" CASCADE')
            async with databases.clone() as second:
                assert await count(second.url(), "User") == 2
        assert databases_of(f"{name}_test_") == []
        left_open = await databases.create()
    assert left_open.database not in databases_of(name)
    assert len(databases_of(f"{name}_template_")) == 1


async def test_the_template_is_made_once_by_those_who_ask_at_a_time(
    server_url: str, name: str, tmp_path: Path, databases_of: Listing
) -> None:
    runs: list[str] = []

    async def migrate(url: str) -> None:
        runs.append(url)
        await asyncio.sleep(0.1)

    async def use() -> str:
        async with TestDatabases(server_url, migrate=migrate, name=name) as databases:
            return await databases.template()

    assert len({*await asyncio.gather(*(use() for _ in range(4)))}) == 1
    assert len(runs) == 1
    assert await use() == databases_of(name)[0]
    assert len(runs) == 1


async def test_a_template_is_kept_unless_nobody_has_used_it_for_long(
    server_url: str, name: str, schema: SqlFile, tmp_path: Path, databases_of: Listing
) -> None:
    other = SqlFile(tmp_path / "other.sql")
    other.file.write_text("CREATE TABLE other (id int)")

    async def use(migrations: SqlFile) -> str:
        async with TestDatabases(server_url, migrate=migrations, name=name) as databases:
            return await databases.template()

    async def forget(database: str) -> None:
        query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = $1"
        async with session(server_url) as connection:
            comment = str(await connection.fetchval(query, database))
            old = f"{comment.partition(' used ')[0]} used 2020-01-01"
            await connection.execute(f"COMMENT ON DATABASE \"{database}\" IS '{old}'")

    first = await use(schema)
    await forget(first)
    assert await use(schema) == first
    second = await use(other)
    assert set(databases_of(f"{name}_template_")) == {first, second}
    await forget(first)
    await use(other)
    assert databases_of(f"{name}_template_") == [second]


async def test_nobody_can_connect_to_a_template(
    server_url: str, name: str, schema: SqlFile
) -> None:
    async with TestDatabases(server_url, migrate=schema, name=name) as databases:
        template = await databases.template()
        with pytest.raises(Exception, match="not currently accepting connections"):
            await count(with_database(server_url, template))


async def test_a_template_of_earlier_migrations_is_dropped_unless_it_is_in_use(
    server_url: str, name: str, schema: SqlFile, databases_of: Listing
) -> None:
    async with TestDatabases(server_url, migrate=schema, name=name) as earlier:
        first = await earlier.template()
        schema.file.write_text("CREATE TABLE thing (id int)")
        async with TestDatabases(server_url, migrate=schema, name=name) as later:
            second = await later.template()
            assert databases_of(f"{name}_template_") == sorted([first, second])
        async with earlier.clone() as target:
            assert await count(target.url()) == 1
    async with TestDatabases(server_url, migrate=schema, name=name) as later:
        await later.template()
        assert databases_of(name) == [second]


async def test_databases_in_use_and_kept_ones_stay_when_others_begin(
    server_url: str, name: str, schema: SqlFile, databases_of: Listing
) -> None:
    async with TestDatabases(server_url, migrate=schema, name=name) as first:
        used, kept = await first.create(), await first.create()
        await first.keep(kept, "why")
        async with TestDatabases(server_url, migrate=schema, name=name):
            assert databases_of(f"{name}_test_") == sorted([used.database, kept.database])
    async with TestDatabases(server_url, migrate=schema, name=name):
        assert databases_of(f"{name}_test_") == [kept.database]


async def test_a_database_that_is_not_ours_is_never_dropped(
    server_url: str, name: str, schema: SqlFile, databases_of: Listing
) -> None:
    others = [f"{name}_template_of_mine", f"{name}_test_of_mine_1"]
    async with session(server_url) as connection:
        for other in others:
            await connection.execute(f'CREATE DATABASE "{other}"')
    async with TestDatabases(server_url, migrate=schema, name=name) as databases:
        template = await databases.template()
    assert databases_of(name) == sorted([*others, template])


async def test_a_migration_that_fails_is_named_and_leaves_nothing(
    server_url: str, name: str, schema: SqlFile, databases_of: Listing
) -> None:
    schema.file.write_text("CREATE TABLE thing (id int);\nCREATE TABLE thing (id int);")
    async with TestDatabases(server_url, migrate=schema, name=name) as databases:
        with pytest.raises(DatabaseUnsuitable, match=r"schema\.sql failed") as caught:
            await databases.template()
    assert 'relation "thing" already exists' in caught.value.evidence
    assert databases_of(name) == []


KILLED = """
    import asyncio, os, signal, sys
    from pathlib import Path
    from autogpt_seed.testing import TestDatabases

    def die(url):
        os.kill(os.getpid(), signal.SIGKILL)

    async def main():
        url, name, when = sys.argv[1:]
        migrate = die if when == "making" else (lambda url: None)
        async with TestDatabases(url, migrate=migrate, name=name) as databases:
            await databases.create()
            die(url)

    asyncio.run(main())
"""


@pytest.mark.parametrize("when", ["making", "using"])
async def test_what_a_killed_process_left_is_cleared_away(
    server_url: str, name: str, schema: SqlFile, tmp_path: Path, databases_of: Listing, when: str
) -> None:
    script = tmp_path / "killed.py"
    script.write_text(textwrap.dedent(KILLED))
    command = [sys.executable, str(script), server_url, name, when]
    done = await asyncio.to_thread(subprocess.run, command)
    assert done.returncode == -signal.SIGKILL
    await nobody_left(server_url, "autogpt-seed testing")  # its locks go with its sessions
    left = databases_of(f"{name}_unfinished_" if when == "making" else f"{name}_test_")
    assert len(left) == 1
    async with TestDatabases(server_url, migrate=schema, name=name) as databases:
        assert databases_of(f"{name}_test_") == []
        await databases.template()
        assert databases_of(f"{name}_unfinished_") == []


async def test_a_template_that_was_left_half_made_is_made_anew(
    server_url: str, name: str, schema: SqlFile, databases_of: Listing
) -> None:
    async with TestDatabases(server_url, migrate=schema, name=name) as databases:
        template = await databases.template()
    unfinished = template.replace("template", "unfinished")
    async with session(server_url) as connection:
        await connection.execute(f'DROP DATABASE "{template}"')
        await connection.execute(f'CREATE DATABASE "{unfinished}"')
    async with (
        TestDatabases(server_url, migrate=schema, name=name) as databases,
        databases.clone() as target,
    ):
        assert await count(target.url()) == 1
    assert databases_of(name) == [template]


async def test_a_name_that_is_too_long_is_refused_at_once(server_url: str) -> None:
    with pytest.raises(ConfigurationError, match="too long"):
        TestDatabases(server_url, name="n" * 29 + "ß")


async def test_a_server_that_is_not_there_is_named() -> None:
    with pytest.raises(DatabaseUnreachable, match="localhost:1"):
        async with TestDatabases("postgresql://nobody@localhost:1/x"):
            pass


async def test_a_role_that_may_not_create_databases_gets_a_shared_schema(
    restricted: str, schema: SqlFile
) -> None:
    async with TestDatabases(restricted, migrate=schema) as databases:
        with pytest.raises(DatabaseUnsuitable, match="may not create databases"):
            await databases.create()
        target = await databases.shared()
        assert await count(target.url()) == 1
    schema.file.write_text("CREATE TABLE thing (id int); CREATE TABLE wrong (")
    async with TestDatabases(restricted, migrate=schema) as databases:
        with pytest.raises(DatabaseUnsuitable, match="failed"):
            await databases.shared()
    schema.file.write_text("CREATE TABLE thing (id int)")
    async with TestDatabases(restricted, migrate=schema) as databases:
        assert await count((await databases.shared()).url()) == 0


async def test_a_schema_that_is_somebodys_is_left_alone(restricted: str, schema: SqlFile) -> None:
    async with session(restricted) as connection:
        await connection.execute("CREATE SCHEMA platform; CREATE TABLE platform.thing (id int)")
    async with TestDatabases(restricted, migrate=schema) as databases:
        with pytest.raises(DatabaseUnsuitable, match="not one that was made for tests"):
            await databases.shared()
    assert await count(restricted) == 0
