"""Overrides of the plan replace what entities and the binding give, or are refused by name."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from autogpt_seed.binding import Binding
from autogpt_seed.catalog import Catalog
from autogpt_seed.data_types import DataType
from autogpt_seed.errors import ConfigurationError, DatabaseUnsuitable
from autogpt_seed.plan import load_plan
from autogpt_seed.rows import Kind, fields, optional, refers
from tests.unit.tables import (
    bind,
    bound,
    catalog,
    column,
    enum,
    key,
    rows,
    scalar,
    table,
    texts,
    values,
)

USERS = rows(
    "User",
    fields(id=Kind.ID, name=optional(Kind.TEXT), boss=refers("User", optional=True)),
    [(f"u{n}", "Ada", None) for n in range(40)],
)


def schema(kind: str | DataType = "text", **facts: Any) -> Catalog:
    """A users' table with a column "v" besides those that the entity knows."""
    return catalog(
        table("User", column("id"), column("name", null=True), column("v", kind, **facts))
    )


def overridden(schema: Catalog, **columns: Any) -> Binding:
    """The binding with these overrides, written as in a configuration file."""
    plan = load_plan(flags={"columns": {"User": columns}})
    return bind([USERS], schema, overrides=plan.columns)


FITTING: list[tuple[str | DataType, Any, Any]] = [
    ("text", "Europe/Paris", "Europe/Paris"),
    ("int4", 7, 7),
    ("float8", 7, 7.0),
    ("numeric(5,2)", 1.5, Decimal("1.5")),
    ("bool", True, True),
    ("date", date(2026, 1, 2), date(2026, 1, 2)),
    ("timestamp", "2026-01-02T12:00:00+02:00", datetime(2026, 1, 2, 10)),  # noqa: DTZ001
    ("timestamptz", "2026-01-02T12:00:00Z", datetime(2026, 1, 2, 12, tzinfo=UTC)),
    ("jsonb", '{"a": 1}', '{"a": 1}'),
    ("jsonb", [1, 2], "[1, 2]"),
    ("text[]", ["a", "b"], ["a", "b"]),
    ("inet", "10.0.0.1", "10.0.0.1"),
    ("money", 5, "5"),
    ("uuid", "00000000-0000-0000-0000-00000000000A", "00000000-0000-0000-0000-00000000000a"),
    (enum("a", "b"), "b", "b"),
]


@pytest.mark.parametrize(("kind", "given", "stored"), FITTING)
def test_a_constant_is_the_value_of_every_row(kind: Any, given: Any, stored: Any) -> None:
    binding = overridden(schema(kind), v=given)
    assert values(binding, "User", "v") == [stored] * 40
    assert texts(binding)[-1] == "User.v overridden: by the plan"


def test_overrides_replace_what_entities_give() -> None:
    assert values(overridden(schema(null=True), name="Eve"), "User", "name") == ["Eve"] * 40


def test_a_choice_is_varied_and_the_same_every_time() -> None:
    binding = overridden(schema(), v={"choice": ["a", "b", "c"]})
    found = values(binding, "User", "v")
    assert set(found) == {"a", "b", "c"}
    assert found == values(binding, "User", "v")
    assert found[:12] != ["a", "b", "c"] * 4


def test_null_leaves_the_column_empty_also_against_its_default() -> None:
    binding = overridden(schema(null=True, default="'x'"), v={"null": True}, name={"null": True})
    assert values(binding, "User", "v") == values(binding, "User", "name") == [None] * 40


def test_a_sequence_counts_from_one() -> None:
    binding = overridden(schema(), v={"sequence": "x-{n}"})
    assert values(binding, "User", "v")[:3] == ["x-1", "x-2", "x-3"]


def test_a_sequence_is_enough_for_a_unique_key() -> None:
    unique = catalog(
        table("User", column("id"), column("name", null=True), column("v"), unique=["v"])
    )
    assert len(set(values(overridden(unique, v={"sequence": "{n}"}), "User", "v"))) == 40
    with pytest.raises(DatabaseUnsuitable, match='"User_v_key"'):
        overridden(unique, v="always the same")


def test_faker_makes_varied_values_and_the_same_every_time() -> None:
    binding = overridden(schema("varchar(20)"), v={"faker": "city"})
    found = values(binding, "User", "v")
    assert len(set(found)) > 20
    assert found == values(binding, "User", "v")
    assert max(map(len, found)) <= 20


