"""Ids that are computed, never drawn: a pure function of run tag, table and ordinal, and back.

The layout of an id, a UUID of RFC 9562 version 8, whose hexadecimal digits can be read by eye::

    bbbbbbbb-tttt-8ttt-8rrr-rrrrrrrrrrrr

    b  base of the run plus the ordinal of the row, so a run's ids ascend in one block
    t  28 bits of a digest of the table's name
    r  the run tag, 60 bits
    8  the version and, with the upper bits of the next digit, the variant of the RFC
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, count, islice

MAXIMUM_ORDINAL = 2**31 - 1
"""The base of a run lies below 2³¹, so that ordinals up to this one always fit."""

TAG_DIGITS = 15
"""The hexadecimal digits of a run tag, with which every id of the run ends."""

ID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$"
"""What an id looks like, as a regular expression that Python and PostgreSQL both read."""

_TABLE_DIGITS = 7
_TAG = re.compile(rf"[0-9a-f]{{{TAG_DIGITS}}}")
_ID = re.compile(
    r"(?P<position>[0-9a-f]{8})-(?P<t1>[0-9a-f]{4})-8(?P<t2>[0-9a-f]{3})"
    r"-8(?P<r1>[0-9a-f]{3})-(?P<r2>[0-9a-f]{12})"
)


@dataclass(frozen=True)
class RunTag:
    """What marks the rows of one run: 15 hexadecimal digits that end each of its ids."""

    digits: str

    def __post_init__(self) -> None:
        if not _TAG.fullmatch(self.digits):
            raise ValueError(f"a run tag has {TAG_DIGITS} lower-case hex digits: {self.digits!r}")

    @classmethod
    def of(cls, plan_digest: str, seed: int, as_of: str, earlier_runs: int) -> RunTag:
        """The tag of the run that has `earlier_runs` predecessors with the same three."""
        return cls(_digest(f"{plan_digest}|{seed}|{as_of}|{earlier_runs}")[:TAG_DIGITS])

    def __str__(self) -> str:
        return self.digits

    @cached_property
    def base(self) -> int:
        """The position of ordinal 0; it depends on nothing but the tag."""
        return int(_digest(f"base|{self.digits}")[:8], 16) >> 1

    def ids(self, table: str) -> Ids:
        """The ids of this run in `table`."""
        code = table_code(table)
        tag = self.digits
        return Ids(self.base, f"-{code[:4]}-8{code[4:]}-8{tag[:3]}-{tag[3:]}")


@dataclass(frozen=True)
class Ids:
    """The ids of one run in one table: `ids[ordinal]`. Ascending, unique, in constant memory."""

    base: int
    suffix: str

    def __getitem__(self, ordinal: int) -> str:
        return f"{self.base + ordinal:08x}{self.suffix}"

    def ascending(self) -> Iterator[str]:
        """The ids from ordinal 0 on, without end; several times as fast as one by one."""
        high, low = divmod(self.base, 0x100)
        tails = [f"{low:02x}{self.suffix}" for low in range(0x100)]
        blocks = (map(f"{number:06x}".__add__, tails) for number in count(high))
        return islice(chain.from_iterable(blocks), low, None)

    def short(self, ordinal: int) -> str:
        """The first 8 characters of the id: no two rows of a table and run share them."""
        return f"{self.base + ordinal:08x}"

    def with_given(self, ordinal: int, given: str) -> Ids:
        """The same, but with `given`, the id of an existing row, for `ordinal`."""
        return _WithGiven(self.base, self.suffix, ordinal, given)


@dataclass(frozen=True)
class _WithGiven(Ids):
    ordinal: int
    given: str

    def __getitem__(self, ordinal: int) -> str:
        return self.given if ordinal == self.ordinal else Ids.__getitem__(self, ordinal)

    def ascending(self) -> Iterator[str]:
        return map(self.__getitem__, count())


@dataclass(frozen=True)
class ParsedId:
    """What an id says about its row."""

    tag: RunTag
    table_code: str
    ordinal: int


def parse(text: str) -> ParsedId | None:
    """Read an id back, or None where it cannot be one of ours. Case does not matter."""
    match = _ID.fullmatch(text.lower())
    if match is None:
        return None
    tag = RunTag(match["r1"] + match["r2"])
    ordinal = int(match["position"], 16) - tag.base
    if not 0 <= ordinal <= MAXIMUM_ORDINAL:
        return None
    return ParsedId(tag, match["t1"] + match["t2"], ordinal)


def id_pattern(table: str) -> str:
    """What the ids in `table` look like, like `ID_PATTERN`."""
    code = table_code(table)
    return ID_PATTERN.replace("[0-9a-f]{4}-8[0-9a-f]{3}-8", f"{code[:4]}-8{code[4:]}-8", 1)


@lru_cache(maxsize=1024)
def table_code(table: str) -> str:
    """The 7 hexadecimal digits by which an id names its table."""
    return _digest(f"table|{table}")[:_TABLE_DIGITS]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
