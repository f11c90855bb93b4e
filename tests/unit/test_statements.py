"""Telling the statements of a text apart, whatever is quoted in it."""

from __future__ import annotations

import pytest

from autogpt_seed.database.statements import changes_role, controls_transaction, split


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("SELECT 1", ["SELECT 1"]),
        ("SELECT 1;; SELECT 2 ;", ["SELECT 1", "SELECT 2"]),
        ("SELECT ';''' ; SELECT 2", ["SELECT ';'''", "SELECT 2"]),
        ("SELECT E'\\';' ; SELECT 2", ["SELECT E'\\';'", "SELECT 2"]),
        ('SELECT ";" ; SELECT 2', ['SELECT ";"', "SELECT 2"]),
        ("DO $x$ BEGIN; $$;$$ END $x$; SELECT 2", ["DO $x$ BEGIN; $$;$$ END $x$", "SELECT 2"]),
        ("-- a;b\nSELECT 1 /* ; /* ; */ ; */; COMMIT", ["SELECT 1", "COMMIT"]),
        ("", []),
        (" ; -- nothing", []),
    ],
)
def test_statements_are_told_apart(text: str, statements: list[str]) -> None:
    assert split(text) == statements


@pytest.mark.parametrize("statement", ["COMMIT", "begin", "End", "START  TRANSACTION", "rollback"])
def test_what_begins_or_ends_a_transaction_is_known(statement: str) -> None:
    assert controls_transaction(statement)


@pytest.mark.parametrize(
    "statement", ["SELECT 1", "BEGINNING", "SET x TO 1", "PREPARE a AS TABLE b"]
)
def test_other_statements_do_not(statement: str) -> None:
    assert not controls_transaction(statement)


@pytest.mark.parametrize(
    "statement",
    ["SET ROLE a", "set  local role a", "RESET ROLE", "SET SESSION AUTHORIZATION a",
     "SET SESSION SESSION AUTHORIZATION a", "RESET SESSION AUTHORIZATION"],
)  # fmt: skip
def test_what_changes_the_role_is_known(statement: str) -> None:
    assert changes_role(statement)


@pytest.mark.parametrize("statement", ["SET roles TO 1", "SET search_path TO role", "RESET ALL"])
def test_what_does_not_change_the_role_is_not_taken_for_it(statement: str) -> None:
    assert not changes_role(statement)
