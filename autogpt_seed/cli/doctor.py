"""The command `doctor`."""

from __future__ import annotations

import typer

from autogpt_seed.cli import options, plan_options
from autogpt_seed.cli.option_groups import DatabaseOptions, Output
from autogpt_seed.cli.running import run
from autogpt_seed.errors import CheckFailed, DatabaseUnsuitable


def doctor(
    config: plan_options.Config = None,
    settings: plan_options.Settings = None,
    strict: options.Strict = False,
    *,
    database: DatabaseOptions,
    output: Output,
) -> None:
    """Report what populate would do to a database. Changes nothing.

    It takes no locks but those of a SELECT.

    Exit status 0: it can be seeded; 1: with --strict, there are notes; 4: it
    cannot be seeded.
    """
    plan = plan_options.make_plan(config, settings)
    from autogpt_seed import diagnosis
    from autogpt_seed.cli import doctor_report

    with database.choose() as chosen:
        output.announce(f"Examining {chosen.name}")
        report = run(
            diagnosis.diagnose(
                chosen.target, plan, schema=database.schema, timeouts=database.timeouts
            )
        )
    status = 0
    if report.problems:
        status = DatabaseUnsuitable.exit_status
    elif strict and report.notes:
        status = CheckFailed.exit_status
    if output.json:
        typer.echo(chosen.as_json(report.as_json()))
    elif output.text or status:
        doctor_report.render(report)
    raise typer.Exit(status)
