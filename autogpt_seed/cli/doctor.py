"""The command `doctor`."""

from __future__ import annotations

import json

import typer

from autogpt_seed.cli import options, plan_options
from autogpt_seed.cli.options import Format
from autogpt_seed.cli.running import run
from autogpt_seed.cli.targeting import choose_target
from autogpt_seed.errors import CheckFailed, DatabaseUnsuitable


def doctor(
    config: plan_options.Config = None,
    settings: plan_options.Settings = None,
    strict: options.Strict = False,
    database_url: options.DatabaseUrl = None,
    schema: options.Schema = None,
    lock_timeout: options.LockTimeout = 30,
    statement_timeout: options.StatementTimeout = 3600,
    report_format: options.ReportFormat = Format.TEXT,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    debug: options.Debug = False,
) -> None:
    """Look at a database and say what populate would do to it. Changes nothing.

    It takes no locks but those of a SELECT.

    Exit status 0: it can be seeded; 1: with --strict, there are notes; 4: it cannot be seeded.
    """
    options.set_up_logging(quiet=quiet, verbose=verbose)
    plan = plan_options.make_plan(config, settings)
    from autogpt_seed import diagnosis
    from autogpt_seed.cli import doctor_report
    from autogpt_seed.unit_of_work import Timeouts

    with choose_target(database_url) as chosen:
        if not quiet and report_format is Format.TEXT:
            options.announce(f"Examining {chosen.name}")
        timeouts = Timeouts(lock_timeout, statement_timeout)
        report = run(diagnosis.diagnose(chosen.target, plan, schema=schema, timeouts=timeouts))
    if report_format is Format.JSON:
        typer.echo(json.dumps({"target": chosen.name} | report.as_json(), default=str))
    elif not quiet:
        doctor_report.render(report)
    if report.problems:
        raise typer.Exit(DatabaseUnsuitable.exit_status)
    if strict and report.notes:
        raise typer.Exit(CheckFailed.exit_status)
