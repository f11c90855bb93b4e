"""What the commands understand in common, and that they mean the same by it."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import typer
from typer.core import TyperGroup, TyperOption

from autogpt_seed.cli import app
from autogpt_seed.cli.option_groups import DatabaseOptions, Output, as_command

Options = dict[str, dict[str, object]]

DATABASE = ("--database-url", "--schema", "--lock-timeout", "--statement-timeout")
TOLD = ("--quiet", "--verbose", "--debug")
OF_THEIR_OWN = {("migrate", "--schema"), ("verify", "--format")}


@pytest.fixture(autouse=True)
def level() -> Iterator[None]:
    """Commands say how much is logged; later tests of the process want as much as before."""
    package = logging.getLogger("autogpt_seed")
    before = package.level
    yield
    package.setLevel(before)


def options_of(name: str) -> Options:
    """The options of a command in their order, and what matters of each."""
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    return {
        option.opts[0]: {
            "spelled": option.opts,
            "help": option.help,
            "panel": option.rich_help_panel,
            "default": option.default,
            "variable": option.envvar,
            "metavar": option.metavar,
        }
        for option in group.commands[name].params
        if isinstance(option, TyperOption)
    }


@pytest.mark.parametrize(
    "name",
    [
        "populate",
        "verify",
        "update",
        "inspect",
        "clean",
        "doctor",
        "migrate",
        "bake",
        "restore",
    ],
)
def test_a_command_on_a_database_understands_what_the_others_do(name: str) -> None:
    there, here = options_of("runs"), options_of(name)
    assert tuple(there) == (*DATABASE, *TOLD, "--format")
    assert tuple(option for option in here if option in there) == tuple(there)
    for option in there:
        assert (name, option) in OF_THEIR_OWN or here[option] == there[option]


def test_a_group_of_options_is_given_to_the_command_as_one() -> None:
    given: list[object] = []

    def command(number: int, *, database: DatabaseOptions, output: Output) -> None:
        given.extend((number, database, output))

    as_command(command)(
        number=1,
        database_url="postgresql://me:secret@h/d",
        schema="s",
        lock_timeout=2.0,
        statement_timeout=3.0,
        quiet=True,
        verbose=False,
        debug=False,
        report_format="text",
    )
    database = DatabaseOptions("postgresql://me:secret@h/d", "s", 2.0, 3.0)
    assert given[:2] == [1, database]
    assert "secret" not in repr(database)


@pytest.mark.parametrize("name", ["populate", "verify", "update", "doctor"])
def test_the_help_of_set_says_that_it_may_be_repeated(name: str) -> None:
    assert str(options_of(name)["--set"]["help"]).endswith("May be repeated.")
