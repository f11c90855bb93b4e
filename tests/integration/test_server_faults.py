"""A server that stops, crashes or is full in the middle of a populate, on a server of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import asyncpg
import pytest

from autogpt_seed.database.embedded import EmbeddedServer
from autogpt_seed.database.url import parse_url
from autogpt_seed.errors import DatabaseUnreachable
from autogpt_seed.migrating import migrate
from autogpt_seed.plan import Plan
from autogpt_seed.seeding import populate
from tests.catalog_facts import Session
from tests.conftest import AS_OF, run_sync
from tests.databases import PATIENCE, everything, nobody_left, session
from tests.integration.embedded.tools import server_processes
from tests.integration.test_unit_of_work import At

PLAN = Plan(users=3, blocks=2, as_of=AS_OF, api_key_hash="sha256")
CONNECTIONS = 6


@pytest.fixture(scope="module")
def fragile() -> Iterator[EmbeddedServer]:
    """A server that may be killed, with a migrated database, and few connections."""
    with tempfile.TemporaryDirectory(prefix="autogpt-seed-tests-") as folder:
        Path(folder).chmod(0o755)  # the server's account must be able to pass through
        server = EmbeddedServer(Path(folder) / "home")
        with server.running():
            run_sync(prepare(server))
        yield server


async def prepare(server: EmbeddedServer) -> None:
    await server.ensure_database("autogpt")
    await migrate(parse_url(server.url(), {}), schema="platform")
    async with session(server.url()) as connection:
        await connection.execute(f"ALTER SYSTEM SET max_connections = {CONNECTIONS}")
        await connection.execute("ALTER SYSTEM SET max_wal_senders = 0")
        await connection.execute("ALTER SYSTEM SET superuser_reserved_connections = 0")


def stop_fast(server: EmbeddedServer) -> None:
    stop(server, signal.SIGINT)


def stop_immediately(server: EmbeddedServer) -> None:
    stop(server, signal.SIGQUIT)


def stop(server: EmbeddedServer, number: signal.Signals) -> None:
    """Told to stop, and gone, so that the populate cannot be quicker than the server."""
    os.kill(postmaster(server), number)
    deadline = time.monotonic() + PATIENCE
    while server_processes(server.data_folder):
        assert time.monotonic() < deadline, "the server does not come to its end"
        time.sleep(0.005)


def crash(server: EmbeddedServer) -> None:
    """One process dies, and the server ends all others and recovers."""
    run_sync(crashed(server.url()))


def postmaster(server: EmbeddedServer) -> int:
    return int((server.data_folder / "postmaster.pid").read_text().split()[0])


async def crashed(url: str) -> None:
    """Kill the process of our session, and wait until the server has noticed and ends the others:
    before that it would take a session, and then not end while it recovers."""
    query = "SELECT pid FROM pg_stat_activity WHERE application_name = 'autogpt-seed'"
    ended = asyncio.Event()
    async with session(url) as witness, asyncio.timeout(PATIENCE):
        witness.add_termination_listener(lambda _: ended.set())
        os.kill(int(await witness.fetchval(query)), signal.SIGKILL)
        await ended.wait()


@pytest.mark.parametrize("table", ["AgentNodeExecution", "views"])
@pytest.mark.parametrize("fault", [stop_fast, stop_immediately, crash])
async def test_a_server_that_goes_away_keeps_nothing(
    fragile: EmbeddedServer, fault: Callable[[EmbeddedServer], None], table: str
) -> None:
    with fragile.running():
        before = await everything(fragile.url())
        target = parse_url(fragile.url(), {})
        progress = At(table, lambda: fault(fragile))
        with pytest.raises(DatabaseUnreachable, match="lost; the transaction is undone"):
            await populate(target, PLAN, progress=progress)
        if fault is crash:
            await (await joined(fragile.url())).close()
    with fragile.running():
        await nobody_left(fragile.url())
        assert await everything(fragile.url()) == before
        assert (await populate(parse_url(fragile.url(), {}), PLAN, rollback=True)).total_rows


async def joined(url: str) -> Session:
    """A session, once the server has recovered, or sessions that ended have made room."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with suppress(
            OSError,
            asyncpg.PostgresConnectionError,
            asyncpg.CannotConnectNowError,
            asyncpg.TooManyConnectionsError,
        ):
            return await asyncpg.connect(url)
        await asyncio.sleep(0.05)
    raise TimeoutError("the server takes no session")


async def test_a_server_without_a_free_connection_says_so(fragile: EmbeddedServer) -> None:
    with fragile.running():
        before = await everything(fragile.url())
        async with AsyncExitStack() as taken:
            for _ in range(CONNECTIONS):
                taken.push_async_callback((await joined(fragile.url())).close)
            with pytest.raises(DatabaseUnreachable, match="no free connection") as refused:
                await populate(parse_url(fragile.url(), {}), PLAN)
        assert "max_connections" in refused.value.remedy
    with fragile.running():
        assert await everything(fragile.url()) == before
