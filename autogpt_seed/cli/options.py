"""The options that several commands share, each written once."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Format(StrEnum):
    """How a report is written to standard output."""

    TEXT = "text"
    JSON = "json"


class Load(StrEnum):
    """What a load does with the keys of the tables."""

    AUTO = "auto"
    LIVE = "live"
    SUSPENDED = "suspended"


class OnExisting(StrEnum):
    """What populate does about runs that are there."""

    APPEND = "append"
    SKIP = "skip"
    REPLACE = "replace"
    FAIL = "fail"


WHAT = "What is made"
HOW = "How it is done"
WHERE = "In which database"
SHOWN = "What is shown"
"""The panels of the help."""


def assignments(text: str) -> object:
    """The option --set, which assigns other settings in each command: `text` says which."""
    return typer.Option("--set", metavar="KEY=VALUE", help=text, rich_help_panel=WHAT)


Strict = Annotated[
    bool,
    typer.Option(
        "--strict",
        metavar="",
        help="Take any note on a difference of the schema as an error.",
        rich_help_panel=HOW,
    ),
]
LoadChoice = Annotated[
    Load,
    typer.Option(
        "--load",
        metavar="HOW",
        help="live: keys stay, others can use the tables. suspended: keys are dropped and "
        "made again, which is quicker and locks the tables. auto: what fits.",
        rich_help_panel=HOW,
    ),
]
OnExistingRuns = Annotated[
    OnExisting,
    typer.Option(
        "--on-existing",
        metavar="WHAT",
        help="append: another run. skip: nothing, if a run of this plan and seed is there. "
        "replace: remove all runs first, in the same transaction. fail: refuse if there is any.",
        rich_help_panel=HOW,
    ),
]
Rollback = Annotated[
    bool,
    typer.Option(
        "--rollback", metavar="", help="Do everything, then undo it.", rich_help_panel=HOW
    ),
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--database-url",
        metavar="URL",
        help="Default: DIRECT_URL or DATABASE_URL (environment, .env), else the embedded "
        "PostgreSQL.",
        rich_help_panel=WHERE,
    ),
]
Schema = Annotated[
    str | None,
    typer.Option(
        "--schema",
        metavar="NAME",
        help="The platform's schema. Default: found by itself.",
        rich_help_panel=WHERE,
    ),
]
SchemaToMake = Annotated[
    str | None,
    typer.Option(
        "--schema",
        metavar="NAME",
        help="The schema to make. Default: platform.",
        rich_help_panel=WHERE,
    ),
]
Into = Annotated[
    str | None,
    typer.Option(
        "--into",
        metavar="DATABASE@HOST",
        envvar="AUTOGPT_SEED_INTO",
        help="Name the database, which one with users that no run made requires.",
        rich_help_panel=WHERE,
    ),
]
LockTimeout = Annotated[
    float,
    typer.Option(
        "--lock-timeout",
        min=0,
        metavar="SECONDS",
        help="Wait so long for a lock.",
        rich_help_panel=WHERE,
    ),
]
StatementTimeout = Annotated[
    float,
    typer.Option(
        "--statement-timeout",
        min=0,
        metavar="SECONDS",
        help="Let one statement take so long.",
        rich_help_panel=WHERE,
    ),
]
ReportFormat = Annotated[
    Format,
    typer.Option(
        "--format",
        help="json: one JSON document and nothing else.",
        rich_help_panel=SHOWN,
    ),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", metavar="", help="Errors only.", rich_help_panel=SHOWN)
]
Verbose = Annotated[
    bool,
    typer.Option(
        "--verbose",
        "-v",
        metavar="",
        help="Log what is done, step by step.",
        rich_help_panel=SHOWN,
    ),
]
Debug = Annotated[
    bool,
    typer.Option(
        "--debug", metavar="", help="Show the traceback of an error.", rich_help_panel=SHOWN
    ),
]
