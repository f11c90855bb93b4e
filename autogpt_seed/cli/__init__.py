"""The command line: parse, call a use case, print. A `SeedError` is printed here only."""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
from importlib.metadata import version
from typing import Annotated

import typer

from autogpt_seed.cli import (
    bake,
    clean,
    db,
    doctor,
    gauntlet,
    inspect,
    migrate,
    populate,
    restore,
    runs,
    update,
    verify,
)
from autogpt_seed.cli.option_groups import as_command
from autogpt_seed.cli.typer_classes import Command, Commands
from autogpt_seed.errors import SeedError

_TO_TYPE = re.compile("autogpt-seed [a-z]|--into ")

app = typer.Typer(
    name="autogpt-seed",
    cls=Commands,
    help=(
        "Fill an AutoGPT Platform database with a coherent marketplace of test data, in one "
        "transaction, and prove that its materialised views tell the truth.\n\n"
        "With no --database-url and no DIRECT_URL or DATABASE_URL (environment or .env), the "
        "target is an embedded PostgreSQL of your own."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"autogpt-seed {version('autogpt-seed')}")
        raise typer.Exit


@app.callback()
def _before_the_command(
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            metavar="",
            help="Print the version and exit.",
        ),
    ] = False,
) -> None:
    """Options before the command."""


for _command in (
    populate.populate,
    verify.verify,
    update.update,
    runs.runs,
    inspect.inspect,
    clean.clean,
    doctor.doctor,
    migrate.migrate,
    bake.bake,
    restore.restore,
    gauntlet.gauntlet,
):
    app.command(cls=Command)(as_command(_command))
app.add_typer(db.app, name="db")


def main() -> None:
    """Run the command line and end the process with the exit status that the README lists."""
    debug = "--debug" in sys.argv
    try:
        app()
    except SeedError as error:
        if debug:
            raise
        _print_error(error)
        sys.exit(error.exit_status)
    except Exception as error:
        if debug:
            raise
        _print(f"Internal error in autogpt-seed: {type(error).__name__}.")
        _print("  Please report it, with what the same command says with --debug.")
        sys.exit(1)


def _print_error(error: SeedError) -> None:
    _print(f"Error: {error.sentence}")
    for part in (error.evidence, error.remedy):
        for line in part.splitlines():
            _print(f"  {line}")


def _print(line: str) -> None:
    """To standard error: a terminal gets it in lines that fit, but for what is to be typed."""
    lines = [line]
    if sys.stderr.isatty() and not _TO_TYPE.search(line):
        width = shutil.get_terminal_size().columns
        lines = textwrap.wrap(
            line, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
        )
    for fitting in lines:
        typer.echo(fitting, err=True)
