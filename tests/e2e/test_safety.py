"""A database that holds more than runs made is named by whoever means it, or left alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from autogpt_seed.database.url import parse_url
from tests.conftest import CreateDatabase, run_sync
from tests.databases import counts
from tests.e2e.conftest import Command
from tests.e2e.test_command import on_a_terminal
from tests.redefining import run

TINY = ("--users", "2", "--set", "api_key_hash=sha256")
SOMEBODY = (
    'INSERT INTO platform."User" (id, email, "updatedAt") '
    "VALUES ('me', 'me@company.test', now())"
)


@pytest.fixture
def inhabited(
    create_database: CreateDatabase,
    drop_database: Callable[[str], None],
    migrated: Callable[[str], str],
) -> Iterator[str]:
    """The URL of a database with a user of its own."""
    url = create_database(migrated("head"))
    run_sync(run(url, SOMEBODY))
    yield url
    drop_database(url)


def test_a_script_is_refused_with_the_option_to_use(command: Command, inhabited: str) -> None:
    place = parse_url(inhabited, {}).place
    for arguments in (("populate", *TINY), ("verify", "--commit"), ("migrate", "--to", "base")):
        result = command(*arguments, DATABASE_URL=inhabited)
        assert result.status == 5
        assert f"The database {place} holds 1 user that no run made." in result.errors
        assert f"--into {place}" in result.errors
        assert run_sync(counts(inhabited)) == {"User": 1}
    named = command("populate", *TINY, DATABASE_URL=inhabited, AUTOGPT_SEED_INTO=place)
    assert named.status == 0, named.errors
    other = command("populate", *TINY, "--into", "shop@elsewhere", DATABASE_URL=inhabited)
    assert other.status == 5
    assert "not shop@elsewhere" in other.errors


def test_who_sits_at_a_terminal_is_asked_for_the_name(command: Command, inhabited: str) -> None:
    place = parse_url(inhabited, {}).place
    asked = on_a_terminal(
        command, "populate", *TINY, typed="another\n", status=5, DATABASE_URL=inhabited
    )
    assert "holds 1 user that no run made" in asked
    assert "type its name" in asked
    assert run_sync(counts(inhabited)) == {"User": 1}
    told = on_a_terminal(command, "populate", *TINY, typed=f"{place}\n", DATABASE_URL=inhabited)
    assert "Loaded" in told
    assert run_sync(counts(inhabited))["User"] == 3
