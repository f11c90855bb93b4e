"""The columns that refer to other tables: the keys of their rows, streamed beside the rows."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import cycle, islice, repeat
from typing import TypeAlias, TypeVar

from autogpt_seed.binding.draft import Draft, Drafts
from autogpt_seed.binding.entity_records import row_times
from autogpt_seed.binding.owners import owners
from autogpt_seed.binding.relations import Relation
from autogpt_seed.binding.sources import Source, projected
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.rows import Record, Records

_KEPT = 10_000
"""The keys of up to this many parents are kept for their next turn; more are made again."""

_LONG_AGO, _NOW = -(2**63), 2**63
T = TypeVar("T")

_Dated: TypeAlias = tuple[int, Record]


def parent_source(relation: Relation, draft: Draft, drafts: Drafts) -> Source:
    """The values of the relation's columns, for each row of the table in turn."""
    parent = drafts[relation.parent]
    if relation.like:
        return Source(relation.columns, _own(draft, relation.like))
    if _to_itself(relation, draft):
        return Source(relation.columns, _own(draft, relation.referred))
    if relation.chosen:
        return Source(relation.columns, _chosen(relation, draft, parent))
    if by_owner(relation, draft):
        return Source(relation.columns, _of_owner(relation, draft, drafts))
    return Source(relation.columns, _in_turn(relation, parent))


def check_choices(draft: Draft, drafts: Drafts) -> None:
    """Look for a row whose values demand a parent that does not exist.

    Raises `DatabaseUnsuitable`, which would otherwise come in the middle of the load.
    """
    for relation in draft.relations:
        if not _to_itself(relation, draft) and (relation.by or relation.via is not None):
            deque(_chosen(relation, draft, drafts[relation.parent])(), maxlen=0)


def parent_ids(parent: Draft) -> Callable[[], Iterator[object]]:
    """The ids of the parent's rows, over and over."""

    def ids() -> Iterator[object]:
        while True:
            for (identifier,) in projected(parent.sources, (parent.id_column,), parent.count)():
                yield identifier

    return ids


def _to_itself(relation: Relation, draft: Draft) -> bool:
    """Whether each row refers to itself: the table is its own, and nothing chooses another row."""
    given_alike = all(here == there for here, there in relation.by)
    free = relation.via is None and not relation.like
    return relation.parent == draft.name and free and given_alike


def _own(draft: Draft, columns: tuple[str, ...]) -> Records:
    """Other columns of the same row."""
    return projected(draft.sources, columns, draft.count)


def _in_turn(relation: Relation, parent: Draft) -> Records:
    """The parents' keys, over and over."""

    def keys() -> Iterator[Record]:
        # Sources of a parent that closes a deferred cycle are known only by now.
        once = projected(parent.sources, relation.referred, parent.count)
        return _over_and_over(once, relation, parent)

    return keys


def _over_and_over(
    once: Callable[[], Iterator[T]], relation: Relation, parent: Draft
) -> Iterator[T]:
    """What there is of each parent, again and again, from number `skip` on."""
    skip = relation.skip % max(1, parent.count)
    if parent.count <= _KEPT:
        return islice(cycle(once()), skip, None)
    return islice(_again(once), skip, None)


def by_owner(relation: Relation, draft: Draft) -> bool:
    """Whether each row of an entity gets a parent of its own owner. Not where a unique key requires
    that the rows take their parents in turn."""
    return draft.rows is not None and not any(
        not set(key.columns).isdisjoint(relation.columns) and not draft.promises(key)
        for key in draft.table.unique_keys
    )


def _of_owner(relation: Relation, draft: Draft, drafts: Drafts) -> Records:
    """For each row the key of the oldest parent of the same owner, else of the next parent in turn;
    but where that is younger than the row, of the oldest parent of all.

    Keeps one entry for each owner in memory.
    """
    parent = drafts[relation.parent]
    # Without the columns of this relation, which are about to be added.
    given = list(draft.sources)

    def keys() -> Iterator[Record]:
        ours = owners(replace(draft, sources=given), drafts)
        theirs = owners(parent, drafts) if ours else None
        dated = partial(_dated, relation, parent)
        first: dict[object, _Dated] = {}
        for owner, one in zip(theirs or (), dated(), strict=False):
            first[owner] = min(first.get(owner, one), one, key=_made)
        first.pop(None, None)
        oldest = min(dated(), key=_made, default=None)
        turns = _over_and_over(dated, relation, parent)
        for owner, made, turn in zip(
            ours or repeat(None), _since(draft, _NOW), turns, strict=False
        ):
            found = first.get(owner, turn)
            yield (found if oldest is None or found[0] <= made else oldest)[1]

    return keys


def _dated(relation: Relation, parent: Draft) -> Iterator[_Dated]:
    """When each parent was made, and its key."""
    keys = projected(parent.sources, relation.referred, parent.count)()
    return zip(_since(parent, _LONG_AGO), keys, strict=False)


def _made(one: _Dated) -> int:
    return one[0]


def _since(draft: Draft, otherwise: int) -> Iterator[int]:
    """When each row was made; `otherwise` where the entity does not tell."""
    times = row_times(draft.rows, last=False) if draft.rows else None
    return times() if times else repeat(otherwise)


def _again(once: Callable[[], Iterator[T]]) -> Iterator[T]:
    while True:
        yield from once()


def _chosen(relation: Relation, draft: Draft, parent: Draft) -> Records:
    """The keys of the parents that agree with what the rows hold. Keeps all of them in memory."""
    theirs = tuple(name for _, name in relation.by) or (parent.id_column,)
    given = _held(relation, draft, parent)

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


def _held(relation: Relation, draft: Draft, parent: Draft) -> Records:
    """What the rows hold of their parents: columns, or a field with the parent's id."""
    place, rows = relation.via, draft.rows
    if place is None or rows is None:
        own = tuple(name for name, _ in relation.by)
        return projected(draft.sources, own, draft.count)
    adapt = next(match.adapt for match in parent.matches if match.index == 0)

    def ids() -> Iterator[Record]:
        for record in rows.records():
            value = record[place]
            yield (None if value is None else adapt(value),)

    return ids


def _without_parent(relation: Relation, draft: Draft, values: Record) -> DatabaseUnsuitable:
    names = [name for name, _ in relation.by] or ["id"]
    shown = ", ".join(f"{name} = {value}" for name, value in zip(names, values, strict=True))
    return DatabaseUnsuitable(
        f'No row of "{relation.parent}" matches every row of "{draft.name}".',
        evidence=f"Required: one with {shown}, for: {relation.key.definition}.",
        remedy=f"Override {', '.join(relation.columns)}: [columns.{draft.name}].",
    )
