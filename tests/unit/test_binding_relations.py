"""Foreign keys that nobody knows: parents found or made, orders, circles, and all tables filled."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from autogpt_seed.binding import Binding, bind_all, wanted_parents
from autogpt_seed.catalog import Catalog, Existing, Privileges, UniqueKey
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.ids import parse
from autogpt_seed.rows import Kind, Rows, fields, optional, refers
from autogpt_seed.timestamps import moment
from tests.unit.tables import (
    AS_OF,
    TAG,
    bind,
    bound,
    catalog,
    column,
    enum,
    filling,
    key,
    rows,
    table,
    texts,
    values,
)

DAY = timedelta(days=1)
USERS = rows(
    "User",
    fields(id=Kind.ID, createdAt=Kind.TIME),
    [(f"u{n}", AS_OF - (9 - n) * DAY) for n in range(3)],
)
GRAPHS = rows(
    "AgentGraph",
    fields(id=Kind.ID, version=Kind.INTEGER, userId=refers("User"), createdAt=Kind.TIME),
    [(f"g{n}", 1, f"u{n % 3}", AS_OF - (5 - n) * DAY) for n in range(5)],
)
USER = table("User", column("id"), column("createdAt", "timestamp"))
GRAPH = table(
    "AgentGraph",
    column("id"),
    column("version", "int4"),
    column("userId"),
    column("createdAt", "timestamp"),
    keys=[key("userId", "User")],
    primary="id version",
)


def with_columns(old: Any, *more: Any, keys: Any = (), unique: Any = ()) -> Any:
    """The table with more columns, foreign keys and unique keys."""
    uniques = tuple(UniqueKey(f"{old.name}_{u}_key", tuple(u.split())) for u in unique)
    return replace(
        old,
        columns=old.columns | {c.name: c for c in more},
        foreign_keys=(*old.foreign_keys, *keys),
        unique_keys=(*old.unique_keys, *uniques),
    )


def made(*tables: Any, rows: list[Rows] | None = None, **facts: Any) -> Binding:
    """The binding of users and graphs to these tables."""
    return bind([USERS, GRAPHS] if rows is None else rows, catalog(*tables), **facts)


def order(binding: Binding) -> list[str]:
    return [b.table.name for b in binding.bounds]


# Parents


def test_a_new_key_takes_the_rows_of_a_known_parent_in_turn() -> None:
    graph = with_columns(GRAPH, column("approverEmail"), keys=[key("approverEmail", "User", "tag")])
    user = with_columns(USER, column("tag"), unique=["tag"])
    binding = made(user, graph)
    tags = values(binding, "User", "tag")
    assert values(binding, "AgentGraph", "approverEmail") == [*tags, *tags[:2]]
    assert "User.tag filled: it requires a value, so it gets values of type text" in texts(binding)


def test_a_second_key_to_the_owners_table_is_the_owner() -> None:
    graph = with_columns(GRAPH, column("editorId"), keys=[key("editorId", "User")])
    binding = made(USER, graph)
    owners = values(binding, "AgentGraph", "userId")
    assert values(binding, "AgentGraph", "editorId") == owners
    note = "AgentGraph.editorId filled: it refers to User, as userId does"
    assert note in texts(binding)


def test_a_row_refers_to_what_was_there_before_it_of_its_owner_if_possible() -> None:
    owner = refers("User")
    made_by = fields(id=Kind.ID, userId=owner, createdAt=Kind.TIME)
    used = fields(id=Kind.ID, userId=owner, usedAt=optional(Kind.TIME), createdAt=Kind.TIME)
    days_ago = {"old": ("u0", 6), "new": ("u0", 3), "late": ("u1", 2), "early": ("u1", 4)}
    plans = [(name, user, AS_OF, AS_OF - days * DAY) for name, (user, days) in days_ago.items()]
    runs = [("r0", "u0", AS_OF), ("r1", "u1", AS_OF), ("r2", "u1", AS_OF - 5 * DAY)]
    every = [USERS, rows("Plan", used, plans), rows("Run", made_by, runs)]
    facts = (column("id"), column("userId"), column("createdAt", "timestamp"))
    plan = table("Plan", *facts, keys=[key("userId", "User")])
    run = table("Run", *facts, keys=[key("userId", "User")])
    run = with_columns(run, column("planId"), keys=[key("planId", "Plan")])
    binding = made(USER, plan, run, rows=every)
    assert values(binding, "Run", "planId") == ["old", "early", "old"]


def test_a_row_refers_to_an_older_one_of_an_unknown_table() -> None:
    plan = table("Plan", column("id"), column("userId"), CREATED, keys=[key("userId", "User")])
    graph = with_columns(GRAPH, column("planId"), keys=[key("planId", "Plan")])
    binding = made(USER, plan, graph)
    ages = dict(
        zip(values(binding, "Plan", "id"), values(binding, "Plan", "createdAt"), strict=True)
    )
    pairs = zip(values(binding, "AgentGraph", "planId"), created(binding), strict=True)
    assert all(ages[plan] <= at for plan, at in pairs)


def test_a_unique_key_takes_each_parent_once_or_is_refused() -> None:
    user = with_columns(USER, column("graphId"), keys=[key("graphId", "AgentGraph")])
    user = with_columns(user, unique=["graphId"])
    graph = table("AgentGraph", *GRAPH.columns.values())
    assert values(made(user, graph), "User", "graphId") == ["g0", "g1", "g2"]
    few = [USERS, replace(GRAPHS, count=2, records=lambda: iter(list(GRAPHS.records())[:2]))]
    with pytest.raises(DatabaseUnsuitable, match='"User" would agree in graphId'):
        made(user, graph, rows=few)


def test_keys_of_several_columns_come_from_one_row() -> None:
    run = table(
        "Run",
        column("id"),
        column("gId"),
        column("gVersion", "int4"),
        keys=[key("gId gVersion", "AgentGraph", "id version")],
    )
    runs = rows("Run", fields(id=Kind.ID), [(str(n),) for n in range(7)])
    binding = made(USER, GRAPH, run, rows=[USERS, GRAPHS, runs])
    assert values(binding, "Run", "gId") == ["g0", "g1", "g2", "g3", "g4", "g0", "g1"]
    assert values(binding, "Run", "gVersion") == [1] * 7


def test_a_reference_to_another_column_of_the_parent_finds_that_of_its_row() -> None:
    user = with_columns(USER, column("number", "int8"), unique=["number"])
    graph = replace(
        GRAPH,
        columns=GRAPH.columns | {"userId": column("userId", "int8")},
        foreign_keys=(key("userId", "User", "number"),),
    )
    binding = made(user, graph)
    numbers = dict(
        zip(values(binding, "User", "id"), values(binding, "User", "number"), strict=True)
    )
    owners = [numbers[record[2]] for record in GRAPHS.records()]
    assert values(binding, "AgentGraph", "userId") == owners


def test_a_wider_key_is_filled_with_the_rest_of_the_row_it_refers_to() -> None:
    user = with_columns(USER, column("tenant"), unique=["id tenant"])
    graph = replace(GRAPH, foreign_keys=(key("userId tenant", "User", "id tenant"),))
    binding = made(user, with_columns(graph, column("tenant")))
    tenants = dict(
        zip(values(binding, "User", "id"), values(binding, "User", "tenant"), strict=True)
    )
    owners = values(binding, "AgentGraph", "userId")
    assert values(binding, "AgentGraph", "tenant") == [tenants[owner] for owner in owners]


def test_what_two_keys_share_comes_from_the_row_of_the_wider_one() -> None:
    organization = table("Org", column("id"))
    team = table("Team", column("id"), column("orgId"), keys=[key("orgId", "Org")])
    team = with_columns(team, unique=["orgId id"])
    shared = [key("orgId", "Org"), key("orgId teamId", "Team", "orgId id")]
    graph = with_columns(GRAPH, column("orgId"), column("teamId"), keys=shared)
    binding = made(USER, graph, team, organization)
    teams = set(zip(values(binding, "Team", "orgId"), values(binding, "Team", "id"), strict=True))
    orgs, ids = (values(binding, "AgentGraph", name) for name in ("orgId", "teamId"))
    assert set(zip(orgs, ids, strict=True)) <= teams
    assert bound(binding, "AgentGraph").columns.count("orgId") == 1


def test_a_row_that_nothing_agrees_with_in_what_two_keys_share_is_refused_by_name() -> None:
    orgs = table("Org", column("id"))
    team, plan = (
        with_columns(table(name, column("id"), column("orgId")), keys=[key("orgId", "Org")])
        for name in ("Team", "Plan")
    )
    team = with_columns(team, unique=["orgId id"])
    plan = with_columns(plan, column("paid", "bool"), unique=["orgId id", "paid"])
    both = [key("orgId teamId", "Team", "orgId id"), key("orgId planId", "Plan", "orgId id")]
    graph = with_columns(GRAPH, *map(column, ("orgId", "teamId", "planId")), keys=both)
    with pytest.raises(DatabaseUnsuitable, match='No row of "Plan" matches every') as caught:
        made(USER, graph, orgs, team, plan)
    assert "Required: one with orgId = " in caught.value.evidence
    assert caught.value.remedy == "Override planId: [columns.AgentGraph]."


def test_rows_of_an_unknown_parent_are_made_and_theirs_too() -> None:
    badge = column("badgeId", null=True, default="'none'::text")
    plan = table("Plan", column("id"), column("kind", enum("free", "paid")), badge)
    plan = with_columns(plan, keys=[key("badgeId", "Badge")])
    team = table("Team", column("id"), column("planId"), keys=[key("planId", "Plan")])
    user = with_columns(USER, column("teamId"), keys=[key("teamId", "Team")])
    binding = made(user, GRAPH, team, plan, table("Badge", column("id")))
    assert order(binding) == ["Plan", "Team", "User", "AgentGraph"]
    assert set(values(binding, "Plan", "badgeId")) == {None}
    teams = values(binding, "Team", "id")
    assert values(binding, "User", "teamId") == teams[:3]
    assert set(values(binding, "Team", "planId")) <= set(values(binding, "Plan", "id"))
    parsed = parse(teams[1])
    assert parsed
    assert (parsed.tag, parsed.ordinal) == (TAG, 1)
    assert any(t.startswith("Team made: ") and "User.teamId" in t for t in texts(binding))


def test_there_are_as_many_unknown_parents_as_a_unique_key_wants() -> None:
    secret = with_columns(
        table("Secret", column("id"), column("vaultId")),
        keys=[key("vaultId", "Vault")],
        unique=["vaultId"],
    )
    graph = with_columns(
        GRAPH, column("secretId"), keys=[key("secretId", "Secret")], unique=["secretId"]
    )
    binding = made(USER, graph, secret, table("Vault", column("id")))
    assert values(binding, "AgentGraph", "secretId") == values(binding, "Secret", "id")
    assert bound(binding, "Secret").count == bound(binding, "Vault").count == 5


def test_too_few_parents_for_a_unique_key_are_refused_by_name() -> None:
    flag = table("Flag", column("id", "bool"))
    user = with_columns(USER, column("flag", "bool"), keys=[key("flag", "Flag")], unique=["flag"])
    with pytest.raises(DatabaseUnsuitable) as caught:
        made(user, GRAPH, flag)
    assert '"Flag" must have 3 rows, but id can only differ in 2' in caught.value.sentence
    flag = table("Flag", column("id", enum("a", "b", "c")))
    user = with_columns(USER, column("flag", enum("a", "b", "c")))
    user = with_columns(user, keys=[key("flag", "Flag")], unique=["flag"])
    assert bound(made(user, GRAPH, flag), "Flag").count == 3


def test_an_optional_key_that_nobody_knows_stays_empty_also_against_its_default() -> None:
    team = table("Team", column("id"))
    more = column("teamId", null=True, default="'basic'::text"), column("otherId", null=True)
    user = with_columns(USER, *more, keys=[key("teamId", "Team"), key("otherId", "Team")])
    binding = made(user, GRAPH, team)
    assert "Team" not in order(binding)
    assert values(binding, "User", "teamId") == [None] * 3
    assert "otherId" not in bound(binding, "User").columns


def test_a_required_key_with_a_default_gets_a_row_that_is_really_there() -> None:
    team = table("Team", column("id"))
    user = with_columns(USER, column("teamId", default="'basic'"), keys=[key("teamId", "Team")])
    binding = made(user, GRAPH, team)
    assert set(values(binding, "User", "teamId")) <= set(values(binding, "Team", "id"))


def test_a_column_that_refers_elsewhere_now_gets_rows_from_there() -> None:
    account = table("Account", column("id"))
    graph = replace(GRAPH, foreign_keys=(key("userId", "Account"),))
    binding = made(USER, graph, account)
    assert set(values(binding, "AgentGraph", "userId")) <= set(values(binding, "Account", "id"))


def test_a_key_to_another_schema_is_refused_by_name() -> None:
    away = replace(key("authId", "users"), schema="auth")
    user = with_columns(USER, column("authId"), keys=[away])
    with pytest.raises(DatabaseUnsuitable) as caught:
        made(user, GRAPH)
    assert '"User" requires rows of "auth.users"' in caught.value.sentence


def test_a_key_to_a_known_table_without_rows_is_refused_by_name() -> None:
    graph = with_columns(GRAPH, column("hookId"), keys=[key("hookId", "Hook")])
    hooks = rows("Hook", fields(id=Kind.ID), [])
    with pytest.raises(DatabaseUnsuitable, match='"AgentGraph" requires rows of "Hook"'):
        made(USER, graph, table("Hook", column("id")), rows=[USERS, GRAPHS, hooks])


def test_rows_that_are_there_already_are_parents_too() -> None:
    note = table("Note", column("id"), column("userRef"), keys=[key("userRef", "User")])
    notes = rows("Note", fields(id=Kind.ID), [("1",), ("2",)])
    binding = bind_all([notes], catalog(USER, note), filling(), present=[USERS])
    assert order(binding) == ["Note"]
    assert values(binding, "Note", "userRef") == ["u0", "u1"]


def test_what_rows_must_refer_to_can_be_read_from_the_database() -> None:
    plan = table("Plan", column("id"), column("teamId"), keys=[key("teamId", "Team")])
    team = table("Team", column("id"))
    note = table("Note", column("id"), column("planRef"), keys=[key("planRef", "Plan")])
    notes, schema = rows("Note", fields(id=Kind.ID), [("1",), ("2",)]), catalog(plan, team, note)
    assert wanted_parents([notes], schema, filling(), []) == {"Plan": ("id",)}
    existing = Existing("Plan", ("id",), (("p0",),))
    binding = bind_all([notes], schema, filling(), present=[existing])
    assert order(binding) == ["Note"]
    assert values(binding, "Note", "planRef") == ["p0", "p0"]


# Orders and circles


def test_tables_are_filled_in_the_order_that_this_schema_wants() -> None:
    user = with_columns(USER, column("graphId"), keys=[key("graphId", "AgentGraph")])
    graph = table("AgentGraph", *GRAPH.columns.values())
    assert order(made(user, graph)) == ["AgentGraph", "User"]


LISTINGS = rows(
    "StoreListing",
    fields(id=Kind.ID, activeVersionId=refers("StoreListingVersion", optional=True)),
    [("l0", "v0"), ("l1", None)],
)
VERSIONS = rows(
    "StoreListingVersion",
    fields(id=Kind.ID, storeListingId=refers("StoreListing")),
    [("v0", "l0"), ("v1", "l1")],
)


def circle(*, null: bool, deferrable: bool = False) -> Catalog:
    return catalog(
        table(
            "StoreListing",
            column("id"),
            column("activeVersionId", null=null),
            keys=[key("activeVersionId", "StoreListingVersion", deferrable=deferrable)],
        ),
        table(
            "StoreListingVersion",
            column("id"),
            column("storeListingId"),
            keys=[key("storeListingId", "StoreListing")],
        ),
    )


def test_the_side_of_a_circle_that_may_be_empty_is_set_afterwards() -> None:
    binding = bind([LISTINGS, VERSIONS], circle(null=True))
    listing = bound(binding, "StoreListing")
    assert listing.columns == ("id",)
    assert [list(u.pairs()) for u in listing.updates] == [[("l0", "v0")]]
    assert listing.updates[0].keys == ("id",)


def test_nothing_waits_for_a_key_that_is_suspended() -> None:
    suspended = {("StoreListing", "activeVersionId_fkey")}
    binding = bind_all([LISTINGS, VERSIONS], circle(null=True), filling(), suspended=suspended)
    assert bound(binding, "StoreListing").updates == ()


def test_a_circle_of_required_keys_is_refused_by_name() -> None:
    with pytest.raises(DatabaseUnsuitable) as caught:
        bind([LISTINGS, VERSIONS], circle(null=False))
    assert "StoreListing → StoreListingVersion → StoreListing" in caught.value.sentence
    assert '"activeVersionId_fkey" of StoreListing' in caught.value.evidence


def test_a_circle_of_required_keys_is_closed_by_one_that_can_be_deferred() -> None:
    binding = bind([LISTINGS, VERSIONS], circle(null=False, deferrable=True))
    assert binding.deferred == ("activeVersionId_fkey",)
    assert values(binding, "StoreListing", "activeVersionId") == ["v0", "v1"]


def test_unknown_tables_in_a_deferrable_circle_are_made() -> None:
    hen = table("Hen", column("id"), column("eggId"), keys=[key("eggId", "Egg")])
    egg = table("Egg", column("id"), column("henId"), keys=[key("henId", "Hen", deferrable=True)])
    user = with_columns(USER, column("henId"), keys=[key("henId", "Hen")])
    binding = made(user, GRAPH, hen, egg)
    assert binding.deferred == ("henId_fkey",)
    assert set(values(binding, "Egg", "henId")) <= set(values(binding, "Hen", "id"))
    assert set(values(binding, "Hen", "eggId")) <= set(values(binding, "Egg", "id"))


def test_a_row_that_must_refer_to_its_own_table_refers_to_itself() -> None:
    user = with_columns(USER, column("managerId"), keys=[key("managerId", "User")])
    folder = table("Folder", column("id"), column("rootId"), keys=[key("rootId", "Folder")])
    binding = made(user, GRAPH, folder, everything=True)
    for name, own in (("User", "managerId"), ("Folder", "rootId")):
        assert values(binding, name, own) == values(binding, name, "id")
    assert bound(binding, "Folder").count == 10  # like a table that refers to none


def test_a_row_that_may_refer_to_its_own_table_does_not() -> None:
    folder = table(
        "Folder", column("id"), column("parentId", null=True), keys=[key("parentId", "Folder")]
    )
    binding = made(USER, GRAPH, folder, everything=True)
    assert "parentId" not in bound(binding, "Folder").columns


CREATED = column("createdAt", "timestamp")


def test_times_in_a_deferrable_circle_are_made_one_after_the_other() -> None:
    hen = table("Hen", column("id"), column("eggId"), CREATED, keys=[key("eggId", "Egg")])
    egg = table(
        "Egg", column("id"), column("henId"), CREATED, keys=[key("henId", "Hen", deferrable=True)]
    )
    user = with_columns(USER, column("henId"), keys=[key("henId", "Hen")])
    binding = made(user, GRAPH, hen, egg)
    laid = dict(zip(values(binding, "Egg", "id"), values(binding, "Egg", "createdAt"), strict=True))
    hatched = zip(values(binding, "Hen", "eggId"), values(binding, "Hen", "createdAt"), strict=True)
    assert all(laid[of] <= at <= AS_OF for of, at in hatched)


def test_times_of_entities_in_a_deferrable_circle_are_made_one_after_the_other() -> None:
    listing, version = circle(null=False, deferrable=True).tables.values()
    schema = catalog(with_columns(listing, CREATED), with_columns(version, CREATED))
    binding = bind([LISTINGS, VERSIONS], schema)
    first, then = (
        max(values(binding, name, "createdAt")) for name in ("StoreListing", "StoreListingVersion")
    )
    assert first <= then <= AS_OF


# All tables


SESSION = table("ChatSession", column("id"), column("userId"), keys=[key("userId", "User")])
MESSAGE = table(
    "ChatMessage",
    column("id"),
    column("sessionId"),
    column("sequence", "int4"),
    keys=[key("sessionId", "ChatSession")],
    unique=["sessionId sequence"],
)
BALANCE = table("UserBalance", column("userId"), keys=[key("userId", "User")], primary="userId")


def test_unknown_tables_are_left_alone_unless_all_are_wanted() -> None:
    binding = made(USER, GRAPH, SESSION)
    assert order(binding) == ["User", "AgentGraph"]
    assert binding.unfilled == ("ChatSession",)


def test_all_tables_get_a_few_rows_for_each_owner() -> None:
    binding = made(USER, GRAPH, MESSAGE, SESSION, BALANCE, everything=True)
    assert binding.unfilled == ()
    assert bound(binding, "UserBalance").count == 3
    assert bound(binding, "ChatSession").count == 6
    messages = zip(
        values(binding, "ChatMessage", "sessionId"),
        values(binding, "ChatMessage", "sequence"),
        strict=True,
    )
    assert len(set(messages)) == bound(binding, "ChatMessage").count == 12
    assert set(values(binding, "ChatMessage", "sequence")) == {1, 2}
    assert binding.notes == ()


def test_the_rows_of_all_tables_hold_together() -> None:
    review = table(
        "PendingReview",
        column("id"),
        column("graphId"),
        column("version", "int4"),
        column("userId"),
        keys=[key("graphId version", "AgentGraph", "id version"), key("userId", "User")],
    )
    binding = made(USER, GRAPH, review, everything=True)
    owner = {record[0]: record[2] for record in GRAPHS.records()}
    graphs = values(binding, "PendingReview", "graphId")
    assert values(binding, "PendingReview", "userId") == [owner[g] for g in graphs]


def test_an_owner_is_told_by_the_name_where_no_key_tells() -> None:
    memo = table("Memo", column("id"), column("userId"), column("externalId"))
    binding = made(USER, GRAPH, memo, everything=True)
    assert set(values(binding, "Memo", "userId")) == {"u0", "u1", "u2"}


def test_a_key_that_holds_for_a_part_of_the_rows_does_not_limit_their_number() -> None:
    extra = table("Extra", column("id"), column("isMain", "bool"))
    partial = UniqueKey("Extra_main", ("isMain",), partial=True)
    extra = replace(extra, unique_keys=(*extra.unique_keys, partial))
    assert bound(made(USER, GRAPH, extra, everything=True), "Extra").count == 10


def test_two_keys_to_one_table_name_different_rows() -> None:
    follow = table(
        "Follow",
        column("followerId"),
        column("followedId"),
        keys=[key("followerId", "User"), key("followedId", "User")],
        primary="followerId followedId",
    )
    binding = made(USER, GRAPH, follow, everything=True)
    pairs = list(bound(binding, "Follow").records())
    assert len(set(pairs)) == len(pairs) == 3
    assert all(one != other for one, other in pairs)


def test_optional_keys_of_unknown_tables_are_used_where_their_rows_come_first() -> None:
    event = table(
        "Event", column("id"), column("batchId", null=True), keys=[key("batchId", "ZBatch")]
    )
    batch = table("ZBatch", column("id"), column("userId"), keys=[key("userId", "User")])
    binding = made(USER, GRAPH, event, batch, everything=True)
    assert order(binding)[2:] == ["ZBatch", "Event"]
    assert set(values(binding, "Event", "batchId")) <= set(values(binding, "ZBatch", "id"))


def test_rows_are_not_older_than_what_they_hang_on_nor_newer_than_as_of() -> None:
    memo = table(
        "Memo",
        column("id"),
        column("userId"),
        column("updatedAt", "timestamp"),
        column("createdAt", "timestamp", default="CURRENT_TIMESTAMP"),
        keys=[key("userId", "User")],
    )
    binding = made(USER, GRAPH, memo, everything=True)
    since = {record[0]: moment(record[1]) for record in USERS.records()}
    found = bound(binding, "Memo")
    for record in found.records():
        row = dict(zip(found.columns, record, strict=True))
        assert since[row["userId"]] <= row["createdAt"] <= row["updatedAt"] <= AS_OF


def test_times_of_known_tables_are_their_own_rows_or_their_parents() -> None:
    graph = with_columns(GRAPH, column("publishedAt", "timestamp"))
    node = table(
        "AgentNode",
        column("id"),
        column("graphId"),
        column("createdAt", "timestamp", default="CURRENT_TIMESTAMP"),
        keys=[key("graphId", "AgentGraph")],
    )
    node = replace(node, foreign_keys=(key("graphId", "AgentGraph"),))
    nodes = rows(
        "AgentNode", fields(id=Kind.ID, graphId=refers("AgentGraph")), [("n0", "g3"), ("n1", "g0")]
    )
    binding = made(USER, graph, node, rows=[USERS, GRAPHS, nodes])
    made_at = dict(zip(values(binding, "AgentGraph", "id"), created(binding), strict=True))
    assert values(binding, "AgentGraph", "publishedAt") == created(binding)
    assert values(binding, "AgentNode", "createdAt") == [made_at["g3"], made_at["g0"]]


def created(binding: Binding) -> list[datetime]:
    return values(binding, "AgentGraph", "createdAt")


def test_a_table_that_cannot_be_filled_is_left_out_with_what_needs_it() -> None:
    tree = table("Tree", column("id"), column("shape", "pg_node_tree"))
    leaf = table("Leaf", column("id"), column("treeId"), keys=[key("treeId", "Tree")])
    binding = made(USER, GRAPH, SESSION, tree, leaf, everything=True)
    assert order(binding) == ["User", "AgentGraph", "ChatSession"]
    assert binding.unfilled == ("Tree", "Leaf")
    assert [t for t in texts(binding) if t.startswith("Tree left out: Column")]
    assert [t for t in texts(binding) if t.startswith("Leaf left out: ")]


def test_an_optional_table_is_left_out_for_a_reason_that_is_given() -> None:
    extra = table("Extra", column("id"))
    child = table("Child", column("id"), column("extraId"), keys=[key("extraId", "Extra")])
    everything = filling(everything=True)
    whole = bind([USERS], catalog(USER, extra, child), everything=True)
    assert whole.optional == {"Extra", "Child"}
    rest = bind_all([USERS], catalog(USER, extra, child), everything, without={"Extra": "so"})
    assert [b.table.name for b in rest.bounds] == ["User"]
    assert "Extra left out: so" in texts(rest)
    assert rest.unfilled == ("Extra", "Child")


def test_a_table_that_fills_itself_is_still_sent_something() -> None:
    counted = column("id", "int8", identity="a")
    tables = (
        table("Counter", counted, column("note", "circle", null=True)),
        table("Number", column("id", "int4", default="nextval('n'::regclass)")),
        table("Log", column("text"), primary=""),
    )
    binding = made(USER, GRAPH, *tables, everything=True)
    assert bound(binding, "Counter").columns == ("note",)
    assert len(set(values(binding, "Number", "id"))) == 10
    assert bound(binding, "Log").count == 10


def test_what_is_not_the_applications_own_is_never_filled() -> None:
    refusing = Privileges(select=True, insert=False, owner=False)
    others = (
        table("_prisma_migrations", column("id")),
        table("alembic_version_platform", column("id")),
        table("spatial_ref_sys", column("id")),
        table("of_extension", column("id"), extension="postgis"),
        table("part", column("id"), partition=True),
        table("child", column("id"), inherits=True),
        table("without_columns", primary=""),
        replace(table("foreign", column("id")), relation="f"),
        replace(table("refusing", column("id")), privileges=refusing),
    )
    binding = made(USER, GRAPH, *others, everything=True)
    assert order(binding) == ["User", "AgentGraph"]
    assert binding.unfilled == ()


def test_none_is_replaced_by_a_row_of_the_parent() -> None:
    presets = rows("AgentPreset", fields(id=Kind.ID), [("p0",), ("p1",)])
    runs = rows(
        "Run",
        fields(id=Kind.ID, presetId=refers("AgentPreset", optional=True)),
        [("r0", None), ("r1", "p0"), ("r2", None)],
    )
    preset = table("AgentPreset", column("id"))
    run = table("Run", column("id"), column("presetId"), keys=[key("presetId", "AgentPreset")])
    binding = bind([runs, presets], catalog(run, preset))
    assert order(binding) == ["AgentPreset", "Run"]
    assert values(binding, "Run", "presetId") == ["p0", "p0", "p0"]


def test_none_is_replaced_by_the_row_itself_in_all_columns_of_a_key_to_its_own_table() -> None:
    forks = rows(
        "AgentGraph",
        (
            *fields(id=Kind.ID, version=Kind.INTEGER),
            *fields(forkedFromId=refers("AgentGraph", optional=True)),
            *fields(forkedFromVersion=optional(Kind.INTEGER)),
        ),
        [("g0", 7, None, None), ("g1", 1, "g0", 7)],
    )
    forked = key("forkedFromId forkedFromVersion", "AgentGraph", "id version")
    more = (column("forkedFromId"), column("forkedFromVersion", "int4"))
    graph = table("AgentGraph", column("id"), column("version", "int4"), *more, keys=[forked])
    binding = made(graph, rows=[forks])
    assert values(binding, "AgentGraph", "forkedFromId") == ["g0", "g0"]
    assert values(binding, "AgentGraph", "forkedFromVersion") == [7, 7]


def test_none_is_replaced_by_an_older_row_of_the_parent_unless_each_is_wanted_once() -> None:
    dated = fields(id=Kind.ID, createdAt=Kind.TIME)
    presets = rows("AgentPreset", dated, [("young", AS_OF), ("old", AS_OF - 2 * DAY)])
    runs = rows(
        "Run",
        (*dated, *fields(presetId=refers("AgentPreset", optional=True))),
        [("r0", AS_OF - DAY, None), ("r1", AS_OF - DAY, None)],
    )
    preset = table("AgentPreset", column("id"), CREATED)
    run = table(
        "Run", column("id"), CREATED, column("presetId"), keys=[key("presetId", "AgentPreset")]
    )
    oldest = bind([runs, presets], catalog(run, preset))
    assert values(oldest, "Run", "presetId") == ["old", "old"]
    each = bind([runs, presets], catalog(with_columns(run, unique=["presetId"]), preset))
    assert values(each, "Run", "presetId") == ["young", "old"]


def test_optional_is_told_by_the_field() -> None:
    assert optional(Kind.TEXT).optional
    assert refers("User", optional=True).optional
