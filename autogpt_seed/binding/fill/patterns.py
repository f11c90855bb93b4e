"""Texts that match a regular expression of a check, if it is a plain one.

Understood are literals, classes, escapes such as \\d, groups, alternatives (the first is taken),
counts, and anchors at either end.
"""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from math import prod

from autogpt_seed.binding.fill.expressions import Unreadable
from autogpt_seed.binding.fill.values import HUGE, Values

_WORDS = string.ascii_lowercase + string.digits
_ESCAPES = {"d": string.digits, "w": _WORDS, "s": " ", "S": _WORDS, "D": string.ascii_lowercase}
_NAMED = {
    "alpha": string.ascii_lowercase,
    "digit": string.digits,
    "alnum": _WORDS,
    "lower": string.ascii_lowercase,
    "upper": string.ascii_uppercase,
    "space": " ",
    "xdigit": string.hexdigits[:16],
}
_COUNT = re.compile(r"[*+?]|\{(\d+)(,?)(\d*)\}")
_POSIX = re.compile(r"\[:(\w+):\]")
_SAMPLE = 50
_OPEN_ENDS = (8, 4, 2, 1, 0)
"""How often what may repeat without end is repeated, the first that is not too long."""


def matching(patterns: Sequence[str], most: int | None) -> Values:
    """Texts of at most `most` characters that match all of them, made from the longest.

    Raises `Unreadable` where they are not understood, or do not go together.
    """
    pattern = max(patterns, key=len)
    for repeats in _OPEN_ENDS:
        alphabets = _Reader(pattern, repeats).alphabets()
        if most is None or len(alphabets) <= most:
            break
    else:
        raise Unreadable(pattern)
    values = _combined(alphabets)
    if not matches(patterns, values):
        raise Unreadable(pattern)
    return values


def matches(patterns: Sequence[str], values: Values) -> bool:
    """Whether a sample of the values matches all of the patterns, as far as Python can tell."""
    numbers = {
        *range(min(_SAMPLE, values.size)),
        *range(0, values.size, values.size // _SAMPLE + 1),
    }
    sample = [values.at(number) for number in numbers]
    try:
        readers = [re.compile(_POSIX.sub(_python_class, pattern)) for pattern in patterns]
    except re.error:
        return False
    return all(reader.search(text) for reader in readers for text in sample)


def _python_class(named: re.Match[str]) -> str:
    return re.escape(_NAMED.get(named[1], ""))


def _combined(alphabets: list[str]) -> Values:
    """Every text that has one character of each alphabet; the last turns fastest."""
    size = min(prod(map(len, alphabets)), HUGE)

    def at(number: int) -> str:
        characters = []
        for alphabet in reversed(alphabets):
            number, digit = divmod(number, len(alphabet))
            characters.append(alphabet[digit])
        return "".join(reversed(characters))

    return Values(at, size, usual=min(size, 10_000))


class _Reader:
    """Reads a pattern into the alphabets of the characters that a match may have, in turn."""

    def __init__(self, pattern: str, repeats: int) -> None:
        self._text = pattern
        self._position = 0
        self._repeats = repeats

    def alphabets(self) -> list[str]:
        ends = self._text.endswith("$") and not self._text.endswith("\\$")
        found = self._alternatives()
        if self._position < len(self._text):
            raise Unreadable(self._text)
        return found if ends else found + [_WORDS] * self._repeats

    def _alternatives(self) -> list[str]:
        first = self._sequence()
        while self._next() == "|":
            self._position += 1
            self._sequence()
        return first

    def _sequence(self) -> list[str]:
        found: list[str] = []
        while self._next() not in ("", "|", ")"):
            found += self._repeated(self._atom())
        return found

    def _atom(self) -> list[str]:
        character = self._take()
        if character in "^$":
            return []
        if character == "(":
            return self._group()
        if character == "[":
            return [self._class()]
        if character == ".":
            return [_WORDS]
        if character == "\\":
            return [self._escape()]
        if character in "*+?{":
            raise Unreadable(self._text)
        return [character]

    def _group(self) -> list[str]:
        if self._text.startswith("?:", self._position):
            self._position += 2
        elif self._next() == "?":
            raise Unreadable(self._text)
        inner = self._alternatives()
        if self._take() != ")":
            raise Unreadable(self._text)
        return inner

    def _escape(self) -> str:
        character = self._take()
        if character.isalnum():
            if character not in _ESCAPES:
                raise Unreadable(self._text)
            return _ESCAPES[character]
        return character

    def _class(self) -> str:
        negated = self._next() == "^"
        self._position += negated
        found = ""
        while self._next() != "]" or not found:
            found += self._range()
        self._position += 1
        if negated:
            found = "".join(c for c in _WORDS + string.ascii_uppercase if c not in found)
        if not found:
            raise Unreadable(self._text)
        return "".join(dict.fromkeys(found))

    def _range(self) -> str:
        """One character of a class, a named class, or `a-z`."""
        if named := _POSIX.match(self._text, self._position):
            self._position = named.end()
            return _NAMED.get(named[1], "")
        first = self._take()
        if first == "\\":
            return self._escape()
        following = self._text[self._position : self._position + 2]
        if following[:1] == "-" and following[1:] not in ("]", ""):
            self._position += 1
            last = self._take()
            return "".join(map(chr, range(ord(first), ord(last) + 1)))
        return first

    def _repeated(self, atom: list[str]) -> list[str]:
        count = _COUNT.match(self._text, self._position)
        if count is None:
            return atom
        self._position = count.end()
        self._position += self._next() == "?"  # reluctant
        least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(count[0], (0, 0))
        if count[1]:
            least = int(count[1])
            most = int(count[3]) if count[3] else None if count[2] else least
        ceiling = max(least, self._repeats)
        return atom * (ceiling if most is None else min(most, ceiling))

    def _next(self) -> str:
        return self._text[self._position : self._position + 1]

    def _take(self) -> str:
        character = self._next()
        if not character:
            raise Unreadable(self._text)
        self._position += 1
        return character
