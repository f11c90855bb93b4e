"""Rows meet one table: dropped, renamed, adapted, filled in, and the fast way kept."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from autogpt_seed.catalog import Catalog, Column
from autogpt_seed.data_types import DataType
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.overrides import Constant
from autogpt_seed.plan import load_plan
from autogpt_seed.rows import Kind, fields, labels, optional, refers
from autogpt_seed.timestamps import timestamp
from tests.unit.tables import (
    AS_OF,
    TAG,
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
    fields(id=Kind.ID, email=Kind.TEXT, name=optional(Kind.TEXT), createdAt=Kind.TIME),
    [
        (TAG.ids("User")[n], f"user.{n:08x}@example.com", None if n == 1 else f"User {n}", AS_OF)
        for n in range(4)
    ],
    keys=["email"],
)
PLAIN = (
    column("id"),
    column("email"),
    column("name", null=True),
    column("createdAt", "timestamp"),
)


def schema(*more: Any, **facts: Any) -> Catalog:
    """A catalog with the users' table, with more columns."""
    return catalog(table("User", *PLAIN, *more, **facts))


def changed(name: str, kind: str | DataType) -> Catalog:
    """The users' table with another type for one column."""
    retyped = scalar(kind) if isinstance(kind, str) else kind
    return catalog(
        table("User", *(replace(c, type=retyped) if c.name == name else c for c in PLAIN))
    )


def test_what_fits_goes_through_untouched() -> None:
    binding = bind([USERS], schema(), raw_times=True)
    found = bound(binding, "User")
    assert found.records is USERS.records
    assert binding.notes == ()
    assert not found.text


def test_rows_of_another_order_of_columns_are_as_good() -> None:
    turned = catalog(table("User", *reversed(PLAIN)))
    assert bound(bind([USERS], turned, raw_times=True), "User").records is USERS.records


def test_a_column_that_the_table_lacks_is_dropped_with_a_note() -> None:
    binding = bind([USERS], catalog(table("User", *PLAIN[:2])))
    assert bound(binding, "User").columns == ("id", "email")
    assert values(binding, "User", "email") == [r[1] for r in USERS.records()]
    assert "User.name dropped: the table has no such column" in texts(binding)


def test_a_column_that_the_database_generates_is_never_given() -> None:
    binding = bind([USERS], catalog(table("User", *PLAIN[:3], column("createdAt", generated=True))))
    assert "createdAt" not in bound(binding, "User").columns


def test_a_column_under_another_known_name_is_found() -> None:
    keys = rows("APIKey", fields(id=Kind.ID, hash=Kind.TEXT), [("1", "abc")])
    binding = bind([keys], catalog(table("APIKey", column("id"), column("key"))))
    assert values(binding, "APIKey", "key") == ["abc"]
    assert texts(binding) == ["APIKey.hash renamed: the table calls it key"]


def test_a_renamed_reference_is_found_by_its_foreign_key() -> None:
    graphs = rows("AgentGraph", fields(id=Kind.ID, userId=refers("User")), [("g", "u")])
    owned = table("AgentGraph", column("id"), column("ownerId"), keys=[key("ownerId", "User")])
    binding = bind([USERS, graphs], catalog(*schema().tables.values(), owned))
    assert values(binding, "AgentGraph", "ownerId") == ["u"]


def test_another_spelling_of_a_name_is_the_same_name() -> None:
    keys = rows("APIKey", fields(id=Kind.ID, lastUsedAt=Kind.TIME), [("1", AS_OF)])
    spelt = table("APIKey", column("id"), column("last_used_at", "timestamp"))
    binding = bind([keys], catalog(spelt))
    assert values(binding, "APIKey", "last_used_at") == [AS_OF]
    assert texts(binding) == ["APIKey.lastUsedAt renamed: the table calls it last_used_at"]


@pytest.mark.parametrize("more", [[], [column("other", enum("PENDING", "APPROVED", "REJECTED"))]])
def test_a_status_under_an_unknown_name_is_found_by_its_labels_if_only_one_has_them(
    more: list[Column],
) -> None:
    decision = column("decision", enum("APPROVED", "PENDING", "REJECTED"), null=True)
    version = table("StoreListingVersion", column("id"), decision, *more)
    binding = bind([LISTINGS], catalog(version))
    found = "decision" in bound(binding, "StoreListingVersion").columns
    assert found is not bool(more)


