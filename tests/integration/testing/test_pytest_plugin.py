"""The fixtures that the package brings to other test suites, used as such suites would."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy.engine import make_url

from tests.conftest import run_sync, with_database
from tests.databases import session
from tests.integration.testing.conftest import Suite

COUNTS = """
import pytest
from sqlalchemy import text

USERS = text('SELECT count(*) FROM platform."User"')
KEYS = text('SELECT count(*) FROM platform."APIKey"')
NO_KEYS = text('DELETE FROM platform."APIKey"')
NOBODY = text('TRUNCATE platform."User" CASCADE')
"""

SUITE = (
    COUNTS
    + """
pytestmark = pytest.mark.asyncio
twice = pytest.mark.parametrize("time", ["first", "second"])


@twice
async def test_a_database_of_its_own(autogpt_engine, time):
    async with autogpt_engine.begin() as connection:
        assert await connection.scalar(USERS) == 8
        await connection.execute(NOBODY)


@twice
async def test_a_session_whose_commits_are_undone(autogpt_session, autogpt_connection, time):
    assert await autogpt_session.scalar(USERS) == 8
    await autogpt_session.execute(NOBODY)
    await autogpt_session.commit()
    await autogpt_session.rollback()
    assert await autogpt_connection.scalar(USERS) == 0


@twice
async def test_a_connection_that_cannot_be_committed(autogpt_connection, time):
    assert await autogpt_connection.scalar(USERS) == 8
    await autogpt_connection.execute(NOBODY)
    with pytest.raises(Exception, match="must not be committed"):
        await autogpt_connection.commit()


@pytest.mark.asyncio(loop_scope="session")
async def test_a_session_in_another_loop(autogpt_session):
    assert await autogpt_session.scalar(USERS) == 8


@pytest.mark.autogpt_seed(isolation="clone", users=2)
async def test_a_session_in_a_clone_commits(autogpt_session, autogpt_connection, autogpt_engine):
    assert await autogpt_session.scalar(USERS) == 2
    await autogpt_session.execute(NOBODY)
    await autogpt_session.commit()
    async with autogpt_engine.connect() as other:
        assert await other.scalar(USERS) == 0


async def test_what_was_seeded(autogpt_connection, autogpt_world):
    user = autogpt_world.user(library=False)
    agents = 'SELECT count(*) FROM platform."LibraryAgent" WHERE "userId" = :id'
    assert await autogpt_connection.scalar(text(agents), {"id": user.id}) == 0
    listing = autogpt_world.listing(approved=True, reviews=True)
    shown = 'SELECT rating::float, runs::int FROM platform."StoreAgent" WHERE slug = :slug'
    found = (await autogpt_connection.execute(text(shown), {"slug": listing.slug})).one()
    assert tuple(found) == (pytest.approx(listing.rating), listing.graph.executions)


async def test_raw_api_keys_are_known(autogpt_connection, autogpt_world):
    from hashlib import sha256

    user = autogpt_world.user()
    mine = 'SELECT hash FROM platform."APIKey" WHERE "userId" = :id'
    stored = await autogpt_connection.scalar(text(mine), {"id": user.id})
    assert stored == sha256(user.api_key.encode()).hexdigest()
    assert user.api_key not in repr(autogpt_world)


async def test_it_is_an_ordinary_target(autogpt_target):
    from autogpt_seed import Plan, populate

    report = await populate(autogpt_target, Plan(users=1, seed=5, api_key_hash="sha256"))
    assert report.rows["User"] == 1


@pytest.mark.autogpt_seed(revision="2025_08")
async def test_an_older_schema(autogpt_engine):
    async with autogpt_engine.connect() as connection:
        assert not await connection.scalar(text("SELECT to_regclass('platform.\\"ChatSession\\"')"))
        assert await connection.scalar(USERS) == 8
"""
)

WITHOUT_LOOP = (
    COUNTS
    + """
