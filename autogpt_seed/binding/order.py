"""The order in which tables are filled, so that every foreign key finds its row."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from autogpt_seed.catalog import ForeignKey
from autogpt_seed.errors import DatabaseUnsuitable


@dataclass(frozen=True)
class Edge:
    """A foreign key of `table` to `parent`, whose row must be there first if it is `required`."""

    table: str
    parent: str
    key: ForeignKey
    required: bool


def fill_order(tables: Sequence[str], edges: Collection[Edge]) -> tuple[list[str], list[Edge]]:
    """The tables, each after those that it requires, else in the order given as far as possible.

    Also the required edges that close a cycle and have to be deferred to the end of the
    transaction. Raises `DatabaseUnsuitable` for a cycle of which no edge is deferrable.
    """
    required = [edge for edge in edges if edge.required and edge.table != edge.parent]
    deferred: list[Edge] = []
    while True:
        order, cycle = _visit(tables, _parents(required))
        if not cycle:
            return order, deferred
        around = [e for e in required if (e.table, e.parent) in pairwise(cycle)]
        removed = next((edge for edge in around if edge.key.deferrable), None)
        if removed is None:
            raise _closed(cycle, around)
        required.remove(removed)
        deferred.append(removed)


def preferred_order(tables: Sequence[str], edges: Collection[Edge]) -> list[str]:
    """The tables, each after those that it refers to, as far as there are no cycles."""
    order, _ = _visit(tables, _parents(edges))
    return order


def _parents(edges: Collection[Edge]) -> dict[str, list[str]]:
    parents: dict[str, list[str]] = {}
    for edge in edges:
        parents.setdefault(edge.table, []).append(edge.parent)
    return parents


def _visit(
    tables: Sequence[str], parents: Mapping[str, Sequence[str]]
) -> tuple[list[str], list[str]]:
    """Depth first: the order, and the first cycle that was met, from a table back to itself."""
    order: dict[str, None] = {}
    path: list[str] = []
    cycle: list[str] = []

    def visit(table: str) -> None:
        if table in order:
            return
        if table in path:
            if not cycle:
                cycle.extend([*path[path.index(table) :], table])
            return
        path.append(table)
        for parent in parents.get(table, ()):
            visit(parent)
        path.pop()
        order[table] = None

    for table in tables:
        visit(table)
    known = set(tables)
    return [table for table in order if table in known], cycle


def _closed(cycle: Sequence[str], edges: Collection[Edge]) -> DatabaseUnsuitable:
    keys = [f'"{edge.key.name}" of {edge.table}: {edge.key.definition}' for edge in edges]
    return DatabaseUnsuitable(
        f"Tables require each other's rows: {' → '.join(cycle)}.",
        evidence="\n".join(keys),
        remedy="Make one of these columns nullable, or one of the keys DEFERRABLE.",
    )
