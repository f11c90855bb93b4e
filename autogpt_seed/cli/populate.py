"""The command `populate`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from autogpt_seed.cli import options
from autogpt_seed.cli.options import HOW, WHAT, BlockSource, Format, Load, Tables
from autogpt_seed.cli.running import run
from autogpt_seed.cli.targeting import choose_target
from autogpt_seed.plan import Plan, load_plan, parse_assignment, profiles


def populate(
    users: Annotated[
        int | None,
        typer.Option(
            "--users", metavar="N", help="How many users. Default: 100.", rich_help_panel=WHAT
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option("--seed", metavar="N", help="The seed. Default: 42.", rich_help_panel=WHAT),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="TIME",
            help="What the data calls now. Default: today.",
            rich_help_panel=WHAT,
        ),
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(
            "--profile",
            metavar="NAME",
            help=f"Named defaults: {', '.join(profiles())}.",
            rich_help_panel=WHAT,
        ),
    ] = None,
    config: options.Config = None,
    settings: options.Settings = None,
    blocks: Annotated[
        BlockSource | None,
        typer.Option(
            "--blocks",
            metavar="WHICH",
            help="existing, generate or auto: blocks that exist, if any. Default: auto.",
            rich_help_panel=WHAT,
        ),
    ] = None,
    for_user: Annotated[
        str | None,
        typer.Option(
            "--for-user",
            metavar="EMAIL",
            help="Give this existing user agents, too.",
            rich_help_panel=WHAT,
        ),
    ] = None,
    tables: Annotated[
        Tables | None,
        typer.Option(
            "--tables",
            metavar="WHICH",
            help="known, or all: a few rows of the others, too. Default: known.",
            rich_help_panel=WHAT,
        ),
    ] = None,
    rollback: Annotated[
        bool,
        typer.Option(
            "--rollback", metavar="", help="Do everything, then undo it.", rich_help_panel=HOW
        ),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            metavar="",
            help="Show the plan and the row counts; connect nowhere.",
            rich_help_panel=HOW,
        ),
    ] = False,
    api_keys_out: Annotated[
        Path | None,
        typer.Option(
            "--api-keys-out",
            metavar="FILE",
            help="Write the raw API keys there, mode 0600.",
            rich_help_panel=HOW,
        ),
    ] = None,
    load: Annotated[
        Load,
        typer.Option(
            "--load",
            metavar="HOW",
            help="live: keys stay, others can use the tables. suspended: keys are dropped and "
            "made again, which is quicker and locks the tables. auto: what fits.",
            rich_help_panel=HOW,
        ),
    ] = Load.AUTO,
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
    """Fill the database with a marketplace, in one transaction.

    Example: autogpt-seed populate --users 20 --set executions_per_graph=5-50
    """
    options.set_up_logging(quiet=quiet, verbose=verbose)
    flags: dict[str, Any] = {
        "users": users,
        "seed": seed,
        "profile": profile,
        "as_of": as_of,
        "block_source": blocks,
        "for_user": for_user,
        "tables": tables,
    }
    flags = dict(map(parse_assignment, settings or ())) | {
        key: value for key, value in flags.items() if value is not None
    }
    plan = load_plan(flags=flags, environment=os.environ, config=config)
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
        with show_progress(quiet=quiet) as progress:
            report = run(
                seeding.populate(
                    chosen.target,
                    plan,
                    schema=schema,
                    rollback=rollback,
                    timeouts=Timeouts(lock_timeout, statement_timeout),
                    progress=progress,
                    api_keys_out=api_keys_out,
                    strict=strict,
                    load=load.value,
                )
            )
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
