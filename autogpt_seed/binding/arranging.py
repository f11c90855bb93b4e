"""The order of filling, and what follows from it: columns that are set later, or stay empty."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from autogpt_seed.binding.draft import Draft, Drafts
from autogpt_seed.binding.notes import emptied
from autogpt_seed.binding.order import Edge, fill_order, preferred_order
from autogpt_seed.binding.relations import Relation


def arrange(
    drafts: Drafts, suspended: Collection[tuple[str, str]]
) -> tuple[list[Draft], list[Edge]]:
    """The loaded drafts in the order of filling, and the keys to be deferred to the end.

    Nothing waits for the foreign keys `suspended`, each a table and a name. Raises
    `DatabaseUnsuitable` for a cycle that cannot be filled.
    """
    loaded = {name: draft for name, draft in drafts.items() if draft.loaded}
    edges = [edge for draft in loaded.values() for edge in _edges(draft, loaded)]
    known = [name for name, draft in loaded.items() if draft.rows is not None]
    unknown = [name for name in loaded if name not in set(known)]
    preferred = preferred_order(unknown, [e for e in edges if e.table in set(unknown)])
    names, deferred = fill_order([*known, *preferred], edges)
    place = {name: number for number, name in enumerate(names)}
    for draft in loaded.values():
        _give_up(draft, place, drafts)
        draft.late = _late(draft, place, suspended)
    return [loaded[name] for name in names], deferred


def _edges(draft: Draft, loaded: Drafts) -> Iterator[Edge]:
    for relation in draft.relations:
        if relation.parent in loaded:
            yield Edge(draft.name, relation.parent, relation.key, relation.required)
    for key in draft.satisfied_keys():
        if key.table in loaded:
            required = not draft.table.any_nullable(key.columns)
            yield Edge(draft.name, key.table, key, required)


def _give_up(draft: Draft, place: Mapping[str, int], drafts: Drafts) -> None:
    """Leave optional foreign keys empty whose rows come too late or are not known."""
    for relation in [relation for relation in draft.relations if not relation.required]:
        parent = drafts.get(relation.parent)
        late = place.get(relation.parent, -1) >= place[draft.name]
        none = parent is None or (parent.rows is not None and not parent.count)
        if late or none or (parent and not _is_known(parent, relation.needed)):
            draft.relations.remove(relation)
            _leave_empty(draft, relation)


def _leave_empty(draft: Draft, relation: Relation) -> None:
    """Leave the nullable columns of the relation empty, except those that other keys need."""
    kept = {name for key in draft.satisfied_keys() for name in key.columns}
    names = dict.fromkeys([*relation.columns, *relation.key.columns])
    nullable = [n for n in names if n not in kept and draft.table.columns[n].nullable]
    lost = [match for match in draft.matches if match.column.name in nullable]
    draft.matches = [match for match in draft.matches if match not in lost]
    draft.empty += tuple(nullable)
    draft.notes += emptied(draft, lost)


def _is_known(parent: Draft, columns: Collection[str]) -> bool:
    """Whether the values of these columns are known before the rows are sent."""
    given, there = parent.given(), parent.table.columns
    left = [name for name in columns if name not in given]
    empty = parent.present or not set(parent.empty).isdisjoint(left)
    return not (left and empty) and not any(there[name].generated for name in columns)


def _late(
    draft: Draft, place: Mapping[str, int], suspended: Collection[tuple[str, str]]
) -> frozenset[str]:
    """The nullable columns of keys to rows that come later: they are set afterwards."""
    return frozenset(
        name
        for key in draft.satisfied_keys()
        if place.get(key.table, -1) >= place[draft.name] and (draft.name, key.name) not in suspended
        for name in key.columns
        if draft.table.columns[name].nullable
    )
