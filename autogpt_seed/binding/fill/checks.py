"""Which values check constraints allow in a column, as far as they have common forms."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from autogpt_seed.binding.fill.expressions import (
    Call,
    Constant,
    Name,
    Node,
    Unreadable,
    parse_check,
)
from autogpt_seed.catalog import Table
from autogpt_seed.data_types import DataType, TypeKind

NOW = "now"
"""The constant that stands for the server's time, in `Limits`."""


@dataclass(frozen=True)
class Limits:
    """The values that checks allow in one column. Constants are texts, as they were written.

    With `low_open` or `high_open` that limit itself is excluded. `least` and `most` bound the
    length of a text, array or byte string. `patterns` are regular expressions that a text must
    match. `unread` are the definitions that were not understood.
    """

    low: str | None = None
    low_open: bool = False
    high: str | None = None
    high_open: bool = False
    choices: tuple[str, ...] | None = None
    excluded: frozenset[str] = frozenset()
    least: int = 0
    most: int | None = None
    patterns: tuple[str, ...] = ()
    case: str = ""
    json_type: str = ""
    unread: tuple[str, ...] = ()

    def shorter(self, most: int | None) -> Limits:
        """The same with at most that many characters or elements."""
        if most is None or (self.most is not None and self.most <= most):
            return self
        return replace(self, most=most)


NO_LIMITS = Limits()
_PART = "a part of a check"
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "<>"}
_TRUTHS = {
    "IS TRUE": "true",
    "IS NOT FALSE": "true",
    "IS FALSE": "false",
    "IS NOT TRUE": "false",
}
_LENGTHS = frozenset(
    {"length", "char_length", "character_length", "octet_length", "cardinality", "array_length"}
)
_NOWS = frozenset({"now", "clock_timestamp", "transaction_timestamp", "statement_timestamp"})
_SIMILAR = {"%": ".*", "_": ".", ".": r"\.", "^": r"\^", "$": r"\$"}
"""What SIMILAR TO writes otherwise than a regular expression, outside of brackets."""
_TRANSPARENT = frozenset({"TRIM", "btrim", "ltrim", "rtrim", "lower", "upper"})


def column_limits(table: Table, column: str) -> Limits:
    """What the checks of its type allow, and those of the table that are on this column alone."""
    alone = [
        check.definition
        for check in table.checks
        if set(check.columns) == {column} and check.definition.startswith("CHECK")
    ]
    return read_checks(alone, column, _type_limits(table.columns[column].type))


def _type_limits(data_type: DataType) -> Limits:
    """What the checks of a domain allow, and those of the domains below it."""
    limits = NO_LIMITS
    while data_type.kind is TypeKind.DOMAIN and data_type.element:
        limits = read_checks(data_type.checks, "VALUE", limits)
        data_type = data_type.element
    return limits


def read_checks(definitions: Iterable[str], column: str, limits: Limits = NO_LIMITS) -> Limits:
    """`limits`, narrowed by these checks."""
    for definition in definitions:
        try:
            narrowed = _narrow(limits, parse_check(definition), column)
        except Unreadable:
            narrowed = replace(limits, unread=(_PART,))
        understood = _PART not in narrowed.unread
        unread = limits.unread if understood else (*limits.unread, definition)
        limits = replace(narrowed, unread=unread)
    return limits


def _narrow(limits: Limits, node: Node, column: str) -> Limits:
    if node == Name(column):
        return replace(limits, choices=("true",))
    if node == Constant("true"):
        return limits
    if not isinstance(node, Call):
        raise Unreadable(str(node))
    if node.name == "AND":
        return _narrow_by_all(limits, node.arguments, column)
    if node.name == "OR":
        return _narrow_by_first(limits, node.arguments, column)
    if node.name == "IS NOT NULL":
        return limits
    if node.name in _TRUTHS and _is_column(node.arguments[0], column):
        return replace(limits, choices=(_TRUTHS[node.name],))
    if node.name == "NOT":
        return _narrow_by_negation(limits, node.arguments[0], column)
    if node.name == "starts_with" and _is_column(node.arguments[0], column):
        prefix = re.escape(_constant(node.arguments[1]))
        return replace(limits, patterns=(*limits.patterns, f"^{prefix}"))
    if len(node.arguments) != 2:
        raise Unreadable(node.name)
    return _narrow_by_comparison(limits, node.name, node.arguments[0], node.arguments[1], column)


def _narrow_by_all(limits: Limits, parts: tuple[Node, ...], column: str) -> Limits:
    """By all parts that are understood; the others are noted in `unread`."""
    for part in parts:
        try:
            limits = _narrow(limits, part, column)
        except Unreadable:
            limits = replace(limits, unread=(*limits.unread, _PART))
    return limits


def _narrow_by_first(limits: Limits, parts: tuple[Node, ...], column: str) -> Limits:
    """By the first alternative that is understood: to satisfy one is enough."""
    for part in parts:
        try:
            narrowed = _narrow(limits, part, column)
        except Unreadable:
            continue
        if narrowed.unread == limits.unread:
            return narrowed
    raise Unreadable("OR")


def _narrow_by_negation(limits: Limits, node: Node, column: str) -> Limits:
    if node == Name(column):
        return replace(limits, choices=("false",))
    if isinstance(node, Call) and node.name == "isempty":
        return limits
    raise Unreadable("NOT")


