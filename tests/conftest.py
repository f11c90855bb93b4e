"""One real PostgreSQL a session, and a cloned database wherever a test changes something."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from autogpt_seed.database.embedded import EmbeddedServer
from autogpt_seed.database.url import parse_url
from autogpt_seed.migrating import migrate
from autogpt_seed.plan import Plan
from autogpt_seed.seeding import populate
from tests.databases import execute

pytest_plugins = ["pytester"]

# A busy machine fails no property, and the same examples are tried each time: to look for others,
# pytest --hypothesis-profile=searching.
_UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("repeatable", _UNTIMED, derandomize=True)
settings.register_profile("searching", _UNTIMED, max_examples=1000)
settings.load_profile("repeatable")

# The modules and tests that are imported stay. To look through them again and again, as Python's
# own figure, 700, has it, takes a fifth of the time until the first test.
gc.set_threshold(50_000)

# What a shell starts in the background ignores interruptions, and so do its children; some tests
# interrupt theirs.
signal.signal(signal.SIGINT, signal.default_int_handler)

T = TypeVar("T")
CreateDatabase = Callable[..., str]

AS_OF = datetime(2026, 1, 15, tzinfo=UTC)
SMALL_PLAN = Plan(users=12, blocks=10, as_of=AS_OF, api_key_hash="sha256")


def run_sync(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, also where an event loop runs already."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def with_database(url: str, name: str) -> str:
    """The same server, another database."""
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """The administrator's URL of a PostgreSQL: SEED_TEST_SERVER, else an embedded one."""
    if given := os.environ.get("SEED_TEST_SERVER"):
        yield given
        return
    home = Path(tempfile.mkdtemp(prefix="autogpt-seed-tests-", dir=_memory()))
    home.chmod(0o755)  # the server's account must be able to pass through
    try:
        with EmbeddedServer(home, scratch=True).running() as server:
            yield server.url("postgres")
    finally:
        shutil.rmtree(home)


def _memory() -> Path | None:
    """A folder that is in memory, where that has room: databases are copied in half the time."""
    memory = Path("/dev/shm")
    roomy = memory.is_mount() and shutil.disk_usage(memory).free >= 4 * 1024**3
    return memory if roomy else None


@pytest.fixture(scope="session")
def create_database(server_url: str) -> CreateDatabase:
    """A factory: the URL of a fresh database, empty or cloned from `template` (a URL)."""
    numbers = count(1)

    def create(template: str | None = None, *, tablespace: str = "pg_default") -> str:
        name = f"test_{os.getpid()}_{next(numbers)}"
        source = make_url(template).database if template else "template0"
        # Without fsync, copying files is twice as quick as copying through the log. A given server
        # may have it, or be too old to be told.
        how = "" if os.environ.get("SEED_TEST_SERVER") else "STRATEGY FILE_COPY"
        copy = f'TEMPLATE "{source}" TABLESPACE {tablespace} {how}'
        run_sync(execute(server_url, f'CREATE DATABASE "{name}" {copy}'))
        return with_database(server_url, name)

    return create


@pytest.fixture(scope="session")
def drop_database(server_url: str) -> Callable[[str], None]:
    """The other end of `create_database`."""

    def drop(url: str) -> None:
        name = make_url(url).database
        run_sync(execute(server_url, f'DROP DATABASE "{name}" WITH (FORCE)'))

    return drop


@pytest.fixture(scope="session")
def migrated(create_database: CreateDatabase) -> Callable[[str], str]:
    """A factory: the URL of a database at a revision, made once a session, for cloning only."""
    made: dict[str, str] = {}

    def at(revision: str) -> str:
        if revision not in made:
            url = create_database()
            run_sync(migrate(parse_url(url, {}), schema="platform", revision=revision))
            made[revision] = url
        return made[revision]

    return at


@pytest.fixture(scope="session")
def marketplace(create_database: CreateDatabase, migrated: Callable[[str], str]) -> str:
    """The URL of a seeded database of the newest revision, for reading and cloning only."""
    url = create_database(migrated("head"))
    run_sync(populate(parse_url(url, {}), SMALL_PLAN))
    return url


@pytest.fixture(params=["2025_08", "2026_01"])
def revision(request: pytest.FixtureRequest) -> str:
    """Each revision of the schema that the project knows."""
    return str(request.param)


@pytest.fixture
def database(
    create_database: CreateDatabase,
    drop_database: Callable[[str], None],
    migrated: Callable[[str], str],
) -> Iterator[str]:
    """The URL of a fresh, empty database of the newest revision, gone after the test."""
    url = create_database(migrated("head"))
    yield url
    drop_database(url)


@pytest.fixture
def seeded_database(
    create_database: CreateDatabase, drop_database: Callable[[str], None], marketplace: str
) -> Iterator[str]:
    """The URL of a database of a test's own with SMALL_PLAN in it, gone after the test."""
    url = create_database(marketplace)
    yield url
    drop_database(url)


@pytest.fixture
async def engine(database: str) -> AsyncIterator[AsyncEngine]:
    """An engine on `database`."""
    engine = parse_url(database, {}).engine()
    yield engine
    await engine.dispose()
