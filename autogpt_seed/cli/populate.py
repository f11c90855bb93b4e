"""The command `populate`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autogpt_seed.cli import options
from autogpt_seed.cli.confirmation import with_name
from autogpt_seed.cli.option_groups import Shown, Where
from autogpt_seed.cli.options import HOW
from autogpt_seed.cli.plan_options import PlanOptions
from autogpt_seed.cli.running import run
from autogpt_seed.cli.targeting import Chosen
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
        rich_help_panel=HOW,
    ),
]
ApiKeysOut = Annotated[
    Path | None,
    typer.Option(
        "--api-keys-out",
        metavar="FILE",
        help="Write the raw API keys to this new file, mode 0600.",
        rich_help_panel=HOW,
    ),
]


@dataclass(frozen=True)
class How:
    """What else happens to the database, and to files."""

    rollback: options.Rollback = False
    dry_run: DryRun = False
    api_keys_out: ApiKeysOut = None
    load: options.LoadChoice = "auto"
    on_existing: options.OnExistingRuns = "append"
    strict: options.Strict = False


def populate(
    *, what: PlanOptions, how: How, where: Where, into: options.Into = None, shown: Shown
) -> None:
    """Fill the database with a marketplace, in one transaction.

    Example: autogpt-seed populate --users 20 --set executions_per_graph=5-50
    """
    plan = what.plan()
    if how.dry_run:
        _dry_run(plan, shown)
        return
    # First of all: hashing the keys takes longer than everything else, and goes on beside it.
    with KeyRing(plan) as key_ring, where.choose() as chosen:
        from autogpt_seed.cli import populate_report

        shown.announce(populate_report.title(chosen, plan))
        report = with_name(
            lambda name: _seed(chosen, plan, key_ring, how, where, name, quiet=shown.quiet), into
        )
    if shown.json:
        typer.echo(populate_report.as_json(report, chosen))
    elif shown.text:
        populate_report.render(report, chosen, how.api_keys_out)


def _seed(
    chosen: Chosen,
    plan: Plan,
    key_ring: KeyRing,
    how: How,
    where: Where,
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
                schema=where.schema,
                into=into,
                rollback=how.rollback,
                timeouts=where.timeouts,
                progress=progress,
                api_keys_out=how.api_keys_out,
                strict=how.strict,
                load=how.load,
                on_existing=how.on_existing,
                key_ring=key_ring,
            )
        )


def _dry_run(plan: Plan, shown: Shown) -> None:
    from autogpt_seed.cli import populate_report
    from autogpt_seed.seeding import expected_rows

    rows = expected_rows(plan)
    if shown.json:
        typer.echo(populate_report.plan_as_json(plan, rows))
    else:
        populate_report.render_plan(plan, rows)