def test_faker_makes_dates_and_numbers_too() -> None:
    assert isinstance(
        values(overridden(schema("date"), v={"faker": "date_object"}), "User", "v")[0], date
    )
    assert isinstance(values(overridden(schema("int8"), v={"faker": "pyint"}), "User", "v")[0], int)


def test_faker_is_imported_only_where_it_is_asked_for() -> None:
    import subprocess
    import sys

    code = "import sys, autogpt_seed.binding, autogpt_seed.plan; sys.exit('faker' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


REFUSED: list[tuple[str | DataType, Any, str]] = [
    ("int4", "many", "with 'many', but the column takes a whole number"),
    ("int4", True, "takes a whole number"),
    ("int2", 40_000, "takes a number of 16 bits"),
    ("text", 5, "with 5, but the column takes text"),
    ("varchar(3)", "long", "takes at most 3 characters"),
    ("bool", "yes", "takes true or false"),
    ("date", "soon", "takes a time such as"),
    ("jsonb", "{", "takes JSON"),
    ("text[]", "a", "takes a list"),
    ("uuid", "x", "takes a UUID"),
    (enum("a", "b"), "c", "takes one of a, b"),
    ("text", {"null": True}, "with NULL, but the column is NOT NULL"),
    ("int4", {"sequence": "{n}"}, "with text, but the column takes int4"),
    ("int4", {"choice": [1, "b"]}, "takes a whole number"),
    ("int4", {"faker": "city"}, "takes a whole number"),
]


@pytest.mark.parametrize(("kind", "given", "why"), REFUSED)
def test_a_value_that_does_not_fit_is_refused_by_name(kind: Any, given: Any, why: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        overridden(schema(kind), v=given)
    assert caught.value.sentence.startswith('The plan overrides "v" of "User"')
    assert why in caught.value.sentence


def test_a_column_that_is_not_there_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigurationError) as caught:
        overridden(schema(), nmae="x")
    assert '"nmae" of "User", which has no such column' in caught.value.sentence
    assert caught.value.remedy == "Did you mean name?"


def test_a_table_that_is_not_there_is_refused_with_the_nearest() -> None:
    plan = load_plan(flags={"columns.Usr.name": "x"})
    with pytest.raises(ConfigurationError, match='"Usr"') as caught:
        bind([USERS], schema(), overrides=plan.columns)
    assert caught.value.remedy == "Did you mean User?"


def test_a_table_that_gets_no_rows_is_refused() -> None:
    both = catalog(*schema().tables.values(), table("Other", column("id")))
    plan = load_plan(flags={"columns.Other.id": "x"})
    with pytest.raises(ConfigurationError, match="makes no rows") as caught:
        bind([USERS], both, overrides=plan.columns)
    assert "--tables all" in caught.value.remedy


def test_a_column_that_the_database_generates_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="but the database generates that column"):
        overridden(schema(generated=True), v="x")


def test_a_column_that_other_rows_refer_to_is_refused() -> None:
    graph = table("AgentGraph", column("id"), column("userId"), keys=[key("userId", "User")])
    graphs = rows("AgentGraph", fields(id=Kind.ID, userId=refers("User")), [("g", "u0")])
    plan = load_plan(flags={"columns.User.id": "x"})
    with pytest.raises(ConfigurationError, match='overrides "id" of "User", to which other rows'):
        bind([USERS, graphs], catalog(*schema().tables.values(), graph), overrides=plan.columns)


def test_an_override_stands_in_for_a_parent_that_cannot_be_made() -> None:
    away = catalog(
        table(
            "User",
            column("id"),
            column("name", null=True),
            column("v"),
            keys=[key("v", "nowhere")],
        )
    )
    assert values(overridden(away, v="known"), "User", "v") == ["known"] * 40
    assert bound(overridden(away, v="known"), "User").count == 40


def test_overrides_also_hold_for_tables_that_no_entity_knows() -> None:
    both = catalog(
        *schema(scalar("text"), null=True).tables.values(),
        table("Other", column("id"), column("v"), keys=[key("v", "nowhere")]),
    )
    plan = load_plan(flags={"columns.Other.v": "x"})
    binding = bind([USERS], both, overrides=plan.columns, everything=True)
    assert set(values(binding, "Other", "v")) == {"x"}
