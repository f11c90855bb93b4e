"""Circles of foreign keys: tables that refer to each other, directly or through others."""

from __future__ import annotations

from collections.abc import Mapping, Set

from autogpt_seed.catalog import Table


def cycles(tables: Mapping[str, Table]) -> list[tuple[str, ...]]:
    """The groups of tables of which each refers to all others. A table alone refers to itself."""
    direct = {
        table.name: {key.table for key in table.foreign_keys} & tables.keys()
        for table in tables.values()
    }
    reached = {name: _reached(name, direct) for name in direct}
    groups = {
        tuple(sorted(other for other in reached[name] if name in reached[other]))
        for name in reached
        if name in reached[name]
    }
    return sorted(groups)


def children_first(parents: Mapping[str, Set[str]]) -> list[tuple[str, ...]]:
    """The tables, each before its `parents`; those that refer to each other in one group."""
    reached = {name: frozenset({name} | _reached(name, parents)) for name in parents}
    groups: dict[frozenset[str], list[str]] = {}
    for name in sorted(reached, key=lambda name: (-len(reached[name]), name)):
        groups.setdefault(reached[name], []).append(name)
    return [tuple(group) for group in groups.values()]


def _reached(start: str, direct: Mapping[str, Set[str]]) -> set[str]:
    """The tables to which foreign keys lead from `start`, in one step or more."""
    found: set[str] = set()
    waiting = set(direct.get(start, ()))
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= direct.get(name, frozenset()) - found
    return found
