"""The doctor on the command line: aligned, quiet, one JSON document, and an exit status."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from tests.conftest import CreateDatabase, run_sync
from tests.databases import counts, session
from tests.e2e.conftest import Command

ESCAPE = "\x1b"


@pytest.fixture
def older(
    create_database: CreateDatabase,
    drop_database: Callable[[str], None],
    migrated: Callable[[str], str],
) -> Iterator[str]:
    """The URL of a database of the older revision, for which there are notes."""
    url = create_database(migrated("2025_08"))
    yield url
    drop_database(url)


def test_the_report_is_aligned_and_ends_with_the_verdict(command: Command, platform: str) -> None:
    result = command("doctor", "--database-url", platform)
    assert result.status == 0
    lines = result.output.splitlines()
    assert lines[-1] == "Schema platform can be seeded."
    assert max(map(len, lines)) <= 80
    assert all(line == line.rstrip() for line in lines)
    assert ESCAPE not in result.output
    labels = {line[:12].strip() for line in lines[:-2]} - {""}
    assert labels >= {"Server", "Schema", "Version", "Filled", "Unknown", "Cycles", "Views"}
    assert "Version     2026_01" in result.output
    assert run_sync(counts(platform)) == {}


def test_json_is_one_document_with_everything(command: Command, older: str) -> None:
    result = command("doctor", "--database-url", older, "--format", "json")
    assert (result.status, result.errors) == (0, "")
    document = json.loads(result.output)
    assert document["verdict"] == "can be seeded, with notes"
    assert document["version"]["version"] == "2025_08"
    assert {"action", "table", "column", "text"} == set(document["notes"][0])


@pytest.mark.parametrize("name", ["doctor", "populate"])
def test_strict_makes_notes_an_error_before_anything_is_written(
    command: Command, older: str, name: str
) -> None:
    result = command(name, "--strict", "--database-url", older)
    assert result.status == 1
    assert "APIKey.hash renamed: the table calls it key" in result.output + result.errors
    assert run_sync(counts(older)) == {}


@pytest.mark.parametrize("name", ["doctor", "populate"])
def test_strict_lets_a_schema_without_notes_pass(
    command: Command, create_database: CreateDatabase, migrated: Callable[[str], str], name: str
) -> None:
    url = create_database(migrated("head"))
    rest = ["--users", "2", "--set", "api_key_hash=sha256"] if name == "populate" else []
    assert command(name, "--strict", "--database-url", url, *rest).status == 0


def test_quiet_tells_only_what_fails(command: Command, older: str) -> None:
    result = command("doctor", "--quiet", "--strict", "--database-url", older)
    assert (result.status, result.errors) == (1, "")
    assert "Note" in result.output
    assert command("doctor", "--quiet", "--database-url", older).output == ""


def test_what_cannot_be_seeded_is_told_with_the_reason(command: Command, older: str) -> None:
    async def remove() -> None:
        async with session(older) as connection:
            await connection.execute('ALTER TABLE platform."User" RENAME TO people')
            view = 'CREATE VIEW platform."User" AS SELECT DISTINCT * FROM platform.people'
            await connection.execute(view)

    run_sync(remove())
    result = command("doctor", "--database-url", older)
    assert result.status == 4
    assert "Problem     Schema 'platform' cannot be seeded: User takes no rows." in result.output
    assert result.output.splitlines()[-1] == "Schema platform cannot be seeded."


def test_a_database_without_the_platform_is_refused(
    command: Command, create_database: CreateDatabase
) -> None:
    result = command("doctor", "--database-url", create_database(), "--format", "json")
    assert (result.status, result.output) == (4, "")
    assert "has no tables at all" in result.errors
