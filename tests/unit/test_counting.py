"""A view of counts is judged row by row, whatever rows it has."""

from __future__ import annotations

from autogpt_seed.catalog import Privileges, View
from autogpt_seed.comparison import Snapshot
from autogpt_seed.database.views.market import Market, RunGroup
from autogpt_seed.store_views import FigureColumns
from autogpt_seed.verification.checks.counting import check_run_counts
from autogpt_seed.verification.report import Outcome

VIEW = View("platform", "counts", True, {}, "", Privileges(True, False, True))


def test_a_graph_that_is_there_twice_is_miscounted() -> None:
    runs = {RunGroup("g", 1, others=True, deleted=False, completed=True): 7}
    market = Market(runs, {}, {}, {}, {}, {}, (), {})
    twice = Snapshot(("graph", "runs"), {"g": (("g", 3), ("g", 4))})
    (check,) = check_run_counts(FigureColumns(VIEW, "graph", "runs", None), market, twice).checks
    assert check.outcome is Outcome.FAILED
    assert check.evidence[-1] == "g: expected runs 7, found 2 rows"
