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

_GRAPH_NAMES = ("agentgraphid", "graphid", "agentid")
_GRAPH_VERSION_NAMES = ("agentgraphversion", "graphversion", "agentversion", "version")
_LISTING_NAMES = ("storelistingid", "listingid")
_VERSION_NAMES = ("storelistingversionid", "listingversionid", "versionid")
_CREATOR_NAMES = ("username", "creatorusername", "userid", "owninguserid", "creatorid", "handle")
_ID_NAMES = frozenset((*_GRAPH_NAMES, *_LISTING_NAMES, *_VERSION_NAMES, *_CREATOR_NAMES))
_AGENTS_NAMES = ("numagents", "agentcount", "agents")
_COUNT_NAMES = ("runcount", "reviewcount", "runs", "agentruns", "totalruns")
_RUNS_NAMES = ("runs", "runcount", "agentruns", "totalruns", "numruns")
_MEAN_NAMES = ("avgrating", "averagerating", "rating", "agentrating", "meanrating")

_VERSIONS_NAMES = ("versions", "versionnumbers", "approvedversions")
_GRAPH_VERSIONS_NAMES = ("agentgraphversions", "graphversions", "agentversions")
_CATEGORIES_NAMES = ("topcategories", "categories")
_AVATAR_NAMES = ("creatoravatar", "creatoravatarurl")
_STATUS_NAMES = ("status", "submissionstatus")

_ROLES = {
    "graph": _GRAPH_NAMES,
    "listing": _LISTING_NAMES,
    "version": _VERSION_NAMES,
    "creator": _CREATOR_NAMES,
    "runs": _RUNS_NAMES,
    "rating": _MEAN_NAMES,
    "agents": _AGENTS_NAMES,
    "versions": _VERSIONS_NAMES,
    "graph_versions": _GRAPH_VERSIONS_NAMES,
    "categories": _CATEGORIES_NAMES,
    "avatar": _AVATAR_NAMES,
    "status": _STATUS_NAMES,
}
"""By field of `Shown` the names that its column has in versions of the platform."""

_KNOWN_NAMES = frozenset(_COUNT_NAMES).union(*_ROLES.values())

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
class Measured:
    """A view with the column that names the graph or listing, and those of its figures, if any.

    `version` may tell of which version of the graph a row is. `unfit` are named like figures, and
    of types that are no numbers.
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
        """The column that is here what versions of the platform call by that name."""
        if folded(name) in _MEAN_NAMES:
            return self.mean
        return self.count if folded(name) in _COUNT_NAMES else self.key


@dataclass(frozen=True)
class Shown:
    """A view of the store, and which of its columns name what, as far as it has them.

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
        """The column that is here what versions of the platform call by that name."""
        roles = (role for role, names in _ROLES.items() if folded(name) in names)
        found: list[str | None] = [getattr(self, role) for role in roles]
        return next(filter(None, found), None)


def run_counts(catalog: Catalog) -> Measured | None:
    """The view that counts the runs of each graph."""
    view = _find(catalog, RUN_COUNTS, "AgentGraphExecution")
    found = _measured(view, _GRAPH_NAMES, mean=False) if view else None
    if found is None:
        return None
    version = _column(found.view, _GRAPH_VERSION_NAMES, _KEY_TYPES)
    return replace(found, version=version)


def review_stats(catalog: Catalog) -> Measured | None:
    """The view that counts the reviews of each listing, with their mean score."""
    view = _find(catalog, REVIEW_STATS, "StoreListingReview")
    return _measured(view, _LISTING_NAMES) if view else None


def store_agents(catalog: Catalog) -> Measured | None:
    """The view of the store's agents: the listing, its runs and its rating."""
    view = catalog.views.get(STORE_AGENTS)
    return _measured(view, _LISTING_NAMES, any_key=False) if view else None


def shown(view: View, *, by_type: bool = True) -> Shown:
    """What the columns of a view of the store are, by their names and, `by_type`, by their types
    where no name tells which are the runs and the rating."""
    counts, means = (_COUNTED, _MEAN_TYPES) if by_type else (_NO_TYPES, _NO_TYPES)
    return Shown(
        view=view,
        graph=_column(view, _GRAPH_NAMES, _KEY_TYPES),
        listing=_column(view, _LISTING_NAMES, _KEY_TYPES),
        version=_column(view, _VERSION_NAMES, _KEY_TYPES),
        creator=_column(view, _CREATOR_NAMES, _KEY_TYPES),
        runs=_column(view, _own(view, _RUNS_NAMES), _NUMBER_TYPES, counts),
        rating=_column(view, _own(view, _MEAN_NAMES), _NUMBER_TYPES, means),
        agents=_column(view, _AGENTS_NAMES, _NUMBER_TYPES),
        versions=_list(view, _VERSIONS_NAMES, STORE_AGENTS),
        graph_versions=_list(view, _GRAPH_VERSIONS_NAMES, STORE_AGENTS),
        categories=_list(view, _CATEGORIES_NAMES, *CREATORS),
        avatar=_column(view, _AVATAR_NAMES, _TEXT_TYPES),
        status=_any_type(view, _STATUS_NAMES) if view.name == SUBMISSIONS else None,
    )


