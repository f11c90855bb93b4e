"""The figures of the views, before and after, as a table."""

from __future__ import annotations

from dataclasses import astuple

from rich.table import Table

from autogpt_seed.views import ViewFigures

_LABELS = (
    "agents with runs",
    "their runs",
    "most runs of one",
    "fewest runs of one",
    "listings with approved versions",
    "their reviews",
    "mean of their ratings",
    "agents in the store",
    "mean of their runs",
    "mean of their ratings",
)


def figures_table(before: ViewFigures, after: ViewFigures) -> Table:
    """One line for each figure."""
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right")
    table.add_column(justify="right")
    table.add_row("Figures", "before", "after")
    for label, *values in zip(_LABELS, _values(before), _values(after), strict=True):
        table.add_row(label, *map(_number, values))
    return table


def _values(figures: ViewFigures) -> list[float | int | None]:
    """The figures in the order of their labels."""
    runs, reviews, store = figures.runs, figures.reviews, figures.store
    return [
        *(astuple(runs) if runs else [None] * 4),
        *(astuple(reviews) if reviews else [None] * 3),
        *(astuple(store) if store else [None] * 3),
    ]


def _number(value: float | int | None) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"
