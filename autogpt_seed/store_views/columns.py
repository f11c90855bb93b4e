"""Which column of a view holds what, by the names that the platform uses, else by its type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from autogpt_seed.catalog import Column, View
from autogpt_seed.data_types import TypeKind
from autogpt_seed.known_versions import columns_of, version_names
from autogpt_seed.spelling import folded

ROLES = {
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

COUNT_NAMES = ("runcount", "reviewcount", "runs", "agentruns", "totalruns")
GRAPH_VERSION_NAMES = ("agentgraphversion", "graphversion", "agentversion", "version")
_KNOWN_NAMES = frozenset(COUNT_NAMES).union(*ROLES.values())
_FIGURE_NAMES = frozenset(COUNT_NAMES).union(*(ROLES[r] for r in ("agents", "runs", "rating")))
_ID_NAMES = frozenset[str]().union(*(ROLES[r] for r in ("graph", "listing", "version", "creator")))

TEXT_TYPES = frozenset({"text", "varchar", "bpchar", "uuid", "citext", "name"})
COUNTED = frozenset({"int8"})
"""The type of `count(*)`."""

COUNT_TYPES = COUNTED | {"int4", "int2"}
KEY_TYPES = TEXT_TYPES | COUNT_TYPES
MEAN_TYPES = frozenset({"numeric", "float8", "float4"})
NUMBER_TYPES = COUNT_TYPES | MEAN_TYPES
NO_TYPES = frozenset[str]()


def is_number(column: Column) -> bool:
    """Whether the column holds amounts: numbers that are no ids."""
    is_named = folded(column.name) in _ID_NAMES
    return column.type.base.name in NUMBER_TYPES and not is_named and not is_list(column)


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


def known_first(view: View, names: tuple[str, ...]) -> tuple[str, ...]:
    """The same names, beginning with those that the view has in known versions of the platform."""
    own = _known_columns(view.name)
    return tuple(sorted(names, key=lambda name: name not in own))


@cache
def _known_columns(view: str) -> frozenset[str]:
    return frozenset(folded(c) for version in version_names() for c in columns_of(version, view))


def choose_column(
    view: View,
    names: tuple[str, ...],
    types: frozenset[str],
    fallback: frozenset[str] = NO_TYPES,
    readers: str = "",
) -> str | None:
    """Of the columns of these types, the one with the first of the names that any of them has.

    Where no column of any type has one of the names, the first of a `fallback` type whose name
    does not say that it is something else, and of several one that the `readers` name.
    """
    if first_named(list(view.columns), names):
        return first_named(_of_types(view, types), names)
    unnamed = [name for name in _of_types(view, fallback) if folded(name) not in _KNOWN_NAMES]
    read = (name for name in unnamed if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", readers))
    return next(read, unnamed[0] if unnamed else None)


def misfits(view: View, known: Iterable[tuple[tuple[str, ...], str | None]]) -> tuple[str, ...]:
    """Of the pairs without a column, the columns that have one of the names, of whatever type."""
    named = (first_named(list(view.columns), names) for names, found in known if found is None)
    return tuple(filter(None, named))


def first_named(columns: Sequence[str], names: tuple[str, ...]) -> str | None:
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
