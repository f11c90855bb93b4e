"""How reports are written to standard output."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

_MOST_RUNS = 10
_SHOWN_RUNS = 5

_WIDEST = 1_000
"""More characters than any row of a table has."""

_COMMANDS = ("Repeat", "Next", "Restore")
"""The labels of facts that are commands."""


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Rich would end the process, with the exit status of a check that failed."""
        raise BrokenPipeError


def console() -> Console:
    """The console of reports: standard output, 80 columns where it is not a terminal."""
    width = None if sys.stdout.isatty() else 80
    return _Console(highlight=False, emoji=False, width=width)


def plain_table() -> Table:
    """An empty table, with a line below its head and none around it."""
    return Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)


def counted(number: int, noun: str) -> str:
    """`1 version`, `2,000 versions`."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def print_rows(rows: Mapping[str, int]) -> None:
    """How many rows of each table, if there are any."""
    if not rows:
        return
    table = plain_table()
    table.add_column("Table")
    table.add_column("Rows", justify="right")
    for name, count in rows.items():
        table.add_row(Text(name), f"{count:,}")
    out = console()
    out.print(table)
    out.print()


def shown_runs(tags: Sequence[str]) -> tuple[Sequence[str], int]:
    """The runs that a report lists, the last few if there are many, and how many it leaves out."""
    shown = tags if len(tags) <= _MOST_RUNS else tags[-_SHOWN_RUNS:]
    return shown, len(tags) - len(shown)


def print_table(out: Console, table: Table) -> None:
    """Print it. Where the output is no terminal, lines do not end with blanks."""
    if out.is_terminal:
        out.print(table)
        return
    with out.capture() as captured:
        out.print(table)
    out.file.writelines(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def print_whole(table: Table) -> None:
    """Print it whole, also where the terminal is too narrow, which then breaks the lines."""
    _Console(highlight=False, emoji=False, width=_WIDEST).print(table)


def print_facts(facts: Iterable[tuple[str, str]], indent: int = 9) -> None:
    """Pairs of a label and a text, one below the other. Texts are wrapped, except commands, which
    are there to be copied. A label is not repeated."""
    out, last = console(), ""
    for label, text in facts:
        head = f"{label if label != last else '':<{indent}}"
        lines = [text] if label in _COMMANDS else _wrapped(text, out.width - len(head))
        for line in lines:
            out.print(f"{head}{line}", markup=False, soft_wrap=True)
            head = " " * len(head)
        last = label


def _wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` characters. Names and paths stay whole."""
    return textwrap.wrap(text, max(width, 20), break_long_words=False, break_on_hyphens=False)
