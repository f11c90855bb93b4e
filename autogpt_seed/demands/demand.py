"""One thing that is demanded of the rows of a table, and how a row may be made to break it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class OfOtherRow:
    """The value of `column` in another row, changed by an expression of SQL around `{}`."""

    column: str
    by: str = "{}"


@dataclass(frozen=True)
class OfSameRow:
    """The value of `column` in the same row."""

    column: str


Value = str | OfOtherRow | OfSameRow
"""A string is an expression of SQL without names."""

Assignments = tuple[tuple[str, Value], ...]
"""Columns of one row, each with what it gets."""


@dataclass(frozen=True)
class Duplicate:
    """Two rows that a key treats as equal: one has values of the other, each an `OfOtherRow`.

    They are equal where `condition` holds for both and each of `terms` compares by its operator,
    all in the server's own words. With `nulls`, the row to take from has a NULL in one of the
    terms, else in none. Where there is no such row, one of `preparations` may make one.
    """

    terms: tuple[str, ...]
    operators: tuple[str, ...]
    condition: str = "true"
    nulls: bool = False
    preparations: tuple[Assignments, ...] = ()


@dataclass(frozen=True)
class Demand:
    """One thing that is demanded of the rows of an existing table.

    Each of `attempts` may make a row break it. It did, if afterwards the row fulfils the condition
    `proof`, in which VALUE is the column `value`, no column of `filled` is NULL, and another row is
    its `duplicate`, where one is given. Without attempts, `unknown` says why.
    """

    table: str
    text: str
    attempts: tuple[Assignments, ...]
    proof: str = "true"
    value: str = ""
    filled: tuple[str, ...] = ()
    duplicate: Duplicate | None = None
    unknown: str = "no value is known that breaks it"
