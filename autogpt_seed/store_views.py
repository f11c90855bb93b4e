"""Which views of a schema carry the store's figures, and in which of their columns.

By the names that the platform uses, else by what a view reads and by the types of its columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache

from autogpt_seed.catalog import Catalog, Column, View
from autogpt_seed.data_types import TypeKind
from autogpt_seed.known_versions import columns_of, version_names
from autogpt_seed.spelling import folded

RUN_COUNTS = "mv_agent_run_counts"
REVIEW_STATS = "mv_review_stats"
STORE_AGENTS = "StoreAgent"
CREATORS = ("Creator", "StoreCreator")
SUBMISSIONS = "StoreSubmission"
KNOWN = frozenset({STORE_AGENTS, SUBMISSIONS, *CREATORS})
"""The store's views that show more than figures."""

_ROLES = {
    "graph": ("agentgraphid", "graphid", "agentid"),
    "listing": ("storelistingid", "listingid"),
    "version": ("storelistingversionid", "listingversionid", "versionid"),
    "creator": ("username", "creatorusername", "userid", "owninguserid", "creatorid", "handle"),
    "runs": ("runs", "runcount", "agentruns", "totalruns", "numruns"),
    "rating": ("avgrating", "averagerating", "rating", "agentrating", "meanrating"),
    "agents": ("numagents", "agentcount", "agents"),
    "versions": ("versions", "versionnumbers", "approvedversions"),
    "graph_versions": ("agentgraphversions", "graphversions", "agentversions"),
    "categories": ("topcategories", "categories"),
    "avatar": ("creatoravatar", "creatoravatarurl"),
    "status": ("status", "submissionstatus"),
}
"""For each field of `ColumnRoles` the folded names of its column in versions of the platform."""

_COUNT_NAMES = ("runcount", "reviewcount", "runs", "agentruns", "totalruns")
_GRAPH_VERSION_NAMES = ("agentgraphversion", "graphversion", "agentversion", "version")
_KNOWN_NAMES = frozenset(_COUNT_NAMES).union(*_ROLES.values())
_FIGURE_NAMES = frozenset(_COUNT_NAMES).union(*(_ROLES[r] for r in ("agents", "runs", "rating")))
_ID_NAMES = frozenset[str]().union(*(_ROLES[r] for r in ("graph", "listing", "version", "creator")))

_TEXT_TYPES = frozenset({"text", "varchar", "bpchar", "uuid", "citext", "name"})
_COUNTED = frozenset({"int8"})
"""The type of `count(*)`."""

_COUNT_TYPES = _COUNTED | {"int4", "int2"}
_KEY_TYPES = _TEXT_TYPES | _COUNT_TYPES
_MEAN_TYPES = frozenset({"numeric", "float8", "float4"})
_NUMBER_TYPES = _COUNT_TYPES | _MEAN_TYPES
_NO_TYPES = frozenset[str]()

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
        if folded(name) in _ROLES["rating"]:
            return self.mean
        return self.count if folded(name) in _COUNT_NAMES else self.key


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
        roles = (role for role, names in _ROLES.items() if folded(name) in names)
        found: list[str | None] = [getattr(self, role) for role in roles]
        return next(filter(None, found), None)


def run_counts(catalog: Catalog) -> FigureColumns | None:
    """The view that counts the runs of each graph."""
    view = _find(catalog, RUN_COUNTS, "AgentGraphExecution")
    if view is None:
        return None
    readers = _readers(catalog, view)
    found = _figure_columns(view, _ROLES["graph"], mean=False, readers=readers)
    if found is None:
        return None
    version = _column(found.view, _GRAPH_VERSION_NAMES, _KEY_TYPES)
    return replace(found, version=version)


def review_stats(catalog: Catalog) -> FigureColumns | None:
    """The view that counts the reviews of each listing, with their mean score."""
    view = _find(catalog, REVIEW_STATS, "StoreListingReview")
    if view is None:
        return None
    return _figure_columns(view, _ROLES["listing"], readers=_readers(catalog, view))


def store_agents(catalog: Catalog) -> FigureColumns | None:
    """The view of the store's agents: the listing, its runs and its rating."""
    view = catalog.views.get(STORE_AGENTS)
    return _figure_columns(view, _ROLES["listing"], any_key=False) if view else None


