"""Two snapshots of a view -> their differences, with evidence. Pure.

A snapshot is a multiset of rows under keys. Numbers are compared by value, whatever their type;
a number that was found is compared at its own precision, since views may round.
"""

from __future__ import annotations

import math
import struct
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

Value = str | bool | int | float | Decimal | Fraction | tuple["Value", ...] | None
Row = tuple[Value, ...]
_EXACT = (str, bool, tuple, type(None))

EXAMPLES = 5
"""How many differences a comparison keeps as examples."""

_RELATIVE_TOLERANCE = 1e-9
"""By about so much a sum of floating-point numbers depends on their order. A mean of means depends
by less on the digits that the server keeps of each."""


@dataclass(frozen=True)
class Snapshot:
    """Rows by key, each with one value per column. Most keys have one row."""

    columns: tuple[str, ...]
    rows: Mapping[str, tuple[Row, ...]]


@dataclass(frozen=True)
class ResultSet:
    """Rows as a view shows them, in no order and without a key, in the types of the driver."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[object, ...]]

    def values(self, column: str) -> list[Value]:
        """A column, from the first row to the last. Lists become tuples without their NULLs."""
        place = self.columns.index(column)
        shown: list[Any] = [row[place] for row in self.rows]
        return [_as_tuple(value) if isinstance(value, list) else value for value in shown]


def _as_tuple(values: list[Any]) -> Value:
    return tuple(
        _as_tuple(value) if isinstance(value, list) else value
        for value in values
        if value is not None
    )


@dataclass(frozen=True)
class Difference:
    """A key whose rows are not those that were expected.

    `expected` is empty where the key should not exist, `found` where it does not.
    """

    key: str
    expected: tuple[Row, ...]
    found: tuple[Row, ...]

    @property
    def kind(self) -> Literal["missing", "unexpected", "changed"]:
        """What is wrong with what was found."""
        if not self.expected:
            return "unexpected"
        return "changed" if self.found else "missing"


@dataclass(frozen=True)
class Comparison:
    """What `compare` found: the number of keys of each kind, and the first few as examples."""

    columns: tuple[str, ...]
    compared: int
    missing: int
    unexpected: int
    changed: int
    examples: tuple[Difference, ...]

    @property
    def different(self) -> int:
        """The number of keys that differ."""
        return self.missing + self.unexpected + self.changed

    @property
    def equal(self) -> bool:
        """Whether nothing differs."""
        return self.different == 0

    def describe(self) -> tuple[str, ...]:
        """The evidence: one line of counts, then one line for each example."""
        kinds = {"missing": self.missing, "unexpected": self.unexpected, "changed": self.changed}
        parts = ", ".join(f"{count} {kind}" for kind, count in kinds.items() if count)
        lines = [f"{self.different} of {self.compared} keys differ: {parts}."]
        lines += [self._describe(example) for example in self.examples]
        if more := self.different - len(self.examples):
            lines.append(f"... and {more} more.")
        return tuple(lines)

    def renamed(self, names: Mapping[str, str]) -> Comparison:
        """The same, with the keys of its examples replaced by `names`."""
        examples = (replace(one, key=names.get(one.key, one.key)) for one in self.examples)
        return replace(self, examples=tuple(examples))

    def _describe(self, difference: Difference) -> str:
        key, expected, found = difference.key, difference.expected, difference.found
        if len(expected) != 1 or len(found) != 1:
            return f"{key}: expected {self._rows(expected)}, found {self._rows(found)}"
        changes = [
            f"{name} expected {show(old)}, found {show(new)}"
            for name, old, new in zip(self.columns, expected[0], found[0], strict=True)
            if not same(old, new)
        ]
        return f"{key}: {'; '.join(changes)}"

    def _rows(self, rows: tuple[Row, ...]) -> str:
        if not rows:
            return "no row"
        if len(rows) > 1 or not self.columns:
            return f"{len(rows)} row{'s' * (len(rows) > 1)}"
        return ", ".join(f"{n} {show(v)}" for n, v in zip(self.columns, rows[0], strict=True))


def compare(expected: Snapshot, found: Snapshot) -> Comparison:
    """Compare all rows of two snapshots with the same columns; the first keys are the examples."""
    if expected.columns != found.columns:
        raise ValueError(f"snapshots of {expected.columns} and {found.columns} cannot be compared")
    unexpected = found.rows.keys() - expected.rows.keys()
    differences = [
        Difference(key, expected.rows.get(key, ()), found.rows.get(key, ()))
        for key in sorted([*_different(expected, found), *unexpected])
    ]
    kinds = Counter(difference.kind for difference in differences)
    return Comparison(
        columns=expected.columns,
        compared=len(expected.rows) + len(unexpected),
        missing=kinds["missing"],
        unexpected=kinds["unexpected"],
        changed=kinds["changed"],
        examples=tuple(differences[:EXAMPLES]),
    )


def _different(expected: Snapshot, found: Snapshot) -> list[str]:
    """The expected keys whose rows are different or missing."""
    if expected.rows == found.rows:
        return []
    of_key = found.rows.get
    return [
        key
        for key, rows in expected.rows.items()
        if (others := of_key(key, ())) != rows and not _same_rows(rows, others)
    ]


def same(expected: Value, found: Value) -> bool:
    """Whether two values are equal, numbers as the docstring of this module says."""
    if isinstance(expected, _EXACT) or isinstance(found, _EXACT):
        return expected == found
    if isinstance(expected, int) and isinstance(found, int):
        return expected == found
    if isinstance(found, Decimal) and not isinstance(expected, float):
        return _same_decimal(expected, found)
    if math.isclose(float(expected), float(found), rel_tol=_RELATIVE_TOLERANCE):
        return True
    if isinstance(expected, float):
        return _single(expected) == found
    return _rounded(expected, found)


def show(value: Value) -> str:
    """A value as evidence shows it."""
    if value is None:
        return "NULL"
    if isinstance(value, float | Decimal | Fraction):
        return f"{float(value):.10g}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(show, value))}]"
    return str(value)


def _same_decimal(expected: int | Decimal | Fraction, found: Decimal) -> bool:
    """Equal when rounded to the digits that `found` shows after the point, if it shows any."""
    exponent = found.as_tuple().exponent
    if not isinstance(exponent, int) or (
        isinstance(expected, Decimal) and not expected.is_finite()
    ):
        return False  # NaN or infinity
    # In integers, since fractions take four times as long, and every rating comes by here.
    (wanted, parts), (shown, of) = expected.as_integer_ratio(), found.as_integer_ratio()
    apart = abs(wanted * of - shown * parts)
    if apart == 0 or exponent >= 0:
        return apart == 0
    rounded = apart * 2 * 10**-exponent <= parts * of
    return rounded or math.isclose(expected, found, rel_tol=_RELATIVE_TOLERANCE)


def _single(value: float) -> float:
    """What a column of the type real, which has six digits, makes of a number."""
    try:
        (single,) = struct.unpack("f", struct.pack("f", value))
    except OverflowError:
        return math.inf
    return float(single)


def _rounded(expected: int | Decimal | Fraction, found: Value) -> bool:
    """Whether a floating-point number is `expected` rounded to the digits that it shows, but to a
    tenth at the coarsest."""
    if not isinstance(found, float) or not math.isfinite(found):
        return False
    shown = float(f"{found:.6g}") if _single(found) == found else found
    return _same_decimal(expected, Decimal(repr(shown)))


def _same_rows(expected: tuple[Row, ...], found: tuple[Row, ...]) -> bool:
    return len(expected) == len(found) and all(
        all(map(same, one, other)) for one, other in zip(expected, found, strict=True)
    )
