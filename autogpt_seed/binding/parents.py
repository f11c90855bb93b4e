"""Columns that refer to rows of other tables: the keys of these, streamed beside the rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import cycle, islice

from autogpt_seed.binding.draft import Draft
from autogpt_seed.binding.relations import Relation
from autogpt_seed.binding.sources import Source, projected
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.rows import Record

_KEPT = 10_000
"""The keys of so few parents are kept while they are handed out in turns; others are made anew."""

Drafts = Mapping[str, Draft]


def parent_source(relation: Relation, draft: Draft, drafts: Drafts) -> Source:
    """The values of the relation's columns, for each row of the table in turn."""
    parent = drafts[relation.parent]
    if relation.like:
        return Source(relation.columns, _own(draft, relation.like))
    if relation.by:
        return Source(relation.columns, _chosen(relation, draft, parent))
    if parent is draft:
        return Source(relation.columns, _own(draft, relation.referred))
    return Source(relation.columns, _in_turn(relation, parent))


def parent_ids(parent: Draft) -> Callable[[], Iterator[object]]:
    """The ids of the parent's rows, over and over."""

    def ids() -> Iterator[object]:
        while True:
            for (identifier,) in projected(parent.sources, (parent.id_column,), parent.count)():
                yield identifier

    return ids


def _own(draft: Draft, columns: tuple[str, ...]) -> Callable[[], Iterator[Record]]:
    """Other columns of the same row: a row that must refer to its table refers to itself."""
    return projected(list(draft.sources), columns, draft.count)


def _in_turn(relation: Relation, parent: Draft) -> Callable[[], Iterator[Record]]:
    """The parents' keys, over and over, from number `skip` on."""

    def keys() -> Iterator[Record]:
        # Sources of a parent that closes a deferred cycle are known only by now.
        once = projected(parent.sources, relation.referred, parent.count)
        skip = relation.skip % max(1, parent.count)
        if parent.count <= _KEPT:
            return islice(cycle(once()), skip, None)
        return islice(_again(once), skip, None)

    return keys


def _again(once: Callable[[], Iterator[Record]]) -> Iterator[Record]:
    while True:
        yield from once()


def _chosen(relation: Relation, draft: Draft, parent: Draft) -> Callable[[], Iterator[Record]]:
    """The keys of the parents that agree with what the rows hold. Keeps one entry a parent."""
    own = tuple(name for name, _ in relation.by)
    theirs = tuple(name for _, name in relation.by)
    given = projected(list(draft.sources), own, draft.count)

    def keys() -> Iterator[Record]:
        width = len(theirs)
        read = projected(parent.sources, (*theirs, *relation.referred), parent.count)
        found = {record[:width]: record[width:] for record in read()}
        for values in given():
            key = found.get(values)
            if key is None:
                raise _without_parent(relation, draft, values)
            yield key

    return keys


def _without_parent(relation: Relation, draft: Draft, values: Record) -> DatabaseUnsuitable:
    shown = ", ".join(
        f"{name} = {value}" for (name, _), value in zip(relation.by, values, strict=True)
    )
    return DatabaseUnsuitable(
        f'No row of "{relation.parent}" goes with every row of "{draft.name}".',
        evidence=f"Wanted is one with {shown}, for: {relation.key.definition}.",
        remedy=f"Override {', '.join(relation.columns)}: [columns.{draft.name}].",
    )
