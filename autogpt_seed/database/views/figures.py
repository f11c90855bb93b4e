"""The figures of the store: the aggregate queries over its views."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Numeric, cast, column, func, null, select
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed import store_views
from autogpt_seed.catalog import Catalog
from autogpt_seed.database.savepoints import Failed, attempt
from autogpt_seed.database.sql import clause
from autogpt_seed.store_views import FigureColumns


@dataclass(frozen=True)
class RunFigures:
    """Figures of the view of run counts: the agents with runs, and their runs."""

    agents: int
    total: int | None
    maximum: int | None
    minimum: int | None


@dataclass(frozen=True)
class ReviewFigures:
    """Figures of review statistics. `mean_rating` is the mean of all listings' means."""

    listings: int
    total: int | None
    mean_rating: float | None


@dataclass(frozen=True)
class StoreFigures:
    """Figures of StoreAgent. The means are over its rows."""

    agents: int
    mean_runs: float | None
    mean_rating: float | None


@dataclass(frozen=True)
class ViewFigures:
    """The figures of the store. None: the view or column is not there, or cannot be read."""

    runs: RunFigures | None
    reviews: ReviewFigures | None
    store: StoreFigures | None

    def sentences(self) -> tuple[str, ...]:
        """The figures for a person, one view a sentence."""
        sentences = (self._run_sentence(), self._review_sentence(), self._store_sentence())
        return tuple(filter(None, sentences))

    def _run_sentence(self) -> str:
        if (runs := self.runs) is None:
            return ""
        if not runs.agents:
            return "no agents with runs"
        span = f", {runs.minimum} to {runs.maximum} each" if runs.total and runs.agents > 1 else ""
        return f"{_counted(runs.agents, 'agent')} with {_counted(runs.total, 'run')}{span}"

    def _review_sentence(self) -> str:
        if (reviews := self.reviews) is None:
            return ""
        if not reviews.listings:
            return "no listings with approved versions"
        mean = f"mean rating {_number(reviews.mean_rating)}"
        listings, total = _counted(reviews.listings, "listing"), _counted(reviews.total, "review")
        return f"{listings} with {total}, {mean}"

    def _store_sentence(self) -> str:
        if (store := self.store) is None:
            return ""
        if not store.agents:
            return "no agents in the store"
        means = f"mean runs {_number(store.mean_runs)}, mean rating {_number(store.mean_rating)}"
        return f"{_counted(store.agents, 'agent')} in the store, {means}"


async def figures(connection: AsyncConnection, catalog: Catalog) -> ViewFigures:
    """Read the figures of the store. A view or figure that the schema lacks is None, no error."""
    runs = await _statistics(connection, catalog, store_views.run_counts(catalog))
    reviews = await _statistics(connection, catalog, store_views.review_stats(catalog))
    store = await _statistics(connection, catalog, store_views.store_agents(catalog))
    return ViewFigures(
        runs=RunFigures(runs.rows, runs.total, runs.maximum, runs.minimum) if runs else None,
        reviews=ReviewFigures(reviews.rows, reviews.total, reviews.mean) if reviews else None,
        store=StoreFigures(store.rows, store.mean_count, store.mean) if store else None,
    )


@dataclass(frozen=True)
class _Statistics:
    """Over the rows of a view: of its column of counts all, of its column of means the mean."""

    rows: int
    total: int | None
    maximum: int | None
    minimum: int | None
    mean_count: float | None
    mean: float | None


async def _statistics(
    connection: AsyncConnection, catalog: Catalog, columns: FigureColumns | None
) -> _Statistics | None:
    if columns is None or not catalog.readable(columns.view):
        return None
    counts, means = _column(columns.count), _column(columns.mean)
    query = select(
        func.count(),
        func.sum(counts),
        func.max(counts),
        func.min(counts),
        func.avg(counts),
        func.avg(cast(means, Numeric)),  # floats would depend on the order in which they are added
    ).select_from(clause(columns.view))
    found = await attempt(connection, partial(connection.execute, query))
    if isinstance(found, Failed):
        return None
    row = found.one()
    total, maximum, minimum = (None if value is None else int(value) for value in row[1:4])
    mean_count, mean = (None if value is None else float(value) for value in row[4:])
    return _Statistics(row[0], total, maximum, minimum, mean_count, mean)


def _column(name: str | None) -> ColumnElement[Any]:
    """The column of that name; without one NULL, of a type that can be aggregated."""
    return cast(null(), Numeric) if name is None else column(name)


def _counted(number: int | None, noun: str) -> str:
    return f"{_number(number)} {noun}{'s' * (number != 1)}"


def _number(value: float | int | None) -> str:
    if value is None:
        return "unknown"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"
