"""What a migration demands of rows that are there, read off the catalog before and after."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autogpt_seed.catalog import (
    Catalog,
    Check,
    Column,
    DataType,
    ForeignKey,
    Privileges,
    Table,
    TypeKind,
    UniqueKey,
)
from autogpt_seed.demands import SAME, Demand, demands

ALL = Privileges(select=True, insert=True, update=True, owner=True)


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


def test_a_key_that_becomes_unique_is_given_twice_the_same() -> None:
    unique = replace(pets(), unique_keys=(UniqueKey("k", ("id", "name")),))
    (demand,) = found(pets(), unique)
    assert demand.attempts == ((("id", SAME), ("name", SAME)),)
    assert demand.filled == ("id", "name")
    narrower = replace(pets(), unique_keys=(UniqueKey("pk", ("id",), primary=True),))
    both = replace(pets(), unique_keys=(*narrower.unique_keys, *unique.unique_keys))
    assert found(narrower, both) == []  # what is unique stays so with more columns
    partial = replace(pets(), unique_keys=(UniqueKey("k", ("name",), partial=True),))
    assert found(pets(), partial) == []


def test_a_check_is_given_values_until_one_is_against_it() -> None:
    checked = replace(pets(), checks=(Check("c", ("id",), "CHECK ((id > 0)) NOT VALID"),))
    (demand,) = found(pets(), checked)
    assert (("id", "-1"),) in demand.attempts
    assert demand.proof == "(((id > 0))) IS FALSE"
    excluding = replace(pets(), checks=(Check("x", ("id",), "EXCLUDE USING gist (id WITH =)"),))
    assert found(pets(), excluding) == []


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
    after = replace(before, columns=columns, unique_keys=(UniqueKey("k", ("age",)),))
    assert demands(catalog(before), catalog(after, replace(before, name="toys"))) == []