@pytest.mark.parametrize("time", ["first", "second"])
def test_a_session_whose_commits_are_undone(autogpt_sync_session, time):
    assert autogpt_sync_session.scalar(KEYS) == 8
    autogpt_sync_session.execute(NO_KEYS)
    autogpt_sync_session.commit()
    assert autogpt_sync_session.scalar(KEYS) == 0


def test_a_connection_that_cannot_be_committed(autogpt_sync_connection):
    assert autogpt_sync_connection.scalar(KEYS) == 8
    with pytest.raises(Exception, match="must not be committed"):
        autogpt_sync_connection.commit()


def test_a_session_beside_an_engine(autogpt_sync_engine, autogpt_sync_session):
    with autogpt_sync_engine.begin() as connection:
        connection.execute(NO_KEYS)
    assert autogpt_sync_session.scalar(KEYS) == 0


def test_a_driver_of_its_own(autogpt_database):
    import psycopg

    with psycopg.connect(autogpt_database) as connection:
        assert connection.execute(str(USERS)).fetchone() == (8,)


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.mark.anyio
async def test_anyio(autogpt_session):
    assert await autogpt_session.scalar(USERS) == 8
"""
)

WRONG = """
import pytest


def test_failing(autogpt_database):
    raise AssertionError("as it shall")


@pytest.mark.autogpt_seed(users=0)
def test_impossible_plan(autogpt_database): ...


@pytest.mark.autogpt_seed(user=3)
def test_unknown_setting(autogpt_database): ...


@pytest.mark.autogpt_seed(isolation="savepoint")
def test_savepoint_and_database(autogpt_database): ...


@pytest.mark.autogpt_seed(revision="1999_01")
def test_unknown_revision(autogpt_database): ...
"""

LOST = """
import pytest
from sqlalchemy import text

END = text("SELECT pg_terminate_backend(pg_backend_pid())")


def test_a_session_that_is_lost(autogpt_sync_session):
    with pytest.raises(Exception):
        autogpt_sync_session.execute(END)


def test_a_connection_that_is_lost(autogpt_sync_connection):
    with pytest.raises(Exception):
        autogpt_sync_connection.execute(END)


def test_a_connection_that_is_closed(autogpt_sync_connection):
    autogpt_sync_connection.close()


def test_the_next_one(autogpt_sync_session):
    assert autogpt_sync_session.scalar(text("SELECT 1")) == 1


@pytest.mark.asyncio
async def test_an_asynchronous_session(autogpt_session):
    with pytest.raises(Exception):
        await autogpt_session.execute(END)
"""

INTERRUPTED = """
import os, signal, threading
from sqlalchemy import text


def test_slow(autogpt_sync_session):
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
    autogpt_sync_session.execute(text("SELECT pg_sleep(60)"))
"""

FAILING = """
from pathlib import Path
import pytest
from autogpt_seed.testing import Function


def build(url):
    with Path("runs.txt").open("a") as runs:
        runs.write("run\\n")
    raise ValueError("as it shall")


@pytest.fixture(scope="session")
def autogpt_migrations():
    return Function(build)


def test_one(autogpt_database): ...
def test_two(autogpt_database): ...
def test_three(autogpt_sync_session): ...
def test_four(autogpt_world): ...
"""

PICKING = """
def test_pick(autogpt_world):
    print("PICKED", autogpt_world.user().email)
