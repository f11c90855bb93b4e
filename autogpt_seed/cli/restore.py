"""The command `restore`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from autogpt_seed.cli import options
from autogpt_seed.cli.options import Format
from autogpt_seed.cli.running import run
from autogpt_seed.cli.targeting import choose_target


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `bake` has made.")],
    database_url: options.DatabaseUrl = None,
    schema: options.Schema = None,
    lock_timeout: options.LockTimeout = 30,
    statement_timeout: options.StatementTimeout = 3600,
    report_format: options.ReportFormat = Format.TEXT,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    debug: options.Debug = False,
) -> None:
    """Load a baked file into an empty database of the same schema, in one transaction.

    A schema that is not there yet is migrated first, if `autogpt-seed migrate` knows its version.

    Example: autogpt-seed restore marketplace.sql.gz --database-url postgresql://…
    """
    options.set_up_logging(quiet=quiet, verbose=verbose)
    from autogpt_seed import restoring
    from autogpt_seed.cli.progress import show_progress
    from autogpt_seed.unit_of_work import Timeouts

    with (
        choose_target(database_url, migrated=False) as chosen,
        show_progress(quiet=quiet) as progress,
    ):
        report = run(
            restoring.restore(
                chosen.target,
                file,
                schema=schema,
                timeouts=Timeouts(lock_timeout, statement_timeout),
                progress=progress,
            )
        )
    manifest = report.manifest
    if report_format is Format.JSON:
        document = {
            "target": chosen.name,
            "schema": report.schema,
            "migrated_to": report.migrated_to,
            "runs": manifest.runs,
            "rows": {table.name: table.rows for table in manifest.tables},
            "total_rows": manifest.total_rows,
            "seconds": round(report.seconds, 4),
        }
        typer.echo(json.dumps(document))
    elif not quiet:
        if report.migrated_to:
            typer.echo(f"Migrated  schema {report.schema} to {report.migrated_to}")
        rows = f"{manifest.total_rows:,} rows in {report.seconds:.2f} s"
        typer.echo(f"Restored  {chosen.name}, schema {report.schema}: {rows}")
        typer.echo(f"Next      autogpt-seed verify{chosen.again}")
