"""The command `populate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autogpt_seed.cli import options, plan_options
from autogpt_seed.cli.naming import with_name
from autogpt_seed.cli.options import HOW, Format, Load, OnExisting
from autogpt_seed.cli.running import run
from autogpt_seed.cli.targeting import choose_target
from autogpt_seed.plan import Plan

DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run",
        metavar="",
        help="Show the plan and the row counts; connect nowhere.",
        rich_help_panel=HOW,
    ),
]
ApiKeysOut = Annotated[
    Path | None,
    typer.Option(
        "--api-keys-out",
        metavar="FILE",
        help="Write the raw API keys there, mode 0600.",
        rich_help_panel=HOW,
    ),
]


def populate(
    users: plan_options.Users = None,
    seed: plan_options.Seed = None,
    as_of: plan_options.AsOf = None,
    profile: plan_options.Profile = None,
    config: plan_options.Config = None,
    settings: plan_options.Settings = None,
    blocks: plan_options.Blocks = None,
    for_user: plan_options.ForUser = None,
    tables: plan_options.TableChoice = None,
    rollback: options.Rollback = False,
    dry_run: DryRun = False,
    api_keys_out: ApiKeysOut = None,
    load: options.LoadChoice = Load.AUTO,
    on_existing: options.OnExistingRuns = OnExisting.APPEND,
    strict: options.Strict = False,
    database_url: options.DatabaseUrl = None,
    schema: options.Schema = None,
    into: options.Into = None,
    lock_timeout: options.LockTimeout = 30,
    statement_timeout: options.StatementTimeout = 3600,
    report_format: options.ReportFormat = Format.TEXT,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    debug: options.Debug = False,
) -> None:
    """Fill the database with a marketplace, in one transaction.

    Example: autogpt-seed populate --users 20 --set executions_per_graph=5-50
    """
    options.set_up_logging(quiet=quiet, verbose=verbose)
    plan = plan_options.make_plan(
        config,
        settings,
        users=users,
        seed=seed,
        as_of=as_of,
        profile=profile,
        block_source=blocks,
        for_user=for_user,
        tables=tables,
    )
    if dry_run:
        _dry_run(plan, report_format)
        return
    from autogpt_seed import seeding
    from autogpt_seed.cli import populate_report
    from autogpt_seed.cli.progress import show_progress
    from autogpt_seed.unit_of_work import Timeouts

    with choose_target(database_url) as chosen:
        if not quiet and report_format is Format.TEXT:
            populate_report.announce(chosen, plan)

        def work(name: str | None) -> seeding.PopulateReport:
            with show_progress(quiet=quiet) as progress:
                return run(
                    seeding.populate(
                        chosen.target,
                        plan,
                        schema=schema,
                        into=name,
                        rollback=rollback,
                        timeouts=Timeouts(lock_timeout, statement_timeout),
                        progress=progress,
                        api_keys_out=api_keys_out,
                        strict=strict,
                        load=load.value,
                        on_existing=on_existing.value,
                    )
                )

        report = with_name(work, into)
    if report_format is Format.JSON:
        typer.echo(populate_report.as_json(report, chosen))
    elif not quiet:
        populate_report.render(report, chosen, schema, api_keys_out)


def _dry_run(plan: Plan, report_format: Format) -> None:
    from autogpt_seed.cli import populate_report
    from autogpt_seed.seeding import expected_rows

    rows = expected_rows(plan)
    if report_format is Format.JSON:
        typer.echo(populate_report.plan_as_json(plan, rows))
    else:
        populate_report.render_plan(plan, rows)