def column_roles(view: View, *, by_type: bool = True) -> ColumnRoles:
    """Which column of a view of the store has which role, by the names of the columns. Where no
    name tells which are the runs and the rating, their types do, unless `by_type` is false."""
    counts, means = (_COUNTED, _MEAN_TYPES) if by_type else (_NO_TYPES, _NO_TYPES)
    lists = [column.name for column in view.columns.values() if is_list(column)]
    plain = [name for name in view.columns if name not in lists]
    of_agents, of_creators = view.name == STORE_AGENTS, view.name in CREATORS
    return ColumnRoles(
        view=view,
        graph=_column(view, _ROLES["graph"], _KEY_TYPES),
        listing=_column(view, _ROLES["listing"], _KEY_TYPES),
        version=_column(view, _ROLES["version"], _KEY_TYPES),
        creator=_column(view, _ROLES["creator"], _KEY_TYPES),
        runs=_column(view, _own(view, _ROLES["runs"]), _NUMBER_TYPES, counts),
        rating=_column(view, _own(view, _ROLES["rating"]), _NUMBER_TYPES, means),
        agents=_column(view, _ROLES["agents"], _NUMBER_TYPES),
        versions=_named(lists, _ROLES["versions"]) if of_agents else None,
        graph_versions=_named(lists, _ROLES["graph_versions"]) if of_agents else None,
        categories=_named(lists, _ROLES["categories"]) if of_creators else None,
        avatar=_column(view, _ROLES["avatar"], _TEXT_TYPES),
        status=_named(plain, _ROLES["status"]) if view.name == SUBMISSIONS else None,
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
    return _unfit(view, [(_ROLES[role], getattr(columns, role)) for role in roles])


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


def is_number(column: Column) -> bool:
    """Whether the column holds amounts: numbers that are no ids."""
    is_named = folded(column.name) in _ID_NAMES
    return column.type.base.name in _NUMBER_TYPES and not is_named and not is_list(column)


def is_figure(name: str) -> bool:
    """Whether known versions of the platform call a figure by that name: a number of runs, reviews
    or agents, or a mean score."""
    return folded(name) in _FIGURE_NAMES


def has_role(name: str) -> bool:
    """Whether known versions of the platform call a column with a role by that name."""
    return folded(name) in _KNOWN_NAMES


def is_list(column: Column) -> bool:
    """Whether the column holds lists."""
    return column.type.base.kind is TypeKind.ARRAY


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
    key = _column(view, key_names, _KEY_TYPES, _TEXT_TYPES if any_key else _NO_TYPES)
    if key is None:
        return None
    counts = _column(view, _own(view, _COUNT_NAMES), _NUMBER_TYPES, _COUNT_TYPES, readers)
    rating = _ROLES["rating"] if mean else ()
    ratings = (_own(view, rating), _NUMBER_TYPES, _MEAN_TYPES)
    means = _column(view, *ratings, readers) if mean else None
    figures = [(_COUNT_NAMES, counts), (rating, means)]
    return FigureColumns(view, key, counts, means, _unfit(view, figures))


def _own(view: View, names: tuple[str, ...]) -> tuple[str, ...]:
    """The same names, beginning with those that the view has in known versions of the platform."""
    own = _known_columns(view.name)
    return tuple(sorted(names, key=lambda name: name not in own))


@cache
def _known_columns(view: str) -> frozenset[str]:
    return frozenset(folded(c) for version in version_names() for c in columns_of(version, view))


def _column(
    view: View,
    names: tuple[str, ...],
    types: frozenset[str],
    fallback: frozenset[str] = _NO_TYPES,
    readers: str = "",
) -> str | None:
    """Of the columns of these types, the one with the first of the names that any of them has.

    Where no column of any type has one of the names, the first of a `fallback` type whose name
    does not say that it is something else, and of several one that the `readers` name.
    """
    if _named(list(view.columns), names):
        return _named(_of_types(view, types), names)
    unnamed = [name for name in _of_types(view, fallback) if folded(name) not in _KNOWN_NAMES]
    read = (name for name in unnamed if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", readers))
    return next(read, unnamed[0] if unnamed else None)


def _unfit(view: View, known: Iterable[tuple[tuple[str, ...], str | None]]) -> tuple[str, ...]:
    """Of the pairs without a column, the columns that have one of the names, of whatever type."""
    named = (_named(list(view.columns), names) for names, found in known if found is None)
    return tuple(filter(None, named))


def _named(columns: Sequence[str], names: tuple[str, ...]) -> str | None:
    """The column with the first of the names that any column has."""
    found = {folded(column): column for column in reversed(columns)}
    return next((found[name] for name in names if name in found), None)


def _of_types(view: View, types: frozenset[str]) -> list[str]:
    """The columns of these types. The type of a list has the name of its elements' type."""
    return [
        column.name
        for column in view.columns.values()
        if column.type.base.name in types and not is_list(column)
    ]
