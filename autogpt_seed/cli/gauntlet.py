"""The command `gauntlet`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from autogpt_seed.cli import options, plan_options
from autogpt_seed.cli.options import HOW, SHOWN, WHAT, WHERE, Format
from autogpt_seed.cli.running import run
from autogpt_seed.errors import CheckFailed

if TYPE_CHECKING:
    from autogpt_seed.gauntlet import GauntletReport

FEW_USERS = 20


def gauntlet(
    path: Annotated[
        Path | None,
        typer.Argument(
            metavar="MIGRATIONS",
            help="An alembic.ini, or a folder of Prisma migrations. Default: autogpt-seed's own.",
        ),
    ] = None,
    base: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="NAME",
            help="The last migration that counts as applied. Default: the last but one.",
            rich_help_panel=HOW,
        ),
    ] = None,
    last: Annotated[
        str | None,
        typer.Option(
            "--to", metavar="NAME", help="The last one to try. Default: all.", rich_help_panel=HOW
        ),
    ] = None,
    users: Annotated[
        int,
        typer.Option("--users", metavar="N", help="How many users.", rich_help_panel=WHAT),
    ] = FEW_USERS,
    settings: plan_options.Settings = None,
    server: Annotated[
        str | None,
        typer.Option(
            "--server",
            metavar="URL",
            help="A server where databases may be made. Default: an embedded one.",
            rich_help_panel=WHERE,
        ),
    ] = None,
    schema: Annotated[
        str,
        typer.Option(
            "--schema", metavar="NAME", help="The platform's schema.", rich_help_panel=WHERE
        ),
    ] = "platform",
    report_format: Annotated[
        Format,
        typer.Option(
            "--format", help="json: one JSON document and nothing else.", rich_help_panel=SHOWN
        ),
    ] = Format.TEXT,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    debug: options.Debug = False,
) -> None:
    """Try pending migrations one by one on a seeded database, and on rows made to break them.

    Example: autogpt-seed gauntlet prisma/migrations --from 20260101000000_add_reviews

    Exit status 1 where one fails.
    """
    options.set_up_logging(quiet=quiet, verbose=verbose)
    plan = plan_options.make_plan(None, settings, users=users)
    from autogpt_seed.cli import gauntlet_report
    from autogpt_seed.cli.progress import show_progress
    from autogpt_seed.gauntlet import run_gauntlet
    from autogpt_seed.testing import Platform, migrations_from

    migrations = Platform(schema=schema) if path is None else migrations_from(path, schema=schema)
    with show_progress(quiet=quiet) as progress:
        report = run(
            run_gauntlet(
                migrations, base=base, last=last, plan=plan, server=server, progress=progress
            )
        )
    if report_format is Format.JSON:
        typer.echo(json.dumps(_as_json(report)))
    elif not quiet:
        gauntlet_report.render(report)
    if not report.ok:
        raise typer.Exit(CheckFailed.exit_status)


def _as_json(report: GauntletReport) -> dict[str, Any]:
    return {
        "ok": report.ok,
        **asdict(report),
        "steps": [
            asdict(step)
            | {"ok": step.ok, "seconds_per_million_rows": step.seconds_per_million_rows}
            for step in report.steps
        ],
    }