def test_the_version_of_a_graph_is_found_by_the_key_that_names_the_graph() -> None:
    runs = rows(
        "Run",
        fields(id=Kind.ID, agentGraphId=refers("AgentGraph"), agentGraphVersion=Kind.INTEGER),
        [("r", "g", 3)],
    )
    graph = table("AgentGraph", column("id"), column("version", "int4"))
    run = table(
        "Run",
        column("id"),
        column("what"),
        column("which", "int4"),
        keys=[key("what which", "AgentGraph", "id version")],
    )
    graphs = rows("AgentGraph", fields(id=Kind.ID, version=Kind.INTEGER), [("g", 3)])
    binding = bind([graphs, runs], catalog(graph, run))
    assert values(binding, "Run", "which") == [3]


ADAPTED: list[tuple[str, str | DataType, Any]] = [
    ("id", "uuid", TAG.ids("User")[0]),
    ("id", "int8", int(TAG.ids("User")[0][:8], 16) << 20 | 0xABCDE),
    ("email", "varchar(12)", "user.0000000"),
    ("email", "jsonb", '"user.00000000@example.com"'),
    ("email", "text[]", ["user.00000000@example.com"]),
    ("createdAt", "timestamptz", AS_OF.replace(tzinfo=UTC)),
    ("createdAt", "date", AS_OF.date()),
    ("createdAt", "text", "2026-01-15T00:00:00"),
    ("createdAt", "int8", 1_768_435_200_000),
]


@pytest.mark.parametrize(("name", "kind", "first"), ADAPTED)
def test_values_are_adapted_to_the_type(name: str, kind: str | DataType, first: Any) -> None:
    binding = bind([USERS], changed(name, kind))
    assert values(binding, "User", name)[0] == first
    assert [note.action for note in binding.notes] == ["adapted"]


def test_a_unique_text_that_is_too_long_keeps_the_end_that_tells_it_apart() -> None:
    short = column("email", "varchar(20)")
    unique = table("User", PLAIN[0], short, *PLAIN[2:], unique=["email"])
    assert values(bind([USERS], catalog(unique)), "User", "email")[1] == "00000001@example.com"


def test_texts_are_as_short_as_a_check_wants_them() -> None:
    check = ("email", "CHECK ((length(email) <= 20))")
    short = table("User", *PLAIN, unique=["email"], checks=[check])
    binding = bind([USERS], catalog(short))
    assert values(binding, "User", "email")[1] == "00000001@example.com"
    (note,) = texts(binding)
    assert "a check allows 20 characters, so longer values are truncated" in note


def test_ids_stay_the_same_wherever_they_are_referred_to() -> None:
    graphs = rows(
        "AgentGraph",
        fields(id=Kind.ID, userId=refers("User")),
        [(TAG.ids("AgentGraph")[n], TAG.ids("User")[n]) for n in range(3)],
    )
    for kind in ("int4", "int8", "uuid", "varchar(12)", "numeric"):
        users = changed("id", kind).tables["User"]
        owned = table(
            "AgentGraph", column("id"), column("userId", kind), keys=[key("userId", "User")]
        )
        binding = bind([USERS, graphs], catalog(users, owned))
        ids = values(binding, "User", "id")
        assert len(set(ids)) == 4
        assert values(binding, "AgentGraph", "userId") == ids[:3]


def test_ids_as_numbers_keep_away_from_sequences() -> None:
    for kind, least in (("int4", 2**30), ("int8", 2**31)):
        assert min(values(bind([USERS], changed("id", kind)), "User", "id")) >= least


def test_numbers_that_are_ids_already_stay_what_they_are() -> None:
    there = rows("User", USERS.fields, [("17", "a", None, AS_OF)])
    assert values(bind([there], changed("id", "int8")), "User", "id") == [17]


LISTINGS = rows(
    "StoreListingVersion",
    fields(id=Kind.ID, submissionStatus=labels("PENDING", "APPROVED")),
    [("1", "PENDING"), ("2", "APPROVED")],
)


