"""The command `runs`."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer
from rich import box
from rich.table import Table

from autogpt_seed.cli import options
from autogpt_seed.cli.options import Format
from autogpt_seed.cli.running import run
from autogpt_seed.cli.targeting import choose_target

if TYPE_CHECKING:
    from autogpt_seed.database.run_record import RunRecord


def runs(
    database_url: options.DatabaseUrl = None,
    schema: options.Schema = None,
    lock_timeout: options.LockTimeout = 30,
    statement_timeout: options.StatementTimeout = 3600,
    report_format: options.ReportFormat = Format.TEXT,
    debug: options.Debug = False,
) -> None:
    """List the runs in the record: what was seeded, when, by whom. Changes nothing.

    What else is in the database is told by: autogpt-seed inspect
    """
    options.set_up_logging(quiet=False, verbose=False)
    from autogpt_seed import history
    from autogpt_seed.unit_of_work import Timeouts

    with choose_target(database_url) as chosen:
        timeouts = Timeouts(lock_timeout, statement_timeout)
        records = run(history.runs(chosen.target, schema=schema, timeouts=timeouts))
    if report_format is Format.JSON:
        every = [asdict(record) | {"total_rows": record.total_rows} for record in records]
        typer.echo(json.dumps({"target": chosen.name, "runs": every}, default=str))
    elif records:
        _print(records)
    else:
        typer.echo("No runs are recorded. To make one: autogpt-seed populate")


def _print(records: tuple[RunRecord, ...]) -> None:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in ("Run", "Kind", "Made (UTC)", "By"):
        table.add_column(name, no_wrap=True)
    for name in ("Seed", "Rows"):
        table.add_column(name, justify="right", no_wrap=True)
    for record in records:
        made = f"{record.made_at:%Y-%m-%d %H:%M}" if record.made_at else ""
        seed, rows = str(record.seed), f"{record.total_rows:,}"
        table.add_row(record.tag, record.kind, made, record.made_by, seed, rows)
    options.console().print(table)
    typer.echo(f"\nTo remove one: autogpt-seed clean {records[-1].tag}")
