"""Older servers do what the newest does, on which all other tests run."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

import pytest

from autogpt_seed.baking import bake
from autogpt_seed.database.embedded import EmbeddedServer
from autogpt_seed.database.url import parse_url
from autogpt_seed.diagnosis import diagnose
from autogpt_seed.gauntlet import run_gauntlet
from autogpt_seed.inspection import inspect
from autogpt_seed.migrating import known_revisions, migrate
from autogpt_seed.restoring import restore
from autogpt_seed.seeding import populate
from autogpt_seed.testing import Prisma
from autogpt_seed.verification import Outcome, verify
from tests.conftest import SMALL_PLAN, CreateDatabase, with_database
from tests.databases import contents, counts, session
from tests.integration.coherence.breaches import rules_of, violations
from tests.integration.test_gauntlet import platform_script
from tests.redefining import run

DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")
FEW = SMALL_PLAN.model_copy(update={"users": 2})
ALL = SMALL_PLAN.model_copy(update={"tables": "all"})

UNREACHABLE = (
    "CREATE FOREIGN DATA WRAPPER nothing",
    "CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing",
    'CREATE FOREIGN TABLE platform.remote (id text, "userId" text NOT NULL) SERVER nowhere',
    "CREATE VIEW platform.remote_ids AS SELECT id FROM platform.remote",
    "CREATE VIEW platform.remote_view AS SELECT id FROM platform.remote_ids",
)
"""A foreign table whose wrapper has no handler, and views of it, which no statement can read."""


@contextmanager
def embedded_16(home: Path) -> Iterator[str]:
    with EmbeddedServer(home, version=16, scratch=True).running() as server:
        yield server.url("postgres")


@contextmanager
def debian_15(home: Path) -> Iterator[str]:
    user = "nobody" if os.geteuid() == 0 else None
    home.mkdir()
    if user:
        shutil.chown(home, user)
    run = partial(subprocess.run, user=user, check=True, capture_output=True, cwd=home)
    run([DEBIAN_15 / "initdb", "-D", home / "data", "-U", "postgres", "-A", "trust", "-N"])
    options = f"-c listen_addresses= -c unix_socket_directories={home} -c fsync=off"
    server = [DEBIAN_15 / "pg_ctl", "-D", home / "data", "-l", home / "log", "-w"]
    run([*server, "-o", options, "start"])
    try:
        yield f"postgresql://postgres@/postgres?host={home}"
    finally:
        run([*server, "-m", "immediate", "stop"])


SERVERS: dict[int, Callable[[Path], AbstractContextManager[str]]] = {
    15: debian_15,
    16: embedded_16,
}


@pytest.fixture(scope="module", params=SERVERS, ids="PostgreSQL {}".format)
def server(request: pytest.FixtureRequest) -> Iterator[tuple[int, str]]:
    """The version of a server, and its administrator's URL."""
    version: int = request.param
    if version == 15 and not DEBIAN_15.exists():
        pytest.skip("Debian's postgresql-15 is not installed")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        with SERVERS[version](Path(folder) / "home") as url:
            yield version, url


@pytest.mark.parametrize("revision", known_revisions())
async def test_a_revision_is_seeded_coherent_and_verified(
    server: tuple[int, str], revision: str
) -> None:
    version, administrator = server
    await run(administrator, f'CREATE DATABASE "at {revision}"')
    url = with_database(administrator, f"at {revision}")
    target = parse_url(url, {})
    await migrate(target, schema="platform", revision=revision)
    report = await populate(target, SMALL_PLAN)
    assert report.server_version // 10000 == version
    assert report.rows.items() <= (await counts(url)).items()
    assert await broken_rules(url) == {}
    assert (await populate(target, ALL)).coverage.without_rows == ()
    checks = (await verify(target)).checks
    assert [c for c in checks if c.outcome in (Outcome.FAILED, Outcome.INCONCLUSIVE)] == []


async def test_a_bake_is_restored_on_its_own_server_on_the_newest_and_from_there(
    server: tuple[int, str], create_database: CreateDatabase, tmp_path: Path
) -> None:
    _, administrator = server
    for name in ("from", "back", "own"):
        await run(administrator, f'CREATE DATABASE "{name}"')
    made, back, own = (with_database(administrator, name) for name in ("from", "back", "own"))
    newest = create_database()
    await migrate(parse_url(made), revision="2025_08")
    await populate(parse_url(made), FEW)
    await bake(parse_url(made), tmp_path / "there")
    for url in (own, newest):
        assert (await restore(parse_url(url), tmp_path / "there")).migrated_to == "2025_08"
        assert await contents(url) == await contents(made)
    await bake(parse_url(newest), tmp_path / "newest")
    await restore(parse_url(back), tmp_path / "newest")
    assert await contents(back) == await contents(made)


async def test_the_gauntlet_plants_measures_and_watches_there(
    server: tuple[int, str], tmp_path: Path
) -> None:
    careless = 'CREATE UNIQUE INDEX emails ON "User" (lower(email))'
    for name, script in {"1": platform_script(), "2": careless}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "migration.sql").write_text(script)
    report = await run_gauntlet(Prisma(tmp_path), plan=FEW, server=server[1])
    (step,) = report.steps
    assert (step.failure, step.views, [p.planted for p in step.plantings]) == (None, (), [True])
    assert "could not create unique index" in "".join(step.hostile_failures)
    assert [(lock.table, lock.mode) for lock in step.locks or ()] == [("User", "ShareLock")]


async def test_a_foreign_table_that_nothing_reaches_keeps_no_command_from_its_work(
    server: tuple[int, str],
) -> None:
    await run(server[1], "CREATE DATABASE foreign_table")
    url = with_database(server[1], "foreign_table")
    target = parse_url(url, {})
    await migrate(target, schema="platform")
    for statement in UNREACHABLE:
        await run(url, statement)
    assert (await diagnose(target)).problems == ()
    report = await populate(target, ALL)
    assert "remote" not in report.rows
    assert (await inspect(target)).tags == (report.run_tag,)
    checks = (await verify(target)).checks
    assert [c for c in checks if c.outcome in (Outcome.FAILED, Outcome.INCONCLUSIVE)] == []


async def broken_rules(url: str) -> dict[str, object]:
    """The rules of the marketplace that do not hold, with some rows that break them."""
    async with session(url) as connection:
        await connection.execute("SET search_path TO platform")
        broken = {
            name: await violations(connection, rule)
            for name, rule in (await rules_of(connection)).items()
        }
    return {name: rows[:3] for name, rows in broken.items() if rows}