def statuses(kind: DataType, *checks: tuple[str, str]) -> Catalog:
    return catalog(
        table("StoreListingVersion", column("id"), column("submissionStatus", kind), checks=checks)
    )


def test_a_label_that_the_enum_lacks_is_replaced_by_the_nearest() -> None:
    binding = bind([LISTINGS], statuses(enum("SUBMITTED", "APPROVED")))
    assert values(binding, "StoreListingVersion", "submissionStatus") == ["SUBMITTED", "APPROVED"]
    assert texts(binding) == [
        "StoreListingVersion.submissionStatus label replaced: "
        "SUBMITTED stands for PENDING, which it does not know"
    ]


def test_a_text_that_becomes_a_label_keeps_no_unique_key() -> None:
    few = column("email", enum(*"abcdefgh"))
    binding = bind([USERS], catalog(table("User", PLAIN[0], few, *PLAIN[2:], unique=["email"])))
    assert len(set(values(binding, "User", "email"))) == 4
    assert "User.email dropped: its type" in texts(binding)[0]


def test_labels_that_a_check_lists_are_the_labels_of_a_text() -> None:
    check = "CHECK ((\"submissionStatus\" = ANY (ARRAY['pending'::text, 'approved'::text])))"
    binding = bind([LISTINGS], statuses(scalar("text"), ("submissionStatus", check)))
    assert values(binding, "StoreListingVersion", "submissionStatus") == ["pending", "approved"]


@pytest.mark.parametrize("kind", ["jsonb", "text"])
def test_labels_within_json_or_a_text_are_none_that_was_replaced(kind: str) -> None:
    steps = fields(id=Kind.ID, steps=labels("A", "B", many=True))
    made = rows("Progress", steps, [("1", ["B", "A"])])
    binding = bind([made], catalog(table("Progress", column("id"), column("steps", kind))))
    assert values(binding, "Progress", "steps") == ['["B", "A"]']
    assert texts(binding) == [f"Progress.steps adapted: its type is {kind}"]


def test_labels_that_are_all_known_go_through_untouched() -> None:
    binding = bind([LISTINGS], statuses(enum("PENDING", "APPROVED", "REJECTED")))
    assert bound(binding, "StoreListingVersion").records is LISTINGS.records


def test_labels_in_a_list_become_one_label_where_the_column_takes_one() -> None:
    steps = fields(id=Kind.ID, steps=labels("A", "B", many=True))
    made = rows("Progress", steps, [("1", ["B", "A"]), ("2", [])])
    one = catalog(table("Progress", column("id"), column("steps", enum("A", "B"), null=True)))
    assert values(bind([made], one), "Progress", "steps") == ["B", None]


def test_none_is_replaced_where_the_column_must_not_be_empty() -> None:
    strict = catalog(table("User", *(replace(c, nullable=False) for c in PLAIN)))
    binding = bind([USERS], strict)
    names = values(binding, "User", "name")
    assert [n for n in names if n.startswith("User ")] == ["User 0", "User 2", "User 3"]
    assert names[1]
    assert texts(binding) == ["User.name filled: where it would be NULL, which is not allowed here"]


def test_a_time_that_must_not_be_empty_is_the_last_of_the_rows_own() -> None:
    early = datetime(2025, 1, 1)  # noqa: DTZ001
    made = rows(
        "Run",
        fields(id=Kind.ID, startedAt=Kind.TIME, reviewedAt=optional(Kind.TIME)),
        [("1", early, None), ("2", early, AS_OF)],
    )
    strict = table("Run", *(column(n, "timestamp") for n in ("id", "startedAt", "reviewedAt")))
    strict = replace(strict, columns=strict.columns | {"id": column("id")})
    assert values(bind([made], catalog(strict)), "Run", "reviewedAt") == [early, AS_OF]


