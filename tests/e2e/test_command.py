"""The command as its users meet it: what it prints, what it writes, what it leaves."""

from __future__ import annotations

import hashlib
import json
import os
import pty
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import pytest

from autogpt_seed.plan import Plan
from autogpt_seed.seeding import expected_rows
from tests.conftest import AS_OF, CreateDatabase, run_sync
from tests.databases import KEY_COLUMNS, contents, counts, session, target
from tests.e2e.conftest import Command
from tests.integration.embedded.tools import free_port, server_processes

NOWHERE = "postgresql://me:secret@127.0.0.1:1/nowhere"
TINY_PLAN = Plan(users=3, blocks=2, api_key_hash="sha256", as_of=AS_OF)
TINY = ("--users", "3", "--set", "blocks=2", "--set", "api_key_hash=sha256")
ESCAPE = "\x1b"
COLOUR = re.compile(r"\x1b\[(?:\d+;)*(?:3|4|9|10)[0-7]m")
VIEWS = {"mv_agent_run_counts", "mv_review_stats"}


def shown_rows(report: str) -> dict[str, int]:
    """The table of a printed report."""
    lines = re.findall(r"^(\w+) +([\d,]+)$", report, re.MULTILINE)
    return {name: int(number.replace(",", "")) for name, number in lines}


def held_rows(url: str) -> dict[str, int]:
    """The tables of the database that have rows, and how many."""
    return {name: n for name, n in run_sync(counts(url)).items() if name not in VIEWS}


# Help


HELPS = """
import sys
from autogpt_seed.cli import app

for name in sys.argv[1:]:
    app([*name.split(), "--help"], prog_name="autogpt-seed", standalone_mode=False)
    print(end="\\f")
"""
"""Prints the help of each command in turn, with a form feed after it."""


