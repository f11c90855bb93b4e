"""Time columns that nobody knows: not before what the row hangs on, never after the as-of time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import repeat

from autogpt_seed.binding.adapt import adapter
from autogpt_seed.binding.base import row_times
from autogpt_seed.binding.draft import Draft, Filling
from autogpt_seed.binding.parents import Drafts
from autogpt_seed.binding.sources import Source, gives, projected
from autogpt_seed.catalog import Column, DataType, ForeignKey
from autogpt_seed.rows import Kind, Record

_TYPES = frozenset({"timestamp", "timestamptz", "date"})
_EARLIEST = timedelta(days=731)
"""Before the first user of any run registers."""

_KEPT = 100_000
"""The times of so many parents are looked up; rows of larger tables count as made just now."""

_STEP = timedelta(milliseconds=1)
_STRIDE = 2_654_435_761
_FINE = 2**32
_FIRST = ("created", "added", "registered", "submitted")
_LAST = ("ended", "updated", "finished", "completed", "expire", "until", "deleted", "last")


def is_instant(data_type: DataType) -> bool:
    """Whether values of the type are points in time."""
    return data_type.base.name in _TYPES


def rank(column: str) -> int:
    """0 for the times at which a row begins, 2 for those at which something ends, else 1."""
    name = column.lower()
    if name.startswith(_FIRST):
        return 0
    return 2 if any(word in name for word in _LAST) else 1


def instants(
    draft: Draft, columns: Sequence[Column], drafts: Drafts, filling: Filling, *, early: bool
) -> Source:
    """These columns of the table, from the row's own times or else from those of its parents.

    With `early` they are as early as they can be, as other rows may hang on these.
    """
    names = tuple(column.name for column in columns)
    writers = [adapter(Kind.TIME, column.type) for column in columns]
    if draft.rows is not None and (last := row_times(draft.rows, last=True)):
        first = row_times(draft.rows, last=False) or last
        return Source(names, _own_times(columns, writers, first, last))
    ranks = [rank(column.name) for column in columns]

    def start() -> Iterator[Record]:
        for moment in _beginnings(draft, drafts, filling, early=early):
            yield tuple(
                write(min(moment + place * _STEP, filling.as_of))
                for place, write in zip(ranks, writers, strict=True)
            )

    return Source(names, start)


def _own_times(
    columns: Sequence[Column],
    writers: Sequence[Callable[[datetime], object]],
    first: Callable[[], Iterator[datetime]],
    last: Callable[[], Iterator[datetime]],
) -> Callable[[], Iterator[Record]]:
    begins = [rank(column.name) == 0 for column in columns]

    def start() -> Iterator[Record]:
        for begun, over in zip(first(), last(), strict=True):
            yield tuple(
                write(begun if begin else over)
                for begin, write in zip(begins, writers, strict=True)
            )

    return start


def _beginnings(
    draft: Draft, drafts: Drafts, filling: Filling, *, early: bool
) -> Iterator[datetime]:
    """For each row a time between the latest of its parents and the as-of time."""
    seed = filling.place(draft.name, "").seed
    for ordinal, floor in enumerate(_floors(draft, drafts, filling)):
        share = 0 if early else ((ordinal * _STRIDE + seed) % _FINE) / _FINE
        yield floor + _STEP * int((filling.as_of - floor) / _STEP * share)


def _floors(draft: Draft, drafts: Drafts, filling: Filling) -> Iterator[datetime]:
    """For each row the time at which the latest of its parents was made."""
    earliest = filling.as_of - _EARLIEST
    streams = [
        _parent_times(key, draft, parent, filling)
        for key in draft.foreign_keys()
        if (parent := drafts.get(key.table)) and parent is not draft
        if parent.created and gives(parent.sources, (*key.referred, parent.created))
        if gives(draft.sources, key.columns)
    ]
    if not streams:
        return repeat(earliest)
    return (max(earliest, *times) for times in zip(*streams, strict=False))


def _parent_times(
    key: ForeignKey, draft: Draft, parent: Draft, filling: Filling
) -> Iterator[datetime]:
    if parent.count > _KEPT:
        return repeat(filling.as_of)
    columns = (*key.referred, parent.created or "")
    made = {
        record[:-1]: _without_zone(record[-1])
        for record in projected(parent.sources, columns, parent.count)()
    }
    own = projected(list(draft.sources), key.columns, draft.count)
    earliest = filling.as_of - _EARLIEST
    return (made.get(values, earliest) for values in own())


def _without_zone(moment: object) -> datetime:
    """The time in UTC; for a day its end, as the row may have been made so late."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    if isinstance(moment, date):
        return datetime.combine(moment, time.max)
    return datetime.min  # noqa: DTZ901  # empty
