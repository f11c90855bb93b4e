"""The rules of the classic marketplace: each a query that brings the rows which break it.

A rule says which of its columns not every version of the schema has (`needs`). Next to
each rule stands a small change that breaks it, so that it is known to notice.
"""

from __future__ import annotations

from typing import NamedTuple


class Rule(NamedTuple):
    """`violations` may name the as-of time of the run as `:as_of`."""

    name: str
    violations: str
    breach: str
    needs: frozenset[str] = frozenset()


def each(name: str, table: str, holds: str, breach: str, needs: str = "") -> Rule:
    """Of every row of `table` the condition holds; to set the columns of `breach` breaks it."""
    violations = f'SELECT * FROM "{table}" WHERE ({holds}) IS NOT TRUE'
    columns = frozenset(f"{table}.{column}" for column in needs.split())
    return Rule(name, violations, change(table, breach), columns)


def number(name: str, parent: str, child: str, column: str, holds: str) -> Rule:
    """Of every row of `parent` the condition holds for the number of its rows in `child`."""
    violations = f"""
        SELECT p.id, count(c."{column}") FROM "{parent}" p LEFT JOIN "{child}" c
        ON c."{column}" = p.id GROUP BY p.id HAVING (count(c."{column}") {holds}) IS NOT TRUE"""
    breach = f"""
        DELETE FROM "{child}" WHERE "{column}" = (SELECT max("{column}") FROM "{child}")"""
    return Rule(name, violations, breach)


def share(name: str, table: str, condition: str, population: str, rate: float) -> Rule:
    """The condition holds for that share of the population, as exactly as a number can be."""
    violations = f"""
        SELECT share.number, whole.number
        FROM (SELECT count(*) AS number FROM "{table}" WHERE {condition}) AS share,
             (SELECT count(*) AS number FROM "{population}") AS whole
        WHERE abs(share.number - {rate} * whole.number) > 0.5"""
    return Rule(name, violations, f'DELETE FROM "{table}" WHERE {condition}')


def change(table: str, assignments: str, where: str = "true") -> str:
    """Set columns of one row."""
    row = f'SELECT ctid FROM "{table}" WHERE {where} LIMIT 1'
    return f'UPDATE "{table}" SET {assignments} WHERE ctid = ({row})'


WORD = r"'^\S+$'"
THREE_WORDS = r"'^\S+ \S+ \S+$'"
SENTENCE = r"'^[A-Z].*[.!?]$'"
SLUG = "'^[a-z0-9]+(-[a-z0-9]+)*$'"
UUID = "'^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'"
SIDE = "(200|300|400|500|600|800)"
IMAGE = rf"'^https://picsum\.photos/seed/([1-9][0-9]?[0-9]?|1000)/{SIDE}/{SIDE}$'"
VIDEO = (
    r"'^https://www\.youtube\.com/watch\?v="
    r"(dQw4w9WgXcQ|9bZkp7q19f0|kJQP7kiw5Fk|RgKAFK5djSk|L_jWHffIx5E)$'"
)
DIGEST = "'^[0-9a-f]{64}$'"
HEAD, TAIL = "'^agpt_[A-Za-z0-9_-]{3}$'", "'^[A-Za-z0-9_-]{8}$'"
UNLIKE = "'https://example.com/a.png'"


def distinct(column: str) -> str:
    """That an array holds nothing twice."""
    items = f"cardinality(ARRAY(SELECT DISTINCT item FROM unnest({column}) AS item))"
    return f"cardinality({column}) = {items}"


def all_of(column: str, holds: str) -> str:
    """That the condition holds for every `item` of an array."""
    return f'(SELECT bool_and({holds}) FROM unnest("{column}") AS item)'
