"""The command `bake`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from autogpt_seed.cli import options
from autogpt_seed.cli.options import Format
from autogpt_seed.cli.running import run
from autogpt_seed.cli.targeting import choose_target

if TYPE_CHECKING:
    from autogpt_seed.baking import BakeReport


def bake(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the rows go.")],
    database_url: options.DatabaseUrl = None,
    schema: options.Schema = None,
    lock_timeout: options.LockTimeout = 30,
    statement_timeout: options.StatementTimeout = 3600,
    report_format: options.ReportFormat = Format.TEXT,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    debug: options.Debug = False,
) -> None:
    """Write a migrated and seeded database into one compressed file.

    `autogpt-seed restore FILE` loads it into an empty database of the same schema, in a fraction
    of the time; so does, without autogpt-seed: gunzip -c FILE | psql URL

    Example: autogpt-seed bake marketplace.sql.gz
    """
    options.set_up_logging(quiet=quiet, verbose=verbose)
    from autogpt_seed import baking
    from autogpt_seed.cli.progress import show_progress
    from autogpt_seed.unit_of_work import Timeouts

    with choose_target(database_url) as chosen, show_progress(quiet=quiet) as progress:
        report = run(
            baking.bake(
                chosen.target,
                file,
                schema=schema,
                timeouts=Timeouts(lock_timeout, statement_timeout),
                progress=progress,
            )
        )
    if report_format is Format.JSON:
        typer.echo(json.dumps({"target": chosen.name} | _as_json(report)))
    elif not quiet:
        manifest = report.manifest
        rows = f"{manifest.total_rows:,} rows of {len(manifest.tables)} tables"
        typer.echo(f"Baked    {chosen.name}, schema {manifest.schema}: {rows}")
        typer.echo(f"File     {report.path}, {report.size:,} bytes")
        typer.echo(f"Restore  autogpt-seed restore {file} --database-url …")
        typer.echo(f"         gunzip -c {file} | psql …")


def _as_json(report: BakeReport) -> dict[str, Any]:
    manifest = report.manifest
    return {
        "file": str(report.path),
        "bytes": report.size,
        "schema": manifest.schema,
        "fingerprint": manifest.fingerprint,
        "revision": manifest.revision,
        "runs": manifest.runs,
        "rows": {table.name: table.rows for table in manifest.tables},
        "total_rows": manifest.total_rows,
    }
