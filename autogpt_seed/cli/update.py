"""The command `update`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from math import inf
from typing import TYPE_CHECKING, Annotated

import typer

from autogpt_seed.cli import options, plan_options
from autogpt_seed.cli.confirmation import with_name
from autogpt_seed.cli.durations import parse_duration
from autogpt_seed.cli.option_groups import DatabaseOptions, Output
from autogpt_seed.cli.options import BEHAVIOUR, DATA
from autogpt_seed.cli.running import run
from autogpt_seed.cli.targeting import ChosenTarget
from autogpt_seed.errors import ConfigurationError
from autogpt_seed.interruption import Interrupted

if TYPE_CHECKING:
    from autogpt_seed.updating import UpdateReport

Days = Annotated[
    int | None,
    typer.Option("--days", metavar="N", help="Number of days. Default: 1.", rich_help_panel=DATA),
]
Settings = Annotated[list[str] | None, options.assignments("How much happens, such as graphs=5.")]
Every = Annotated[
    str | None,
    typer.Option(
        "--every",
        metavar="DURATION",
        help="Do it again every 5s or 2m, each time as a run of its own.",
        rich_help_panel=BEHAVIOUR,
    ),
]
For = Annotated[
    str | None,
    typer.Option(
        "--for",
        metavar="DURATION",
        help="With --every: stop after this long. Default: Ctrl-C.",
        rich_help_panel=BEHAVIOUR,
    ),
]


@dataclass(frozen=True)
class Behaviour:
    """Whether it is done once or repeatedly."""

    every: Every = None
    patience: For = None
    rollback: options.Rollback = False

    def rhythm(self) -> tuple[float, float]:
        """The seconds between two updates, and for how long; 0 for one update."""
        if self.every is None:
            if self.patience is not None:
                raise ConfigurationError(
                    "--for needs --every.", remedy="Add it, such as --every 5s."
                )
            return 0, 0
        if self.rollback:
            raise ConfigurationError(
                "--every cannot be combined with --rollback.",
                evidence="Each turn would be undone, and the next would repeat it.",
                remedy="Use one of them.",
            )
        limit = inf if self.patience is None else parse_duration(self.patience, "--for")
        return parse_duration(self.every, "--every"), limit


def update(
    *,
    days: Days = None,
    seed: plan_options.Seed = None,
    as_of: plan_options.AsOf = None,
    config: plan_options.ColumnsOf = None,
    settings: Settings = None,
    behaviour: Behaviour,
    database: DatabaseOptions,
    into: options.Into = None,
    output: Output,
) -> None:
    """Add a day of activity to an existing marketplace, and watch the views change.

    Executions of up to 20 graphs, reviews of up to 30 listings, credits,
    other featured versions and categories; then a refresh. It is a run of its
    own. The last day ends at the time of --as-of; with --every, by default, now.
    """
    rhythm = behaviour.rhythm()
    from autogpt_seed import updating
    from autogpt_seed.cli import update_report

    values = plan_options.given(settings, days=days, seed=seed, as_of=as_of)
    values = plan_options.with_columns(config, values)
    updating.load_settings(values)  # refuses what is wrong before anything connects
    reports: list[UpdateReport] = []
    kept = False
    with database.choose() as chosen:
        output.announce(f"Updating {chosen.name}")
        try:
            for report in _updates(chosen, values, behaviour, database, into, rhythm):
                kept = not behaviour.rollback
                if output.json or not behaviour.every:  # it may go on for weeks
                    reports.append(report)
                if output.text and behaviour.every:
                    update_report.render_line(report)
        except Interrupted as interruption:
            if kept:
                interruption.sentence += " The updates before are kept: autogpt-seed runs"
            raise
        finally:  # what was kept is told, whatever ends it
            if output.json and reports:
                documents = [chosen.as_json(report.as_json()) for report in reports]
                typer.echo(f"[{', '.join(documents)}]" if behaviour.every else documents[0])
    if output.text and not behaviour.every:
        update_report.render(reports[0], chosen)


def _updates(
    chosen: ChosenTarget,
    values: dict[str, object],
    behaviour: Behaviour,
    database: DatabaseOptions,
    named: str | None,
    rhythm: tuple[float, float],
) -> Iterator[UpdateReport]:
    """Do it once, or repeatedly with --every. The database has to be named the first time only."""
    from autogpt_seed import updating

    late: list[int] = []

    def once(into: str | None) -> UpdateReport:
        nonlocal named
        named = into
        present = {"as_of": datetime.now(UTC)} if behaviour.every else {}
        return run(
            updating.update(
                chosen.target,
                updating.load_settings(present | values),
                schema=database.schema,
                into=into,
                rollback=behaviour.rollback,
                timeouts=database.timeouts,
            ),
            late if behaviour.every else None,  # a single one is reported, whatever comes after
        )

    for _ in _beats(*rhythm):
        yield with_name(once, named)
        if late:
            raise Interrupted(late[0])


def _beats(pause: float, limit: float) -> Iterator[None]:
    """Yield at once, then every `pause` seconds until `limit` seconds are over."""
    begun = time.monotonic()
    for number in count():
        due = begun + number * pause
        if number and due > begun + limit:
            return
        time.sleep(max(0.0, due - time.monotonic()))
        yield
        if not pause:
            return
