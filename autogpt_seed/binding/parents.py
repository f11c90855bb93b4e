"""The columns that refer to other tables: the keys of their rows, streamed beside the rows."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from heapq import nsmallest
from itertools import cycle, islice, repeat
from typing import TypeAlias, TypeVar

from autogpt_seed.binding.draft import Draft, Drafts
from autogpt_seed.binding.entity_records import row_times
from autogpt_seed.binding.instants import as_timestamp
from autogpt_seed.binding.owners import owners
from autogpt_seed.binding.relations import Relation
from autogpt_seed.binding.sources import Source, projected
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.rows import Record, Records

_KEPT = 10_000
"""The keys of up to this many parents are kept for their next turn, of more those of the oldest;
the rest is made again."""

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


def parent_values(
    column: str, draft: Draft, parent: Draft, referred: str
) -> Callable[[], Iterator[object]]:
    """For each row what the next parent in turn holds in `referred`; but where that is younger than
    the row and no unique key wants each parent once, an older one, or else the oldest."""
    times, dated = _since(draft, _NOW), _dated((referred,), parent)
    if any(key.columns == (column,) for key in draft.table.unique_keys):
        times = partial(repeat, _NOW)

    def values() -> Iterator[object]:
        oldest = nsmallest(_KEPT, dated(), key=_made)
        for ordinal, (made, turn) in enumerate(zip(times(), _again(dated), strict=False)):
            older = bisect_right(oldest, made, key=_made)
            (value,) = (turn if turn[0] <= made else oldest[ordinal % max(1, older)])[1]
            yield value

    return values


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
    times, dated = _since(draft, _NOW), _dated(relation.referred, parent)

    def keys() -> Iterator[Record]:
        ours = owners(replace(draft, sources=given), drafts)
        theirs = owners(parent, drafts) if ours else None
        first: dict[object, _Dated] = {}
        for owner, one in zip(theirs or (), dated(), strict=False):
            first[owner] = min(first.get(owner, one), one, key=_made)
        first.pop(None, None)
        oldest = min(dated(), key=_made, default=None)
        turns = _over_and_over(dated, relation, parent)
        for owner, made, turn in zip(ours or repeat(None), times(), turns, strict=False):
            found = first.get(owner, turn)
            yield (found if oldest is None or found[0] <= made else oldest)[1]

    return keys


def _dated(referred: tuple[str, ...], parent: Draft) -> Callable[[], Iterator[_Dated]]:
    """When each parent was made, and its key."""
    times = _since(parent, _LONG_AGO)
    return lambda: zip(times(), projected(parent.sources, referred, parent.count)(), strict=False)


def _made(one: _Dated) -> int:
    return one[0]


def _since(draft: Draft, otherwise: int) -> Callable[[], Iterator[int]]:
    """When each row was made; `otherwise` where neither its entity nor a column tells.

    The column counts if it is known by now: one that is filled later may follow from these times.
    """
    if draft.rows and (times := row_times(draft.rows, last=False)):
        return times
    created = draft.created
    if created is None:
        return lambda: repeat(otherwise)
    column = projected(draft.sources, (created,), draft.count)
    return lambda: (as_timestamp(made) for (made,) in column())


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
