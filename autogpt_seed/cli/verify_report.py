"""What `verify` prints: the checks with their evidence, the figures, the answers, the verdict."""

from __future__ import annotations

from collections import Counter

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autogpt_seed.cli.figures import figures_table
from autogpt_seed.cli.printing import print_table
from autogpt_seed.verification import Check, Outcome, VerificationReport

_STYLES = {
    Outcome.PASSED: "green",
    Outcome.WARNING: "yellow",
    Outcome.INCONCLUSIVE: "magenta",
    Outcome.FAILED: "bold red",
}


def render(report: VerificationReport, console: Console) -> None:
    """The report for a person. Colour repeats what the words say already."""
    figures = figures_table(report.before, report.after)
    for part in (_checks(report), figures, _answers(report)):
        print_table(console, part)
        console.print()
    console.print(_verdict(report), markup=False)


def _checks(report: VerificationReport) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check in report.checks:
        outcome = Text(check.outcome.value, _STYLES[check.outcome])
        table.add_row(outcome, Text(_title(check)))
        for line in check.evidence:
            table.add_row("", Text(line, "dim"))
        if check.remedy:
            table.add_row("", Text(f"To do: {check.remedy}"))
    return table


def _title(check: Check) -> str:
    """The code stands where somebody may want to look it up."""
    return check.title if check.outcome is Outcome.PASSED else f"{check.title} [{check.code}]"


def _answers(report: VerificationReport) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for answer in report.answers:
        table.add_row(answer.question, answer.answer, Text(answer.why, "dim"))
    return table


def _verdict(report: VerificationReport) -> str:
    counts = Counter(check.outcome for check in report.checks)
    words = {
        Outcome.FAILED: "failed",
        Outcome.INCONCLUSIVE: "inconclusive",
        Outcome.PASSED: "passed",
        Outcome.WARNING: "warning" if counts[Outcome.WARNING] == 1 else "warnings",
    }
    parts = ", ".join(
        f"{counts[outcome]} {word}" for outcome, word in words.items() if counts[outcome]
    )
    end = f"run {report.run_tag} is kept" if report.committed else "rolled back"
    verdict = "All checks hold" if report.ok else "Not all checks hold"
    return f"{verdict}: {parts}; {end}; {report.seconds:.1f} s."
