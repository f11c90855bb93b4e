"""The report of a gauntlet fits the terminal."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from autogpt_seed.cli.gauntlet_report import render
from autogpt_seed.database.migrations.watching import Lock
from autogpt_seed.gauntlet import GauntletReport, StepReport

TABLES = ("AgentGraphExecution", "CreditTransaction", "LibraryAgent", "StoreListing", "User")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal_and_no_name_is_broken(width: int) -> None:
    locks = tuple(Lock(table, "AccessExclusiveLock", 1.5) for table in TABLES)
    step = StepReport("2026_01", locks=locks, rows_touched=255, views_checked=3)
    out = StringIO()
    render(GauntletReport("2025_08", 2_279, (step,)), Console(file=out, width=width))
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert set(TABLES) <= set(out.getvalue().replace(",", "").split())
    assert all(line.startswith(" " * 15) for line in lines if "LibraryAgent" in line)
