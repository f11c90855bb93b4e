"""The command `migrate`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from autogpt_seed.cli import options
from autogpt_seed.cli.confirmation import with_name
from autogpt_seed.cli.option_groups import MigratedDatabaseOptions, Output
from autogpt_seed.cli.running import run


def migrate(
    to: Annotated[
        str, typer.Option("--to", metavar="REVISION", help="2025_08, 2026_01, base or head.")
    ] = "head",
    *,
    database: MigratedDatabaseOptions,
    into: options.Into = None,
    output: Output,
) -> None:
    """Bring a test database to a version of the platform's schema, up or down, with Alembic."""
    from autogpt_seed import migrating

    with database.choose(migrated=False) as chosen:
        report = with_name(
            lambda name: run(
                migrating.migrate(
                    chosen.target,
                    schema=database.schema,
                    revision=to,
                    into=name,
                    timeouts=database.timeouts,
                )
            ),
            into,
        )
    if output.json:
        typer.echo(chosen.as_json(asdict(report)))
    elif output.text:
        before, after = report.from_revision or "nothing", report.to_revision or "nothing"
        change = "unchanged at" if before == after else f"{before} ->"
        typer.echo(f"{chosen.name_with(report.schema)}: {change} {after}")
        if not report.from_revision and report.to_revision:
            typer.echo(f"To fill it: autogpt-seed populate{chosen.options}")
