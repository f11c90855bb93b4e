"""Fills unknown time columns: not before what the row refers to, never after the as-of time."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import repeat

from autogpt_seed.binding.adapt import adapter, is_timestamp
from autogpt_seed.binding.context import Context
from autogpt_seed.binding.draft import Draft, Drafts
from autogpt_seed.binding.entity_records import row_times
from autogpt_seed.binding.fill.checks import column_limits
from autogpt_seed.binding.fill.moments import all_allowed
from autogpt_seed.binding.fill.values import STRIDE, FilledColumn
from autogpt_seed.binding.sources import Source, gives, projected
from autogpt_seed.catalog import Column, ForeignKey, Table
from autogpt_seed.data_types import DataType
from autogpt_seed.randomness import Scattered
from autogpt_seed.rows import Kind, Record, Records
from autogpt_seed.timestamps import MILLISECOND, timestamp

_TYPES = frozenset({"timestamp", "timestamptz", "date"})
_EARLIEST = timedelta(days=731)
"""Nothing happened so long before the as-of time: before any user registered."""

_KEPT = 100_000
"""Up to this many parents' times are looked up; rows of larger tables count as made just now."""

_NEVER = -(2**63)
_FINE = 2**32
_WORD = 2**64
_FIRST = ("created", "added", "registered", "submitted")
_LAST = ("ended", "updated", "finished", "completed", "expire", "until", "deleted", "last")
_END = re.compile(r"(^|_)end|End|(^|_)to$|To$")
"""`endDate` and `validTo`, not `sendAt`."""


def is_instant(data_type: DataType) -> bool:
    """Whether values of the type are points in time."""
    return data_type.base.name in _TYPES


def follows_events(table: Table, column: Column, filled: FilledColumn) -> bool:
    """Whether the column is a point in time, and its checks allow any at which things happened."""
    limits, earliest = column_limits(table, column.name), filled.as_of - _EARLIEST
    return is_instant(column.type) and all_allowed(limits, earliest, filled)


def rank(column: str) -> int:
    """0 for the times at which a row begins, 2 for those at which something ends, else 1."""
    name = column.lower()
    if name.startswith(_FIRST):
        return 0
    return 2 if _END.search(column) or any(word in name for word in _LAST) else 1


def instants(
    draft: Draft,
    columns: Sequence[Column],
    drafts: Drafts,
    context: Context,
    *,
    early: bool,
    round_: int,
) -> Source:
    """These columns of the table, from the row's own times or else from those of its parents.

    With `early` each row begins as soon as its parents are there, since others may refer to it.
    Each parent has one row in a round, which is `round_` rows; they begin before the next round.
    """
    names = tuple(column.name for column in columns)
    writers = [adapter(Kind.TIME, column.type) for column in columns]
    ranks, as_of = [rank(column.name) for column in columns], timestamp(context.as_of)
    if draft.rows is not None and (last := row_times(draft.rows, last=True)):
        first = row_times(draft.rows, last=False) or last
        return Source(names, _own_times(ranks, writers, first, last, as_of))
    lengths = Scattered(context.filled(draft.name, "").seed, "lengths")

    floors = _floors(draft, drafts, context)

    def start() -> Iterator[Record]:
        beginnings = _beginnings(draft, floors(), context, early=early, round_=round_)
        for ordinal, begun in enumerate(beginnings):
            half = (as_of - begun) / MILLISECOND * (lengths[ordinal] / _WORD) / 2
            step = MILLISECOND * (1 + int(half))
            yield tuple(
                write(min(begun + place * step, as_of))
                for place, write in zip(ranks, writers, strict=True)
            )

    return Source(names, start)


def with_raw_times(source: Source, table: Table, raw: Collection[str]) -> Source:
    """The same with the numbers of `timestamps` in all columns that take them. Those in `raw` hold
    them already."""
    places = [
        place
        for place, name in enumerate(source.columns)
        if is_timestamp(table.columns[name].type) and name not in raw
    ]
    if not places:
        return source

    def start() -> Iterator[Record]:
        for record in source.start():
            values = list(record)
            for place in places:
                if values[place] is not None:
                    values[place] = as_timestamp(values[place])
            yield tuple(values)

    return Source(source.columns, start)


def _own_times(
    ranks: Sequence[int],
    writers: Sequence[Callable[[int], object]],
    first: Callable[[], Iterator[int]],
    last: Callable[[], Iterator[int]],
    as_of: int,
) -> Records:
    """Ends are a millisecond after all other times: a check may require that they are later."""

    def start() -> Iterator[Record]:
        for begun, over in zip(first(), last(), strict=True):
            times = (begun, over, min(over + MILLISECOND, max(over, as_of)))
            yield tuple(write(times[place]) for place, write in zip(ranks, writers, strict=True))

    return start


def _beginnings(
    draft: Draft, floors: Iterator[int], context: Context, *, early: bool, round_: int
) -> Iterator[int]:
    """For each row a time between its floor and the as-of time."""
    seed, as_of = context.filled(draft.name, "").seed, timestamp(context.as_of)
    rounds = -(-draft.count // round_)
    for ordinal, floor in enumerate(floors):
        part = ((ordinal * STRIDE + seed) % _FINE) / _FINE
        share = 0 if early else (ordinal // round_ + part) / rounds
        yield floor + MILLISECOND * int((as_of - floor) / MILLISECOND * share)


def _floors(draft: Draft, drafts: Drafts, context: Context) -> Callable[[], Iterator[int]]:
    """For each row the time at which the latest of its parents was made.

    Of the parents that are built by now: in a circle of keys the others' times follow from these.
    """
    earliest = timestamp(context.as_of - _EARLIEST)
    streams = [
        _parent_times(key, draft, parent, parent.created, context)
        for key in draft.foreign_keys()
        if (parent := drafts.get(key.table)) and parent is not draft
        if parent.created and gives(parent.sources, (*key.referred, parent.created))
        if gives(draft.sources, key.columns)
    ]
    if not streams:
        return lambda: repeat(earliest)
    return lambda: (
        max(earliest, *times) for times in zip(*(start() for start in streams), strict=False)
    )


def _parent_times(
    key: ForeignKey, draft: Draft, parent: Draft, created: str, context: Context
) -> Callable[[], Iterator[int]]:
    if parent.count > _KEPT:
        return lambda: repeat(timestamp(context.as_of))
    earliest = timestamp(context.as_of - _EARLIEST)
    theirs = projected(parent.sources, (*key.referred, created), parent.count)
    own = projected(draft.sources, key.columns, draft.count)

    def times() -> Iterator[int]:
        made = {record[:-1]: as_timestamp(record[-1]) for record in theirs()}
        return (made.get(values, earliest) for values in own())

    return times


def as_timestamp(made: object) -> int:
    """The value of a time column as a timestamp: for a date its end, for NULL the earliest."""
    if isinstance(made, int):
        return made
    if isinstance(made, datetime):
        return timestamp(made.astimezone(UTC).replace(tzinfo=None) if made.tzinfo else made)
    if isinstance(made, date):
        return timestamp(datetime.combine(made, time.max))
    return _NEVER  # empty
