"""The command `inspect`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from autogpt_seed.cli.option_groups import DatabaseOptions, Output
from autogpt_seed.cli.printing import plain_table, print_facts, print_whole, shown_runs
from autogpt_seed.cli.running import run

if TYPE_CHECKING:
    from autogpt_seed.database.runs.record import RunRecord
    from autogpt_seed.inspection import Inspection

_MOST_COLUMNS = 3
"""The most runs that fit as columns into 80 characters."""
_SHORT = 7
"""Digits of a tag that stand above a column."""

RunTag = Annotated[
    str | None,
    typer.Argument(metavar="TAG", help="Only this run: its tag, or a unique prefix of it."),
]


def inspect(
    tag: RunTag = None,
    *,
    database: DatabaseOptions,
    output: Output,
) -> None:
    """Count the rows of each table by the run that made them. Changes nothing.

    Scans each table once, and takes no locks but those of a SELECT.
    """
    from autogpt_seed import inspection

    with database.choose() as chosen:
        output.announce(f"Inspecting {chosen.name}")
        report = run(
            inspection.inspect(
                chosen.target, tag, schema=database.schema, timeouts=database.timeouts
            )
        )
    if output.json:
        typer.echo(chosen.as_json(report.as_json()))
    elif output.text:
        _print_tables(report)
        print_facts(_facts(report, chosen.options))


def _print_tables(report: Inspection) -> None:
    """For each table that has rows: how many, how many of no run, and how many of each run."""
    columns: dict[str, tuple[str, ...]] = {tag[:_SHORT]: (tag,) for tag in report.tags}
    if len(report.tags) > _MOST_COLUMNS:
        columns = {"seeded": report.tags}
    shown = plain_table()
    shown.add_column("Table", no_wrap=True)
    for name in ("Rows", "others", *columns):
        shown.add_column(name, justify="right", no_wrap=True)
    for table in report.tables:
        if table.rows:
            numbers = [sum(table.runs.get(tag, 0) for tag in tags) for tags in columns.values()]
            others = f"{table.others:,}" if table.told else "?"
            cells = (f"{number:,}" if number else "" for number in numbers)
            shown.add_row(Text(table.table), f"{table.rows:,}", others, *cells)
    print_whole(shown)
    typer.echo()


def _facts(report: Inspection, options: str) -> Iterator[tuple[str, str]]:
    from autogpt_seed.cli.doctor_report import cron_text

    for text in _runs(report, options):
        yield "Run", text
    empty, every = len(report.empty), len(report.tables)
    yield "Tables", f"{len(report.seeded)} of {every} hold rows of the runs; {empty} are empty"
    if not all(table.told for table in report.tables if table.rows):
        yield "Tables", "in those marked ? rows of runs cannot be told from others"
    for sentence in report.figures.sentences():
        yield "Views", sentence
    yield "pg_cron", cron_text(report.cron)


def _runs(report: Inspection, options: str) -> Iterator[str]:
    """A line for each run, of many for the last few, and what is not known of them."""
    known = {record.tag: record for record in report.records}
    unknown = "known by its ids" if report.missing_grants else "not in the record, known by its ids"
    shown, more = shown_runs(report.tags)
    for tag in shown:
        record = known.get(tag)
        yield f"{tag} {_made(record) if record else unknown}"
    if more:
        every = "runs" if len(known) == len(report.tags) else "inspect --format json"
        yield f"… and {more:,} more: autogpt-seed {every}{options}"
    if report.missing_grants:
        yield "this role may not read the record of runs. Ask its owner to run:"
        yield from report.missing_grants
    elif not report.tags:
        yield f"none in schema {report.schema}"


def _made(record: RunRecord) -> str:
    made = f"{record.made_at:%Y-%m-%d %H:%M:%S} UTC" if record.made_at else "at an unknown time"
    what = f"{record.kind}, seed {record.seed}, as of {record.as_of}"
    return f"{what}, made {made} by {record.made_by}"
