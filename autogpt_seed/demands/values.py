"""Values of each type that may break or fulfil a condition."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, combinations, islice, product

from autogpt_seed.catalog import Column, Table
from autogpt_seed.data_types import DataType, TypeKind
from autogpt_seed.demands.demand import Assignments, Value
from autogpt_seed.quoting import literal

_MOST_ATTEMPTS = 200
"""The most combinations of values that are tried on a row."""

_STRING = re.compile(r"'((?:[^']|'')*)'")
_NUMBER = re.compile(r"(?<![\w.\"])-?\d+(?:\.\d+)?(?![\w.\"])")

_BY_CATEGORY = {
    "B": ("true", "false"),
    "N": ("-1", "0", "1000000", "-1000000"),
    "S": ("''", "' '", "'?'", "repeat('x', 300)", "repeat('x', 5000)"),
    "D": ("'-infinity'", "'infinity'", "'1900-01-01'", "'2900-01-01'"),
}
_LONGEST = 100_000
"""How many characters a text has at most that is made to be too long."""


def mentioned(text: str, table: Table) -> list[Column]:
    """The columns that an expression of the server's reads."""
    return [column for column in table.columns.values() if _names(text, column.name)]


def candidates(column: Column, condition: str) -> tuple[str, ...]:
    """Values of the column that may fulfil or break a condition, first those that it mentions."""
    kind = column.type.base
    if kind.kind is TypeKind.ENUM:
        found = [f"CAST({literal(label)} AS {column.type.text})" for label in kind.labels]
    elif kind.kind is TypeKind.ARRAY:
        found = ["'{}'"]
    elif "json" in kind.name:
        keys = (f"jsonb_build_object({key}, NULL)" for key in _strings(condition))
        found = [*keys, "'{}'", "'[]'", "'null'"]
    else:
        found = [*_near(kind, condition), *_BY_CATEGORY.get(kind.category, ())]
    return tuple(dict.fromkeys(found + ["NULL"] * column.nullable))


def combined(
    columns: Sequence[Column], values: Iterable[Sequence[Value]]
) -> tuple[Assignments, ...]:
    """Each value of each column alone, then two columns at once, then all of them."""
    of_each = [
        [(column.name, value) for value in its] for column, its in zip(columns, values, strict=True)
    ]
    alone = ((one,) for its in of_each for one in its)
    pairs = (pair for first, second in combinations(of_each, 2) for pair in product(first, second))
    whole = zip(*of_each, strict=False) if len(of_each) > 2 else ()
    return tuple(islice(chain(alone, pairs, whole), _MOST_ATTEMPTS))


def _names(text: str, name: str) -> bool:
    quoted = '"' + name.replace('"', '""') + '"'
    return quoted in text or bool(re.search(rf'(?<![\w"]){re.escape(name)}(?![\w"])', text))


def _near(kind: DataType, condition: str) -> Iterator[str]:
    """The condition's own constants, and values next to them."""
    strings = _strings(condition)
    numbers = _NUMBER.findall(condition)
    if kind.category == "N":
        for number in numbers:
            yield from (number, f"{number} + 1", f"{number} - 1")
    if kind.category == "S":
        yield from (f"repeat('x', {n} + 1)" for n in numbers if n.isdigit() and int(n) < _LONGEST)
    if kind.category in "SD":
        yield from strings


def _strings(condition: str) -> list[str]:
    return [f"'{text}'" for text in _STRING.findall(condition)]
