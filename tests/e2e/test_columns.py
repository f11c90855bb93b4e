"""Values for columns that a fork added: one file, and one way to say it, for all commands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import CreateDatabase
from tests.databases import execute, value
from tests.e2e.conftest import Command

FILE = """
[columns.AgentGraphExecution]
ticket = { choice = ["18", "29"] }

[columns.StoreListingReview]
score = 1

[columns.APIKey]
description = "Not made by the other commands."
"""


@pytest.fixture(scope="module")
def fork(
    create_database: CreateDatabase,
    drop_database: Callable[[str], None],
    marketplace: str,
) -> Iterator[str]:
    """The URL of a seeded database whose executions have a column that nobody can guess."""
    url = create_database(marketplace)
    column = "ALTER TABLE platform.\"AgentGraphExecution\" ADD ticket text NOT NULL DEFAULT '07'"
    check = "CHECK (ascii(reverse(ticket)) - ascii(ticket) = 7)"
    drop = 'ALTER TABLE platform."AgentGraphExecution" ALTER ticket DROP DEFAULT'
    asyncio.run(execute(url, f"{column} {check}", drop))
    yield url
    drop_database(url)


@pytest.fixture
def config(tmp_path: Path) -> str:
    """The path of a file that says what the columns hold."""
    path = tmp_path / "seed.toml"
    path.write_text(f"users = 4\n{FILE}")
    return str(path)


COMMANDS = (("populate", "--rollback", "--users", "4"), ("verify",), ("update", "--rollback"))


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_a_column_that_nobody_can_guess_is_asked_for_and_can_be_given(
    command: Command, fork: str, config: str, words: tuple[str, ...]
) -> None:
    refused = command(*words, DATABASE_URL=fork)
    assert refused.status == 4
    assert "columns.AgentGraphExecution.ticket=VALUE" in refused.errors
    for how in (("--config", config), ("--set", 'columns.AgentGraphExecution.ticket="18"')):
        given = command(*words, *how, DATABASE_URL=fork)
        assert given.status == 0, given.errors


def test_what_verify_counts_by_is_not_overridden(command: Command, fork: str, config: str) -> None:
    other = 'SELECT count(*) FROM platform."StoreListingReview" WHERE score <> 1'
    before = asyncio.run(value(fork, other))
    kept = command("verify", "--commit", "--config", config, DATABASE_URL=fork)
    assert kept.status == 0, kept.errors
    tickets = "SELECT count(*) FROM platform.\"AgentGraphExecution\" WHERE ticket <> '07'"
    assert asyncio.run(value(fork, tickets))
    assert asyncio.run(value(fork, other)) != before


def test_no_setting_is_offered_for_what_verify_counts_by(
    command: Command, seeded_database: str
) -> None:
    check = "ADD CONSTRAINT unheard_of CHECK (score > 5) NOT VALID"
    alter = f'ALTER TABLE platform."StoreListingReview" {check}'
    asyncio.run(execute(seeded_database, alter))
    refused = command("verify", DATABASE_URL=seeded_database)
    assert refused.status == 4
    assert 'Change constraint "unheard_of"' in refused.errors


@pytest.mark.parametrize("name", ["verify", "update"])
def test_a_table_that_is_not_there_is_named(command: Command, fork: str, name: str) -> None:
    result = command(name, "--set", "columns.Usr.timezone=UTC", DATABASE_URL=fork)
    assert result.status == 2
    assert "Did you mean User?" in result.errors
