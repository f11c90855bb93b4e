"""Rows in the text form of COPY, read back by the rules of its documentation."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogpt_seed.binding.text_form import array_literal, carried, composite_literal, copy_line
from tests.unit.tables import domain, enum, scalar

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
_UNESCAPED = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "\\": "\\"}


def unescaped(field: str) -> str | None:
    """What COPY reads of a field."""
    if field == "\\N":
        return None
    return re.sub(r"\\(.)", lambda found: _UNESCAPED[found[1]], field)


@given(st.lists(st.none() | TEXTS, min_size=1))
def test_what_copy_reads_of_a_line_is_what_was_written(values: list[str | None]) -> None:
    line = copy_line(values)
    assert line.endswith("\n")
    assert line.count("\n") == 1
    assert [unescaped(field) for field in line[:-1].split("\t")] == values


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "t"),
        (False, "f"),
        (-7, "-7"),
        (Decimal("1.50"), "1.50"),
        (b"\x00\xff", "\\\\x00ff"),
        (datetime(2026, 1, 2, 3, 4, 5, 6000, tzinfo=UTC), "2026-01-02 03:04:05.006000+00:00"),
        (["a", 'q"b\\', None, "null", ""], '{a,"q\\\\"b\\\\\\\\",NULL,"null",""}'),
        ([1, 2], "{1,2}"),
        ([], "{}"),
    ],
)
def test_values_are_written_as_their_types_read_them(value: Any, text: str) -> None:
    assert copy_line([value]) == f"{text}\n"


def test_composites_and_arrays_quote_each_in_its_way() -> None:
    assert composite_literal(["a b", None, 'c"d', ""]) == '("a b",,"c""d","")'
    assert array_literal([composite_literal(["a b"])]) == '{"(\\"a b\\")"}'
    assert array_literal(["(1,1),(0,0)", "(2,2),(1,1)"], ";") == '{"(1,1),(0,0)";"(2,2),(1,1)"}'


def test_plain_types_go_in_the_binary_form_and_others_as_text() -> None:
    plain = ("text", "varchar(3)", "int8", "numeric(3,1)", "bool", "uuid", "timestamptz", "jsonb")
    assert all(carried(scalar(name + suffix)) for name in plain for suffix in ("", "[]"))
    assert carried(enum("a"))
    assert carried(domain(scalar("text")))
    odd = ("inet", "money", "tsvector", "vector(3)", "point", "interval", "citext", "regclass")
    assert not any(carried(scalar(name + suffix)) for name in odd for suffix in ("", "[]"))
