"""The command `bake`."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autogpt_seed.cli.option_groups import DatabaseOptions, Output
from autogpt_seed.cli.printing import print_facts
from autogpt_seed.cli.running import run
from autogpt_seed.cli.targeting import ChosenTarget

if TYPE_CHECKING:
    from autogpt_seed.baking import BakeReport


def bake(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file, or an older bake.")],
    *,
    database: DatabaseOptions,
    output: Output,
) -> None:
    """Write a migrated and seeded database to one compressed file.

    `autogpt-seed restore FILE` loads it into an empty database with the same
    schema, in a fraction of the time. So does, without autogpt-seed:

    gunzip -c FILE | psql URL (without ?schema=…)

    Example: autogpt-seed bake marketplace.sql.gz
    """
    from autogpt_seed import baking
    from autogpt_seed.cli.progress import show_progress

    with database.choose() as chosen, show_progress(quiet=output.quiet) as progress:
        report = run(
            baking.bake(
                chosen.target,
                file,
                schema=database.schema,
                timeouts=database.timeouts,
                progress=progress,
            )
        )
    if output.json:
        typer.echo(chosen.as_json(report.as_json()))
    elif output.text:
        print_facts(_facts(report, chosen))


def _facts(report: BakeReport, chosen: ChosenTarget) -> Iterator[tuple[str, str]]:
    manifest = report.manifest
    rows = f"{manifest.total_rows:,} rows of {len(manifest.tables)} tables"
    yield "Baked", f"{chosen.name_with(manifest.schema)}: {rows}"
    yield "File", f"{report.path}, {report.size:,} bytes"
    file = shlex.quote(str(report.path))
    yield "Restore", f"autogpt-seed restore {file} --database-url …"
    yield "Restore", f"gunzip -c {file} | psql …"
