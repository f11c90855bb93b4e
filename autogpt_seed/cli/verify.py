"""The command `verify`."""

from __future__ import annotations

import gc
import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from autogpt_seed.cli import options
from autogpt_seed.cli.durations import parse_duration
from autogpt_seed.cli.naming import with_name
from autogpt_seed.cli.running import run
from autogpt_seed.cli.targeting import choose_target
from autogpt_seed.errors import ConfigurationError
from autogpt_seed.plan import parse_assignment

if TYPE_CHECKING:
    from autogpt_seed.verification import VerificationReport


class ReportFormat(StrEnum):
    """How the report is written to standard output."""

    TEXT = "text"
    JSON = "json"
    JUNIT = "junit"
    TAP = "tap"


class Digest(StrEnum):
    """Of which tables the contents are compared before and after."""

    AUTO = "auto"
    ALL = "all"


Commit = Annotated[
    bool,
    typer.Option("--commit/--rollback", help="Keep the injected rows as a run, or leave no trace."),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="How much is injected: graphs=3."),
]
DigestChoice = Annotated[
    Digest, typer.Option("--digest", help="Compare all tables before and after, or small ones.")
]
RequireCron = Annotated[
    bool, typer.Option("--require-cron", help="The lack of a job of pg_cron is a failure.")
]
WaitForCron = Annotated[
    str | None,
    typer.Option(
        "--wait-for-cron",
        metavar="DURATION",
        help="With --commit: wait up to 90s or 20m for the job itself to refresh the views, "
        "then remove the injected rows.",
    ),
]
WarningsAsErrors = Annotated[
    bool, typer.Option("--warnings-as-errors", help="A warning ends with exit status 1.")
]
ReportChoice = Annotated[
    ReportFormat,
    typer.Option("--format", help="json, junit and tap print one document and nothing else."),
]


def verify(
    commit: Commit = False,
    settings: Settings = None,
    digest: DigestChoice = Digest.AUTO,
    require_cron: RequireCron = False,
    wait_for_cron: WaitForCron = None,
    warnings_as_errors: WarningsAsErrors = False,
    database_url: options.DatabaseUrl = None,
    schema: options.Schema = None,
    into: options.Into = None,
    lock_timeout: options.LockTimeout = 30,
    statement_timeout: options.StatementTimeout = 3600,
    report_format: ReportChoice = ReportFormat.TEXT,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    debug: options.Debug = False,
) -> None:
    """Prove that the store's views tell the truth, in a transaction that is rolled back.

    Injects rows whose effect is known, refreshes the materialised views with the platform's own
    function, compares every row of them with what is expected, and proves that nothing is left.
    Exit status 0 only when everything that was checked holds.

    Locks until the rollback: what any INSERT takes, one among seeders, and on each view from its
    refresh on one that readers pass.
    """
    options.set_up_logging(quiet=quiet, verbose=verbose)
    patience = None if wait_for_cron is None else parse_duration(wait_for_cron, "--wait-for-cron")
    if patience is not None and not commit:
        raise ConfigurationError(
            "--wait-for-cron needs --commit.",
            evidence="A job of pg_cron sees committed rows only.",
            remedy="Add --commit: the rows are removed again when the waiting is over.",
        )
    from autogpt_seed import verification
    from autogpt_seed.unit_of_work import Timeouts

    chosen_settings = verification.load_settings(dict(map(parse_assignment, settings or ())))
    gc.disable()  # a third of the client's time on large databases; the process ends soon
    with choose_target(database_url) as chosen:
        if not quiet and report_format is ReportFormat.TEXT:
            options.announce(f"Verifying {chosen.name}")

        def work(name: str | None) -> VerificationReport:
            return run(
                verification.verify(
                    chosen.target,
                    schema=schema,
                    into=name,
                    commit=commit,
                    settings=chosen_settings,
                    digest=digest.value,
                    require_cron=require_cron,
                    wait_for_cron=patience,
                    timeouts=Timeouts(lock_timeout, statement_timeout),
                )
            )

        report = with_name(work, into)
    _print(report, report_format, quiet=quiet)
    warned = warnings_as_errors and report.warned
    raise typer.Exit(1 if warned else report.exit_status)


def _print(report: VerificationReport, report_format: ReportFormat, *, quiet: bool) -> None:
    from autogpt_seed.cli import verify_formats, verify_report

    if report_format is ReportFormat.JSON:
        typer.echo(json.dumps(report.as_json()))
    elif report_format is ReportFormat.JUNIT:
        typer.echo(verify_formats.as_junit(report))
    elif report_format is ReportFormat.TAP:
        typer.echo(verify_formats.as_tap(report))
    elif not quiet:
        verify_report.render(report, options.console())
