"""Check constraints, as PostgreSQL prints them, are read as far as their form is common."""

from __future__ import annotations

import re
from typing import Any

import pytest

from autogpt_seed.binding.fill.checks import NO_LIMITS, NOW, Limits, read_checks
from autogpt_seed.binding.fill.patterns import matching

# What a server printed of constraints on a column `v`.
READ: list[tuple[str, dict[str, Any]]] = [
    ("CHECK ((v > 0))", {"low": "0", "low_open": True}),
    ("CHECK ((0 < v))", {"low": "0", "low_open": True}),
    ("CHECK (((v >= 1) AND (v <= 5)))", {"low": "1", "high": "5"}),
    ("CHECK (((v >= (0)::numeric) AND (v < 100.5)))",
     {"low": "0", "high": "100.5", "high_open": True}),
    ("CHECK ((v > ('-3'::integer)::numeric))", {"low": "-3", "low_open": True}),
    ("CHECK (((v > 5) AND (v > 3)))", {"low": "5", "low_open": True}),
    ("CHECK (((v > 5) AND (v >= 5)))", {"low": "5", "low_open": True}),
    ("CHECK (((v < 5) AND (v <= 5)))", {"high": "5", "high_open": True}),
    ("CHECK (((length(v) <= 10) AND (length(v) < 5)))", {"most": 4}),
    ("CHECK ((v = ANY (ARRAY['a'::text, 'b''c'::text])))", {"choices": ("a", "b'c")}),
    ("CHECK (((v)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))",
     {"choices": ("a", "b")}),
    ("CHECK ((v = ANY ('{x,y}'::text[])))", {"choices": ("x", "y")}),
    ("CHECK ((v = 'ok'::\"My Schema\".mood))", {"choices": ("ok",)}),
    ("CHECK ((v <> ALL (ARRAY[1, 2])))", {"excluded": frozenset({"1", "2"})}),
    ("CHECK (((length(v) <= 10) AND (v <> ''::text)))",
     {"least": 1, "most": 10, "excluded": frozenset({""})}),
    ("CHECK ((char_length((v)::text) > 3))", {"least": 4}),
    ("CHECK ((length(TRIM(BOTH FROM v)) > 0))", {"least": 1}),
    ("CHECK (((cardinality(v) <= 3) AND (array_length(v, 1) > 0)))", {"least": 1, "most": 3}),
    ("CHECK ((octet_length(v) = 16))", {"least": 16, "most": 16}),
    ("CHECK (((v)::text ~~ 'x\\_%'::text))", {"patterns": ("^x_.*$",)}),
    ("CHECK ((v ~ '^[A-Z]{2}$'::text))", {"patterns": ("^[A-Z]{2}$",)}),
    ("CHECK (starts_with(v, 'p.'::text))", {"patterns": ("^p\\.",)}),
    ("CHECK ((v ~ similar_to_escape('[a-z]+'::text)))", {"patterns": ("^(?:[a-z]+)$",)}),
    ("CHECK (((v)::text = upper((v)::text)))", {"case": "upper"}),
    ("CHECK ((jsonb_typeof(v) = 'array'::text))", {"json_type": "array"}),
    ("CHECK (((v > '2020-01-01'::date) AND (v <= CURRENT_DATE)))",
     {"low": "2020-01-01", "low_open": True, "high": NOW}),
    ("CHECK ((v < now()))", {"high": NOW, "high_open": True}),
    ("CHECK (v)", {"choices": ("true",)}),
    ("CHECK ((NOT v))", {"choices": ("false",)}),
    ("CHECK ((v IS TRUE))", {"choices": ("true",)}),
    ("CHECK ((v IS NOT NULL))", {}),
    ("CHECK ((v > 0)) NOT VALID", {"low": "0", "low_open": True}),
    ("CHECK (((v IS NULL) OR (v > 3)))", {"low": "3", "low_open": True}),
    ("CHECK (((v = 'not-set'::text) OR ((now() AT TIME ZONE v) IS NOT NULL)))",
     {"choices": ("not-set",)}),
    ("CHECK ((v <@ ARRAY['a'::text, 'b'::text]))", {"choices": ("a", "b")}),
    ("CHECK ((NOT isempty(v)))", {}),
]  # fmt: skip

UNREAD = [
    "CHECK (((v % 2) = 0))",
    "CHECK ((POSITION(('@'::text) IN (v)) > 1))",
    "CHECK ((is_nice(v) = 1))",
    "CHECK ((v !~~ '% %'::text))",
    "CHECK ((v > other))",
    "CHECK ((v <> upper(v)))",
    "CHECK ((v ~ concat('A'::text)))",
    "CHECK ((v ~ similar_to_escape('a#%'::text, '#'::text)))",
    "CHECK ((v = ANY ('{{x,y},{z,w}}'::text[])))",
    "nonsense (",
]


@pytest.mark.parametrize(("definition", "facts"), READ)
def test_a_common_check_is_read(definition: str, facts: dict[str, Any]) -> None:
    assert read_checks([definition], "v") == Limits(**facts)


@pytest.mark.parametrize("definition", UNREAD)
def test_a_check_that_is_not_understood_is_kept_as_such(definition: str) -> None:
    assert read_checks([definition], "v") == Limits(unread=(definition,))


def test_what_is_understood_of_a_check_counts_though_a_part_is_not() -> None:
    definition = "CHECK (((v > 7) AND is_nice(v)))"
    assert read_checks([definition], "v") == Limits(low="7", low_open=True, unread=(definition,))


def test_checks_on_quoted_names_are_read() -> None:
    assert read_checks(['CHECK (("it""s" > 0))'], 'it"s') == Limits(low="0", low_open=True)


def test_no_checks_leave_everything() -> None:
    assert read_checks([], "v") == NO_LIMITS


PATTERNS = [
    r"^[A-Z]{2}-[0-9]{3}$",
    r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
    r"^[a-z0-9]+(?:-[a-z0-9]+)*$",
    r"^#[0-9a-fA-F]{6}$",
    r"^(https?)://.+",
    r"^\+?[1-9]\d{1,14}$",
    r"^(foo|bar)$",
    r"^x_.*$",
    r"^v?\d+\.\d+\.\d+$",
    r"[a-z]{3,5}",
    r"^[[:alnum:]_]+$",
    r"^a\$b\.c$",
    r"^[\w.-]{4,}$",
]


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("most", [None, 30])
def test_texts_are_made_that_match_a_pattern(pattern: str, most: int | None) -> None:
    made = matching([pattern], most)
    numbers = range(min(made.size, 200))
    found = [made.at(number) for number in numbers]
    assert len(set(found)) == len(found)
    python = pattern.replace("[:alnum:]", "a-zA-Z0-9")
    assert all(re.search(python, text) for text in found)
    assert most is None or max(map(len, found)) <= most
