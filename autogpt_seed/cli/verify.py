"""The command `verify`."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from autogpt_seed.choices import Extent
from autogpt_seed.cli import options
from autogpt_seed.cli.confirmation import with_name
from autogpt_seed.cli.durations import parse_duration
from autogpt_seed.cli.option_groups import DatabaseOptions, Verbosity
from autogpt_seed.cli.options import BEHAVIOUR, OUTPUT
from autogpt_seed.cli.plan_options import ColumnsOf, assigned, with_columns
from autogpt_seed.cli.printing import console
from autogpt_seed.cli.running import run
from autogpt_seed.cli.targeting import ChosenTarget
from autogpt_seed.errors import ConfigurationError

if TYPE_CHECKING:
    from autogpt_seed.verification import VerificationReport, VerifySettings


ReportFormat = Literal["text", "json", "junit", "tap"]
Settings = Annotated[
    list[str] | None, options.assignments("How much is injected, such as graphs=3.")
]
Commit = Annotated[
    bool,
    typer.Option(
        "--commit/--rollback",
        metavar="",
        help="Keep the injected rows as a run, or leave no trace.",
        rich_help_panel=BEHAVIOUR,
    ),
]
DigestChoice = Annotated[
    Extent,
    typer.Option(
        "--digest",
        metavar="WHICH",
        help="Compare all tables before and after; auto: small ones only.",
        rich_help_panel=BEHAVIOUR,
    ),
]
RequireCron = Annotated[
    bool,
    typer.Option(
        "--require-cron",
        metavar="",
        help="Fail if no job of pg_cron refreshes the views.",
        rich_help_panel=BEHAVIOUR,
    ),
]
WaitForCron = Annotated[
    str | None,
    typer.Option(
        "--wait-for-cron",
        metavar="DURATION",
        help="With --commit: wait up to 90s or 20m for the job itself to refresh the views, "
        "then remove the injected rows.",
        rich_help_panel=BEHAVIOUR,
    ),
]
WarningsAsErrors = Annotated[
    bool,
    typer.Option(
        "--warnings-as-errors",
        metavar="",
        help="Exit with status 1 on a warning, too.",
        rich_help_panel=BEHAVIOUR,
    ),
]
ReportChoice = Annotated[
    ReportFormat,
    typer.Option(
        "--format",
        help="json, junit and tap print one document and nothing else.",
        rich_help_panel=OUTPUT,
    ),
]


@dataclass(frozen=True)
class Behaviour:
    """What becomes of the injected rows, and what is a failure."""

    commit: Commit = False
    digest: DigestChoice = "auto"
    require_cron: RequireCron = False
    wait_for_cron: WaitForCron = None
    warnings_as_errors: WarningsAsErrors = False

    def patience(self) -> float | None:
        """For how many seconds to wait for the job. Raises `ConfigurationError`."""
        if self.wait_for_cron is None:
            return None
        patience = parse_duration(self.wait_for_cron, "--wait-for-cron")
        if not self.commit:
            raise ConfigurationError(
                "--wait-for-cron needs --commit.",
                evidence="A job of pg_cron sees committed rows only.",
                remedy="Add --commit: the rows are removed again after the wait.",
            )
        return patience


def verify(
    *,
    config: ColumnsOf = None,
    settings: Settings = None,
    behaviour: Behaviour,
    database: DatabaseOptions,
    into: options.Into = None,
    verbosity: Verbosity,
    report_format: ReportChoice = "text",
) -> None:
    """Prove that the store's views tell the truth, in a transaction that is rolled back.

    Injects rows whose effect is known, refreshes the materialised views with
    the platform's own function, compares every row of them with what is
    expected, and proves that nothing is left. The exit status is 0 only if
    all checks hold.

    Locks until the rollback: those of its INSERTs, one among seeders, and, from
    its refresh on, one on each view that does not block readers.
    """
    behaviour.patience()  # refuses what does not go together before anything connects
    from autogpt_seed import verification

    amounts = verification.load_settings(with_columns(config, assigned(settings)))
    gc.disable()  # a third of the client's time on large databases; the process ends soon
    with database.choose() as chosen:
        if report_format == "text":
            verbosity.announce(f"Verifying {chosen.name}")
        report = with_name(lambda name: _verify(chosen, amounts, behaviour, database, name), into)
    warned = behaviour.warnings_as_errors and report.warned
    status = 1 if warned else report.exit_status
    _print(report, chosen, report_format, quiet=verbosity.quiet and not status)
    raise typer.Exit(status)


def _verify(
    chosen: ChosenTarget,
    amounts: VerifySettings,
    behaviour: Behaviour,
    database: DatabaseOptions,
    into: str | None,
) -> VerificationReport:
    """Verify the database `chosen`, which `into` names if it has to be named."""
    from autogpt_seed import verification

    return run(
        verification.verify(
            chosen.target,
            schema=database.schema,
            into=into,
            commit=behaviour.commit,
            settings=amounts,
            digest=behaviour.digest,
            require_cron=behaviour.require_cron,
            wait_for_cron=behaviour.patience(),
            timeouts=database.timeouts,
        )
    )


def _print(
    report: VerificationReport, chosen: ChosenTarget, report_format: ReportFormat, *, quiet: bool
) -> None:
    from autogpt_seed.cli import verify_formats, verify_report

    if report_format == "json":
        typer.echo(chosen.as_json(report.as_json()))
    elif report_format == "junit":
        typer.echo(verify_formats.as_junit(report))
    elif report_format == "tap":
        typer.echo(verify_formats.as_tap(report))
    elif not quiet:
        verify_report.render(report, console())
