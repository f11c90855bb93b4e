"""No password and no raw API key shows in anything that any command writes or keeps."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import click
import pytest
import typer
from sqlalchemy.engine import make_url

from autogpt_seed.cli import app
from tests.conftest import CreateDatabase, run_sync
from tests.databases import session
from tests.e2e.conftest import Command
from tests.redefining import run

CANARY = "c4n4ry/p@ss:wörd%"
RAW_KEY = re.compile(r"agpt_[A-Za-z0-9_-]{43}")
TINY = ("--users", "3", "--set", "deterministic_keys=true")
SMALL = {"AUTOGPT_SEED_USERS": "2", "AUTOGPT_SEED_API_KEY_HASH": "sha256"}
LOUD = ("--verbose", "--debug")

KEPT = """
SELECT string_agg(to_jsonb(r)::text, ' ') FROM autogpt_seed.run AS r
"""


@pytest.fixture(scope="module")
def guarded(
    create_database: CreateDatabase,
    drop_database: Callable[[str], None],
    migrated: Callable[[str], str],
) -> Iterator[str]:
    """The URL of a database, as a role whose password is the canary."""
    url = create_database(migrated("head"))
    name = f"canary_{make_url(url).database}"
    run_sync(run(url, f"CREATE ROLE {name} SUPERUSER LOGIN PASSWORD '{CANARY}'"))
    changed = make_url(url).set(username=name, password=CANARY)
    yield changed.render_as_string(hide_password=False)
    drop_database(url)


def assert_silent(*texts: str, keys: frozenset[str] = frozenset()) -> None:
    """Neither the password, as it is or as it is written in a URL, nor a raw key is in them."""
    for text in texts:
        assert CANARY not in text
        assert quote(CANARY, safe="") not in text
        assert not RAW_KEY.search(text)
        assert not any(key in text for key in keys)


def test_no_command_tells_the_password_or_a_raw_key(
    command: Command, guarded: str, tmp_path: Path
) -> None:
    keys_out = tmp_path / "keys"
    populated = command(
        "populate", *TINY, *LOUD, "--api-keys-out", keys_out, "--database-url", guarded
    )
    assert populated.status == 0, populated.errors
    keys = frozenset(RAW_KEY.findall(keys_out.read_text()))
    assert len(keys) == 3
    assert_silent(populated.output, populated.errors, keys=keys)
    for name, words in commands().items():
        result = command(name, *words, *LOUD, "--database-url", guarded, **SMALL)
        assert_silent(result.output, result.errors, keys=keys)
    assert_silent(run_sync(kept(guarded)), keys=keys)


def commands() -> dict[str, tuple[str, ...]]:
    """Every command there is, but for those of the embedded server, which take no URL, with the
    options that let it print all that it knows."""
    every: dict[str, click.Command] = getattr(typer.main.get_command(app), "commands", {})
    return {
        name: ("--format", "json") if "report_format" in {p.name for p in found.params} else ()
        for name, found in every.items()
        if name != "db"
    }


async def kept(url: str) -> str:
    async with session(url) as connection:
        found = str(await connection.fetchval(KEPT))
    assert "plan_digest" in found
    return found


def broken(url: str) -> dict[str, str]:
    """Connection strings that fail in ways of their own, all with the canary."""
    address = make_url(url)
    wrong = {
        "a wrong password": address.set(password=f"{CANARY}!"),
        "no database": address.set(database="nowhere"),
        "no server": address.set(host="127.0.0.1", port=1, query={}),
    }
    return {name: found.render_as_string(hide_password=False) for name, found in wrong.items()}


@pytest.mark.parametrize("failure", ["a wrong password", "no database", "no server"])
def test_no_traceback_of_a_connection_tells_the_password(
    command: Command, guarded: str, failure: str
) -> None:
    result = command("doctor", *LOUD, DATABASE_URL=broken(guarded)[failure])
    assert result.status == 1
    assert "Traceback" in result.errors
    assert_silent(result.output, result.errors)


@pytest.mark.parametrize(
    "arguments",
    [("--statement-timeout", "0.001"), ("--into", "x@y")],
    ids=["a time-out", "refused"],
)
def test_no_traceback_out_of_a_session_tells_the_password(
    command: Command, guarded: str, arguments: tuple[str, ...]
) -> None:
    result = command("populate", *TINY, *LOUD, *arguments, "--database-url", guarded)
    assert "Traceback" in result.errors
    assert_silent(result.output, result.errors)
