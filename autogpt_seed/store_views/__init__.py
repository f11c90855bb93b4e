"""Which views of a schema carry the store's figures, and in which of their columns.

By the names that the platform uses, else by what a view reads and by the types of its columns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace

from autogpt_seed.catalog import Catalog, View
from autogpt_seed.spelling import folded
from autogpt_seed.store_views.columns import (
    COUNT_NAMES,
    COUNT_TYPES,
    COUNTED,
    GRAPH_VERSION_NAMES,
    KEY_TYPES,
    MEAN_TYPES,
    NO_TYPES,
    NUMBER_TYPES,
    ROLES,
    TEXT_TYPES,
    choose_column,
    first_named,
    is_list,
    known_first,
    misfits,
)

RUN_COUNTS = "mv_agent_run_counts"
REVIEW_STATS = "mv_review_stats"
STORE_AGENTS = "StoreAgent"
CREATORS = ("Creator", "StoreCreator")
SUBMISSIONS = "StoreSubmission"
KNOWN = frozenset({STORE_AGENTS, SUBMISSIONS, *CREATORS})
"""The store's views that show more than figures."""

_MOVING = re.compile(r"\b(clock_timestamp|statement_timestamp|timeofday|random|gen_random_uuid)\(")
"""Functions that give another value at each call, even within a transaction."""


@dataclass(frozen=True)
class FigureColumns:
    """A view with a row for each graph or listing.

    `key` is the column with its id, `count` and `mean` are those of its figures. `version` is the
    column with the version of the graph. `unfit` are columns with the name of a figure and a type
    that is no number.
    """

    view: View
    key: str
    count: str | None
    mean: str | None
    unfit: tuple[str, ...] = ()
    version: str | None = None

    @property
    def figures(self) -> tuple[str, ...]:
        """The columns of its figures: the count, then the mean, as far as it has them."""
        return tuple(name for name in (self.count, self.mean) if name is not None)

    def as_known(self, name: str) -> str | None:
        """The column of this view for what known versions of the platform call `name`."""
        if folded(name) in ROLES["rating"]:
            return self.mean
        return self.count if folded(name) in COUNT_NAMES else self.key


@dataclass(frozen=True)
class ColumnRoles:
    """A view of the store, and the column for each role; None where it has no such column.

    `creator` is a username or a user's id; `agents` is how many agents a creator has. `versions`,
    `graph_versions` and `categories` are lists: the numbers of a listing's versions in StoreAgent,
    those of their graphs, and what a creator's agents are about. `status` is a submission's.
    """

    view: View
    graph: str | None
    listing: str | None
    version: str | None
    creator: str | None
    runs: str | None
    rating: str | None
    agents: str | None
    versions: str | None
    graph_versions: str | None
    categories: str | None
    avatar: str | None
    status: str | None

    @property
    def columns(self) -> tuple[str, ...]:
        """All of these columns, once each."""
        names: list[str | None] = [getattr(self, f.name) for f in fields(self) if f.name != "view"]
        return tuple(dict.fromkeys(name for name in names if name is not None))

    def as_known(self, name: str) -> str | None:
        """The column of this view for what known versions of the platform call `name`."""
        roles = (role for role, names in ROLES.items() if folded(name) in names)
        found: list[str | None] = [getattr(self, role) for role in roles]
        return next(filter(None, found), None)


def run_counts(catalog: Catalog) -> FigureColumns | None:
    """The view that counts the runs of each graph."""
    view = _find(catalog, RUN_COUNTS, "AgentGraphExecution")
    if view is None:
        return None
    readers = _readers(catalog, view)
    found = _figure_columns(view, ROLES["graph"], mean=False, readers=readers)
    if found is None:
        return None
    version = choose_column(found.view, GRAPH_VERSION_NAMES, KEY_TYPES)
    return replace(found, version=version)


def review_stats(catalog: Catalog) -> FigureColumns | None:
    """The view that counts the reviews of each listing, with their mean score."""
    view = _find(catalog, REVIEW_STATS, "StoreListingReview")
    if view is None:
        return None
    return _figure_columns(view, ROLES["listing"], readers=_readers(catalog, view))


def store_agents(catalog: Catalog) -> FigureColumns | None:
    """The view of the store's agents: the listing, its runs and its rating."""
    view = catalog.views.get(STORE_AGENTS)
    return _figure_columns(view, ROLES["listing"], any_key=False) if view else None


