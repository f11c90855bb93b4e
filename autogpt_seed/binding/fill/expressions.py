"""Parses the text of a check constraint into a tree, as far as it holds plain comparisons.

Reads what `pg_get_constraintdef` prints: fully bracketed, casts spelled out. Casts are dropped:
how a constant is read depends on what it is compared with.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from autogpt_seed.catalog import condition_of

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<string>E?'(?:[^']|'')*')
  | (?P<quoted>"(?:[^"]|"")*")
  | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
  | (?P<word>[A-Za-z_][\w$]*)
  | (?P<cast>::)
  | (?P<operator>[-+*/<>=~!@\#%^&|?]+)
  | (?P<mark>[()\[\],.])
)""",
    re.VERBOSE,
)
_TYPE_WORDS = frozenset({"varying", "precision", "without", "with", "time", "zone"})
_TRIM_WORDS = frozenset({"BOTH", "LEADING", "TRAILING", "FROM"})
_CONSTANTS = frozenset({"true", "false", "NULL", "CURRENT_DATE", "CURRENT_TIMESTAMP"})


class Unreadable(ValueError):
    """The expression has a form that is not understood."""


@dataclass(frozen=True)
class Name:
    """A column, or VALUE in the check of a domain."""

    name: str


@dataclass(frozen=True)
class Constant:
    """A literal without its cast, or a word such as CURRENT_DATE."""

    text: str


@dataclass(frozen=True)
class Call:
    """A function, an operator, AND, OR, NOT, ARRAY, ANY, ALL, or a test such as IS NOT NULL."""

    name: str
    arguments: tuple[Node, ...]


Node = Name | Constant | Call
_OPAQUE = Call("?", ())
"""Stands for a part in brackets that is not understood."""


def parse_check(definition: str) -> Node:
    """The tree of `CHECK (…)`. Raises `Unreadable`."""
    parser = _Parser(condition_of(definition))
    node = parser.either()
    if parser.peek() is not None:
        raise Unreadable(definition)
    return node


class _Parser:
    """Recursive descent, one method for each level of precedence."""

    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        self._position = 0
        end = len(text.rstrip())
        position = 0
        while position < end:
            match = _TOKEN.match(text, position)
            if match is None or match.lastgroup is None:
                raise Unreadable(text)
            self._tokens.append((match.lastgroup, match[match.lastgroup]))
            position = match.end()

    def peek(self) -> str | None:
        """The next token, or None at the end."""
        return self._tokens[self._position][1] if self._position < len(self._tokens) else None

    def either(self) -> Node:
        """`a OR b OR c`."""
        return self._chain("OR", self._both)

    def _both(self) -> Node:
        return self._chain("AND", self._negation)

    def _chain(self, word: str, part: Callable[[], Node]) -> Node:
        parts = [part()]
        while self._accept(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Call(word, tuple(parts))

    def _negation(self) -> Node:
        if self._accept("NOT"):
            return Call("NOT", (self._negation(),))
        return self._comparison()

    def _comparison(self) -> Node:
        left = self._operand()
        while self._kind() == "operator":
            operator = self._take()
            left = Call(operator, (left, self._operand()))
        if self._accept("IS"):
            negated = "NOT " * self._accept("NOT")
            what = self._take()
            if what not in ("NULL", "TRUE", "FALSE"):
                raise Unreadable(what)
            left = Call(f"IS {negated}{what}", (left,))
        return left

    def _operand(self) -> Node:
        node = self._primary()
        while self._accept("::"):
            self._skip_type()
        return node

    def _primary(self) -> Node:
        kind, piece = self._kind(), self._take()
        if piece == "(":
            return self._bracket()
        if piece == "-" and self._kind() == "number":
            return Constant(f"-{self._take()}")
        if kind == "string" and not piece.startswith("E"):
            return Constant(piece[1:-1].replace("''", "'"))
        if kind == "number" or piece in _CONSTANTS:
            return Constant(piece)
        if piece == "ARRAY" and self._accept("["):
            return Call("ARRAY", self._list("]"))
        if kind == "quoted":
            return Name(piece[1:-1].replace('""', '"'))
        if kind != "word":
            raise Unreadable(piece)
        if self._accept("("):
            while self.peek() in _TRIM_WORDS:
                self._take()
            return Call(piece, self._list(")"))
        return Name(piece)

    def _bracket(self) -> Node:
        """What stands in brackets, or `_OPAQUE` where that is not understood."""
        start = self._position
        try:
            node = self.either()
            self._expect(")")
        except Unreadable:
            self._position = start
            self._skip_bracket()
            return _OPAQUE
        return node

    def _skip_bracket(self) -> None:
        depth = 1
        while depth:
            depth += {"(": 1, ")": -1}.get(self._take(), 0)

    def _list(self, closing: str) -> tuple[Node, ...]:
        nodes: list[Node] = []
        while not self._accept(closing):
            nodes.append(self.either())
            if self.peek() != closing:
                self._expect(",")
        return tuple(nodes)

    def _skip_type(self) -> None:
        self._take()
        while True:
            if self._accept("."):
                self._take()
            elif self._accept("["):
                self._expect("]")
            elif self._accept("("):
                self._list(")")
            elif self.peek() in _TYPE_WORDS:
                self._take()
            else:
                return

    def _kind(self) -> str | None:
        return self._tokens[self._position][0] if self._position < len(self._tokens) else None

    def _take(self) -> str:
        token = self.peek()
        if token is None:
            raise Unreadable("the expression ends too soon")
        self._position += 1
        return token

    def _accept(self, token: str) -> bool:
        found = self.peek() == token
        self._position += found
        return found

    def _expect(self, token: str) -> None:
        if not self._accept(token):
            raise Unreadable(f"{token} expected")
