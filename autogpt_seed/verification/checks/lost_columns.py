"""Columns that a known version of the platform has in a view, and this schema does not. Pure.

What is missing, or has a name that nobody knows, is compared with nothing. The version is the one
that comes closest in that view: a schema may be newer than some of its views.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from autogpt_seed import store_views
from autogpt_seed.catalog import Catalog, View
from autogpt_seed.database.views.plain_columns import may_show
from autogpt_seed.known_versions import columns_of, version_names
from autogpt_seed.spelling import folded
from autogpt_seed.store_views import ColumnRoles, FigureColumns
from autogpt_seed.store_views.columns import has_role, is_figure
from autogpt_seed.verification.report import Check, Outcome


def check_lost(catalog: Catalog, columns: ColumnRoles) -> Iterator[Check]:
    """That a view of the store has its columns. Of one that lacks half of them, and so is a fork's
    own, only the figures are missed."""
    name = columns.view.name

    def is_lost(column: str, further: Sequence[str]) -> bool:
        return not columns.as_known(column) and _is_lost(catalog, columns.view, column, further)

    relation = store_views.CREATORS[0] if name in store_views.CREATORS else name
    found = _closest(relation, columns.view, is_lost)
    lost = found.lost
    if 2 * len(lost) >= found.known:
        lost = tuple(filter(is_figure, lost))
    unknown = (c for c in found.further if c not in columns.columns)
    left = [column for column in unknown if not may_show(catalog, name, column)]
    yield from _warn(columns.view, replace(found, lost=lost, further=tuple(left)))


def check_lost_figures(catalog: Catalog, columns: FigureColumns) -> Iterator[Check]:
    """That a materialised view has its columns; nothing where it has no figures at all."""
    if not columns.figures:
        return
    of_runs = store_views.run_counts(catalog) == columns
    relation = store_views.RUN_COUNTS if of_runs else store_views.REVIEW_STATS
    present = set(map(folded, columns.view.columns))

    def is_lost(column: str, _: Sequence[str]) -> bool:
        return folded(column) not in present and not columns.as_known(column)

    found = _closest(relation, columns.view, is_lost)
    left = [c for c in found.further if c not in (columns.key, *columns.figures)]
    yield from _warn(columns.view, replace(found, further=tuple(left)))


@dataclass(frozen=True)
class _Version:
    """A known version: how many columns it has in a view, those that are lost here, and those of
    the view here whose names it does not have."""

    name: str
    known: int
    lost: tuple[str, ...]
    further: tuple[str, ...]


def _closest(relation: str, view: View, is_lost: Callable[[str, Sequence[str]], bool]) -> _Version:
    """The version with the fewest differences in what it calls `relation`; the newer one of two."""
    versions = []
    for name in version_names():
        known = columns_of(name, relation)
        names = set(map(folded, known))
        further = tuple(column for column in view.columns if folded(column) not in names)
        lost = tuple(column for column in known if is_lost(column, further))
        versions.append(_Version(name, len(known), lost, further))
    return min(versions, key=lambda version: len(version.lost) + len(version.further))


def _is_lost(catalog: Catalog, view: View, column: str, further: Iterable[str]) -> bool:
    """Whether it is there neither under its own name, however it is spelt, nor under another that
    is known for the same. What the tables do not hold, the view cannot have lost."""
    if folded(column) in set(map(folded, view.columns)):
        return False
    wanted = may_show(catalog, view.name, column)
    if not wanted:
        return has_role(column)
    return not any(wanted & may_show(catalog, view.name, other) for other in further)


def _warn(view: View, found: _Version) -> Iterator[Check]:
    if not found.lost:
        return
    evidence = [f"Not found, under any known name: {', '.join(found.lost)}."]
    if found.further:
        evidence.append(f"Not compared: {', '.join(found.further)}.")
    title = f"{view.name} lacks columns that version {found.name} of the platform has"
    remedy = f"If {view.name} shows them under other names, check it by hand."
    yield Check("view.columns", title, Outcome.WARNING, tuple(evidence), remedy, view.name)
