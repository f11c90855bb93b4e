"""Numbered values of a column: each can be made by itself, and no two are the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from autogpt_seed.ids import RunTag

HUGE = 2**60
"""A size without limit in practice."""

SCARCE = 2**17
"""With this many possible values or fewer, existing rows may have many of them."""

STRIDE = 2_654_435_761
"""Ordinals are multiplied by it to look random: a prime near 2³² divided by the golden ratio
(Knuth)."""


class Unfillable(Exception):
    """No value of the type can be made: its message ends the sentence "it …"."""


@dataclass(frozen=True)
class Values:
    """`size` different values: `at(n)` for each n below it.

    They are Python's own where COPY's binary form carries the type (`text_form.carried`), and
    else PostgreSQL's text form of them. The first `usual` are those that look most natural.
    `tagged` ones carry the run's tag, so that number 0 on is the run's own.
    """

    at: Callable[[int], Any]
    size: int
    usual: int = 100
    tagged: bool = False

    def spread(self, seed: int) -> Callable[[int], Any]:
        """For each ordinal one of the usual values, in an order that looks random."""
        if self.tagged:
            return self.at
        usual, at = min(self.usual, self.size), self.at
        return lambda ordinal: at((ordinal * STRIDE + seed) % usual)

    def by_turns(self, divisor: int) -> Callable[[int], Any]:
        """The usual values, beginning with the first, each for `divisor` rows, over and over."""
        usual, at = min(self.usual, self.size), self.at
        return lambda ordinal: at(ordinal // divisor % usual)

    def distinct(self, seed: int, divisor: int = 1) -> Callable[[int], Any]:
        """For each ordinal another value, as many as there are, beginning where the seed says.

        With a divisor, each value is for that many rows, beginning with the first value.
        """
        size, at = self.size, self.at
        if divisor > 1:
            return lambda ordinal: at(ordinal // divisor % size)
        start = 0 if self.tagged else seed % size
        return lambda ordinal: at((start + ordinal) % size)


@dataclass(frozen=True)
class FilledColumn:
    """What is filled: a column in a run. `as_of` has no zone and is meant as UTC."""

    tag: RunTag
    as_of: datetime
    table: str
    column: str

    @property
    def seed(self) -> int:
        """A number of 60 bits that no other column or run has."""
        text = f"fill|{self.tag}|{self.table}|{self.column}"
        return int(hashlib.sha256(text.encode()).hexdigest()[:15], 16)


def untaken(values: Values, taken: Collection[str]) -> Values:
    """The values without those `taken` by rows, which are given as the server prints them."""
    if not taken or values.size > SCARCE:
        return values
    left = [n for n in range(values.size) if printed(values.at(n)) not in taken]
    if not left:
        raise Unfillable("has no unused value left")
    return Values(lambda n: values.at(left[n]), len(left), min(values.usual, len(left)))


def printed(value: object) -> str:
    """A value as the server writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def listed(values: Sequence[Any]) -> Values:
    """Exactly these. Raises `Unfillable` where there are none."""
    if not values:
        raise Unfillable("has no value that its type and checks allow")
    return Values(values.__getitem__, len(values))