def _narrow_by_comparison(
    limits: Limits, operator: str, left: Node, right: Node, column: str
) -> Limits:
    if operator in _TURNED and not _mentions(left, column):
        operator, left, right = _TURNED[operator], right, left
    if isinstance(left, Call) and left.name in _LENGTHS:
        _require(_is_column(left.arguments[0], column))
        return _narrow_length(limits, operator, int(_constant(right)))
    if isinstance(left, Call) and left.name in ("jsonb_typeof", "json_typeof"):
        _require(operator == "=" and _is_column(left.arguments[0], column))
        return replace(limits, json_type=_constant(right))
    if isinstance(right, Call) and right.name in ("lower", "upper"):
        _require(operator == "=" and _is_column(right.arguments[0], column))
        return replace(limits, case=right.name)
    _require(_is_column(left, column))
    if isinstance(right, Call) and right.name in ("ANY", "ALL"):
        return _narrow_to_list(limits, operator, right)
    if operator == "<@":
        return replace(limits, choices=_elements(right))
    if operator in ("~", "~*", "~~", "~~*"):
        return replace(limits, patterns=(*limits.patterns, _pattern(operator, right)))
    return _narrow_order(limits, operator, _constant(right))


def _narrow_length(limits: Limits, operator: str, number: int) -> Limits:
    least, most = limits.least, limits.most
    if operator in ("=", ">", ">="):
        least = max(least, number + (operator == ">"))
    if operator in ("=", "<", "<="):
        limits = limits.shorter(number - (operator == "<"))
        most = limits.most
    if operator == "<>" and number == 0:
        least = max(least, 1)
    elif operator not in ("=", "<", "<=", ">", ">="):
        raise Unreadable(operator)
    return replace(limits, least=least, most=most)


def _narrow_to_list(limits: Limits, operator: str, right: Call) -> Limits:
    values = _elements(right.arguments[0])
    if (operator, right.name) == ("=", "ANY"):
        both = values if limits.choices is None else tuple(v for v in values if v in limits.choices)
        return replace(limits, choices=both)
    if (operator, right.name) == ("<>", "ALL"):
        return replace(limits, excluded=limits.excluded.union(values))
    raise Unreadable(operator)


def _narrow_order(limits: Limits, operator: str, constant: str) -> Limits:
    if operator == "=":
        return replace(limits, choices=(constant,))
    if operator == "<>":
        least = max(limits.least, 1) if constant == "" else limits.least
        return replace(limits, least=least, excluded=limits.excluded | {constant})
    rank, is_open = _order(constant), operator in (">", "<")
    if operator in (">", ">="):
        if limits.low is not None and (rank, is_open) < (_order(limits.low), limits.low_open):
            return limits
        return replace(limits, low=constant, low_open=is_open)
    if operator in ("<", "<="):
        if limits.high is not None and (_order(limits.high), is_open) < (rank, limits.high_open):
            return limits
        return replace(limits, high=constant, high_open=is_open)
    raise Unreadable(operator)


def _order(constant: str) -> tuple[bool, Decimal, str]:
    """What sorts numbers by value, and other constants, such as dates, by their text."""
    try:
        return False, Decimal(constant), ""
    except InvalidOperation:
        return True, Decimal(0), constant


def _pattern(operator: str, node: Node) -> str:
    """A regular expression for what `~`, `~*`, LIKE or ILIKE compare with."""
    if isinstance(node, Call) and node.name == "similar_to_escape":
        _require(all(_constant(escape) == "\\" for escape in node.arguments[1:]))
        parts = re.findall(r"\\.|\[[^]]*]|.", _constant(node.arguments[0]), re.DOTALL)
        return f"^(?:{''.join(_SIMILAR.get(part, part) for part in parts)})$"
    text = _constant(node)
    if operator in ("~", "~*"):
        return text
    parts = re.findall(r"\\.|.", text, re.DOTALL)
    wild = {"%": ".*", "_": "."}
    return f"^{''.join(wild.get(part, re.escape(part[-1])) for part in parts)}$"


def _elements(node: Node) -> tuple[str, ...]:
    """The constants of `ARRAY[…]` or of a simple `'{a,b}'`."""
    if isinstance(node, Call) and node.name == "ARRAY":
        return tuple(_constant(argument) for argument in node.arguments)
    plain = re.fullmatch(r'\{([^"{}]*)\}', _constant(node))
    if plain is None:
        raise Unreadable(str(node))
    return tuple(plain[1].split(","))


def _constant(node: Node) -> str:
    if isinstance(node, Constant) and node.text != "NULL":
        return NOW if node.text.startswith("CURRENT_") else node.text
    if isinstance(node, Call) and node.name in _NOWS:
        return NOW
    raise Unreadable(str(node))


def _is_column(node: Node, column: str) -> bool:
    """Whether it is the column, trimmed or folded or not."""
    while isinstance(node, Call) and node.name in _TRANSPARENT and node.arguments:
        node = node.arguments[0]
    return node == Name(column)


def _mentions(node: Node, column: str) -> bool:
    if isinstance(node, Call):
        return any(_mentions(argument, column) for argument in node.arguments)
    return node == Name(column)


def _require(condition: bool) -> None:
    if not condition:
        raise Unreadable("not a comparison of the column with a constant")
