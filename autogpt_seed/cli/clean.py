"""The command `clean`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from autogpt_seed.cli import options
from autogpt_seed.cli.confirmation import with_name
from autogpt_seed.cli.option_groups import DatabaseOptions, Output
from autogpt_seed.cli.options import BEHAVIOUR
from autogpt_seed.cli.printing import print_facts, print_rows, shown_runs
from autogpt_seed.cli.running import run
from autogpt_seed.errors import ConfigurationError

if TYPE_CHECKING:
    from autogpt_seed.cleaning import CleanReport
    from autogpt_seed.cli.targeting import ChosenTarget

_WHAT = "Runs"

RunTags = Annotated[
    list[str] | None,
    typer.Argument(metavar="TAG", help="The runs: their tags, or unique prefixes of them."),
]
All = Annotated[
    bool,
    typer.Option("--all", metavar="", help="All runs in the schema.", rich_help_panel=_WHAT),
]
Cascade = Annotated[
    bool,
    typer.Option(
        "--cascade",
        metavar="",
        help="Also remove what others attached to rows of the runs.",
        rich_help_panel=_WHAT,
    ),
]
Undo = Annotated[
    bool,
    typer.Option(
        "--rollback",
        metavar="",
        help="Show what would be removed: do it, then undo it.",
        rich_help_panel=BEHAVIOUR,
    ),
]


@dataclass(frozen=True)
class Behaviour:
    """What else is removed, and whether for good."""

    cascade: Cascade = False
    rollback: Undo = False


def clean(
    tags: RunTags = None,
    every: All = False,
    *,
    behaviour: Behaviour,
    database: DatabaseOptions,
    into: options.Into = None,
    output: Output,
) -> None:
    """Remove exactly the rows of runs, in one transaction, and refresh the views.

    If others attached rows to them since, it lists these and stops with exit
    status 5. Meanwhile everybody can read the tables concerned, and nobody can
    write to them.
    """
    if bool(tags) == every:
        raise ConfigurationError(
            "Say which runs: their tags or --all" + (", not both." if tags else "."),
            remedy="The command `runs` lists them.",
        )
    with database.choose() as chosen:
        output.announce(f"Cleaning {chosen.name}")
        report = with_name(
            lambda name: _clean(chosen, tags, behaviour, database, name, quiet=output.quiet), into
        )
    if output.json:
        typer.echo(chosen.as_json(report.as_json()))
    elif output.text:
        print_rows(report.cleared.rows)
        print_facts(_facts(report))


def _clean(
    chosen: ChosenTarget,
    tags: list[str] | None,
    behaviour: Behaviour,
    database: DatabaseOptions,
    into: str | None,
    *,
    quiet: bool,
) -> CleanReport:
    """Clean the database `chosen`, which `into` names if it has to be named."""
    from autogpt_seed import cleaning
    from autogpt_seed.cli.progress import show_progress

    with show_progress(quiet=quiet) as progress:
        return run(
            cleaning.clean(
                chosen.target,
                tags or "all",
                schema=database.schema,
                into=into,
                cascade=behaviour.cascade,
                rollback=behaviour.rollback,
                timeouts=database.timeouts,
                progress=progress,
            )
        )


def _facts(report: CleanReport) -> Iterator[tuple[str, str]]:
    cleared = report.cleared
    yield "Removed", f"{cleared.total_rows:,} rows in {report.seconds:.2f} s"
    shown, more = shown_runs(cleared.runs)
    for tag in shown:
        yield "Run", tag
    if more:
        yield "Run", f"… and {more:,} more"
    if not cleared.runs:
        yield "Run", f"none: schema {report.schema} holds none"
    for found in cleared.attached:
        what = "let go" if found.emptied else "removed"
        rows = f"{found.rows:,} rows of {found.name_in(report.schema)}"
        yield "Others", f"{rows}, by {', '.join(found.via)}: {what}"
    for left in cleared.left:
        yield "Left", left
    for sentence in report.figures.sentences():
        yield "Views", sentence
    if not report.committed:
        yield "Undone", "all of it: --rollback leaves the database as it was"
