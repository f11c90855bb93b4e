"""What `update` prints: what happened, how the views moved, and what to type next."""

from __future__ import annotations

from collections.abc import Iterator

from autogpt_seed.cli.figures import figures_table
from autogpt_seed.cli.printing import console, counted, print_facts
from autogpt_seed.cli.targeting import ChosenTarget
from autogpt_seed.updating import UpdateReport
from autogpt_seed.views import ReviewFigures, RunFigures


def render(report: UpdateReport, chosen: ChosenTarget) -> None:
    """The report for a person."""
    out = console()
    out.print(figures_table(report.before, report.after))
    out.print()
    print_facts(_facts(report, chosen.options))


def render_line(report: UpdateReport) -> None:
    """One of many updates on a line."""
    before, after = report.before, report.after
    runs = f"{_total(before.runs)} -> {_total(after.runs)}"
    reviews = f"{_total(before.reviews)} -> {_total(after.reviews)}"
    line = f"{report.total_rows:>6,} rows  runs {runs}  reviews {reviews}  run {report.run_tag}"
    console().print(line, markup=False, soft_wrap=True)


def _facts(report: UpdateReport, options: str) -> Iterator[tuple[str, str]]:
    settings = report.settings
    for table, number in report.rows.items():
        yield "Added", f"{number:,} {table}"
    if versions := report.changed_versions:
        yield "Changed", f"featured flag and categories of {counted(versions, 'version')}"
    if ended := report.ended_runs:
        yield "Ended", f"{counted(ended, 'execution')} that earlier updates left running"
    for note in report.notes:
        yield "Note", note.text
    if report.unrecorded:
        yield "Note", f"the run is not in the record of runs: {report.unrecorded}"
    if not report.committed:
        yield "Undone", "all of it: --rollback leaves the database as it was"
        return
    days = counted(settings.days, "day")
    yield "Run", f"{report.run_tag} in schema {report.schema}: {days}, seed {settings.seed}"
    yield "Next", f"autogpt-seed verify{options}"


def _total(figures: RunFigures | ReviewFigures | None) -> str:
    return "-" if figures is None or figures.total is None else f"{figures.total:,}"
