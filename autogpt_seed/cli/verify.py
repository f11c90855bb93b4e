"""The command `verify`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from autogpt_seed.cli import options
from autogpt_seed.cli.options import Format
from autogpt_seed.cli.running import run
from autogpt_seed.cli.targeting import choose_target


def verify(
    commit: Annotated[
        bool,
        typer.Option(
            "--commit/--rollback",
            metavar="",
            help="Keep the injected rows as a run, or leave no trace.",
            rich_help_panel=options.HOW,
        ),
    ] = False,
    database_url: options.DatabaseUrl = None,
    schema: options.Schema = None,
    lock_timeout: options.LockTimeout = 30,
    statement_timeout: options.StatementTimeout = 3600,
    report_format: options.ReportFormat = Format.TEXT,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    debug: options.Debug = False,
) -> None:
    """Prove that the store's views tell the truth, in a transaction that is rolled back.

    Injects rows whose effect is known, refreshes the materialised views with
    the platform's own function, compares every row of them with what is expected,
    and proves that nothing is left.

    Exit status 0 only when everything that was checked holds.
    """
    options.set_up_logging(quiet=quiet, verbose=verbose)
    from autogpt_seed import verification
    from autogpt_seed.cli import verify_report
    from autogpt_seed.unit_of_work import Timeouts

    with choose_target(database_url) as chosen:
        if not quiet and report_format is Format.TEXT:
            options.announce(f"Verifying {chosen.name}")
        report = run(
            verification.verify(
                chosen.target,
                schema=schema,
                commit=commit,
                timeouts=Timeouts(lock_timeout, statement_timeout),
            )
        )
    if report_format is Format.JSON:
        typer.echo(json.dumps(report.as_json()))
    elif not quiet:
        verify_report.render(report, options.console())
    raise typer.Exit(report.exit_status)
