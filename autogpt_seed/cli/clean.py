"""The command `clean`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from autogpt_seed.cli import options
from autogpt_seed.cli.naming import with_name
from autogpt_seed.cli.options import HOW, Format
from autogpt_seed.cli.running import run
from autogpt_seed.cli.targeting import choose_target
from autogpt_seed.errors import ConfigurationError

if TYPE_CHECKING:
    from autogpt_seed.cleaning import CleanReport

_WHAT = "What is removed"

RunTags = Annotated[
    list[str] | None,
    typer.Argument(metavar="TAG", help="The runs, by their tags or how these begin."),
]
All = Annotated[
    bool,
    typer.Option("--all", metavar="", help="All runs of the schema.", rich_help_panel=_WHAT),
]
Cascade = Annotated[
    bool,
    typer.Option(
        "--cascade",
        metavar="",
        help="Remove as well what others attached to rows of the runs.",
        rich_help_panel=_WHAT,
    ),
]
Undo = Annotated[
    bool,
    typer.Option(
        "--rollback",
        metavar="",
        help="Show what would go: do it, then undo it.",
        rich_help_panel=HOW,
    ),
]


def clean(
    tags: RunTags = None,
    every: All = False,
    cascade: Cascade = False,
    rollback: Undo = False,
    database_url: options.DatabaseUrl = None,
    schema: options.Schema = None,
    into: options.Into = None,
    lock_timeout: options.LockTimeout = 30,
    statement_timeout: options.StatementTimeout = 3600,
    report_format: options.ReportFormat = Format.TEXT,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    debug: options.Debug = False,
) -> None:
    """Remove exactly the rows of runs, in one transaction, and refresh the views.

    Rows that others attached to them since are listed and make it stop, with exit status 5.
    Meanwhile everybody can read the tables concerned, and nobody can write to them.
    """
    options.set_up_logging(quiet=quiet, verbose=verbose)
    if bool(tags) == every:
        raise ConfigurationError(
            "Say which runs: their tags, or --all.", remedy="They are listed by: autogpt-seed runs"
        )
    from autogpt_seed import cleaning
    from autogpt_seed.unit_of_work import Timeouts

    with choose_target(database_url) as chosen:
        if not quiet and report_format is Format.TEXT:
            options.announce(f"Cleaning {chosen.name}")

        def work(name: str | None) -> CleanReport:
            return run(
                cleaning.clean(
                    chosen.target,
                    tags or "all",
                    schema=schema,
                    into=name,
                    cascade=cascade,
                    rollback=rollback,
                    timeouts=Timeouts(lock_timeout, statement_timeout),
                )
            )

        report = with_name(work, into)
    if report_format is Format.JSON:
        typer.echo(json.dumps({"target": chosen.name} | report.as_json()))
    elif not quiet:
        options.print_rows(report.cleared.rows)
        options.print_facts(_facts(report))


def _facts(report: CleanReport) -> Iterator[tuple[str, str]]:
    cleared = report.cleared
    yield "Removed", f"{cleared.total_rows:,} rows in {report.seconds:.2f} s"
    for tag in cleared.runs:
        yield "Run", tag
    if not cleared.runs:
        yield "Run", f"none: schema {report.schema} holds none"
    for found in cleared.attached:
        what = "let go" if found.emptied else "removed"
        yield "Others", f"{found.rows:,} rows of {found.table}, by {', '.join(found.via)}: {what}"
    for left in cleared.left:
        yield "Left", left
    for sentence in report.figures.sentences():
        yield "Views", sentence
    if not report.committed:
        yield "Undone", "all of it: --rollback leaves the database as it was"
