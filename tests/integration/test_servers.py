"""Every revision is seeded, coherent and verified on the oldest and the newest servers alike."""

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

from autogpt_seed.database.embedded import EmbeddedServer
from autogpt_seed.database.url import parse_url
from autogpt_seed.migrating import known_revisions, migrate
from autogpt_seed.seeding import populate
from autogpt_seed.verification import Outcome, verify
from tests.conftest import SMALL_PLAN, with_database
from tests.databases import counts, session
from tests.integration.coherence.breaches import rules_of, violations
from tests.redefining import run

DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")
ALL = SMALL_PLAN.model_copy(update={"tables": "all"})


@contextmanager
def embedded(home: Path, version: int) -> Iterator[str]:
    with EmbeddedServer(home, version=version, scratch=True).running() as server:
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
    16: partial(embedded, version=16),
    18: partial(embedded, version=18),
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
    assert (await populate(target, SMALL_PLAN, rollback=True)).server_version // 10000 == version
    assert await counts(url) == {}
    report = await populate(target, SMALL_PLAN)
    assert report.rows.items() <= (await counts(url)).items()
    assert await broken_rules(url) == {}
    assert (await populate(target, ALL)).coverage.without_rows == ()
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
