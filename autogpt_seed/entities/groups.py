"""Which children belong to which parent, in arrays of four bytes an entry."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise, repeat

from autogpt_seed.errors import ConfigurationError
from autogpt_seed.ids import MAXIMUM_ORDINAL


def starts(table: str, numbers: Iterable[int]) -> array[int]:
    """The ordinals at which the children of each parent begin, given how many each has.

    The children of a parent end where those of the next begin. The last entry, one more than there
    are parents, is the number of all children. Raises `ConfigurationError` where a run cannot
    number so many rows of `table`.
    """
    ordinals = array("I", [0])
    for total in accumulate(numbers):
        if total > MAXIMUM_ORDINAL:
            raise too_many(table)
        ordinals.append(total)
    return ordinals


def too_many(table: str) -> ConfigurationError:
    """The error for a plan that makes more rows of `table` than one run can number."""
    return ConfigurationError(
        f"The plan makes more rows of {table} than one run can number.",
        evidence=f"The limit is {MAXIMUM_ORDINAL:,} rows of a table.",
        remedy="Plan for fewer users or smaller ranges, or split the work into several runs.",
    )


class Groups:
    """`groups[parent]` are the ordinals of the elements that refer to this parent, ascending."""

    def __init__(self, parents: Sequence[int], population: int) -> None:
        numbers = array("I", bytes(4 * population))
        for parent in parents:
            numbers[parent] += 1
        self._starts = array("I", [0])
        self._starts.extend(accumulate(numbers))
        self._elements = array("I", bytes(4 * len(parents)))
        free = self._starts[:-1]
        for element, parent in enumerate(parents):
            self._elements[free[parent]] = element
            free[parent] += 1

    def __getitem__(self, parent: int) -> array[int]:
        return self._elements[self._starts[parent] : self._starts[parent + 1]]


def parents(starts: Sequence[int]) -> Iterator[int]:
    """The parent of each child, given the ordinals at which the children of each begin."""
    for parent, (first, after) in enumerate(pairwise(starts)):
        yield from repeat(parent, after - first)
