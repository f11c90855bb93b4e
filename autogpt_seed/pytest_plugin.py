"""Fixtures for test suites that want a PostgreSQL with a marketplace in it. See docs/testing.md.

What is seeded is set by the marker on the test, by overriding `autogpt_plan`, `autogpt_migrations`
or `autogpt_server`, on the command line, and in the ini file; the first of these takes precedence.

Nothing heavy is imported before a fixture is used, since pytest loads this module in every run.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from autogpt_seed.errors import SeedError
from autogpt_seed.testing.kept import KeptDatabases, shown

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession
    from sqlalchemy.orm import Session

    from autogpt_seed.database.target import Target
    from autogpt_seed.plan import Plan
    from autogpt_seed.testing import Migrations
    from autogpt_seed.testing.isolation import Sandbox
    from autogpt_seed.testing.pools import DatabasePool, DatabasePools
    from autogpt_seed.testing.world import SeededWorld

MARKER = (
    "autogpt_seed(isolation=, revision=, **settings): how the database of this test is kept apart, "
    '"clone" or "savepoint", its version of the schema, and settings of the plan, such as users.'
)
OPTIONS = {
    "server": "URL of a server on which databases may be created; by default an embedded one",
    "migrations": "an alembic.ini, a folder of Prisma migrations, or a file of SQL",
    "revision": "up to which of the migrations",
    "schema": "the schema that the platform's tables are in, by default platform",
    "name": "what the names of the databases begin with, by default autogpt_seed",
}
SETTINGS = {"users": 10, "library_agents_per_user": "0-4", "reviews_per_version": "0-5"}
"""What is seeded by default: few rows of everything, and some users and versions without any."""

OF_ITS_OWN = frozenset(
    {"autogpt_target", "autogpt_database", "autogpt_engine", "autogpt_sync_engine"}
)
"""The fixtures that open connections of their own, so the test needs a database of its own."""

_FAILED = pytest.StashKey[bool]()
_KEPT = pytest.StashKey[str]()
_ANY_KEPT = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("autogpt-seed", "test databases with a marketplace in them")
    for option, text in OPTIONS.items():
        group.addoption(f"--autogpt-seed-{option}", metavar=option.upper(), help=text)
        parser.addini(f"autogpt_seed_{option}", help=text)
    text = "a setting of the plan, such as users=50; any number of them"
    group.addoption(
        "--autogpt-seed-set", action="append", default=[], metavar="KEY=VALUE", help=text
    )
    parser.addini("autogpt_seed_set", type="linelist", help=text)
    group.addoption(
        "--keep-failed", action="store_true", help="keep the databases of tests that fail"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER)
    config.pluginmanager.register(KeptDatabases())
    if config.pluginmanager.hasplugin("asyncio") or config.pluginmanager.hasplugin("anyio"):
        from autogpt_seed.testing.async_fixtures import fixtures_of

        config.pluginmanager.register(fixtures_of(config))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
    if report.when == "teardown" and _KEPT in item.stash:
        report.autogpt_seed_kept = item.stash[_KEPT]  # what `KeptDatabases` tells at the end
    return report


@pytest.fixture(scope="session")
def autogpt_server(pytestconfig: pytest.Config) -> Iterator[str]:
    """The URL of a server where databases may be created: by default an embedded one.

    Its database is where locks are taken, so all who share templates name the same.
    """
    if given := _option(pytestconfig, "server"):
        yield given
        return
    from autogpt_seed.testing import scratch_server

    with _reporting_errors(), scratch_server().running() as server:
        yield server.url("postgres")
        if _ANY_KEPT in pytestconfig.stash:
            server.start()


@pytest.fixture(scope="session")
def autogpt_plan(pytestconfig: pytest.Config) -> Plan:
    """What is seeded: by default ten users, the same rows on every day."""
    from autogpt_seed.plan import load_plan, parse_assignment

    with _reporting_errors():
        said = {
            "autogpt_seed_set": pytestconfig.getini("autogpt_seed_set"),
            "--autogpt-seed-set": pytestconfig.option.autogpt_seed_set,
        }
        named = (parse_assignment(text, option) for option, texts in said.items() for text in texts)
        flags = SETTINGS | {"api_key_hash": "sha256"} | dict(named)
        return load_plan(flags=flags, flags_from="pytest's options")


@pytest.fixture(scope="session")
def autogpt_migrations(pytestconfig: pytest.Config) -> Migrations:
    """What brings the schema: by default the platform's newest, by this package's migrations."""
    from autogpt_seed.database.migrations.files import DEFAULT_SCHEMA
    from autogpt_seed.testing import Platform, migrations_from

    schema = _option(pytestconfig, "schema") or DEFAULT_SCHEMA
    path, revision = _option(pytestconfig, "migrations"), _option(pytestconfig, "revision")
    with _reporting_errors():
        found: Migrations = Platform(schema=schema)
        if path:
            found = migrations_from(pytestconfig.rootpath / path, schema=schema)
        return found.at(revision) if revision else found


@pytest.fixture
def autogpt_target(request: pytest.FixtureRequest, _autogpt_pool: DatabasePool) -> Iterator[Target]:
    """A seeded database of the test's own, gone after it, for `populate`, `verify` and the like."""
    with _reporting_errors():
        target = _autogpt_pool.clone()
    yield target
    if request.config.option.keep_failed and _FAILED in request.node.stash:
        _autogpt_pool.keep(target, request.node.nodeid)
        request.node.stash[_KEPT] = shown(target)
        request.config.stash[_ANY_KEPT] = True
    else:
        _autogpt_pool.release(target)