"""


def test_each_test_finds_the_database_as_it_was_seeded(
    suite: Suite, pytester: pytest.Pytester, databases_of: Callable[[str], list[str]], name: str
) -> None:
    pytester.makepyfile(test_loop=SUITE, test_without_loop=WITHOUT_LOOP)
    result = suite("-n2", "--autogpt-seed-set=users=8")
    result.assert_outcomes(passed=18)
    assert len(databases_of(f"{name}_template_")) == len(databases_of(name)) == 3


def test_what_cannot_be_had_is_said_and_failed_databases_are_kept(
    suite: Suite, pytester: pytest.Pytester, server_url: str
) -> None:
    pytester.makepyfile(WRONG)
    result = suite("--keep-failed", "-p", "no:randomly")
    result.assert_outcomes(failed=1, errors=4)
    said = result.stdout.str()
    assert "users = 0 (from the marker)" in said
    assert "did you mean users?" in said
    assert "cannot be isolated by a savepoint" in said
    assert "There is no revision '1999_01'" in said
    assert "Traceback" not in said
    kept = said.partition("databases of failed tests")[2]
    found = re.search(r"test_failing\s+\S+/(\w+),", kept)
    assert found
    assert str(make_url(server_url).password) not in kept
    run_sync(_count(with_database(server_url, found[1]), 5))


def test_a_setting_that_is_none_is_refused_by_the_option_that_said_it(
    suite: Suite, pytester: pytest.Pytester
) -> None:
    pytester.makepyfile("def test_one(autogpt_plan): ...")
    result = suite("--autogpt-seed-set=users")
    result.assert_outcomes(errors=1)
    assert "--autogpt-seed-set 'users' is not an assignment" in result.stdout.str()


@pytest.mark.parametrize("server", ["server_url", "restricted"])
def test_a_migration_that_fails_is_run_once_and_told_to_each_test(
    suite: Suite, pytester: pytest.Pytester, request: pytest.FixtureRequest, server: str
) -> None:
    pytester.makepyfile(FAILING)
    result = suite(f"--autogpt-seed-server={request.getfixturevalue(server)}")
    result.assert_outcomes(errors=4)
    assert result.stdout.str().count("ValueError: as it shall") >= 2
    assert (pytester.path / "runs.txt").read_text() == "run\n"


def test_a_server_that_cannot_serve_is_told_once_a_test_and_not_at_the_end(
    suite: Suite, pytester: pytest.Pytester, restricted: str
) -> None:
    pytester.makepyfile("def test_one(autogpt_database): ...\ndef test_two(autogpt_database): ...")
    result = suite(f"--autogpt-seed-server={restricted}")
    result.assert_outcomes(errors=2)
    assert result.stdout.str().count("may not create databases") >= 2
    assert "Traceback" not in result.stdout.str()
    assert "teardown" not in result.stdout.str()


async def _count(url: str, users: int) -> None:
    async with session(url) as connection:
        assert await connection.fetchval('SELECT count(*) FROM platform."User"') == users


def test_the_seed_of_pytest_randomly_steers_what_is_picked(
    suite: Suite, pytester: pytest.Pytester, databases_of: Callable[[str], list[str]], name: str
) -> None:
    pytester.makepyfile(PICKING)
    picked = [
        re.findall("PICKED (.*)", suite("-s", f"--randomly-seed={seed}").stdout.str())
        for seed in (1, 1, 2)
    ]
    assert picked[0] == picked[1] != picked[2]
    assert len(databases_of(f"{name}_template_")) == 1


def test_an_interruption_while_the_template_is_made_leaves_nothing(
    pytester: pytest.Pytester, suite: Suite, name: str, databases_of: Callable[[str], list[str]]
) -> None:
    pytester.makeconftest("""
        import asyncio, os, pytest, signal
        from autogpt_seed.testing import Function

        async def build(url):
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.sleep(60)

        @pytest.fixture(scope="session")
        def autogpt_migrations():
            return Function(build)
    """)
    pytester.makepyfile("def test_a_clone(autogpt_database): ...")
    result = suite(apart=True)
    result.stdout.fnmatch_lines(["*KeyboardInterrupt*"])
    assert result.stderr.str() == ""
    assert databases_of(name) == []


def test_a_connection_that_a_test_lost_or_closed_is_no_error_at_its_end(
    suite: Suite, pytester: pytest.Pytester
) -> None:
    pytester.makepyfile(LOST)
    suite("-p", "no:randomly").assert_outcomes(passed=5)


def test_an_interruption_of_a_statement_ends_the_session_as_pytest_does(
    suite: Suite, pytester: pytest.Pytester, name: str, databases_of: Callable[[str], list[str]]
) -> None:
    pytester.makepyfile(INTERRUPTED)
    result = suite(apart=True)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*KeyboardInterrupt*"])
    assert "PendingRollbackError" not in result.stdout.str() + result.stderr.str()
    assert databases_of(f"{name}_test_") == []
