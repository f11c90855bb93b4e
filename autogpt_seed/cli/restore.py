"""The command `restore`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autogpt_seed.cli.option_groups import DatabaseOptions, Output
from autogpt_seed.cli.printing import print_facts
from autogpt_seed.cli.running import run
from autogpt_seed.cli.targeting import ChosenTarget

if TYPE_CHECKING:
    from autogpt_seed.restoring import RestoreReport


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `bake` made.")],
    *,
    database: DatabaseOptions,
    output: Output,
) -> None:
    """Load a baked file into an empty database of the same schema, in one transaction.

    If the schema does not exist yet, it is migrated first, provided that
    `autogpt-seed migrate` knows its version.

    Example: autogpt-seed restore marketplace.sql.gz --database-url postgresql://…
    """
    from autogpt_seed import restoring
    from autogpt_seed.bake_file import opened
    from autogpt_seed.cli.progress import show_progress

    with (
        opened(file),  # or else a server might be made for a file that is none
        database.choose(migrated=False) as chosen,
        show_progress(quiet=output.quiet) as progress,
    ):
        report = run(
            restoring.restore(
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


def _facts(report: RestoreReport, chosen: ChosenTarget) -> Iterator[tuple[str, str]]:
    if report.migrated_to:
        yield "Migrated", f"schema {report.schema} to {report.migrated_to}"
    rows = f"{report.manifest.total_rows:,} rows in {report.seconds:.2f} s"
    yield "Restored", f"{chosen.name_with(report.schema)}: {rows}"
    yield "Next", f"autogpt-seed verify{chosen.options}"
