"""What `gauntlet` prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from textwrap import wrap

from rich.console import Console

from autogpt_seed.database.migrations.watching import Lock
from autogpt_seed.gauntlet import GauntletReport, Reversal, StepReport
from autogpt_seed.gauntlet.report import ENOUGH_ROWS

Fact = tuple[str, str]

_MARGIN = 13
"""The width of the labels."""


def render(report: GauntletReport, out: Console) -> None:
    """The report for a person: a block for each migration, then the verdict."""
    width = max(out.width - _MARGIN, 20)
    out.print(f"Seeded at {report.base}: {report.rows:,} rows\n", markup=False)
    for step in report.steps:
        out.print(f"{'passed' if step.ok else 'FAILED'}   {step.name}", markup=False)
        last = ""
        for label, text in _facts(step):
            for line in wrap(text, width, subsequent_indent="  ", break_long_words=False):
                shown = label if label != last else ""
                out.print(f"  {shown:<11}{line}", markup=False, soft_wrap=True)
                last = label
        out.print()
    for name in report.untried:
        out.print(f"untried  {name}", markup=False)
    failed = sum(not step.ok for step in report.steps)
    passed = len(report.steps) - failed
    rest = f", {len(report.untried)} untried" if report.untried else ""
    out.print(f"{passed} passed, {failed} failed{rest}.", markup=False)


def _facts(step: StepReport) -> Iterator[Fact]:
    for sentence in step.failures():
        yield "Fails", sentence
    if step.failure or step.failure_when_empty:
        return
    yield "Took", f"{step.seconds:.3f} s; on empty tables {step.seconds_when_empty:.3f} s"
    if pace := step.seconds_per_million_rows:
        yield "Took", f"{pace:,.1f} s more per million rows, measured on {step.rows_touched:,}"
    elif 0 < step.rows_touched < ENOUGH_ROWS:
        yield "Took", f"{step.rows_touched:,} rows are too few for a rate: raise --users"
    yield from _rows("Rewrites", step.rewritten or {})
    yield from _rows("Writes", step.written or {})
    yield from _locks(step.locks or (), " or more" if step.locks_sampled else "")
    if step.locks_sampled:
        if not step.locks:
            yield "Locks", "none seen"
        yield "Locks", "Sampled every few milliseconds: short ones may be missing."
        yield "Locks", "Event triggers see all of them; only a superuser may create any."
    for planting in step.plantings:
        what = f"{planting.demand.table}: {planting.demand.text}"
        if planting.planted:
            yield "Planted", what
        else:
            yield "Unplanted", f"{what} ({planting.why})"
    for view in step.views_wrong_before:
        yield "Views", f"wrong, as before: {view}"
    if not step.views and not step.views_wrong_before:
        yield "Views", "right, as before" if step.views_checked else "the store has none"
    if step.reversal:
        yield "Downgrade", _reversal(step.reversal)


def _locks(locks: Iterable[Lock], more: str) -> Iterator[Fact]:
    """The tables of each kind of lock, which was held to the end of the transaction."""
    for mode, group in groupby(locks, key=lambda lock: lock.mode):
        held = list(group)
        longest = max(lock.seconds for lock in held)
        yield "Locks", f"{mode} for {longest:.3f} s{more}, {held[0].effect}:"
        yield "Locks", f"  {', '.join(lock.table for lock in held)}"


def _rows(label: str, tables: Mapping[str, int]) -> Iterator[Fact]:
    for table, rows in tables.items():
        yield label, f"{table}, {rows:,} rows"


def _reversal(reversal: Reversal) -> str:
    if reversal.failure:
        return "fails"
    if reversal.changed:
        return f"does not restore all data of {', '.join(reversal.changed)}"
    return "restores the data"
