"""A name of their own for the databases that these tests make, since they look for leftovers."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy.engine import make_url

from autogpt_seed.plan import Plan
from tests.conftest import run_sync, with_database
from tests.databases import session

Suite = Callable[..., pytest.RunResult]
PLAN = Plan(users=2, blocks=3, api_key_hash="sha256")


@pytest.fixture(scope="session")
def databases_of(server_url: str) -> Callable[[str], list[str]]:
    """A factory: the names of all databases that begin so."""

    async def list_them(prefix: str) -> list[str]:
        query = "SELECT datname FROM pg_database WHERE starts_with(datname, $1) ORDER BY 1"
        async with session(server_url) as connection:
            return [row[0] for row in await connection.fetch(query, prefix)]

    return lambda prefix: run_sync(list_them(prefix))


@pytest.fixture
def name(server_url: str, databases_of: Callable[[str], list[str]]) -> Iterator[str]:
    """What the databases of one test are called; they are gone after it."""
    name = f"t{secrets.token_hex(4)}"
    yield name

    async def drop() -> None:
        async with session(server_url) as connection:
            for database in databases_of(name):
                await connection.execute(f'DROP DATABASE "{database}" WITH (FORCE)')

    run_sync(drop())


@pytest.fixture
def suite(pytester: pytest.Pytester, server_url: str, name: str) -> Suite:
    """Runs pytest on what is in the folder, against the server of these tests, in this process,
    which has imported all that it needs, or `apart`, where that is interrupted."""
    pytester.makeini(
        f"[pytest]\nautogpt_seed_name = {name}\nautogpt_seed_set = users = 5\n"
        "asyncio_default_fixture_loop_scope = function\n"
    )
    options = ("-p", "no:cacheprovider", f"--autogpt-seed-server={server_url}")

    def run(*arguments: str, apart: bool = False) -> pytest.RunResult:
        runner = pytester.runpytest_subprocess if apart else pytester.runpytest_inprocess
        return runner(*options, *arguments)

    return run


@pytest.fixture
def restricted(server_url: str, name: str) -> Iterator[str]:
    """The URL of a database, as a role who owns it and may create none."""

    async def make() -> None:
        async with session(server_url) as connection:
            await connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'secret'")
            await connection.execute(f"CREATE DATABASE {name} OWNER {name}")

    async def drop() -> None:
        async with session(server_url) as connection:
            await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
            await connection.execute(f"DROP ROLE {name}")

    run_sync(make())
    url = make_url(with_database(server_url, name)).set(username=name, password="secret")
    yield url.render_as_string(hide_password=False)
    run_sync(drop())
