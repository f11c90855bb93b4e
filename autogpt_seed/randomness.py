"""Reproducible randomness: one stream per purpose, so that a new one shifts none of the others.

`Stream` draws with `random.Random.random()`, the only method whose sequence Python promises to
keep between its versions (documentation of `random`, "Notes on Reproducibility"); `Scattered`
calculates with whole numbers alone.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

STRATA = 20
"""How many draws of `Stream.evenly` are spread evenly."""

_GRAIN = 2**32  # coarse enough that no sum of a stratum and a fraction rounds up to the next
_WORD = 2**64 - 1


class Stream:
    """A sequence of draws that depends on nothing but the seed and the name."""

    __slots__ = ("random",)

    def __init__(self, seed: int, name: str) -> None:
        digest = hashlib.sha256(f"{seed}|{name}".encode()).digest()
        self.random = random.Random(int.from_bytes(digest, "big")).random
        """The next float in [0, 1), for loops that cannot afford another method call."""

    def integer(self, low: int, high: int) -> int:
        """A whole number, uniform over `low` to `high`, both included."""
        return low + int(self.random() * (high - low + 1))

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.random() < probability

    def pick(self, choices: Sequence[T]) -> T:
        """One of `choices`, each as likely as the others."""
        return choices[int(self.random() * len(choices))]

    def distinct(self, population: int, size: int) -> list[int]:
        """`size` different numbers below `population`, in drawn order (Floyd's algorithm).

        `size` is cut to the population. Takes time and memory in proportion to `size` alone.
        """
        chosen: dict[int, None] = {}
        for top in range(population - min(size, population), population):
            number = int(self.random() * (top + 1))
            chosen[top if number in chosen else number] = None
        return list(chosen)

    def sample(self, choices: Sequence[T], size: int) -> list[T]:
        """`size` different elements of `choices`, in the order in which those stand there."""
        return [choices[index] for index in sorted(self.distinct(len(choices), size))]

    def share(self, population: int, rate: float) -> bytearray:
        """`population` flags, of which exactly `rate`, rounded half up, are 1."""
        flags = bytearray(population)
        for index in self.distinct(population, int(population * rate + 0.5)):
            flags[index] = 1
        return flags

    def shuffle(self, items: list[T]) -> None:
        """Bring `items` into random order, in place (Fisher and Yates)."""
        for top in range(len(items) - 1, 0, -1):
            other = int(self.random() * (top + 1))
            items[top], items[other] = items[other], items[top]

    def evenly(self) -> Iterator[float]:
        """Numbers in [0, 1) without end, by stratified sampling.

        Each is uniform; but of each `STRATA` in a row, counted from the first, exactly one is in
        each of `STRATA` equal parts of the interval. So sums are close to their expectation.
        """
        while True:
            strata = list(range(STRATA))
            self.shuffle(strata)
            for stratum in strata:
                yield (stratum + int(self.random() * _GRAIN) / _GRAIN) / STRATA


class Scattered:
    """For each ordinal a whole number below 2**64 that depends on nothing but seed and name.

    They can be asked for in any order, and none is kept: it is the sequence of SplitMix64 (Steele,
    Lea and Flood, 2014). A `Stream` for each ordinal would take twenty times as long.
    """

    def __init__(self, seed: int, name: str) -> None:
        digest = hashlib.sha256(f"{seed}|{name}".encode()).digest()
        self._begin = int.from_bytes(digest[:8], "big")

    def __getitem__(self, ordinal: int) -> int:
        mixed = (self._begin + ordinal * 0x9E3779B97F4A7C15) & _WORD
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _WORD
        return mixed ^ (mixed >> 31)
