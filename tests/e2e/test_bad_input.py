"""What goes wrong is said in one message with its remedy, and changes nothing."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy.engine import make_url

from autogpt_seed.database.embedded import EmbeddedServer
from tests.conftest import CreateDatabase, run_sync, with_database
from tests.databases import (
    counts,
    everything,
    execute,
    held_up,
    nobody_left,
    session,
    waiting,
    with_parameters,
)
from tests.e2e.conftest import Command, Result

PASSWORD = "c4n4ry/p@ss:wörd%"
SMALL = ("--users", "2", "--set", "api_key_hash=sha256")


def secrets_of(*urls: str) -> set[str]:
    """The passwords in the URLs, as they are and as they are written there."""
    passwords = {PASSWORD, *(str(make_url(url).password) for url in urls)}
    return passwords | {quote(password, safe="") for password in passwords}


def assert_refused(result: Result, status: int, *words: str, url: str = "") -> None:
    """One message with these words in this order; no traceback, no password, no report."""
    assert result.status == status, result.errors
    assert result.output == ""
    assert "Traceback" not in result.errors
    assert sum(line.startswith("Error: ") for line in result.errors.splitlines()) == 1
    message = result.errors[result.errors.index("Error: ") :]
    for word in words:
        assert word in message, result.errors
        message = message[message.index(word) + len(word) :]
    for secret in secrets_of(*([url] if url else [])):
        assert secret not in result.errors


# What is wrong before anything is contacted


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--users", "0"], ["users = 0 (from the command line)", "greater than or equal to 1"]),
        (
            ["--set", "reviews_per_version=5-1"],
            ["reviews_per_version = 5-1", "the range starts at 5, above its end 1"],
        ),
        (["--set", "usrs=5"], ["usrs", "unknown setting, did you mean users?", "Settings: "]),
        (["--config", "seed.toml"], ["seed.toml is not TOML", "line 2", "one setting a line"]),
        (
            ["--api-keys-out", "nowhere/keys"],
            ["nowhere/keys, cannot be written", "No such file or directory", "--api-keys-out"],
        ),
    ],
    ids=lambda value: " ".join(value) if value[0].startswith("--") else "",
)
def test_a_wrong_setting_is_named(command: Command, arguments: list[str], words: list[str]) -> None:
    (command.folder / "seed.toml").write_text("users = 5\nblocks: 7\n")
    url = f"postgresql://somebody:{quote(PASSWORD, safe='')}@127.0.0.1:1/nowhere"
    assert_refused(command("populate", *arguments, "--database-url", url), 2, *words)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["populate", "--format", "yaml"], r"'--format': 'yaml' is not one of 'text', 'json'\."),
        (["verify", "--digest", "some"], r"'--digest': 'some' is not one of 'auto', 'all'\."),
        (
            ["populate", "--users", "abc"],
            r"'--users': (.*is not|should be) a whole number(?! range)",
        ),
        (
            ["db", "start", "--port", "x"],
            r"'--port': (.*is not|should be) a whole number(?! range)",
        ),
        (["db", "start", "--port", "80"], r"'--port': .*(equal to 1024|range 1024<=x)"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_value_of_an_option_is_told_in_plain_words(
    command: Command, arguments: list[str], words: str
) -> None:
    result = command(*arguments)
    assert result.status == 2
    assert re.search(words, " ".join(result.errors.replace("│", "").split()))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql//me:{}@host/db", ["does not begin with postgresql://", "Write it like"]),
        ("postgresql://me:{}@host:port/db", ["port cannot be read", "percent-encoded"]),
    ],
)
def test_a_malformed_url_is_refused(command: Command, url: str, words: list[str]) -> None:
    url = url.format(quote(PASSWORD, safe=""))
    assert_refused(command("populate", DATABASE_URL=url), 2, *words)


# What cannot be reached


@pytest.mark.parametrize(
    ("words", "announced"),
    [
        (["populate"], "Seeding {}: 100 users, seed 42, as of "),
        (["verify"], "Verifying {}\n"),
        (["update"], "Updating {}\n"),
        (["runs"], "The runs in {}\n"),
        (["inspect"], "Inspecting {}\n"),
        (["clean", "--all"], "Cleaning {}\n"),
        (["doctor"], "Examining {}\n"),
        (["bake", "nowhere.gz"], "Error: "),
        (["migrate"], "Error: "),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_server_that_is_not_there_is_named_by_every_command(
    command: Command, words: list[str], announced: str
) -> None:
    url = f"postgresql://me:{quote(PASSWORD, safe='')}@127.0.0.1:1/db"
    result = command(*words, "--database-url", url)
    assert_refused(result, 3, "Nothing is listening at 127.0.0.1:1.", "Start the server")
    assert result.errors.startswith(announced.format("me@127.0.0.1:1/db"))


def test_a_wrong_password_is_refused(command: Command, platform: str) -> None:
    url = make_url(platform).set(password=PASSWORD).render_as_string(hide_password=False)
    result = command("populate", "--database-url", url)
    assert_refused(result, 3, "refused the password for postgres", "Correct the password")


def test_a_missing_database_is_named(command: Command, platform: str) -> None:
    url = with_database(platform, "no such database")
    result = command("populate", "--database-url", url)
    assert_refused(result, 3, "no database 'no such database'", "createdb", url=url)


# What cannot be worked on


def test_a_missing_schema_is_named_with_the_one_that_is_there(
    command: Command, platform: str
) -> None:
    result = command("populate", "--database-url", platform, "--schema", "plattform")
    words = "Schema 'plattform' does not hold", "platform (", "Use --schema platform."
    assert_refused(result, 4, *words, url=platform)
    assert run_sync(counts(platform)) == {}


@pytest.mark.parametrize("name", ["populate", "verify"])
def test_an_empty_database_is_to_be_migrated(
    command: Command, create_database: CreateDatabase, name: str
) -> None:
    url = create_database()
    result = command(name, "--database-url", url)
    remedy = "autogpt-seed migrate --database-url"
    assert_refused(result, 4, "platform", remedy, url=url)


def test_quiet_hides_no_failed_check(command: Command, marketplace: str) -> None:
    wrong = command("verify", "--quiet", "--require-cron", "--database-url", marketplace)
    assert wrong.status == 1
    assert "[cron.job]" in wrong.output
    right = command("verify", "--quiet", "--database-url", marketplace)
    assert (right.status, right.output) == (0, "")


def test_without_views_there_is_a_marketplace_and_nothing_to_verify(
    command: Command, create_database: CreateDatabase, migrated: Callable[[str], str]
) -> None:
    url = create_database(migrated("head"))
    run_sync(execute(url, "DROP FUNCTION platform.refresh_store_materialized_views"))
    without_function = command("populate", *SMALL, "--database-url", url)
    assert without_function.status == 0
    assert "refreshed one by one: the schema has no refresh function" in without_function.output
    run_sync(
        execute(
            url,
            "DROP MATERIALIZED VIEW platform.mv_agent_run_counts CASCADE",
            "DROP MATERIALIZED VIEW platform.mv_review_stats CASCADE",
        )
    )
    without_views = command("populate", *SMALL, "--database-url", url)
    assert without_views.status == 0
    assert "none to refresh: the schema has no materialised views" in without_views.output
    assert "autogpt-seed verify" not in without_views.output
    result = command("verify", "--database-url", url)
    assert_refused(result, 4, "none of the views", "mv_agent_run_counts", "Bring", url=url)


@contextmanager
def role(url: str, *grants: str) -> Iterator[str]:
    """The URL of a role that may connect, look at everything, and what is granted."""
    name = f"test_role_{os.getpid()}"

    run_sync(
        execute(
            url,
            f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'",
            f"GRANT USAGE ON SCHEMA platform TO {name}",
            f"GRANT SELECT ON ALL TABLES IN SCHEMA platform TO {name}",
            *(f"{grant} TO {name}" for grant in grants),
        )
    )
    try:
        changed = make_url(url).set(username=name, password=PASSWORD)
        yield changed.render_as_string(hide_password=False)
    finally:
        run_sync(execute(url, f"DROP OWNED BY {name}", f"DROP ROLE {name}"))


@pytest.mark.parametrize(
    ("grants", "words"),
    [
        ([], ["may not fill", "INSERT", "grant the role"]),
        (
            ["GRANT INSERT, UPDATE ON ALL TABLES IN SCHEMA platform"],
            [
                "may not refresh",
                "view mv_agent_run_counts",
                "Connect as the owner of mv_agent_run_counts",
            ],
        ),
    ],
    ids=["who may not insert", "who may insert but not refresh"],
)
def test_a_role_without_the_rights_is_told_which(
    command: Command, platform: str, grants: list[str], words: list[str]
) -> None:
    before = run_sync(everything(platform))
    with role(platform, *grants) as url:
        result = command("populate", *SMALL, "--database-url", url)
    assert_refused(result, 4, *words, url=url)
    assert run_sync(everything(platform)) == before


def test_a_database_that_is_set_read_only_is_left_alone(command: Command, platform: str) -> None:
    url = with_parameters(platform, options="-c default_transaction_read_only=on")
    result = command("populate", *SMALL, "--database-url", url)
    assert_refused(result, 4, "read-only", "default_transaction_read_only", "Use a role", url=url)
    assert run_sync(counts(platform)) == {}


def test_a_replica_is_left_alone(command: Command) -> None:
    server = EmbeddedServer(command.folder / "replica")
    with server.running():
        owner = server.data_folder.stat()
    signal = server.data_folder / "standby.signal"
    signal.touch()
    os.chown(signal, owner.st_uid, owner.st_gid)
    with server.running():
        url = server.url("postgres")
        result = command("populate", *SMALL, "--database-url", url)
    assert_refused(result, 4, "read-only replica", "Name the primary server", url=url)


# What goes wrong in the middle


@pytest.fixture
def tiny_tablespace(server_url: str, command: Command) -> Iterator[str]:
    """The name of a tablespace on a file system of 24 MB."""

    async def ask(query: str) -> str:
        async with session(server_url) as connection:
            return str(await connection.fetchval(query))

    data = Path(run_sync(ask("SHOW data_directory")))
    if os.geteuid() != 0 or not data.exists():
        pytest.skip("only root can mount a small file system for the server")
    place = command.folder / "small"
    place.mkdir()
    owner = f"uid={data.stat().st_uid},gid={data.stat().st_gid}"
    mount = ["mount", "-t", "tmpfs", "-o", f"size=24m,mode=0700,{owner}", "none", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this system lets nobody mount a small file system")
    try:
        run_sync(ask(f"CREATE TABLESPACE tiny LOCATION '{place}'"))
        yield "tiny"
        run_sync(ask("DROP TABLESPACE tiny"))
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_fills_up_keeps_nothing(
    command: Command,
    tiny_tablespace: str,
    create_database: CreateDatabase,
    drop_database: Callable[[str], None],
    migrated: Callable[[str], str],
) -> None:
    url = create_database(migrated("head"), tablespace=tiny_tablespace)
    before = run_sync(everything(url))
    size = ("--users", "500", "--set", "api_key_hash=sha256")
    result = command("populate", *size, "--database-url", url)
    assert_refused(result, 4, "disk is full", "No space left on device", "Make room", url=url)
    assert run_sync(everything(url)) == before
    drop_database(url)


async def connect(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection with the server, nothing said yet."""
    address, query = make_url(url), make_url(url).query
    if "host" in query:
        return await asyncio.open_unix_connection(f"{query['host']}/.s.PGSQL.{query['port']}")
    return await asyncio.open_connection(address.host, address.port or 5432)


@asynccontextmanager
async def relay(url: str) -> AsyncIterator[tuple[str, Callable[[], None]]]:
    """A URL of the same database through a relay, and what cuts its connections."""
    ends: list[asyncio.StreamWriter] = []

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await connect(url)
        ends.extend((writer, back))
        await asyncio.gather(pump(reader, back), pump(there, writer), return_exceptions=True)

    def cut() -> None:
        for end in ends:
            end.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1")
    async with server:
        port = server.sockets[0].getsockname()[1]
        relayed = make_url(url).set(host="127.0.0.1", port=port, query={})
        yield relayed.render_as_string(hide_password=False), cut


async def test_a_connection_that_is_lost_leaves_nothing(command: Command, platform: str) -> None:
    before = await everything(platform)
    async with held_up(platform), relay(platform) as (url, cut):
        process = command.start("populate", *SMALL, "--database-url", url)
        await waiting(platform)
        cut()
        result = await asyncio.to_thread(command.end, process)
    assert_refused(
        result, 3, "connection to the database was lost", "run the same command", url=url
    )
    await nobody_left(platform)
    assert await everything(platform) == before
