"""The command `update`."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from autogpt_seed.cli import options
from autogpt_seed.cli.durations import parse_duration
from autogpt_seed.cli.naming import with_name
from autogpt_seed.cli.options import HOW, WHAT, Format
from autogpt_seed.cli.running import run
from autogpt_seed.cli.targeting import choose_target
from autogpt_seed.errors import ConfigurationError
from autogpt_seed.plan import parse_assignment

if TYPE_CHECKING:
    from autogpt_seed.updating import UpdateReport

Days = Annotated[
    int | None,
    typer.Option("--days", metavar="N", help="How many days. Default: 1.", rich_help_panel=WHAT),
]
Seed = Annotated[
    int | None,
    typer.Option("--seed", metavar="N", help="The seed. Default: 42.", rich_help_panel=WHAT),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="TIME",
        help="When the last day ends. Default: today, 00:00 UTC.",
        rich_help_panel=WHAT,
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="How much happens, such as graphs=5.",
        rich_help_panel=WHAT,
    ),
]
Every = Annotated[
    str | None,
    typer.Option(
        "--every",
        metavar="DURATION",
        help="Do it again every 5s or 2m, each time as a run of its own.",
        rich_help_panel=HOW,
    ),
]
For = Annotated[
    str | None,
    typer.Option(
        "--for",
        metavar="DURATION",
        help="With --every: end after so long. Default: at Ctrl-C.",
        rich_help_panel=HOW,
    ),
]
Rollback = Annotated[
    bool,
    typer.Option(
        "--rollback", metavar="", help="Do everything, then undo it.", rich_help_panel=HOW
    ),
]


def update(
    days: Days = None,
    seed: Seed = None,
    as_of: AsOf = None,
    settings: Settings = None,
    every: Every = None,
    patience: For = None,
    rollback: Rollback = False,
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
    """Let a day happen in the marketplace that is there, and watch the views move.

    Executions of up to 20 graphs, reviews of up to 30 listings, credits, other featured versions
    and categories; then a refresh. It is a run of its own.
    """
    options.set_up_logging(quiet=quiet, verbose=verbose)
    pause, limit = _rhythm(every, patience, rollback=rollback)
    from autogpt_seed import updating
    from autogpt_seed.cli import update_report
    from autogpt_seed.unit_of_work import Timeouts

    values = _values(settings, days=days, seed=seed, as_of=as_of)
    updating.load_settings(values)
    told = not quiet and report_format is Format.TEXT
    reports: list[UpdateReport] = []
    with choose_target(database_url) as chosen:
        if told:
            options.announce(f"Updating {chosen.name}")

        def work(name: str | None) -> UpdateReport:
            return run(
                updating.update(
                    chosen.target,
                    updating.load_settings(values),
                    schema=schema,
                    into=name,
                    rollback=rollback,
                    timeouts=Timeouts(lock_timeout, statement_timeout),
                )
            )

        for _ in _beats(pause, limit):
            report = with_name(work, into)
            into = into or chosen.target.place  # it has been named, or needs no name
            reports.append(report)
            if told and every:
                update_report.render_line(report)
    if report_format is Format.JSON:
        documents = [{"target": chosen.name} | report.as_json() for report in reports]
        typer.echo(json.dumps(documents if every else documents[0], default=str))
    elif told and not every:
        update_report.render(reports[0], chosen, schema)


def _values(settings: list[str] | None, **flags: object) -> dict[str, object]:
    """The settings that were given, a flag above --set."""
    named: dict[str, object] = dict(map(parse_assignment, settings or ()))
    return named | {key: value for key, value in flags.items() if value is not None}


def _rhythm(every: str | None, patience: str | None, *, rollback: bool) -> tuple[float, float]:
    """The seconds between two updates, and for how long; 0 for one update."""
    if every is None:
        if patience is not None:
            raise ConfigurationError("--for needs --every.", remedy="Add it, such as --every 5s.")
        return 0, 0
    if rollback:
        raise ConfigurationError(
            "--every does not go with --rollback.",
            evidence="What is undone each time would be the same each time.",
            remedy="Take one of them.",
        )
    limit = float("inf") if patience is None else parse_duration(patience, "--for")
    return parse_duration(every, "--every"), limit


def _beats(pause: float, limit: float) -> Iterator[None]:
    """At once, and then every `pause` seconds until `limit` seconds are over."""
    begun = time.monotonic()
    for number in range(2**63):
        due = begun + number * pause
        if number and due > begun + limit:
            return
        time.sleep(max(0.0, due - time.monotonic()))
        yield
        if not pause:
            return
