"""Values of any type: valid, different where they must be, and always the same."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogpt_seed.binding.fill.checks import NO_LIMITS, NOW, Limits, read_checks
from autogpt_seed.binding.fill.literals import _LITERALS
from autogpt_seed.binding.fill.types import _SCALARS, values_of
from autogpt_seed.binding.fill.values import FilledColumn, Unfillable, Values
from autogpt_seed.data_types import DataType, TypeKind
from autogpt_seed.ids import parse
from tests.unit.tables import AS_OF, TAG, domain, enum, scalar

SIZED = ("varchar(3)", "bpchar(1)", "bpchar(8)", "numeric(5,2)", "numeric(2,2)", "bit(6)",
         "varbit(9)", "vector(5)", "halfvec(2)", "sparsevec(4)")  # fmt: skip
NAMES = (*sorted(_SCALARS), *_LITERALS, *SIZED)  # of sets: workers must agree on the order
TYPES = [scalar(name + suffix) for name in NAMES for suffix in ("", "[]")]
MOOD = enum("sad", "ok", "happy")


def filled(column: str = "v", table: str = "T") -> FilledColumn:
    return FilledColumn(TAG, AS_OF, table, column)


def made(kind: DataType | str, limits: Limits = NO_LIMITS, column: str = "v") -> Values:
    return values_of(scalar(kind) if isinstance(kind, str) else kind, limits, filled(column))


def some(values: Values, count: int = 200) -> list[Any]:
    return [values.at(number) for number in range(min(count, values.size))]


def checked(kind: str, check: str) -> list[Any]:
    """Values of a type under a check on `v`."""
    limits = read_checks([check], "v")
    assert not limits.unread
    return some(made(kind, limits))


@given(st.sampled_from(TYPES), st.integers(min_value=0, max_value=2**40), st.integers(1, 60))
def test_values_in_a_row_differ_wherever_they_start(kind: DataType, start: int, rows: int) -> None:
    values = made(kind)
    distinct = values.distinct(start)
    found = [repr(distinct(number)) for number in range(min(rows, values.size))]
    assert len(set(found)) == len(found)


@given(st.sampled_from(TYPES), st.integers(0, 10_000))
def test_the_same_number_gives_the_same_value(kind: DataType, number: int) -> None:
    first, second = made(kind), made(kind)
    assert first.spread(7)(number) == second.spread(7)(number)
    assert first.at(number % first.size) == second.at(number % second.size)


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.text)
def test_values_vary(kind: DataType) -> None:
    values = made(kind)
    found = {repr(values.spread(3)(number)) for number in range(100)}
    assert len(found) > min(values.size, 20) // 3


@given(st.integers(1, 40), st.integers(0, 2**50))
def test_texts_are_as_short_as_their_type(length: int, number: int) -> None:
    for column in ("v", "email", "title", "description", "websiteUrl", "apiToken", "colour"):
        values = made(f"varchar({length})", column=column)
        assert 0 < len(values.at(number % values.size)) <= length


@given(st.integers(1, 30), st.integers(0, 10), st.integers(0, 2**60))
def test_decimals_fit_their_precision(digits: int, scale: int, number: int) -> None:
    values = made(f"numeric({digits},{min(scale, digits)})")
    found = values.at(number % values.size)
    assert isinstance(found, Decimal)
    assert abs(found) < 10 ** (digits - min(scale, digits))
    assert found == found.quantize(Decimal(1).scaleb(-min(scale, digits)))


@given(st.integers(-1000, 1000), st.integers(0, 500), st.booleans(), st.booleans())
def test_whole_numbers_keep_between_their_limits(
    low: int, span: int, low_open: bool, high_open: bool
) -> None:
    limits = Limits(low=str(low), low_open=low_open, high=str(low + span), high_open=high_open)
    allowed = set(range(low + low_open, low + span + 1 - high_open))
    if allowed:
        assert set(some(made("int4", limits), 2000)) == allowed
    else:
        with pytest.raises(Unfillable):
            made("int4", limits)


@given(st.floats(-1e6, 1e6), st.floats(0.001, 1e6))
def test_fractions_keep_strictly_between_their_limits(low: float, span: float) -> None:
    limits = Limits(low=str(low), low_open=True, high=str(low + span), high_open=True)
    assert all(low < value < low + span for value in some(made("float8", limits)))


CHECKED: list[tuple[str, str, Any]] = [
    ("int4", "CHECK ((v >= 18) AND (v < 99))", lambda v: 18 <= v < 99),
    ("int4", "CHECK ((v < 0))", lambda v: v < 0),
    ("int4", "CHECK ((v <> 1))", lambda v: v != 1),
    ("int2", "CHECK ((v = ANY (ARRAY[3, 5, 7])))", lambda v: v in (3, 5, 7)),
    ("int8", "CHECK ((v > 1000000))", lambda v: v > 1_000_000),
    ("numeric", "CHECK (((v > (0)::numeric) AND (v <= (1)::numeric)))", lambda v: 0 < v <= 1),
    ("numeric(6,2)", "CHECK ((v < (0)::numeric))", lambda v: v < 0),
    ("numeric(3,2)", "CHECK ((v >= 0.5))", lambda v: Decimal("0.5") <= v < 10),
    ("float8", "CHECK ((v > (100)::double precision))", lambda v: v > 100),
    ("float8", "CHECK ((v <= (5)::double precision))", lambda v: 0 < v <= 5),
    ("float4", "CHECK ((v < (0)::double precision))", lambda v: v < 0),
    ("float8", "CHECK (((v >= (0)::double precision) AND (v < 'Infinity'::double precision)))",
     lambda v: 0 <= v < float("inf")),
    ("numeric", "CHECK ((v < 'Infinity'::numeric))", lambda v: v.is_finite()),
    ("int4", "CHECK (((v = ANY (ARRAY[3, 5])) AND (v <> 3)))", lambda v: v == 5),
    ("money", "CHECK ((v > (0)::money))", lambda v: int(v) > 0),
    ("text", "CHECK ((length(v) >= 30))", lambda v: len(v) >= 30),
    ("text", "CHECK ((length(v) <= 4))", lambda v: 0 < len(v) <= 4),
    ("text", "CHECK ((length(v) = 6))", lambda v: len(v) == 6),
    ("text", "CHECK ((v = upper(v)))", lambda v: v == v.upper()),
    ("text", "CHECK ((v ~ '^[a-z]+$'::text))", re.compile("^[a-z]+$").search),
    ("text", "CHECK ((v ~~ 'https://%'::text))", lambda v: v.startswith("https://")),
    ("text", "CHECK ((v ~* '^[^@]+@[^@]+$'::text))", re.compile("^[^@]+@[^@]+$").search),
    ("varchar(5)", "CHECK ((length((v)::text) > 2))", lambda v: 2 < len(v) <= 5),
    ("date", "CHECK ((v >= '2020-01-01'::date))", lambda v: v >= date(2020, 1, 1)),
    ("timestamp", "CHECK ((v > '2015-01-01 00:00:00'::timestamp without time zone))",
     lambda v: datetime(2015, 1, 1) < v <= AS_OF),  # noqa: DTZ001
    ("timestamp", "CHECK ((v < now()))", lambda v: v < AS_OF),
    ("timestamp", "CHECK ((v > now()))", lambda v: v > AS_OF + timedelta(days=3650)),
    ("timestamp", "CHECK (((v > now()) AND (v < '2100-01-01'::date)))",
     lambda v: AS_OF + timedelta(days=3650) < v < datetime(2100, 1, 1)),  # noqa: DTZ001
    ("date", "CHECK (((v > '2030-01-01'::date) AND (v < '2030-01-03'::date)))",
     lambda v: v == date(2030, 1, 2)),
    ("jsonb", "CHECK ((jsonb_typeof(v) = 'array'::text))",
     lambda v: isinstance(json.loads(v), list)),
    ("int4[]", "CHECK (((cardinality(v) >= 3) AND (cardinality(v) <= 4)))",
     lambda v: 3 <= len(v) <= 4),
    ("text[]", "CHECK ((v <@ ARRAY['a'::text, 'b'::text]))", lambda v: set(v) <= {"a", "b"}),
    ("bool", "CHECK (v)", lambda v: v is True),
    ("bool", "CHECK ((NOT v))", lambda v: v is False),
    ("bytea", "CHECK ((octet_length(v) = 16))", lambda v: len(v) == 16),
    ("time", "CHECK ((v >= '18:00:00'::time without time zone))", lambda v: time(18) <= v),
    ("time(0)", "CHECK (((v > '23:59:57'::time) AND (v < '24:00:00'::time)))",
     lambda v: time(23, 59, 57) < v),
    ("time", "CHECK ((v < '00:00:02.5'::time))", lambda v: v < time(0, 0, 2, 500_000)),
    ("time", "CHECK ((v = ANY (ARRAY['08:00:00'::time, '00:00:00'::time])))",
     lambda v: v in {time(8), time()}),
    ("timetz", "CHECK ((v < '02:00:05+02'::timetz))",
     lambda v: time.fromisoformat(v) < time(0, 0, 5, tzinfo=UTC)),
    ("interval", "CHECK ((v > '01:30:00'::interval))", lambda v: int(v.split()[0]) > 90),
    ("interval", "CHECK ((v <= '1 day'::interval))", lambda v: int(v.split()[0]) < 24 * 60),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "check", "holds"),
    CHECKED,
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_values_meet_the_check(kind: str, check: str, holds: Any) -> None:
    found = checked(kind, check)
    assert found
    assert all(map(holds, found))


def test_a_check_that_leaves_nothing_is_said() -> None:
    for kind, check in (
        ("int2", "CHECK ((v > 40000))"),
        ("varchar(3)", "CHECK ((length((v)::text) > 5))"),
        ("text", "CHECK ((v ~ '(?=x)y'::text))"),
    ):
        with pytest.raises(Unfillable):
            made(kind, read_checks([check], "v"))


def test_times_are_never_after_the_as_of_time_and_look_recent() -> None:
    for name in ("timestamp", "timestamp(0)", "timestamptz"):
        moments = [m.replace(tzinfo=None) for m in map(made(name).spread(5), range(300))]
        assert AS_OF - timedelta(days=366) < min(moments) <= max(moments) <= AS_OF
    assert max(some(made("date"))) <= AS_OF.date()


def test_now_in_a_check_is_the_as_of_time() -> None:
    assert made("date", Limits(high=NOW)).at(0) == AS_OF.date()


@pytest.mark.parametrize(
    ("column", "usual"),
    [
        ("isDeleted", {False}),
        ("inactive", {False}),
        ("is_active", {True}),
        ("isMain", {False, True}),
    ],
)
def test_flags_that_hide_rows_are_usually_off_and_those_that_show_them_on(
    column: str, usual: set[bool]
) -> None:
    values = made("bool", column=column)
    assert set(map(values.spread(3), range(20))) == usual
    assert {values.distinct(3)(number) for number in range(2)} == {False, True}
    assert some(made("bool", Limits(choices=("true",)), column)) == [True]


def test_labels_are_those_of_the_enum_that_a_check_allows() -> None:
    assert some(made(MOOD)) == ["sad", "ok", "happy"]
    assert some(made(MOOD, Limits(choices=("ok", "gone")))) == ["ok"]
    assert some(made(MOOD, Limits(excluded=frozenset({"ok"})))) == ["sad", "happy"]
    with pytest.raises(Unfillable):
        made(enum())


def test_a_domain_is_its_base_within_its_own_checks_and_those_below() -> None:
    below = domain(scalar("int4"), "CHECK ((VALUE > 10))")
    above = domain(below, "CHECK ((VALUE < 14))")
    assert some(made(above)) == [11, 12, 13]
    assert some(made(above, Limits(excluded=frozenset({"12"})))) == [11, 13]


def test_arrays_of_few_labels_differ_by_their_length() -> None:
    array = replace(scalar("text[]"), element=MOOD)
    found = some(made(array), 500)
    assert found[:4] == [["sad"], ["ok"], ["happy"], ["sad", "sad"]]
    assert len(set(map(tuple, found))) == 500


def test_arrays_that_may_be_very_long_are_as_short_as_others() -> None:
    roomy = replace(NO_LIMITS, most=10**9)
    assert {len(value) for value in some(made("text[]", roomy))} == {2}
    assert some(made("bool[]", roomy)) == some(made("bool[]"))


def test_composites_are_rows_whose_impossible_parts_are_empty() -> None:
    parts = (("a", scalar("varchar(3)")), ("b", scalar("pg_node_tree")), ("c", scalar("text")))
    composite = DataType("s", "pair", "pair", TypeKind.COMPOSITE, "C", attributes=parts)
    found = some(made(composite), 3)
    assert all(re.fullmatch(r'\(\w{1,3},,[\w"-]+\)', text) for text in found), found


def test_ranges_do_not_meet() -> None:
    ranges = replace(scalar("int4range"), kind=TypeKind.RANGE, element=scalar("int4"))
    bounds = [tuple(map(int, re.findall(r"\d+", text))) for text in some(made(ranges))]
    assert all(low < high for low, high in bounds)
    assert all(one[1] <= two[0] for one, two in pairwise(bounds))
    texts = replace(scalar("textrange"), kind=TypeKind.MULTIRANGE, element=scalar("text"))
    assert re.fullmatch(r'\{\["(.+)","\1"\]\}', made(texts).at(0))


def test_ids_carry_the_runs_tag() -> None:
    for kind, column in (("uuid", "v"), ("text", "contentId"), ("varchar(36)", "external_id")):
        found = made(kind, column=column).distinct(99)(5)
        assert UUID(found)
        parsed = parse(found)
        assert parsed
        assert (parsed.tag, parsed.ordinal) == (TAG, 5)


def test_names_of_columns_suggest_what_texts_are_like() -> None:
    assert re.fullmatch(r"\w+@example\.com", made("text", column="contactEmail").at(3))
    assert made("text", column="avatarUrl").at(3).startswith("https://")
    assert len(made("text", column="displayTitle").at(3).split()) == 3
    assert made("text", column="description").at(3).endswith(".")
    assert len(made("text", column="searchQuery").at(3).split()) == 2
    assert "?" in "".join(some(made("text", column="instructions")))


def test_an_unknown_type_is_named() -> None:
    with pytest.raises(Unfillable, match="has the type gtsvector"):
        made("gtsvector")


def test_two_columns_do_not_run_in_step() -> None:
    seeds = {filled(column, table).seed for column in "abc" for table in "TU"}
    assert len(seeds) == 6
