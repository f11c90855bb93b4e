"""The options that several commands share, each written once."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from autogpt_seed.choices import Load, OnExisting

DATA = "Data"
BEHAVIOUR = "Behaviour"
DATABASE = "Database"
OUTPUT = "Output"
"""The panels of the help."""


def assignments(text: str) -> object:
    """The option --set, which assigns other settings in each command: `text` says which."""
    text = f"{text} May be repeated."
    return typer.Option("--set", metavar="KEY=VALUE", help=text, rich_help_panel=DATA)


Strict = Annotated[
    bool,
    typer.Option(
        "--strict",
        metavar="",
        help="Treat any note on a schema difference as an error.",
        rich_help_panel=BEHAVIOUR,
    ),
]
LoadChoice = Annotated[
    Load,
    typer.Option(
        "--load",
        metavar="HOW",
        help="live: keep the keys, so others can use the tables. suspended: drop and rebuild "
        "them, which is faster and locks the tables. auto: whichever fits.",
        rich_help_panel=BEHAVIOUR,
    ),
]
OnExistingRuns = Annotated[
    OnExisting,
    typer.Option(
        "--on-existing",
        metavar="WHAT",
        help="append: another run. skip: nothing, if a run of this plan and seed exists. "
        "replace: remove all runs first, in the same transaction. fail: refuse if any run exists.",
        rich_help_panel=BEHAVIOUR,
    ),
]
Rollback = Annotated[
    bool,
    typer.Option(
        "--rollback", metavar="", help="Do everything, then undo it.", rich_help_panel=BEHAVIOUR
    ),
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--database-url",
        metavar="URL",
        help="Default: DIRECT_URL or DATABASE_URL (environment, .env), else the embedded "
        "PostgreSQL.",
        rich_help_panel=DATABASE,
    ),
]
Schema = Annotated[
    str | None,
    typer.Option(
        "--schema",
        metavar="NAME",
        help="The platform's schema. Default: detected.",
        rich_help_panel=DATABASE,
    ),
]
SchemaToMake = Annotated[
    str | None,
    typer.Option(
        "--schema",
        metavar="NAME",
        help="The schema to create. Default: platform.",
        rich_help_panel=DATABASE,
    ),
]
Into = Annotated[
    str | None,
    typer.Option(
        "--into",
        metavar="DATABASE@HOST",
        envvar="AUTOGPT_SEED_INTO",
        help="Confirm the database by name; required where it holds users that no run made.",
        rich_help_panel=DATABASE,
    ),
]
LockTimeout = Annotated[
    float,
    typer.Option(
        "--lock-timeout",
        min=0,
        metavar="SECONDS",
        help="How long to wait for a lock.",
        rich_help_panel=DATABASE,
    ),
]
StatementTimeout = Annotated[
    float,
    typer.Option(
        "--statement-timeout",
        min=0,
        metavar="SECONDS",
        help="Maximum duration of a single statement.",
        rich_help_panel=DATABASE,
    ),
]
ReportFormat = Annotated[
    Literal["text", "json"],
    typer.Option(
        "--format",
        help="json: one JSON document and nothing else.",
        rich_help_panel=OUTPUT,
    ),
]
Quiet = Annotated[
    bool,
    typer.Option(
        "--quiet",
        "-q",
        metavar="",
        help="Only errors, and reports of what failed.",
        rich_help_panel=OUTPUT,
    ),
]
Verbose = Annotated[
    bool,
    typer.Option(
        "--verbose",
        "-v",
        metavar="",
        help="Log each step.",
        rich_help_panel=OUTPUT,
    ),
]
Debug = Annotated[
    bool,
    typer.Option(
        "--debug", metavar="", help="Show the traceback of an error.", rich_help_panel=OUTPUT
    ),
]
