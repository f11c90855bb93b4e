"""What `doctor` prints: a label, what was seen under it, and the verdict last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import typer

from autogpt_seed.cli.printing import print_facts
from autogpt_seed.database.cron.jobs import CronStatus
from autogpt_seed.diagnosis import Diagnosis
from autogpt_seed.known_versions import Distance

_INDENT = 12
_KINDS = {"table": "tables", "column": "columns", "label": "enum labels", "view": "views"}


def render(report: Diagnosis) -> None:
    """The report for a person."""
    print_facts(_facts(report), _INDENT)
    typer.echo(f"\nSchema {report.schema} {report.verdict}.")


def _facts(report: Diagnosis) -> Iterator[tuple[str, str]]:
    session = report.session
    yield "Server", f"PostgreSQL {session.version}, role {session.role}"
    yield "Schema", f"{report.schema} in database {session.database}"
    yield "Version", _version(report.version)
    yield "Filled", f"{len(report.tables)} tables of the marketplace"
    if report.rules:
        yield "Filled", f"their checks and triggers ({report.rules}) are tried by populate itself"
    for key in report.elsewhere:
        yield "Filled", f"{key}, where populate makes no rows: populate checks that it holds"
    if unknown := report.unknown_tables:
        yield "Unknown", f"{len(unknown)} tables, left empty: {', '.join(unknown)}"
    for group in report.cycles:
        yield "Cycles", _cycle(group)
    for column in report.late_columns:
        yield "Cycles", f"{column} is set once all rows are loaded"
    for view, what in report.views.items():
        yield "Views", f"{view}: {what}"
    yield "Refresh", _refresh(report)
    yield "pg_cron", cron_text(report.cron)
    yield "Extensions", ", ".join(report.extensions) or "none"
    for note in report.notes:
        yield "Note", note.text
    for problem in report.problems:
        for line in problem.splitlines():
            yield "Problem", line
    yield "Locks", "none that block other sessions; the transaction was read-only"


def _version(distance: Distance) -> str:
    if not len(distance):
        return f"{distance.version}, no differences"
    more, fewer = _count(distance.more), _count(distance.fewer)
    parts = [f"extra: {more}" if more else "", f"missing: {fewer}" if fewer else ""]
    return f"closest to {distance.version}; {'; '.join(filter(None, parts))}"


def _count(features: Sequence[str]) -> str:
    kinds = Counter(feature.split()[0] for feature in features)
    return ", ".join(f"{kinds[kind]} {name}" for kind, name in _KINDS.items() if kinds[kind])


def _cycle(group: Sequence[str]) -> str:
    if len(group) == 1:
        return f"{group[0]} refers to itself"
    return f"{', '.join(group)} refer to each other"


def _refresh(report: Diagnosis) -> str:
    if report.function:
        return "by the platform's function"
    return "each view directly: the schema has no refresh function"


def cron_text(cron: CronStatus | None) -> str:
    """What is known of the job that refreshes the views."""
    if cron is None or cron.version is None:
        elsewhere = f"; the jobs are in {cron.home}" if cron and cron.elsewhere else ""
        return f"not installed in this database{elsewhere}"
    if cron.problem:
        return f"{cron.version}; its jobs cannot be read: {cron.problem}"
    if cron.job is None:
        return f"{cron.version}; no active job refreshes the views" + (
            "" if cron.sees_all else ", as far as this role can see"
        )
    return f"{cron.version}; {cron.job.name} runs at {cron.job.schedule}"