@pytest.mark.parametrize(
    ("check", "allows_any"),
    [
        ("\"seenAt\" > '2015-01-01'", True),
        ('"seenAt" <= now()', True),
        ("\"seenAt\" >= '2000-01-01' AND \"seenAt\" < '2100-01-01'", True),
        ("\"seenAt\" > '2025-03-01'", False),
        ("\"seenAt\" < '2025-01-01'", False),
        ('"seenAt" > now()', False),
        ("\"seenAt\" <> '2015-01-01'", False),
    ],
)
def test_an_unknown_time_follows_the_rows_own_where_its_checks_allow_any(
    check: str, allows_any: bool
) -> None:
    early = datetime(2025, 2, 1)  # noqa: DTZ001
    made = rows("Run", fields(id=Kind.ID, startedAt=Kind.TIME), [("1", early)])
    columns = (column("id"), column("startedAt", "timestamp"), column("seenAt", "timestamp"))
    runs = catalog(table("Run", *columns, checks=[("seenAt", f"CHECK (({check}))")]))
    assert (values(bind([made], runs), "Run", "seenAt") == [early]) == allows_any


@pytest.mark.parametrize("kind", ["timestamp", "timestamptz", "date"])
def test_all_timestamps_of_the_rows_are_numbers_where_these_are_asked_for(kind: str) -> None:
    known = [replace(c, type=scalar(kind)) if c.name == "createdAt" else c for c in PLAIN]
    added = [column(name, kind) for name in ("seenAt", "checkedAt", "bornAt")]
    checks = [("checkedAt", 'CHECK (("checkedAt" < now()))')]
    people = catalog(table("User", *known, *added, checks=checks))
    overrides = {"User": {"bornAt": Constant(constant="2000-01-01T00:00:01.5Z")}}
    moments, numbers = (
        bind([USERS], people, overrides=overrides, raw_times=raw) for raw in (False, True)
    )
    for name in ("createdAt", *(c.name for c in added)):
        expected = values(moments, "User", name)
        if kind != "date":
            expected = [timestamp(value.replace(tzinfo=None)) for value in expected]
        assert values(numbers, "User", name) == expected, name
    assert kind == "date" or set(values(numbers, "User", "bornAt")) == {1_500_000}
    assert texts(moments) == texts(numbers)


def test_a_required_column_that_nobody_knows_is_filled_with_a_note() -> None:
    binding = bind([USERS], schema(column("flavour"), column("level", "int2")))
    assert len(set(values(binding, "User", "flavour"))) == 4
    assert all(1 <= level <= 100 for level in values(binding, "User", "level"))
    assert texts(binding)[0] == (
        "User.flavour filled: it requires a value, so it gets values of type text"
    )


def test_filled_values_are_the_same_at_every_call_and_others_in_another_run() -> None:
    binding = bind([USERS], schema(column("flavour")))
    first, second = (list(bound(binding, "User").records()) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    "facts",
    [
        {"null": True},
        {"default": "'x'::text"},
        {"generated": True},
        {"identity": "a"},
        {"default": "nextval('numbers'::regclass)"},
    ],
)
def test_a_column_that_the_database_can_fill_is_left_to_it(facts: dict[str, Any]) -> None:
    binding = bind([USERS], schema(column("more", "int8", **facts)), raw_times=True)
    assert bound(binding, "User").records is USERS.records


def test_a_default_that_differs_in_every_run_is_replaced() -> None:
    more = (
        column("ref", "uuid", default="gen_random_uuid()"),
        column("seenAt", "timestamp", default="CURRENT_TIMESTAMP"),
    )
    binding = bind([USERS], schema(*more))
    assert len(set(values(binding, "User", "ref"))) == 4
    assert values(binding, "User", "seenAt") == [AS_OF] * 4


def test_unique_columns_that_nobody_knows_differ_even_where_values_are_few() -> None:
    more = schema(column("code", "varchar(2)"), column("on", "bool"), unique=["code", "on id"])
    binding = bind([USERS], more)
    assert len(set(values(binding, "User", "code"))) == 4


@pytest.mark.parametrize("kind", [scalar("bool"), enum("a", "b", "c")])
def test_a_unique_column_with_too_few_values_is_refused_by_name(kind: DataType) -> None:
    with pytest.raises(DatabaseUnsuitable) as caught:
        bind([USERS], schema(column("kind", kind), unique=["kind"]))
    assert '"User"' in caught.value.sentence
    assert '"User_kind_key"' in caught.value.sentence


