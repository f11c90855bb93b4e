"""The command `gauntlet`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from autogpt_seed.cli import options, plan_options
from autogpt_seed.cli.option_groups import Output
from autogpt_seed.cli.options import BEHAVIOUR, DATA, DATABASE
from autogpt_seed.cli.running import run
from autogpt_seed.database.migrations.files import DEFAULT_SCHEMA
from autogpt_seed.errors import CheckFailed

Migrations = Annotated[
    Path | None,
    typer.Argument(
        metavar="MIGRATIONS",
        help="An alembic.ini, or a folder of Prisma migrations. Default: autogpt-seed's own.",
    ),
]
Users = Annotated[
    int, typer.Option("--users", metavar="N", help="Number of users.", rich_help_panel=DATA)
]
First = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="NAME",
        help="The last migration to treat as applied. Default: the second to last.",
        rich_help_panel=BEHAVIOUR,
    ),
]
Last = Annotated[
    str | None,
    typer.Option(
        "--to", metavar="NAME", help="The last one to try. Default: all.", rich_help_panel=BEHAVIOUR
    ),
]
Server = Annotated[
    str | None,
    typer.Option(
        "--server",
        metavar="URL",
        help="A server where databases may be made. Default: an embedded one.",
        rich_help_panel=DATABASE,
    ),
]


def gauntlet(
    path: Migrations = None,
    *,
    users: Users = 20,
    settings: plan_options.Settings = None,
    base: First = None,
    last: Last = None,
    server: Server = None,
    schema: options.SchemaToMake = None,
    output: Output,
) -> None:
    """Try pending migrations one by one on a seeded database, and on rows made to break them.

    Example: autogpt-seed gauntlet prisma/migrations --from 20260101000000_reviews

    The exit status is 1 if one fails.
    """
    plan = plan_options.make_plan(None, settings, users=users)
    from autogpt_seed.cli import gauntlet_report
    from autogpt_seed.cli.printing import console
    from autogpt_seed.cli.progress import show_progress
    from autogpt_seed.gauntlet import run_gauntlet
    from autogpt_seed.testing import Platform, migrations_from

    schema = schema or DEFAULT_SCHEMA
    migrations = Platform(schema=schema) if path is None else migrations_from(path, schema=schema)
    with show_progress(quiet=output.quiet) as progress:
        report = run(
            run_gauntlet(
                migrations, base=base, last=last, plan=plan, server=server, progress=progress
            )
        )
    if output.json:
        typer.echo(json.dumps(report.as_json()))
    elif output.text or not report.ok:
        gauntlet_report.render(report, console())
    if not report.ok:
        raise typer.Exit(CheckFailed.exit_status)
