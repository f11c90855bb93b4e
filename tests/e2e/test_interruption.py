"""A command that is interrupted, or killed, leaves the database as it was and no server behind."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys

import pytest

from autogpt_seed.database.embedded import EmbeddedServer
from tests.conftest import run_sync
from tests.databases import counts, everything, held_up, nobody_left, session, waiting
from tests.e2e.conftest import Command, Process
from tests.integration.embedded.tools import server_processes

MOMENTS = 20 if os.environ.get("AUTOGPT_SEED_LONG_TESTS") else 1
"""At how many random moments each signal comes."""

SMALL = ("--users", "3", "--set", "api_key_hash=sha256")


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)],
    ids=["SIGINT", "SIGTERM", "SIGKILL"],
)
async def test_an_interrupted_populate_leaves_nothing(
    command: Command, platform: str, number: signal.Signals, status: int
) -> None:
    before = await everything(platform)
    async with held_up(platform):
        process = command.start("populate", *SMALL, "--database-url", platform)
        await waiting(platform)
        process.send_signal(number)
        result = await asyncio.to_thread(command.end, process)
        if number != signal.SIGKILL:
            await nobody_left(platform)
    assert result.status == status
    assert result.output == ""
    assert "Traceback" not in result.errors
    assert ("Interrupted." in result.errors) == (number != signal.SIGKILL)
    await nobody_left(platform)
    assert await everything(platform) == before


IMPORTING = """
import os, signal, sys

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "typer":
            os.kill(os.getpid(), int(sys.argv.pop()))

sys.meta_path.insert(0, Interrupting())
from autogpt_seed.__main__ import main
main()
"""
"""The command, sent the signal of its last argument while it imports what it needs."""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_of_the_start_is_one_line(command: Command, number: signal.Signals) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTING, "runs", str(int(number))],
        env=command.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (128 + number, "", "Interrupted.\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
async def test_at_any_moment_an_interrupted_populate_leaves_nothing(
    command: Command, platform: str, number: signal.Signals
) -> None:
    before, chance = await everything(platform), random.Random(number)
    for _ in range(MOMENTS):
        process = command.start("populate", *SMALL, "--rollback", "--database-url", platform)
        await somebody_comes(platform, process)
        await asyncio.sleep(chance.uniform(0, 1.0))
        process.send_signal(number)
        result = await asyncio.to_thread(command.end, process)
        assert result.status in (0, -number, 128 + number)
        assert "Traceback" not in result.errors
        await nobody_left(platform)
        assert await everything(platform) == before


async def somebody_comes(url: str, process: Process) -> None:
    """Until a session of ours is there, or none will come any more."""
    query = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE application_name = 'autogpt-seed' AND datname = current_database()"
    )
    async with session(url) as connection:
        while process.poll() is None:
            if await connection.fetchval(query):
                return
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_no_embedded_server_outlives_an_interrupted_populate(
    command: Command, number: signal.Signals
) -> None:
    size = ("--users", "1000", "--set", "api_key_hash=sha256")
    process = command.start("populate", *size, "--verbose")
    assert process.stderr
    while not (line := process.stderr.readline()).startswith("AgentGraphExecution"):
        assert line, "it ended too early"
    process.send_signal(number)
    result = command.end(process)
    assert result.status == 128 + number
    assert "Interrupted." in result.errors
    assert server_processes(command.home) == []
    with EmbeddedServer(command.home).running() as server:
        assert run_sync(counts(server.url("autogpt"))) == {}


def test_an_interruption_while_nothing_is_under_way_is_told_as_well(
    command: Command, seeded_database: str
) -> None:
    pauses = ("--every", "1h", "--as-of", "2026-01-15")
    process = command.start("update", *pauses, "--database-url", seeded_database)
    assert process.stdout
    assert "rows  runs" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    result = command.end(process)
    assert result.status == 130
    kept = "The updates before are kept: autogpt-seed runs"
    assert result.errors.endswith(f"\nInterrupted. {kept}\n")


def test_who_reads_no_further_is_no_failed_check(command: Command, seeded_database: str) -> None:
    process = command.start("runs", "--database-url", seeded_database)
    assert process.stdout
    process.stdout.close()
    assert process.wait(60) == 128 + signal.SIGPIPE
    assert process.stderr
    assert "Error" not in process.stderr.read()


def test_a_question_that_nobody_answers_is_no_consent(command: Command) -> None:
    result = command("db", "reset")
    assert result.status == 5
    assert "Nothing was deleted." in result.errors
    assert "--yes" in result.errors