@pytest.fixture
def autogpt_database(autogpt_target: Target) -> str:
    """The URL of a seeded database of the test's own. It holds the password."""
    return autogpt_target.url()


@pytest.fixture
def autogpt_engine(autogpt_target: Target) -> AsyncEngine:
    """A SQLAlchemy engine on `autogpt_database`. Its connections are not pooled."""
    return autogpt_target.engine()


@pytest.fixture
def autogpt_connection(request: pytest.FixtureRequest) -> AsyncConnection:
    """A connection in a transaction that is undone after the test, so it must not be committed.

    With `isolation="clone"`, or beside a fixture that gives the test a database of its own, it is
    a plain connection with that.
    """
    from autogpt_seed.testing.async_fixtures import fixture_name, runner_of

    found: AsyncConnection = request.getfixturevalue(fixture_name(runner_of(request)))
    return found


@pytest.fixture
def autogpt_session(autogpt_connection: AsyncConnection) -> AsyncSession:
    """A session that code under test may commit: it joins `autogpt_connection` by savepoints."""
    from sqlalchemy.ext.asyncio import AsyncSession

    return AsyncSession(
        autogpt_connection, join_transaction_mode="create_savepoint", expire_on_commit=False
    )


@pytest.fixture
def autogpt_sync_engine(autogpt_target: Target) -> Engine:
    """A SQLAlchemy engine on `autogpt_database`, over psycopg. Its connections are not pooled."""
    from autogpt_seed.testing.isolation import sync_engine

    with _reporting_errors():
        return sync_engine(autogpt_target, pooled=False)


@pytest.fixture
def autogpt_sync_connection(_autogpt_sandbox: Sandbox) -> Iterator[Connection]:
    """Like `autogpt_connection`, over psycopg."""
    from autogpt_seed.testing.isolation import connected_sync

    with _reporting_errors():
        _ = _autogpt_sandbox.sync_engine  # where psycopg is not installed, this says so
    with connected_sync(_autogpt_sandbox) as connection:
        yield connection


@pytest.fixture
def autogpt_sync_session(autogpt_sync_connection: Connection) -> Iterator[Session]:
    """Like `autogpt_session`, over psycopg."""
    from sqlalchemy.orm import Session

    with Session(autogpt_sync_connection, join_transaction_mode="create_savepoint") as session:
        yield session


@pytest.fixture
def autogpt_world(
    request: pytest.FixtureRequest, _autogpt_sandbox: Sandbox, _autogpt_pool: DatabasePool
) -> SeededWorld:
    """What was seeded, to pick from. A test is handed the same at each run, or, where
    pytest-randomly is installed, what its seed says."""
    with _reporting_errors():
        world = _autogpt_pool.world(_autogpt_sandbox.target)
    seed = request.config.getoption("randomly_seed", default=0)
    return world.drawing(f"{seed}|{request.node.nodeid}")


@pytest.fixture(scope="session")
def _autogpt_pools(autogpt_server: str, pytestconfig: pytest.Config) -> Iterator[DatabasePools]:
    from autogpt_seed.testing.databases import PREFIX
    from autogpt_seed.testing.pools import DatabasePools

    pools = DatabasePools(autogpt_server, _option(pytestconfig, "name") or PREFIX)
    yield pools
    with _reporting_errors():
        pools.close()


@pytest.fixture
def _autogpt_pool(
    request: pytest.FixtureRequest,
    autogpt_plan: Plan,
    autogpt_migrations: Migrations,
    _autogpt_pools: DatabasePools,
) -> DatabasePool:
    """The pool with the databases that the markers of the test ask for."""
    from autogpt_seed.testing.markers import MarkerArguments

    with _reporting_errors():
        arguments = MarkerArguments.of(request.node)
        arguments.isolation(OF_ITS_OWN.intersection(request.fixturenames))
        migrations = arguments.migrations(autogpt_migrations)
        return _autogpt_pools.pool(migrations, arguments.plan(autogpt_plan))


@pytest.fixture
def _autogpt_sandbox(
    request: pytest.FixtureRequest, _autogpt_pool: DatabasePool
) -> Iterator[Sandbox]:
    """Where connections that are handed to the test work."""
    from autogpt_seed.testing.isolation import Sandbox
    from autogpt_seed.testing.markers import MarkerArguments

    with _reporting_errors():
        owned = OF_ITS_OWN.intersection(request.fixturenames)
        if MarkerArguments.of(request.node).isolation(owned) == "clone":
            yield Sandbox(request.getfixturevalue("autogpt_target"), fenced=False)
        else:
            with _autogpt_pool.shared() as sandbox:
                yield sandbox


def _option(config: pytest.Config, option: str) -> str:
    """The value of an option: from the command line, else from the ini file, else ""."""
    name = f"autogpt_seed_{option}"
    return str(config.getoption(name) or config.getini(name) or "")


@contextmanager
def _reporting_errors() -> Iterator[None]:
    """Let the test fail with the message of a `SeedError`, without a traceback."""
    try:
        yield
    except SeedError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None
