"""Circles of foreign keys: tables that refer to each other, directly or through others."""

from __future__ import annotations

from collections.abc import Mapping

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


def _reached(start: str, direct: Mapping[str, set[str]]) -> set[str]:
    """The tables to which foreign keys lead from `start`, in one step or more."""
    found: set[str] = set()
    waiting = set(direct[start])
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= direct[name] - found
    return found