def test_a_default_that_is_the_same_in_every_row_is_replaced_in_a_unique_key() -> None:
    binding = bind([USERS], schema(column("code", default="'x'::text"), unique=["code"]))
    assert len(set(values(binding, "User", "code"))) == 4


@pytest.mark.parametrize("kind", ["text", "varchar(12)"])
def test_texts_are_made_distinct_for_a_unique_key_that_is_new(kind: str) -> None:
    same = rows("User", USERS.fields, same_names())
    binding = bind([same], schema(column("name", kind), unique=["name"]))
    names = values(binding, "User", "name")
    assert len(set(names)) == 4
    assert max(map(len, names)) <= 12
    assert all(name.startswith("Ada ") for name in names)
    assert any("made distinct" in text for text in texts(binding))


def test_a_text_that_two_new_unique_keys_share_is_made_distinct_once() -> None:
    flags = fields(isActive=Kind.BOOLEAN, isAdmin=Kind.BOOLEAN)
    records = [(*record, True, False) for record in same_names()]
    same = rows("User", (*USERS.fields, *flags), records)
    columns = [column(field.name, "bool") for field in flags]
    binding = bind([same], schema(*columns, unique=["name isActive", "name isAdmin"]))
    assert bound(binding, "User").columns.count("name") == 1


def same_names() -> list[tuple[Any, ...]]:
    return [(r[0], r[1], "Ada", r[3]) for r in USERS.records()]


def test_rows_that_agree_in_a_new_key_are_refused_with_the_values() -> None:
    with pytest.raises(DatabaseUnsuitable) as caught:
        bind([USERS], schema(unique=["createdAt"]))
    assert "createdAt = 2026-01-15" in caught.value.evidence


@pytest.mark.parametrize("name", ["tree", "a tree", "käse"])
def test_a_type_of_which_no_value_is_known_is_refused_by_name(name: str) -> None:
    with pytest.raises(DatabaseUnsuitable) as caught:
        bind([USERS], schema(column(name, "pg_node_tree")))
    assert f'"{name}" of "User"' in caught.value.sentence
    (setting,) = re.findall("--set '(.+)=VALUE'", caught.value.remedy)
    assert load_plan(flags={setting: "x"}).columns == {"User": {name: Constant(constant="x")}}


def test_a_check_that_is_not_understood_is_in_the_note() -> None:
    check = "CHECK (((level % 2) = 0))"
    binding = bind([USERS], schema(column("level", "int4"), checks=[("level", check)]))
    assert texts(binding)[0].endswith(f"; not understood: {check}")


def test_only_tables_with_types_that_binary_copy_cannot_carry_go_as_text() -> None:
    binding = bind([USERS], schema(column("shape", "polygon")))
    assert bound(binding, "User").text
    assert not bound(bind([USERS], schema(column("n", "numeric(4,1)"))), "User").text


def test_entities_that_hang_on_a_table_that_is_not_there_are_left_out() -> None:
    made = [
        USERS,
        rows("StoreListing", fields(id=Kind.ID), []),
        rows("StoreListingVersion", fields(id=Kind.ID, storeListingId=refers("StoreListing")), []),
        rows("StoreListingReview", fields(id=Kind.ID, versionId=refers("StoreListingVersion")), []),
        rows("Onboarding", fields(id=Kind.ID, chosen=refers("StoreListing", optional=True)), []),
    ]
    tables = (
        table("StoreListingVersion", column("id"), column("storeListingId")),
        table("StoreListingReview", column("id"), column("versionId")),
        table("Onboarding", column("id"), column("chosen", null=True)),
    )
    binding = bind(made, catalog(*schema().tables.values(), *tables))
    assert [b.table.name for b in binding.bounds] == ["User", "Onboarding"]
    assert bound(binding, "Onboarding").columns == ("id",)
    assert texts(binding) == [
        "StoreListingVersion left out: it belongs to StoreListing, which is left out",
        "StoreListingReview left out: it belongs to StoreListingVersion, which is left out",
        "Onboarding.chosen dropped: it would refer to StoreListing, which is left out",
    ]
