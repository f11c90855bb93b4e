"""runs, inspect, clean and --on-existing, as they are typed."""

from __future__ import annotations

import json

import pytest

from tests.conftest import run_sync
from tests.databases import contents, everything
from tests.e2e.conftest import Command

SMALL = ("--users", "12", "--set", "blocks=10", "--set", "api_key_hash=sha256")


@pytest.fixture
def url(seeded_database: str) -> str:
    """A database with one run in it."""
    return seeded_database


def test_a_run_is_listed_counted_and_removed(command: Command, url: str) -> None:
    (record,) = json.loads(command("runs", "--database-url", url, "--format", "json").output)[
        "runs"
    ]
    listed = command("runs", "--database-url", url).output
    assert record["tag"] in listed
    assert max(map(len, listed.splitlines())) <= 80
    assert command("runs", "--quiet", "--database-url", url).output == ""
    counted = command("inspect", record["tag"], "--database-url", url, "--format", "json")
    tables = json.loads(counted.output)["tables"]
    assert tables["User"]["runs"] == {record["tag"]: 12}
    assert tables["User"]["not_seeded"] == 0
    undone = command("clean", "--all", "--rollback", "--database-url", url).output
    assert "Undone" in undone
    cleaned = command("clean", record["tag"], "--database-url", url, "--format", "json")
    assert json.loads(cleaned.output)["total_rows"] == record["total_rows"]
    assert {name for name, (number, _) in run_sync(contents(url)).items() if number} == set()
    assert "No runs" in command("runs", "--database-url", url).output


def test_clean_wants_to_be_told_which_runs(command: Command, url: str) -> None:
    for words in ((), ("0123456789abcde",), ("--all", "0123456789abcde")):
        result = command("clean", *words, "--database-url", url)
        assert result.status == 2
        assert "autogpt-seed runs" in result.errors


def test_seeding_again_is_skipped_or_refused(command: Command, url: str) -> None:
    before = run_sync(everything(url))
    again = ("populate", *SMALL, "--as-of", "2026-01-15", "--database-url", url, "--on-existing")
    skipped = command(*again, "skip")
    assert skipped.status == 0
    assert "Nothing was done" in skipped.output
    assert json.loads(command(*again, "skip", "--format", "json").output)["skipped"] is True
    refused = command(*again, "fail")
    assert refused.status == 5
    assert run_sync(everything(url)) == before
    replaced = command(*again, "replace", "--format", "json")
    assert json.loads(replaced.output)["replaced"]["rows"]["User"] == 12
