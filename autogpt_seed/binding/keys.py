"""Unique keys: whether rows differ in them, and how made-up values make them differ."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import lcm, prod

from autogpt_seed.binding.draft import Draft
from autogpt_seed.binding.fill.values import HUGE
from autogpt_seed.catalog import Column, UniqueKey
from autogpt_seed.overrides import Numbered
from autogpt_seed.rows import Record

_CHANGING = re.compile(
    r"\b(nextval|gen_random_uuid|uuid_generate_v\w+|uuidv[47]|random|now|clock_timestamp"
    r"|statement_timestamp|transaction_timestamp)\(|\bCURRENT_|\bLOCALTIME"
)
_DRAWN = re.compile(r"\b(gen_random_uuid|uuid_generate_v\w+|uuidv[47]|random|clock_timestamp)\(")

Counts = Callable[[str], int]
"""How many rows a table has."""


def is_drawn(column: Column) -> bool:
    """Whether the default has another value at every call and in every run, and is no sequence."""
    return column.default is not None and bool(_DRAWN.search(column.default))


def differs_by_itself(column: Column) -> bool:
    """Whether the server gives each row a different value where none is sent."""
    if column.identity or column.generated:
        return True
    default = column.default
    return default is not None and ("nextval(" in default or is_drawn(column))


def changes(column: Column) -> bool:
    """Whether the default is not a constant."""
    return column.default is not None and bool(_CHANGING.search(column.default))


@dataclass(frozen=True)
class _Variation:
    """How the rows differ in a key.

    They always do if it is `endless`; else by their parents, which repeat after `period` rows, and
    by the `free` columns: filled ones, which can take their next value after each period.
    """

    endless: bool
    period: int
    free: tuple[str, ...]


def _variation(draft: Draft, key: UniqueKey, counts: Counts) -> _Variation:
    """How the rows of the table, so far as it is drafted, differ in the key."""
    columns = [draft.table.columns[name] for name in key.columns]
    given = draft.given() | draft.fills.keys()
    left = [column for column in columns if column.name not in given]
    endless = (
        draft.promises(key)
        or any(differs_by_itself(column) for column in left)
        or any(c.nullable and c.default is None and key.nulls_distinct for c in left)
        or any(isinstance(draft.overrides.get(c.name), Numbered) for c in columns)
    )
    period = 1
    for relation in draft.relations:
        if not set(relation.key.columns) <= set(key.columns) or relation.chosen:
            continue
        endless = endless or relation.parent == draft.name
        period = lcm(period, max(1, counts(relation.parent)))
    return _Variation(endless, period, tuple(name for name in key.columns if name in draft.fills))


def capacity(draft: Draft, counts: Counts) -> tuple[int, UniqueKey | None]:
    """How many rows the table can have at most, and the key by which they are so few."""
    most: int = HUGE
    narrowest = None
    for key in draft.table.unique_keys:
        found = _variation(draft, key, counts)
        room = found.period * prod(draft.fills[name].size for name in found.free)
        if not found.endless and not key.partial and room < most:
            most, narrowest = room, key
    return most, narrowest


@dataclass(frozen=True)
class Distinct:
    """How the filled columns keep the keys.

    `divisors` says after how many rows a column takes its next value. For `doubtful` keys that is
    not enough: the rows must be looked through.
    """

    divisors: dict[str, int]
    doubtful: list[UniqueKey]


def make_distinct(draft: Draft, counts: Counts) -> Distinct:
    """Decide for all keys of the table, those with fewer columns first."""
    divisors: dict[str, int] = {}
    doubtful: list[UniqueKey] = []
    for key in sorted(draft.table.unique_keys, key=lambda key: len(key.columns)):
        found = _variation(draft, key, counts)
        product = 1 if found.endless else found.period
        if found.endless or product >= draft.count or _holds(draft, found, divisors):
            continue
        for name in sorted(found.free, key=lambda name: draft.fills[name].size):
            if name not in divisors and product < draft.count:
                divisors[name] = product
                product *= draft.fills[name].size
        if product < draft.count and not key.partial:
            doubtful.append(key)
    return Distinct(divisors, doubtful)


def _holds(draft: Draft, found: _Variation, divisors: dict[str, int]) -> bool:
    """Whether a column that another key has made distinct is enough for this one, too."""
    return any(
        divisors[name] <= found.period and divisors[name] * draft.fills[name].size >= draft.count
        for name in found.free
        if name in divisors
    )


def first_duplicate(records: Iterable[Record], *, nulls_distinct: bool) -> Record | None:
    """The first record that occurred before. Keeps a number for each record in memory."""
    seen: set[int] = set()
    for record in records:
        if nulls_distinct and None in record:
            continue
        mark = hash(repr(record))
        if mark in seen:
            return record
        seen.add(mark)
    return None
