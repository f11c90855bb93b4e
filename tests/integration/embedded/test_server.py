"""The embedded server of one command: made on first use, reached, stopped."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import time
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from autogpt_seed.database.embedded import EmbeddedServer, postmaster
from autogpt_seed.errors import ConfigurationError, DatabaseUnreachable
from tests.databases import value
from tests.integration.embedded.tools import (
    Folders,
    another_command,
    finish,
    first_line,
    free_port,
    installed_package,
    moved,
    server_processes,
)


@pytest.mark.parametrize("version", [18, 16])
async def test_the_first_use_makes_a_server_and_the_second_finds_its_data(
    version: int, new_home: Path
) -> None:
    server = EmbeddedServer(new_home, version=version)
    assert server_processes(new_home) == []
    with server.running():
        assert len(server_processes(new_home)) == 1
        await server.ensure_database("autogpt")
        assert str(await value(server.url(), "SHOW server_version")).startswith(f"{version}.")
        await value(server.url(), "CREATE TABLE proof AS SELECT 7 AS value")
    assert server_processes(new_home) == []
    with EmbeddedServer(new_home, version=version).running() as again:
        assert await value(again.url(), "SELECT value FROM proof") == 7


async def test_the_callers_environment_changes_nothing(new_home: Path) -> None:
    garbage = {
        "LC_ALL": "de_DE.UTF-8",
        "LANG": "xx_XX.garbage",
        "TZ": "Asia/Tokyo",
        "PGDATA": "/nonexistent",
        "PGHOST": "nowhere.invalid",
        "PGPORT": "1",
        "PGUSER": "somebody",
        "PGPASSWORD": "wrong",
        "PGDATABASE": "nothing",
        "PGOPTIONS": "-c garbage=1",
    }
    settings = (
        "SELECT concat_ws(' ', datcollate, pg_encoding_to_char(encoding),"
        " current_setting('TimeZone'), lower('Ä'), 'a' > 'B') FROM pg_database"
        " WHERE datname = 'template1'"
    )
    with another_command(new_home, **garbage) as command:
        url = first_line(command).split()[1]
        assert await value(url, settings) == "C UTF8 UTC ä t"
        finish(command)


async def test_the_password_is_asked_for_on_the_socket_and_on_tcp(home: Path) -> None:
    with EmbeddedServer(home).running(free_port()) as server:
        tcp = make_url(server.url("postgres"))
        folder = server.data_folder.parent.parent / "socket"
        wrong = tcp.set(password="wrong").render_as_string(hide_password=False)
        for url in (wrong, f"postgresql://postgres:wrong@/postgres?host={folder}&port={tcp.port}"):
            with pytest.raises(asyncpg.InvalidPasswordError):
                await value(url, "SELECT 1")


async def test_the_url_serves_asyncpg_and_sqlalchemy_whatever_the_path(
    home: Path, folders: Folders
) -> None:
    odd = folders("with 'odd' & \"other\" %20 characters, ä?")
    with moved(home, odd), EmbeddedServer(odd).running() as server:
        url = server.url("postgres")
        assert await value(url, "SELECT 1") == 1
        engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"))
        async with engine.connect() as connection:
            assert (await connection.execute(text("SELECT 1"))).scalar() == 1
        await engine.dispose()


def test_the_url_serves_psql(home: Path, folders: Folders) -> None:
    psql = str(installed_package() / "pginstall18" / "bin" / "psql")
    spaced = folders("a home")
    with moved(home, spaced), EmbeddedServer(spaced).running() as server:
        output = subprocess.check_output([psql, server.url("postgres"), "-Atc", "SELECT 1"])
    assert output == b"1\n"


def test_a_path_too_long_for_a_socket_serves_all_the_same(home: Path, folders: Folders) -> None:
    long = folders("x" * 100)
    with moved(home, long):
        with another_command(long) as command, EmbeddedServer(long).running() as server:
            url = server.url("postgres")
            assert first_line(command).split()[1] == url
            elsewhere = Path(str(make_url(url).query["host"]))
            assert elsewhere.stat().st_mode & 0o777 == 0o700
            finish(command)
        assert not elsewhere.exists()


def test_there_is_no_url_where_no_server_runs(home: Path) -> None:
    with pytest.raises(DatabaseUnreachable, match="not running"):
        EmbeddedServer(home).url()


async def test_it_listens_on_tcp_loopback_only_when_asked(home: Path) -> None:
    port = free_port()
    server = EmbeddedServer(home)
    assert server.start() is False
    assert await value(server.url("postgres"), "SHOW listen_addresses") == ""
    assert server.start(port) is True
    assert f"@127.0.0.1:{port}/" in server.url()
    assert await value(server.url("postgres"), "SHOW listen_addresses") == "127.0.0.1"
    with EmbeddedServer(home).running() as same:
        assert same.url() == server.url()
    server.stop()


async def test_a_database_is_created_once_however_many_ask_for_it(home: Path) -> None:
    name = 'with "quotes"; and spaces'
    with EmbeddedServer(home).running() as server:
        await asyncio.gather(*(server.ensure_database(name) for _ in range(5)))
        await server.ensure_database(name)
        assert await value(server.url(name), "SELECT current_database()") == name


def test_an_exception_in_the_block_stops_the_server_as_well(home: Path) -> None:
    with pytest.raises(ZeroDivisionError), EmbeddedServer(home).running():
        raise ZeroDivisionError


def test_a_reset_stops_the_server_and_removes_all_data(new_home: Path) -> None:
    server = EmbeddedServer(new_home)
    server.start()
    server.reset()
    assert server_processes(new_home) == []
    files = {path.relative_to(new_home).parts[1] for path in new_home.rglob("*") if path.is_file()}
    assert {name for name in files if not name.endswith(".lock")} <= {"binaries"}
    server.reset()


def test_a_port_that_is_in_use_is_named_and_no_process_is_left(home: Path) -> None:
    with socket.socket() as occupied:
        occupied.bind(("127.0.0.1", 0))
        occupied.listen()
        port = occupied.getsockname()[1]
        with pytest.raises(DatabaseUnreachable, match="is in use") as caught:
            EmbeddedServer(home).start(port)
    assert str(caught.value) == (
        f"Port {port} of 127.0.0.1 is in use.\nChoose another with --port."
    )
    assert server_processes(home) == []
    assert not (home / "postgresql-18" / "socket").exists()


async def test_a_server_that_runs_goes_on_where_the_new_port_is_in_use(home: Path) -> None:
    server = EmbeddedServer(home)
    server.start()
    connection = await asyncpg.connect(server.url("postgres"))
    with socket.socket() as occupied:
        occupied.bind(("127.0.0.1", 0))
        occupied.listen()
        with pytest.raises(DatabaseUnreachable, match="is in use"):
            server.start(occupied.getsockname()[1])
    assert await connection.fetchval("SELECT 1") == 1
    await connection.close()
    server.stop()


def test_a_server_that_cannot_be_started_anew_is_put_back_as_it_was(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = EmbeddedServer(home)
    server.start(free_port())
    before = server.url()
    monkeypatch.setattr(postmaster, "refuse_taken", lambda port: None)
    with socket.socket() as occupied:
        occupied.bind(("127.0.0.1", 0))
        occupied.listen()
        with pytest.raises(DatabaseUnreachable, match="did not start"):
            server.start(occupied.getsockname()[1])
    with EmbeddedServer(home).running():
        pass
    assert server.url() == before
    server.stop()


def test_a_start_that_fails_shows_the_servers_log_and_leaves_no_process(home: Path) -> None:
    version = home / "postgresql-18" / "cluster" / "data" / "PG_VERSION"
    version.write_text("11\n")
    with (home / "postgresql-18" / "server.log").open("a") as log:
        log.write("of an earlier start\n")
    with pytest.raises(DatabaseUnreachable, match="did not start") as caught:
        EmbeddedServer(home).start(free_port())
    version.write_text("18\n")
    assert "not compatible" in caught.value.evidence
    assert "earlier" not in caught.value.evidence
    assert server_processes(home) == []


def test_a_server_that_does_not_stop_is_not_to_be_reset(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = EmbeddedServer(home)
    server.start()
    with monkeypatch.context() as patch:
        patch.setattr(postmaster, "_STOP_SECONDS", -1.0)
        with pytest.raises(DatabaseUnreachable, match="did not stop") as caught:
            server.stop()
    assert "reset" not in caught.value.remedy
    server.stop()
    assert server_processes(home) == []


def test_a_start_that_is_interrupted_leaves_no_process(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleep = time.sleep

    def interrupt(seconds: float) -> None:
        monkeypatch.setattr(time, "sleep", sleep)
        raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", interrupt)
    with pytest.raises(KeyboardInterrupt):
        EmbeddedServer(home).start()
    assert server_processes(home) == []


def test_a_creation_that_fails_says_why_and_leaves_no_server(
    new_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = EmbeddedServer(new_home)
    monkeypatch.setattr("autogpt_seed.database.embedded.cluster.SUPERUSER", "pg_reserved")
    with pytest.raises(DatabaseUnreachable, match="could not be created") as caught:
        server.start()
    assert 'cannot begin with "pg_"' in caught.value.evidence
    assert not server.data_folder.exists()


def test_a_version_that_is_not_there_is_a_clear_error(home: Path) -> None:
    with pytest.raises(ConfigurationError, match="no embedded PostgreSQL 9"):
        EmbeddedServer(home, version=9).start()
