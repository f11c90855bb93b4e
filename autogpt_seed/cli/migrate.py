"""The command `migrate`."""

from __future__ import annotations

from typing import Annotated

import typer

from autogpt_seed.cli import options
from autogpt_seed.cli.running import run
from autogpt_seed.cli.targeting import EMBEDDED_SCHEMA, choose_target


def migrate(
    to: Annotated[
        str, typer.Option("--to", metavar="REVISION", help="2025_08, 2026_01, base or head.")
    ] = "head",
    database_url: options.DatabaseUrl = None,
    schema: Annotated[
        str | None,
        typer.Option(
            "--schema",
            metavar="NAME",
            help="The schema to make. Default: platform.",
            rich_help_panel=options.WHERE,
        ),
    ] = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    debug: options.Debug = False,
) -> None:
    """Bring a test database to a version of the platform's schema, up or down, with Alembic."""
    from autogpt_seed import migrating

    options.set_up_logging(quiet=quiet, verbose=verbose)
    with choose_target(database_url, migrated=False) as chosen:
        wanted = schema or chosen.target.schema or EMBEDDED_SCHEMA
        report = run(migrating.migrate(chosen.target, schema=wanted, revision=to))
    if not quiet:
        before, after = report.from_revision or "nothing", report.to_revision or "nothing"
        change = "unchanged at" if before == after else f"{before} ->"
        typer.echo(f"{chosen.name}, schema {report.schema}: {change} {after}")
