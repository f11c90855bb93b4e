"""How many rows each parent has: evenly spread over the ranges of the plan."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from itertools import islice

from autogpt_seed.plan import Range
from autogpt_seed.randomness import STRATA, Stream

# With sizes drawn apart, the classic plan would give 41,055 rows on average, half of its seeds
# less than the 41,000 that it promises; and large agents that do real work do run more often.
_DRAWN_APART = 13


def extents(stream: Stream) -> Iterator[tuple[float, float]]:
    """For each graph how large it is and how often it is run: two evenly spread numbers in [0, 1).

    In `STRATA - _DRAWN_APART` of each `STRATA` graphs they are the same number.
    """
    even = stream.evenly()
    while True:
        large = list(islice(even, STRATA))
        busy = large[:_DRAWN_APART]
        stream.shuffle(busy)
        yield from zip(large, busy + large[_DRAWN_APART:], strict=True)


def scaled(extents: Iterable[float], size: Range) -> Iterator[int]:
    """Numbers in [0, 1) as whole numbers in the range `size`."""
    span = size.high - size.low + 1
    return (size.low + int(extent * span) for extent in extents)


def showcased(numbers: Iterable[int], size: Range, places: Container[int]) -> Iterator[int]:
    """`numbers`, drawn from `size`, with those at `places` raised to 1 where that is in `size`."""
    least = min(1, size.high)
    for place, number in enumerate(numbers):
        yield max(number, least) if place in places else number
