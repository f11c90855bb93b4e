"""What is demanded already, or cannot be planted, is no demand; what is told of the others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autogpt_seed.catalog import CheckConstraint, Column, ForeignKey
from autogpt_seed.data_types import DataType, TypeKind
from autogpt_seed.demands import OfSameRow, demands
from tests.unit.test_demands import catalog, found, of, pets

AGE = Column("age", of("int4", "integer", "N"), nullable=True)
OLDER = replace(pets(), columns={**pets().columns, "age": AGE})
MOOD = DataType("platform", "Mood", '"Mood"', TypeKind.ENUM, "E", labels=("SAD", "IT'S FINE"))


def test_rows_of_views_and_values_of_generated_columns_are_not_planted() -> None:
    assert found(replace(pets(), relation="v"), pets(nullable=False)) == []
    generated = replace(pets().columns["name"], generated=True)
    before = replace(pets(), columns={**pets().columns, "name": generated})
    assert found(before, pets(nullable=False)) == []


def test_a_check_that_was_there_is_no_demand_and_one_of_a_new_column_is_not_tried() -> None:
    check = CheckConstraint("c", ("id",), "CHECK ((id > 0))")
    assert found(replace(pets(), checks=(check,)), replace(pets(), checks=(check,))) == []
    both = CheckConstraint("c", ("id", "age"), "CHECK ((id > age))")
    (untried,) = found(pets(), replace(OLDER, checks=(both,)))
    assert untried.attempts == ()


@pytest.mark.parametrize(
    ("kind", "attempt"),
    [(MOOD, """CAST('IT''S FINE' AS "Mood")"""), (of("jsonb", category="U"), "'null'")],
)
def test_a_check_is_given_values_of_its_columns_type(kind: DataType, attempt: str) -> None:
    check = CheckConstraint("c", ("name",), "CHECK ((name <> 'x')) NO INHERIT")
    (demand,) = found(pets(kind=kind), replace(pets(kind=kind), checks=(check,)))
    assert (("name", attempt),) in demand.attempts
    assert demand.proof == "(((name <> 'x'))) IS FALSE"


def test_a_check_that_compares_columns_is_given_what_is_beside_them() -> None:
    check = CheckConstraint(
        "c", ("id", "name", "age"), "CHECK (((id > age) OR (name IS NOT NULL)))"
    )
    (demand,) = found(OLDER, replace(OLDER, checks=(check,)))
    pairs = [value for attempt in demand.attempts for value in attempt]
    assert [pair for pair in dict.fromkeys(pairs) if isinstance(pair[1], OfSameRow)] == [
        ("id", OfSameRow("age")),
        ("age", OfSameRow("id")),
    ]


def test_a_foreign_key_to_another_table_is_new_and_one_of_a_new_column_is_not_tried() -> None:
    key = ForeignKey("f", ("name",), "platform", "User", ("id",), "FOREIGN KEY …")
    elsewhere = replace(key, table="Profile")
    (demand,) = found(
        replace(pets(), foreign_keys=(key,)), replace(pets(), foreign_keys=(elsewhere,))
    )
    assert "Profile" in demand.text
    pair = replace(key, columns=("name", "age"), referred=("id", "age"))
    assert found(pets(), replace(OLDER, foreign_keys=(pair,))) == []


@pytest.mark.parametrize(
    ("before", "after", "values"),
    [
        (
            of("varchar", "character varying(20)", modifier=24),
            of("varchar", "character varying(9)", modifier=13),
            ["repeat('x', 10)"],
        ),
        (of("int2", "smallint", "N"), of("int8", "bigint", "N"), []),
        (of("int8", "bigint", "N"), of("float4", "real", "N"), []),
        (of("numeric", "numeric", "N"), of("float4", "real", "N"), ["1e300"]),
        (
            of("numeric", "numeric", "N"),
            of("numeric", "numeric(300,2)", "N", (300 << 16 | 2) + 4),
            [f"1{'0' * 300}"],
        ),
    ],
)
def test_a_type_is_narrower_by_its_length_and_precision(
    before: DataType, after: DataType, values: list[str]
) -> None:
    attempts = [d.attempts for d in found(pets(kind=before), pets(kind=after))]
    assert attempts == [((("name", value),),) for value in values]


def test_labels_of_an_enum_that_is_gone_altogether_are_not_lost_one_by_one() -> None:
    before = catalog(pets(kind=MOOD), Mood=MOOD.labels)
    assert demands(before, catalog(pets(kind=MOOD))) == []
    (demand,) = demands(before, catalog(pets(kind=MOOD), Mood=("SAD",)))
    assert demand.attempts == ((("name", """CAST('IT''S FINE' AS "Mood")"""),),)
