"""Sources of columns: each gives some columns of a table, row after row, to be put side by side."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count, islice, repeat
from operator import itemgetter
from typing import Any

from autogpt_seed.rows import Record, Records


@dataclass(frozen=True)
class Source:
    """The columns, and for each row in turn their values; it may go on after the last row."""

    columns: tuple[str, ...]
    start: Records


def numbered(columns: tuple[str, ...], makers: Sequence[Callable[[int], Any]]) -> Source:
    """Columns whose values are made from the row's ordinal."""
    return Source(columns, lambda: zip(*(map(make, count()) for make in makers), strict=False))


def joined(sources: Sequence[Source]) -> Source:
    """All columns of all sources, in their order. It ends with the source that ends first."""
    if len(sources) == 1:
        return sources[0]
    columns = tuple(chain.from_iterable(source.columns for source in sources))

    def start() -> Iterator[Record]:
        rows = zip(*(source.start() for source in sources), strict=False)
        return map(tuple, map(chain.from_iterable, rows))

    return Source(columns, start)


def projected(sources: Sequence[Source], columns: Sequence[str], rows: int) -> Records:
    """These columns of the first `rows` rows, from those sources only that have them now."""
    involved = [source for source in sources if not set(columns).isdisjoint(source.columns)]
    whole = joined(involved or [Source((), lambda: repeat(()))])
    if whole.columns == tuple(columns):
        return lambda: islice(whole.start(), rows)
    select = selector([whole.columns.index(column) for column in columns])
    return lambda: map(select, islice(whole.start(), rows))


def selector(places: Sequence[int]) -> Callable[[Record], Record]:
    """What takes the values at these places out of a record."""
    if len(places) == 1:
        place = places[0]
        return lambda record: (record[place],)
    return itemgetter(*places)


def gives(sources: Sequence[Source], columns: Collection[str]) -> bool:
    """Whether the sources together have all of these columns."""
    return set(columns) <= {column for source in sources for column in source.columns}
