"""Circles of foreign keys: tables that refer to each other, directly or through others."""

from __future__ import annotations

from collections.abc import Mapping, Set

from autogpt_seed.catalog import Table


def cycles(tables: Mapping[str, Table]) -> list[tuple[str, ...]]:
    """The groups of tables in which each refers to all others, directly or through others.

    A group of one refers to itself.
    """
    direct = {
        table.name: {key.table for key in table.foreign_keys if key.schema == table.schema}
        & tables.keys()
        for table in tables.values()
    }
    found = {name: reached(name, direct) for name in direct}
    groups = {
        tuple(sorted(other for other in found[name] if name in found[other]))
        for name in found
        if name in found[name]
    }
    return sorted(groups)


def children_first(parents: Mapping[str, Set[str]]) -> list[tuple[str, ...]]:
    """The tables, each before its `parents`; those that refer to each other in one group."""
    found = {name: frozenset({name} | reached(name, parents)) for name in parents}
    groups: dict[frozenset[str], list[str]] = {}
    for name in sorted(found, key=lambda name: (-len(found[name]), name)):
        groups.setdefault(found[name], []).append(name)
    return [tuple(group) for group in groups.values()]


def reached(start: str, direct: Mapping[str, Set[str]]) -> set[str]:
    """The tables to which foreign keys lead from `start`, in one step or more."""
    found: set[str] = set()
    waiting = set(direct.get(start, ()))
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= direct.get(name, frozenset()) - found
    return found
