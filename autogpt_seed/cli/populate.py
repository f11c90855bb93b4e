"""The command `populate`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autogpt_seed.cli import options
from autogpt_seed.cli.confirmation import with_name
from autogpt_seed.cli.option_groups import DatabaseOptions, Output
from autogpt_seed.cli.options import BEHAVIOUR
from autogpt_seed.cli.plan_options import PlanOptions
from autogpt_seed.cli.running import run
from autogpt_seed.cli.targeting import ChosenTarget
from autogpt_seed.entities.api_keys import KeyRing
from autogpt_seed.plan import Plan

if TYPE_CHECKING:
    from autogpt_seed.seeding import PopulateReport

DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run",
        metavar="",
        help="Show the plan and the row counts; connect nowhere.",
        rich_help_panel=BEHAVIOUR,
    ),
]
ApiKeysOut = Annotated[
    Path | None,
    typer.Option(
        "--api-keys-out",
        metavar="FILE",
        help="Write the raw API keys to this new file, mode 0600.",
        rich_help_panel=BEHAVIOUR,
    ),
]


@dataclass(frozen=True)
class Behaviour:
    """What else happens to the database, and to files."""

    rollback: options.Rollback = False
    dry_run: DryRun = False
    api_keys_out: ApiKeysOut = None
    load: options.LoadChoice = "auto"
    on_existing: options.OnExistingRuns = "append"
    strict: options.Strict = False


def populate(
    *,
    what: PlanOptions,
    behaviour: Behaviour,
    database: DatabaseOptions,
    into: options.Into = None,
    output: Output,
) -> None:
    """Fill the database with a marketplace, in one transaction.

    Example: autogpt-seed populate --users 20 --set executions_per_graph=5-50
    """
    plan = what.plan()
    if behaviour.dry_run:
        _dry_run(plan, output)
        return
    # First of all: hashing the keys takes longer than everything else, and goes on beside it.
    with KeyRing(plan) as key_ring, database.choose() as chosen:
        from autogpt_seed.cli import populate_report

        output.announce(populate_report.title(chosen, plan))
        report = with_name(
            lambda name: _seed(
                chosen, plan, key_ring, behaviour, database, name, quiet=output.quiet
            ),
            into,
        )
    if output.json:
        typer.echo(populate_report.as_json(report, chosen))
    elif output.text:
        populate_report.render(report, chosen, behaviour.api_keys_out)


def _seed(
    chosen: ChosenTarget,
    plan: Plan,
    key_ring: KeyRing,
    behaviour: Behaviour,
    database: DatabaseOptions,
    into: str | None,
    *,
    quiet: bool,
) -> PopulateReport:
    """Populate the database `chosen`, which `into` names if it has to be named."""
    from autogpt_seed import seeding
    from autogpt_seed.cli.progress import show_progress

    with show_progress(quiet=quiet) as progress:
        return run(
            seeding.populate(
                chosen.target,
                plan,
                schema=database.schema,
                into=into,
                rollback=behaviour.rollback,
                timeouts=database.timeouts,
                progress=progress,
                api_keys_out=behaviour.api_keys_out,
                strict=behaviour.strict,
                load=behaviour.load,
                on_existing=behaviour.on_existing,
                key_ring=key_ring,
            )
        )


def _dry_run(plan: Plan, output: Output) -> None:
    from autogpt_seed.cli import populate_report
    from autogpt_seed.seeding import expected_rows

    rows = expected_rows(plan)
    if output.json:
        typer.echo(populate_report.plan_as_json(plan, rows))
    else:
        populate_report.render_plan(plan, rows)
