"""The embedded server of several commands, some of which are killed."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from threading import Timer

import asyncpg
import pytest

from autogpt_seed.database.embedded import EmbeddedServer
from autogpt_seed.errors import DatabaseUnreachable, RefusedForSafety
from tests.databases import value
from tests.integration.embedded.tools import (
    another_command,
    another_program,
    finish,
    first_line,
    free_port,
    kill_server,
    processes,
    server_processes,
)

USE_IT_AFTER_AN_INTERRUPT = """
import asyncio, asyncpg, sys
from pathlib import Path
from autogpt_seed.database.embedded import EmbeddedServer

async def answer(url):
    connection = await asyncpg.connect(url)
    print("answered", await connection.fetchval("SELECT 1"), flush=True)
    await connection.close()

with EmbeddedServer(Path(sys.argv[1])).running() as server:
    try:
        print("ready", flush=True)
        sys.stdin.readline()
    except KeyboardInterrupt:
        asyncio.run(answer(server.url("postgres")))
"""


def test_the_last_of_two_commands_stops_the_server(home: Path) -> None:
    server = EmbeddedServer(home)
    with another_command(home) as command:
        first_line(command)
        with server.running():
            finish(command)
            assert len(server_processes(home)) == 1
        assert server_processes(home) == []


def test_the_first_of_two_commands_leaves_the_server_to_the_other(home: Path) -> None:
    with another_command(home) as command:
        first_line(command)
        with EmbeddedServer(home).running():
            pass
        assert len(server_processes(home)) == 1
        finish(command)
    assert server_processes(home) == []


async def test_two_commands_at_once_make_one_server(new_home: Path) -> None:
    identity = "SELECT system_identifier FROM pg_control_system()"
    with another_command(new_home) as one, another_command(new_home) as two:
        urls = [first_line(command).split()[1] for command in (one, two)]
        assert await value(urls[0], identity) == await value(urls[1], identity)
        assert len(server_processes(new_home)) == 1
        finish(one)
        assert await value(urls[1], "SELECT 1") == 1
        finish(two)
    assert server_processes(new_home) == []


def test_a_started_server_is_kept_until_it_is_stopped(home: Path) -> None:
    EmbeddedServer(home).start()
    with EmbeddedServer(home).running():
        pass
    assert len(server_processes(home)) == 1
    assert EmbeddedServer(home).stop() is True
    assert EmbeddedServer(home).stop() is False


def test_a_server_that_another_command_started_can_be_kept(home: Path) -> None:
    with another_command(home) as command:
        first_line(command)
        EmbeddedServer(home).start()
        finish(command)
    assert len(server_processes(home)) == 1
    EmbeddedServer(home).stop()


def test_a_kept_server_that_was_killed_is_not_kept_for_ever(home: Path) -> None:
    EmbeddedServer(home).start()
    kill_server(home)
    with EmbeddedServer(home).running():
        assert len(server_processes(home)) == 1
    assert server_processes(home) == []


@pytest.mark.parametrize("scratch", [False, True])
def test_a_killed_server_keeps_its_data_unless_they_may_be_lost(home: Path, scratch: bool) -> None:
    server = EmbeddedServer(home, scratch=scratch)
    server.start()
    before = server.url()
    kill_server(home)
    with server.running():
        assert (server.url() == before) is not scratch  # another cluster has another password


def test_a_server_in_use_is_neither_stopped_nor_reset_nor_restarted(home: Path) -> None:
    server = EmbeddedServer(home)
    with another_command(home) as command:
        first_line(command)
        forbidden = (server.stop, server.reset, lambda: server.start(free_port()))
        for action in forbidden:
            with pytest.raises(RefusedForSafety, match="another command is using it"):
                action()
        finish(command)


def test_a_creation_that_was_killed_is_not_taken_for_a_server(new_home: Path) -> None:
    unfinished = new_home / "postgresql-18" / "cluster.unfinished"
    with another_command(new_home) as command:
        while command.poll() is None and not (unfinished / "data" / "PG_VERSION").exists():
            time.sleep(0.005)
        command.kill()
    assert not (new_home / "postgresql-18" / "cluster").exists()
    with EmbeddedServer(new_home).running():
        assert len(server_processes(new_home)) == 1
    assert not unfinished.exists()


def test_a_creation_that_is_interrupted_leaves_no_process(new_home: Path) -> None:
    made = new_home / "postgresql-18" / "cluster.unfinished" / "data" / "PG_VERSION"
    with another_command(new_home) as command:
        while command.poll() is None and not made.exists():
            time.sleep(0.005)
        command.send_signal(signal.SIGINT)
        assert finish(command) == "interrupted\n"
    assert [line for _, _, line in processes() if str(new_home) in line] == []


def test_the_server_of_a_killed_command_is_used_and_then_stopped(home: Path) -> None:
    with another_command(home) as command:
        first_line(command)
        command.kill()
    (orphan,) = server_processes(home)
    with EmbeddedServer(home).running():
        assert server_processes(home) == [orphan]
    assert server_processes(home) == []


async def test_a_killed_server_is_started_anew_once_its_last_child_has_ended(home: Path) -> None:
    with EmbeddedServer(home).running() as server:
        connection = await asyncpg.connect(server.url("postgres"))
        child = connection.get_server_pid()
        os.kill(child, signal.SIGSTOP)
        kill_server(home)
        Timer(0.3, os.kill, (child, signal.SIGCONT)).start()
        with EmbeddedServer(home).running() as again:
            assert await value(again.url("postgres"), "SELECT 1") == 1
        connection.terminate()


def test_a_stale_pid_file_with_the_id_of_another_program_does_no_harm(home: Path) -> None:
    server = EmbeddedServer(home)
    owner = server.data_folder.stat()
    with another_program(owner.st_uid) as bystander:
        pid_file = server.data_folder / "postmaster.pid"
        pid_file.write_text(f"{bystander}\n{server.data_folder}\n1\n5432\n/nowhere\n\n\nready\n")
        os.chown(pid_file, owner.st_uid, owner.st_gid)
        with pytest.raises(DatabaseUnreachable, match="not running"):
            server.url()
        with server.running():
            assert len(server_processes(home)) == 1


def test_the_terminals_interrupt_does_not_reach_the_server(home: Path) -> None:
    with another_command(home, USE_IT_AFTER_AN_INTERRUPT) as command:
        first_line(command)
        os.killpg(command.pid, signal.SIGINT)
        assert finish(command) == "answered 1\n"
    assert server_processes(home) == []


def test_an_interrupted_command_stops_the_server(home: Path) -> None:
    with another_command(home) as command:
        first_line(command)
        command.send_signal(signal.SIGINT)
        assert finish(command) == "interrupted\n"
    assert server_processes(home) == []