def test_every_help_fits_80_columns(command: Command) -> None:
    commands = (
        "",
        "populate",
        "verify",
        "update",
        "runs",
        "inspect",
        "clean",
        "doctor",
        "migrate",
        "bake",
        "restore",
        "gauntlet",
        "db",
        "db start",
    )
    done = subprocess.run(
        [sys.executable, "-c", HELPS, *commands],
        env=command.environment | {"COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    for name, output in zip(commands, done.stdout.split("\f")[:-1], strict=True):
        assert f"Usage: autogpt-seed {name}" in output
        assert "--help" in output
        assert ESCAPE not in output
        assert max(map(len, output.splitlines())) <= 80, name
        assert not re.search(r"<bool>|<int|<path|<str|list\[", output), name


def test_a_help_fills_the_lines_of_a_terminal(command: Command) -> None:
    done = subprocess.run(
        [sys.executable, "-c", HELPS, "clean"],
        env=command.environment | {"COLUMNS": "60"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "stops with exit status 5. Meanwhile everybody" in done.stdout


def test_the_version_is_that_of_the_package(command: Command) -> None:
    result = command("--version")
    assert (result.status, result.output) == (0, f"autogpt-seed {version('autogpt-seed')}\n")


def test_wrong_usage_is_told_with_the_right_one(command: Command) -> None:
    result = command("populate", "--user", "5")
    assert result.status == 2
    assert re.search("No such option:? '?--user", result.errors)
    assert "--users" in result.errors
    assert "Traceback" not in result.errors


# What populate prints


def test_the_report_can_be_read_and_repeated(
    command: Command, create_database: CreateDatabase, migrated: Callable[[str], str]
) -> None:
    one, another = (create_database(migrated("head")) for _ in range(2))
    result = command("populate", *TINY, "--seed", "7", "--database-url", one)
    assert result.status == 0, result.errors
    held = held_rows(one)
    assert {name: n for name, n in shown_rows(result.output).items() if n} == held
    assert f"Loaded   {sum(held.values()):,} rows in " in result.output
    assert f"Views    {held['AgentGraph']} agents with {held['AgentGraphExecution']} runs" in (
        result.output
    )
    assert re.search("^Look at  creator [a-z-]+-[0-9a-f]{8}$", result.output, re.MULTILINE)
    assert re.search("^Run      [0-9a-f]{15} in schema platform$", result.output, re.MULTILINE)
    assert result.output.endswith("Next     autogpt-seed verify --database-url …\n")
    assert ESCAPE not in result.output + result.errors
    assert result.errors.startswith("Seeding postgres@")
    assert result.errors.count("\n") == 1
    repeat = re.search("^Repeat   autogpt-seed (.*) --database-url …$", result.output, re.MULTILINE)
    assert repeat
    assert repeat[1].startswith("populate --seed 7 --as-of 2")
    assert repeat[1].count("seed") == 1
    again = command(*repeat[1].split(), "--quiet", DATABASE_URL=another)
    assert (again.status, again.output, again.errors) == (0, "", "")
    assert run_sync(contents(one, without=KEY_COLUMNS)) == run_sync(
        contents(another, without=KEY_COLUMNS)
    )


def test_json_is_one_document_and_nothing_else(
    command: Command, create_database: CreateDatabase, migrated: Callable[[str], str]
) -> None:
    url = create_database(migrated("2025_08"))
    result = command("populate", *TINY, "--format", "json", DIRECT_URL=url, DATABASE_URL=NOWHERE)
    assert (result.status, result.errors) == (0, "")
    report = json.loads(result.output)
    held = held_rows(url)
    assert report["target"] == str(target(url))
    assert {name: n for name, n in report["rows"].items() if n} == held
    assert report["total_rows"] == sum(held.values())
    assert report["committed"] is True
    assert report["schema"] == "platform"
    assert report["plan"]["users"] == 3
    assert report["views"]["runs"]["total"] == held["AgentGraphExecution"]
    assert {note["column"] for note in report["notes"]} >= {"salt", "endedAt"}


def test_a_dry_run_shows_settings_as_a_file_has_them(command: Command) -> None:
    column = 'columns.User.timezone={choice = ["a", "b"]}'
    shown = command("populate", "--dry-run", "--set", column).output
    assert "\ndeterministic_keys         false\n" in shown
    assert '\ncolumns                    {User = {timezone = {choice = ["a", "b"]}}}\n' in shown
    assert "for_user" not in shown
    assert "columns" not in command("populate", "--dry-run").output


def test_a_dry_run_connects_nowhere(command: Command) -> None:
    result = command("populate", *TINY, "--as-of", "2026-01-15", "--dry-run", DATABASE_URL=NOWHERE)
    assert (result.status, result.errors) == (0, "")
    assert shown_rows(result.output).items() >= expected_rows(TINY_PLAN).items()
    assert f"{sum(expected_rows(TINY_PLAN).values()):,} rows." in result.output
    assert max(map(len, result.output.splitlines())) <= 80


def test_rollback_says_that_all_is_undone_and_writes_no_keys(
    command: Command, platform: str, tmp_path: Path
) -> None:
    keys = ("--api-keys-out", tmp_path / "keys")
    result = command("populate", *TINY, "--rollback", *keys, DATABASE_URL=platform)
    assert result.status == 0
    assert "Undone" in result.output
    assert "Look at" not in result.output
    assert held_rows(platform) == {}
    assert list(tmp_path.iterdir()) == []


def test_a_terminal_sees_a_bar_a_table_within_80_columns_and_no_colour_if_not_wanted(
    command: Command, platform: str
) -> None:
    screen = on_a_terminal(command, "populate", *TINY, "--rollback", DATABASE_URL=platform)
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen)
    bars = [line for line in plain.splitlines() if "rows/s" in line]
    assert any(line.startswith("StoreListingReview ") for line in bars)
    assert max(map(len, bars)) <= 80
    assert "Seeding postgres@" in plain
    assert not COLOUR.search(screen)


def on_a_terminal(
    command: Command, *arguments: str, typed: str = "", status: int = 0, **environment: str
) -> str:
    """All that the command writes to a terminal of 80 columns that wants no colour."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(command.folder)
        settings = {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24", "NO_COLOR": "1"}
        words = [sys.executable, "-m", "autogpt_seed", *arguments]
        os.execve(sys.executable, words, command.environment | settings | environment)
    os.write(terminal, typed.encode())
    written = b""
    with suppress(OSError):  # Linux says so when the other side has ended
        while part := os.read(terminal, 65536):
            written += part
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == status
    return written.decode()


# Settings


def test_a_flag_stands_above_the_environment_and_that_above_the_file(command: Command) -> None:
    file = command.folder / "settings.toml"
    file.write_text('users = 4\nblocks = 4\nvideo_rate = 0.4\npresets_per_user = "4-4"\n')
    result = command(
        *("populate", "--dry-run", "--format", "json", "--config", file, "--users", "7"),
        *("--set", "users=6", "--set", "blocks=6"),
        DATABASE_URL=NOWHERE,
        AUTOGPT_SEED_USERS="5",
        AUTOGPT_SEED_BLOCKS="5",
        AUTOGPT_SEED_PRESETS_PER_USER="5-5",
    )
    document = json.loads(result.output)
    plan = document["plan"]
    assert document["rows"] == expected_rows(Plan.model_validate(plan))
    assert (plan["users"], plan["blocks"]) == (7, 6)
    assert (plan["presets_per_user"], plan["video_rate"]) == ("5-5", 0.4)
    assert plan["seed"] == 42


# API keys


@pytest.mark.parametrize(("revision", "form"), [("2026_01", "scrypt"), ("2025_08", "auto")])
def test_the_keys_that_are_written_out_are_those_that_are_stored(
    command: Command,
    create_database: CreateDatabase,
    migrated: Callable[[str], str],
    revision: str,
    form: str,
) -> None:
    url = create_database(migrated(revision))
    file = command.folder / f"keys-{revision}"
    size = ("--users", "3", "--set", f"api_key_hash={form}")
    result = command("populate", *size, "--api-keys-out", file, "--database-url", url)
    assert result.status == 0, result.errors
    assert f"Keys the raw API keys are in {file}" in " ".join(result.output.split())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    keys = dict(line.split("\t") for line in file.read_text().splitlines())
    stored = run_sync(stored_keys(url))
    assert keys.keys() == stored.keys()
    for email, key in keys.items():
        assert re.fullmatch("agpt_[A-Za-z0-9_-]{43}", key)
        row = stored[email]
        assert (row.get("head") or row["prefix"], row.get("tail") or row["postfix"]) == (
            key[:8],
            key[-8:],
        )
        assert (row.get("hash") or row["key"]) == hash_of(key, row.get("salt"))
        assert key not in result.output + result.errors
    assert all(row.get("salt") for row in stored.values()) == (form == "scrypt")


def hash_of(key: str, salt: str | None) -> str:
    """What the platform stores of a raw key."""
    if salt is None:
        return hashlib.sha256(key.encode()).hexdigest()
    raw = hashlib.scrypt(key.encode(), salt=bytes.fromhex(salt), n=2**14, r=8, p=1, dklen=32)
    return raw.hex()


async def stored_keys(url: str) -> dict[str, dict[str, str]]:
    """The stored API keys by the email of their user."""
    query = (
        'SELECT u.email, to_jsonb(k)::text AS key FROM platform."APIKey" k '
        'JOIN platform."User" u ON u.id = k."userId"'
    )
    async with session(url) as connection:
        return {row["email"]: json.loads(row["key"]) for row in await connection.fetch(query)}


def test_a_populate_that_fails_writes_no_keys(
    command: Command, platform: str, tmp_path: Path
) -> None:
    keys = ("--api-keys-out", tmp_path / "keys")
    result = command("populate", *TINY, *keys, "--schema", "missing", DATABASE_URL=platform)
    assert result.status == 4
    assert list(tmp_path.iterdir()) == []


def test_the_keys_of_an_earlier_run_are_not_written_over(
    command: Command, platform: str, tmp_path: Path
) -> None:
    file = tmp_path / "keys"
    file.write_text("those of the last one")
    result = command("populate", *TINY, "--api-keys-out", file, DATABASE_URL=platform)
    assert result.status == 2
    assert f"{file}, already exists" in result.errors
    assert held_rows(platform) == {}
    assert list(tmp_path.iterdir()) == [file]
    assert file.read_text() == "those of the last one"


# The embedded server, and migrations


def test_the_embedded_server_is_made_kept_and_removed(command: Command) -> None:
    populated = command("populate", *TINY)
    assert populated.status == 0, populated.errors
    made, seeding = populated.errors.splitlines()
    assert made.startswith("Creating an embedded PostgreSQL in ")
    assert seeding.startswith("Seeding the embedded PostgreSQL: 3 users")
    assert populated.output.endswith("Next     autogpt-seed verify\n")
    assert server_processes(command.home) == []
    started = command("db", "start")
    url = started.output.strip()
    assert held_rows(url)["User"] == 3
    assert command("db", "url").output.strip() == url
    port = str(free_port())
    anew = command("db", "start", "--port", port)
    assert anew.output.strip() == command("db", "url").output.strip()
    assert f"@127.0.0.1:{port}/" in anew.output
    assert anew.errors == "It was restarted, which ended all open sessions.\n"
    assert command("db", "start", "--port", port).errors == ""
    assert command("db", "stop").output == "Stopped.\n"
    assert server_processes(command.home) == []
    assert command("db", "stop").output == "It was not running.\n"
    assert command("db", "reset", "--yes").status == 0
    assert not list(command.home.glob("**/PG_VERSION"))


def test_the_embedded_database_stays_at_the_revision_it_was_brought_to(command: Command) -> None:
    assert command("migrate", "--to", "2025_08").status == 0
    populated = command("populate", *TINY, "--format", "json")
    kept = "stays at revision 2025_08; `autogpt-seed migrate` brings it to 2026_01."
    assert populated.errors.splitlines()[0].endswith(kept)
    assert populated.status == 0
    assert command("migrate").output.endswith("2025_08 -> 2026_01\n")
    assert "revision" not in command("runs").errors
    assert command("db", "reset", "--yes").status == 0


def test_migrate_says_from_where_to_where_and_how_to_fill_what_is_new(
    command: Command, create_database: CreateDatabase
) -> None:
    url = create_database()
    up = command("migrate", "--to", "2025_08", DATABASE_URL=url)
    assert (up.status, up.errors) == (0, "")
    change, following = up.output.splitlines()
    assert change.endswith("schema platform: nothing -> 2025_08")
    assert following == "To fill it: autogpt-seed populate"
    assert command("migrate", DATABASE_URL=url).output.endswith("2025_08 -> 2026_01\n")
    assert command("migrate", DATABASE_URL=url).output.endswith("unchanged at 2026_01\n")
    down = command("migrate", "--to", "base", "--format", "json", DATABASE_URL=url)
    assert json.loads(down.output)["steps"] == ["2026_01", "2025_08"]


def test_an_error_fits_the_terminal(command: Command) -> None:
    written = on_a_terminal(command, "populate", "--users", "-3", status=2, COLUMNS="60")
    lines = written.splitlines()
    assert " ".join(line.strip() for line in lines).endswith("be greater than or equal to 1")
    assert max(map(len, lines)) <= 60


def test_a_narrow_terminal_gets_the_progress_on_lines_that_fit(
    command: Command, platform: str
) -> None:
    arguments = (*TINY, "--rollback", "--database-url", platform)
    written = on_a_terminal(command, "populate", *arguments, COLUMNS="50")
    shown = [line for line in re.split(r"\x1b\[[0-9;?]*[A-Za-z]|[\r\n]+", written) if "%" in line]
    assert shown
    assert max(map(len, shown)) <= 50