def column_roles(view: View, *, by_type: bool = True) -> ColumnRoles:
    """Which column of a view of the store has which role, by the names of the columns. Where no
    name tells which are the runs and the rating, their types do, unless `by_type` is false."""
    counts, means = (COUNTED, MEAN_TYPES) if by_type else (NO_TYPES, NO_TYPES)
    lists = [column.name for column in view.columns.values() if is_list(column)]
    plain = [name for name in view.columns if name not in lists]
    of_agents, of_creators = view.name == STORE_AGENTS, view.name in CREATORS
    return ColumnRoles(
        view=view,
        graph=choose_column(view, ROLES["graph"], KEY_TYPES),
        listing=choose_column(view, ROLES["listing"], KEY_TYPES),
        version=choose_column(view, ROLES["version"], KEY_TYPES),
        creator=choose_column(view, ROLES["creator"], KEY_TYPES),
        runs=choose_column(view, known_first(view, ROLES["runs"]), NUMBER_TYPES, counts),
        rating=choose_column(view, known_first(view, ROLES["rating"]), NUMBER_TYPES, means),
        agents=choose_column(view, ROLES["agents"], NUMBER_TYPES),
        versions=first_named(lists, ROLES["versions"]) if of_agents else None,
        graph_versions=first_named(lists, ROLES["graph_versions"]) if of_agents else None,
        categories=first_named(lists, ROLES["categories"]) if of_creators else None,
        avatar=choose_column(view, ROLES["avatar"], TEXT_TYPES),
        status=first_named(plain, ROLES["status"]) if view.name == SUBMISSIONS else None,
    )


def unfit(columns: ColumnRoles) -> tuple[str, ...]:
    """The columns whose names say that they have a role, and whose types cannot be compared, so
    that no column has it."""
    view = columns.view
    roles = ["runs", "rating", "creator"]
    if view.name == STORE_AGENTS:
        roles += ["versions", "graph_versions", "avatar"]
    if view.name in CREATORS:
        roles += ["agents", "categories"]
    return misfits(view, [(ROLES[role], getattr(columns, role)) for role in roles])


def creators(catalog: Catalog) -> View | None:
    """The view of the creators, under either of its names."""
    return next((catalog.views[name] for name in CREATORS if name in catalog.views), None)


def materialized(catalog: Catalog) -> tuple[View, ...]:
    """The materialised views of the store: those above, and all that a plain view reads."""
    known = {
        columns.view.name for columns in (run_counts(catalog), review_stats(catalog)) if columns
    }
    plain = [view.name for view in catalog.views.values() if not view.materialized]
    return tuple(
        view
        for view in catalog.materialized_views
        if view.name in known or any(catalog.reads(name, view.name) for name in plain)
    )


def steady(columns: FigureColumns) -> View:
    """The view; with its key and figures alone where its definition calls a function such as
    `random()`, since any other column may show what that returns."""
    view, kept = columns.view, (columns.key, columns.version, *columns.figures)
    if not _MOVING.search(view.definition):
        return view
    return replace(view, columns={name: c for name, c in view.columns.items() if name in kept})


def _find(catalog: Catalog, name: str, reads: str) -> View | None:
    """The view of that name, else the only materialised view that reads the table."""
    if name in catalog.views:
        return catalog.views[name]
    readers = [view for view in catalog.materialized_views if reads in view.depends_on]
    return readers[0] if len(readers) == 1 else None


def _readers(catalog: Catalog, view: View) -> str:
    """The definitions of the views that read the view."""
    readers = (other for other in catalog.views.values() if view.name in other.depends_on)
    return "\n".join(reader.definition for reader in readers)


def _figure_columns(
    view: View,
    key_names: tuple[str, ...],
    *,
    mean: bool = True,
    any_key: bool = True,
    readers: str = "",
) -> FigureColumns | None:
    """The view with its columns; None where it has no key, which is a column of one of the names
    or, with `any_key`, the first of a text type. `readers` are the definitions of those above."""
    key = choose_column(view, key_names, KEY_TYPES, TEXT_TYPES if any_key else NO_TYPES)
    if key is None:
        return None
    counts = choose_column(view, known_first(view, COUNT_NAMES), NUMBER_TYPES, COUNT_TYPES, readers)
    rating = ROLES["rating"] if mean else ()
    ratings = (known_first(view, rating), NUMBER_TYPES, MEAN_TYPES)
    means = choose_column(view, *ratings, readers) if mean else None
    figures = [(COUNT_NAMES, counts), (rating, means)]
    return FigureColumns(view, key, counts, means, misfits(view, figures))
