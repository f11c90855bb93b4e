"""The command `runs`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from autogpt_seed.cli.option_groups import DatabaseOptions, Output
from autogpt_seed.cli.printing import plain_table, print_whole
from autogpt_seed.cli.running import run
from autogpt_seed.cli.targeting import ChosenTarget

if TYPE_CHECKING:
    from autogpt_seed.database.runs.record import RunRecord


def runs(
    *,
    database: DatabaseOptions,
    output: Output,
) -> None:
    """List the runs in the record: what was seeded, when, by whom. Changes nothing.

    For what else the database holds, see: autogpt-seed inspect
    """
    from autogpt_seed import history

    with database.choose() as chosen:
        output.announce(f"The runs in {chosen.name}")
        records = run(
            history.runs(chosen.target, schema=database.schema, timeouts=database.timeouts)
        )
    if output.json:
        every = [asdict(record) | {"total_rows": record.total_rows} for record in records]
        typer.echo(chosen.as_json({"runs": every}))
    elif output.text and records:
        _print(records, chosen)
    elif output.text:
        typer.echo(f"No runs are recorded. To make one: autogpt-seed populate{chosen.options}")


def _print(records: tuple[RunRecord, ...], chosen: ChosenTarget) -> None:
    table = plain_table()
    for name in ("Run", "Kind", "Made (UTC)", "By"):
        table.add_column(name, no_wrap=True)
    for name in ("Seed", "Rows"):
        table.add_column(name, justify="right", no_wrap=True)
    for record in records:
        made = f"{record.made_at:%Y-%m-%d %H:%M:%S}" if record.made_at else ""
        seed, rows = str(record.seed), f"{record.total_rows:,}"
        table.add_row(record.tag, record.kind, made, record.made_by, seed, rows)
    print_whole(table)
    typer.echo(f"\nTo remove one: autogpt-seed clean {records[-1].tag}{chosen.options}")
