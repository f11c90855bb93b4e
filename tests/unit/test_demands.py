"""What a migration demands of rows that are there, read off the catalog before and after."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autogpt_seed.catalog import (
    Catalog,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Privileges,
    Table,
)
from autogpt_seed.data_types import DataType, TypeKind
from autogpt_seed.demands import Demand, OfOtherRow, demands
from tests.unit.tables import domain

ALL = Privileges(select=True, insert=True, owner=True)


def of(name: str, text: str = "", category: str = "S", modifier: int = -1) -> DataType:
    return DataType("pg_catalog", name, text or name, TypeKind.BASE, category, modifier)


def pets(*, kind: DataType | None = None, nullable: bool = True) -> Table:
    columns = {
        "id": Column("id", of("int4", "integer", "N"), nullable=False),
        "name": Column("name", kind or of("text"), nullable=nullable),
    }
    return Table("platform", "pets", "r", columns, ALL)


def catalog(*tables: Table, **enums: tuple[str, ...]) -> Catalog:
    return Catalog("platform", 180000, {table.name: table for table in tables}, {}, enums=enums)


def found(before: Table, after: Table) -> list[Demand]:
    return demands(catalog(before), catalog(after))


def test_a_column_that_becomes_not_null_is_given_a_null() -> None:
    (demand,) = found(pets(), pets(nullable=False))
    assert (demand.table, demand.attempts) == ("pets", ((("name", "NULL"),),))
    assert found(pets(nullable=False), pets()) == []


def unique(*terms: str, where: str = "", nulls_distinct: bool = True) -> Index:
    name = " ".join(terms)
    return Index(name, "", True, True, terms, where, nulls_distinct)


def keyed(*indexes: Index) -> Table:
    return replace(pets(), indexes=indexes)


def test_a_key_that_becomes_unique_is_given_twice_the_same() -> None:
    both = unique("id", "name")
    (demand,) = found(pets(), keyed(both))
    assert demand.attempts == ((("id", OfOtherRow("id")), ("name", OfOtherRow("name"))),)
    assert demand.duplicate
    assert (demand.duplicate.terms, demand.duplicate.operators) == (("id", "name"), ("=", "="))
    assert found(keyed(unique("id")), keyed(unique("id"), both)) == []  # it stays unique with more


def test_a_partial_key_is_given_two_rows_under_its_condition() -> None:
    (demand,) = found(pets(), keyed(unique("id", where="name <> 'x'")))
    assert demand.text == "two rows with the same id, which becomes unique where name <> 'x'"
    assert demand.duplicate
    assert demand.duplicate.condition == "name <> 'x'"
    assert {"id": OfOtherRow("id"), "name": OfOtherRow("name")} in [
        dict(a) for a in demand.attempts
    ]
    whole = keyed(unique("id"))
    assert len(found(keyed(unique("id", where="name <> 'x'")), whole)) == 1


def test_a_key_over_an_expression_is_given_another_value_with_the_same_result() -> None:
    (demand,) = found(pets(), keyed(unique("lower(name)")))
    assert (("name", OfOtherRow("name", "upper({})")),) in demand.attempts


def test_what_excludes_rows_that_differ_is_given_some_of_the_columns_only() -> None:
    operators = "OPERATOR(pg_catalog.=)", "OPERATOR(pg_catalog.<>)"
    (demand,) = found(pets(), keyed(replace(unique("id", "name"), operators=operators)))
    assert demand.duplicate
    assert demand.duplicate.operators == operators
    assert (("id", OfOtherRow("id")),) in demand.attempts
    excluding = keyed(replace(unique("id", "name"), operators=operators))
    assert found(excluding, excluding) == []


def test_what_is_demanded_of_a_partitioned_table_is_told_once() -> None:
    whole = replace(pets(), relation="p")
    part = replace(pets(), name="part", partition=True)
    changed = [replace(table, indexes=(unique("name"),)) for table in (whole, part)]
    (demand,) = demands(catalog(part, whole), catalog(*reversed(changed)))
    assert demand.table == "pets"
    assert len(demands(catalog(part, whole), catalog(changed[1], whole))) == 1


def test_a_key_that_takes_nulls_for_equal_is_given_two_of_them() -> None:
    strict = unique("name", nulls_distinct=False)
    same, nulls = found(pets(), keyed(strict))
    assert same.duplicate
    assert nulls.duplicate
    assert (same.duplicate.nulls, nulls.duplicate.nulls) == (False, True)
    assert nulls.duplicate.preparations == ((("name", "NULL"),),)
    (only_nulls,) = found(keyed(unique("name")), keyed(unique("name"), strict))
    assert only_nulls.text == nulls.text
    assert found(keyed(strict), keyed(unique("name"))) == []
    wider = unique("id", "name", nulls_distinct=False)
    assert found(keyed(strict), keyed(strict, wider)) == []
    assert found(keyed(unique("id")), keyed(unique("id"), wider)) == []  # no id is NULL


@pytest.mark.parametrize("suffix", ["", " NOT VALID", " NO INHERIT", " NO INHERIT NOT VALID"])
def test_a_check_is_given_values_until_one_is_against_it(suffix: str) -> None:
    checked = replace(pets(), checks=(CheckConstraint("c", ("id",), f"CHECK ((id > 0)){suffix}"),))
    (demand,) = found(pets(), checked)
    assert (("id", "-1"),) in demand.attempts
    assert demand.proof == "(((id > 0))) IS FALSE"


def test_a_domain_is_given_what_is_against_its_new_checks_and_those_below() -> None:
    checks = "CHECK ((VALUE <> 'x'::text))", "CHECK ((length(VALUE) < 7))"
    old, new = (domain(domain(of("text"), *checks[:n]), "CHECK (true)") for n in (1, 2))
    (demand,) = found(pets(kind=old), pets(kind=new))
    assert demand.text == f"a value in name against dom, {checks[1]}"
    assert (("name", "repeat('x', 7 + 1)"),) in demand.attempts
    assert (demand.proof, demand.value) == ("(((length(VALUE) < 7))) IS FALSE", "name")
    (again,) = found(pets(), pets(kind=domain(of("text"), checks[0])))
    assert (("name", "'x'"),) in again.attempts


def test_a_check_of_several_columns_is_given_several_values() -> None:
    definition = "CHECK (((id < 7) OR (name = 'old')))"
    (demand,) = found(
        pets(), replace(pets(), checks=(CheckConstraint("c", ("id", "name"), definition),))
    )
    assert (("id", "7 + 1"),) in demand.attempts
    assert (("id", "7 + 1"), ("name", "''")) in demand.attempts


def test_what_nothing_is_known_against_is_a_demand_that_says_so() -> None:
    added = replace(pets(), checks=(CheckConstraint("c", ("id", "age"), "CHECK ((id > age))"),))
    (demand,) = found(pets(), added)
    assert (demand.attempts, demand.unknown) == ((), "age comes with the migration")
    (demand,) = found(pets(kind=of("bool", category="B")), pets(kind=of("inet", category="I")))
    assert (demand.attempts, demand.unknown) == ((), "no value is known that breaks it")


def test_a_foreign_key_is_given_an_id_that_nobody_has() -> None:
    key = ForeignKey("f", ("name",), "platform", "User", ("id",), "FOREIGN KEY …")
    (demand,) = found(pets(), replace(pets(), foreign_keys=(key,)))
    assert demand.attempts == ((("name", "'00000000-0000-4000-8000-000000000000'"),),)
    renamed = replace(pets(), foreign_keys=(replace(key, name="g"),))
    assert found(replace(pets(), foreign_keys=(key,)), renamed) == []


@pytest.mark.parametrize(
    ("before", "after", "value"),
    [
        (of("text"), of("varchar", "character varying(9)", modifier=13), "repeat('x', 10)"),
        (of("text"), of("uuid", category="U"), "'not such a value'"),
        (of("int8", "bigint", "N"), of("int4", "integer", "N"), "2147483648"),
        (of("int4", "integer", "N"), of("numeric", "numeric(5,2)", "N", 327686), "100000"),
        (of("int4", "integer", "N"), of("int8", "bigint", "N"), None),
        (of("varchar", "character varying(9)", modifier=13), of("text"), None),
        (
            of("varchar", "character varying(9)", modifier=13),
            of("varchar", "character varying(20)", modifier=24),
            None,
        ),
        (
            of("varchar", "character varying(9)", modifier=13),
            of("bpchar", "character(9)", modifier=13),
            None,
        ),
        (of("jsonb", category="U"), of("json", category="U"), None),
        (of("json", category="U"), of("jsonb", category="U"), """'"\\u0000"'"""),
        (of("timestamp", "timestamp", "D"), of("timestamptz", "timestamptz", "D"), None),
    ],
)
def test_a_narrower_type_is_given_what_it_cannot_hold(
    before: DataType, after: DataType, value: str | None
) -> None:
    wanted = [((("name", value),),)] if value else []
    assert [d.attempts for d in found(pets(kind=before), pets(kind=after))] == wanted


def test_a_label_that_is_lost_is_given_to_a_row_alone_or_in_an_array() -> None:
    enum = DataType("platform", "Mood", '"Mood"', TypeKind.ENUM, "E", labels=("SAD", "GLAD"))
    array = DataType("platform", "Mood", '"Mood"[]', TypeKind.ARRAY, "A", element=enum)
    for kind, value in ((enum, "'SAD'"), (array, "ARRAY['SAD']")):
        before = catalog(pets(kind=kind), Mood=("SAD", "GLAD"))
        after = catalog(pets(kind=kind), Mood=("GLAD", "MAD"))
        (demand,) = demands(before, after)
        assert demand.attempts == ((("name", f"CAST({value} AS {kind.text})"),),)


def test_new_tables_and_columns_demand_nothing_of_rows() -> None:
    before = pets()
    columns = {**before.columns, "age": Column("age", of("int4", "integer", "N"), nullable=False)}
    after = replace(before, columns=columns, indexes=(unique("age"),))
    assert demands(catalog(before), catalog(after, replace(before, name="toys"))) == []
    assert found(after, replace(after, columns={"id": before.columns["id"]})) == []