def unfit(columns: Shown) -> tuple[str, ...]:
    """The columns that are named like some of these that the view lacks, and are of other types
    than those that can be compared."""
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
        measured.view.name for measured in (run_counts(catalog), review_stats(catalog)) if measured
    }
    plain = [view.name for view in catalog.views.values() if not view.materialized]
    return tuple(
        view
        for view in catalog.materialized_views
        if view.name in known or any(catalog.reads(name, view.name) for name in plain)
    )


def steady(measured: Measured) -> View:
    """The view with its keys and figures alone, where its definition calls a function that gives
    another value each time: any other column may show that."""
    view, kept = measured.view, (measured.key, measured.version, *measured.figures)
    if not _MOVING.search(view.definition):
        return view
    return replace(view, columns={name: c for name, c in view.columns.items() if name in kept})


def is_number(column: Column) -> bool:
    """Whether values of the column are counted and averaged, rather than read as names are."""
    is_named = folded(column.name) in _ID_NAMES
    return column.type.base.name in _NUMBER_TYPES and not is_named and not is_list(column)


def is_figure(name: str) -> bool:
    """Whether versions of the platform call a figure so: a number of runs, reviews or agents, or a
    mean score."""
    return folded(name) in (*_AGENTS_NAMES, *_COUNT_NAMES, *_RUNS_NAMES, *_MEAN_NAMES)


def has_role(name: str) -> bool:
    """Whether versions of the platform call one of the columns of `Shown` so."""
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


def _measured(
    view: View, key_names: tuple[str, ...], *, mean: bool = True, any_key: bool = True
) -> Measured | None:
    """None without a key: a column of such a name or, with `any_key`, the first of texts."""
    key = _column(view, key_names, _KEY_TYPES, _TEXT_TYPES if any_key else _NO_TYPES)
    if key is None:
        return None
    counts = _column(view, _own(view, _COUNT_NAMES), _NUMBER_TYPES, _COUNT_TYPES)
    means = _column(view, _own(view, _MEAN_NAMES), _NUMBER_TYPES, _MEAN_TYPES) if mean else None
    figures = [(_COUNT_NAMES, counts), *([(_MEAN_NAMES, means)] if mean else [])]
    return Measured(view, key, counts, means, _unfit(view, figures))


def _own(view: View, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names, those first that a view of that name has in a known version of the platform."""
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
) -> str | None:
    """The first column that has one of the names and types. Where none has one of the names,
    whatever its type, the first of a fallback type that is not named like something else."""
    if _named(list(view.columns), names):
        return _named(_of_types(view, types), names)
    unnamed = (name for name in _of_types(view, fallback) if folded(name) not in _KNOWN_NAMES)
    return next(unnamed, None)


def _unfit(view: View, known: Iterable[tuple[tuple[str, ...], str | None]]) -> tuple[str, ...]:
    """The columns that have one of the names of what was not found."""
    named = (_named(list(view.columns), names) for names, found in known if found is None)
    return tuple(filter(None, named))


def _list(view: View, names: tuple[str, ...], *views: str) -> str | None:
    """A list of one of the names, in a view of one of the names `views`."""
    lists = [column.name for column in view.columns.values() if is_list(column)]
    return _named(lists, names) if view.name in views else None


def _any_type(view: View, names: tuple[str, ...]) -> str | None:
    return _named([c.name for c in view.columns.values() if not is_list(c)], names)


def _named(columns: Sequence[str], names: tuple[str, ...]) -> str | None:
    """The first of the columns that has the first of the names that any has."""
    found = {folded(column): column for column in reversed(columns)}
    return next((found[name] for name in names if name in found), None)


def _of_types(view: View, types: frozenset[str]) -> list[str]:
    """The columns of these types. The type of a list has the name of its elements' type."""
    return [
        column.name
        for column in view.columns.values()
        if column.type.base.name in types and not is_list(column)
    ]
