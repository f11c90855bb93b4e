"""The statements of a SQL text, told apart as the server's lexer does (PostgreSQL docs, 4.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"""
    (?P<comment>--[^\n]*|/\*)
  | (?P<escape>\b[eE]'(?:[^'\\]|''|\\.)*')
  | (?P<string>'(?:[^']|'')*')
  | (?P<name>"(?:[^"]|"")*")
  | (?P<dollar>\$(?:[A-Za-z_\x80-\uffff][\w\x80-\uffff]*)?\$)
  | (?P<end>;)
    """,
    re.VERBOSE | re.DOTALL,
)
_TRANSACTION = re.compile(
    r"(BEGIN|START\s+TRANSACTION|COMMIT|END|ROLLBACK|ABORT|SAVEPOINT|RELEASE|PREPARE\s+TRANSACTION)"
    r"\b",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"(SET\s+((SESSION|LOCAL)\s+)?|RESET\s+)(ROLE|SESSION\s+AUTHORIZATION)\b", re.IGNORECASE
)


def split(text: str) -> list[str]:
    """The statements, without comments, and without those that are empty."""
    return [statement for part in _parts(text) if (statement := part.strip())]


def controls_transaction(statement: str) -> bool:
    """Whether a statement begins or ends a transaction, or a part of one."""
    return _TRANSACTION.match(statement) is not None


def changes_role(statement: str) -> bool:
    """Whether a statement changes the role under which the session acts."""
    return _ROLE.match(statement) is not None


def _parts(text: str) -> Iterator[str]:
    kept: list[str] = []
    place = 0
    while match := _TOKEN.search(text, place):
        kept.append(text[place : match.start()])
        place = match.end()
        if match["end"]:
            yield "".join(kept)
            kept.clear()
        elif match["comment"]:
            place = _end_of_comment(text, match)
            kept.append(" ")
        elif match["dollar"]:
            end = text.find(match["dollar"], place)
            end = len(text) if end < 0 else end + len(match["dollar"])
            kept.append(text[match.start() : end])
            place = end
        else:
            kept.append(match[0])
    yield "".join([*kept, text[place:]])


def _end_of_comment(text: str, start: re.Match[str]) -> int:
    """Where a comment ends; those between /* and */ may hold others."""
    if start[0] != "/*":
        return start.end()
    depth, place = 1, start.end()
    while depth and (match := re.compile(r"/\*|\*/").search(text, place)):
        depth += 1 if match[0] == "/*" else -1
        place = match.end()
    return place if depth == 0 else len(text)
