"""The entities as a whole: how many rows, always the same ones, and never those of another run."""

from __future__ import annotations

import hashlib
import time
import tracemalloc
from typing import Any

import pytest

from autogpt_seed.entities import ENTITIES
from autogpt_seed.entities.api_keys import KeyRing
from autogpt_seed.entities.capabilities import Capabilities
from autogpt_seed.entities.world import World
from autogpt_seed.errors import ConfigurationError
from autogpt_seed.ids import RunTag, parse, table_code
from autogpt_seed.plan import Plan
from tests.unit.worlds import AS_OF, make_rows, make_tables, make_world, table_of, with_moments

GOLDEN = "6a33bdeeac8060f92ee1cf070dcb10995e8e5f0ac36491b56781b75eead00b87"
"""All rows of a small plan. A change of it changes the rows that users get for their seeds."""


def test_the_rows_of_a_plan_stay_as_they_are_between_versions() -> None:
    world = make_world(users=5, blocks=4, seed=7, deterministic_keys=True)
    digest = hashlib.sha256()
    for rows in make_rows(world).values():
        for record in with_moments(rows):
            digest.update(repr(record).encode())
    assert digest.hexdigest() == GOLDEN


def test_the_same_plan_makes_the_same_rows_twice() -> None:
    first, second = (make_world(users=9, deterministic_keys=True) for _ in range(2))
    assert make_tables(first) == make_tables(second)


@pytest.mark.parametrize("setting", [{"seed": 43}, {"users": 10}, {"as_of": "2026-01-16"}])
def test_another_plan_makes_other_rows(setting: dict[str, Any]) -> None:
    tables = make_tables(make_world(**{"users": 9, **setting}))
    others = make_tables(make_world(users=9))
    assert all(tables[table] != others[table] for table in ENTITIES)


def test_another_seed_draws_other_values() -> None:
    tables, others = (make_tables(make_world(users=9, seed=seed)) for seed in (1, 2))
    for table, column in [("User", "name"), ("AgentGraph", "name"), ("AgentGraph", "createdAt")]:
        values, other = ([row[column] for row in t[table]] for t in (tables, others))
        assert values != other


def test_records_start_anew_at_every_call_even_while_others_are_read() -> None:
    for rows in make_rows(make_world(users=7)).values():
        first = rows.records()
        head = [next(first) for _ in range(min(3, rows.count))]
        again = list(rows.records())
        assert head + list(first) == again


@pytest.mark.parametrize("seed", range(3))
def test_the_number_of_rows_is_known_before_they_are_made(seed: int) -> None:
    for table, rows in make_rows(make_world(users=20, seed=seed)).items():
        records = list(rows.records())
        assert rows.table == table
        assert len(records) == rows.count
        assert {len(record) for record in records} == {len(rows.fields)}


def test_rows_are_counted_without_being_made() -> None:
    plan = Plan(users=5_000)
    world = World(plan, RunTag.of(plan.digest(), 42, "", 0), Capabilities(), None)
    begun = time.process_time()
    assert sum(rows.count for rows in make_rows(world).values()) > 2_000_000
    assert time.process_time() - begun < 2


def test_every_seed_of_the_classic_profile_makes_41000_to_45000_rows() -> None:
    for seed in range(60):
        world = make_world(seed=seed)
        counts = {table: rows.count for table, rows in make_rows(world).items()}
        assert counts["User"] == counts["AgentBlock"] == counts["APIKey"] == 100
        assert 41_000 <= sum(counts.values()) <= 45_000


def test_ids_carry_run_table_and_ordinal() -> None:
    world = make_world(users=6)
    for table, rows in make_tables(world).items():
        key = "transactionKey" if table == "CreditTransaction" else "id"
        for ordinal, row in enumerate(rows):
            found = parse(row[key])
            assert found is not None
            assert (found.tag, found.ordinal) == (world.tag, ordinal)
            assert found.table_code == table_code(table)


def test_two_runs_of_one_plan_share_nothing_that_must_be_unique() -> None:
    first, second = (make_tables(make_world(users=30, earlier_runs=n)) for n in (0, 1))
    unique = [(table, "id") for table in ENTITIES if table != "CreditTransaction"]
    unique += [("CreditTransaction", "transactionKey"), ("APIKey", "hash"), ("User", "email")]
    unique += [("Profile", "username"), ("AgentBlock", "name"), ("StoreListing", "slug")]
    unique += [("IntegrationWebhook", c) for c in ("credentialsId", "providerWebhookId")]
    for table, column in unique:
        values = [row[column] for row in first[table] + second[table]]
        assert len(values) == len(set(values)), (table, column)


def test_a_world_of_3000_users_takes_2_megabytes() -> None:
    world = make_world(users=3_000)
    tracemalloc.start()
    rows = make_rows(world)
    begun = [next(rows[table].records(), None) for table in ENTITIES]
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert all(begun)
    assert size < 2_000_000


@pytest.mark.parametrize(
    ("setting", "table"),
    [
        ({"graphs_per_user": "5000000000"}, "AgentGraph"),
        ({"graphs_per_user": "1", "executions_per_graph": "5000000000"}, "AgentGraphExecution"),
        (
            {"graphs_per_user": "1", "nodes_per_graph": "50000", "executions_per_graph": "50000"},
            "AgentNodeExecutionInputOutput",
        ),
    ],
)
def test_more_rows_than_a_run_can_number_are_refused(setting: dict[str, Any], table: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"rows of {table} than"):
        make_rows(make_world(users=1, **setting))


def test_a_world_without_keys_counts_them_and_makes_none() -> None:
    plan = Plan(users=3, as_of=AS_OF)
    world = World(plan, RunTag("0" * 15), Capabilities(), None)
    rows = ENTITIES["APIKey"](world)
    assert rows.count == 3
    with pytest.raises(ValueError, match="without a key ring"):
        next(rows.records())


def test_an_api_key_is_stored_as_its_ring_says() -> None:
    plan = Plan(users=3, as_of=AS_OF)
    tag = RunTag.of(plan.digest(), plan.seed, "", 0)
    with KeyRing.of(plan, tag, salted=True) as ring:
        rows = make_tables(World(plan, tag, Capabilities(), ring))["APIKey"]
        for user, row in enumerate(rows):
            key = ring.stored(user)
            assert (row["head"], row["tail"]) == (key.head, key.tail)
            assert (row["salt"], row["hash"]) == (key.salt, key.hash)
            assert row["permissions"] == ["EXECUTE_GRAPH", "READ_GRAPH"]
            assert row["status"] == "ACTIVE"


def test_only_optional_fields_are_ever_none() -> None:
    seen: set[tuple[str, str]] = set()
    for rows in make_rows(make_world(users=60, images="none")).values():
        for record in rows.records():
            for field, value in zip(rows.fields, record, strict=True):
                if value is None:
                    seen.add((rows.table, field.name))
    optional = {
        (rows.table, field.name)
        for rows in make_rows(make_world(users=1)).values()
        for field in rows.fields
        if field.optional
    }
    assert seen == optional


def test_no_two_rows_agree_in_what_an_entity_calls_its_keys() -> None:
    worlds = [make_world(users=30), make_world(users=30, earlier_runs=1)]
    for table, make in ENTITIES.items():
        every = [row for world in worlds for row in table_of(make(world))]
        for key in make(worlds[0]).keys:
            values = [tuple(row[name] for name in key) for row in every]
            full = [value for value in values if None not in value or len(value) > 1]
            assert len(set(full)) == len(full), (table, key)


def test_references_and_labels_are_those_that_the_fields_declare() -> None:
    tables = make_tables(make_world(users=20))
    for table, make in ENTITIES.items():
        for field in make(make_world(users=20)).fields:
            values = [row[field.name] for row in tables[table] if row[field.name] is not None]
            if field.refers:
                ids = {next(iter(row.values())) for row in tables[field.refers]}
                assert ids.issuperset(values), (table, field.name)
            if field.labels:
                many = [value if isinstance(value, list) else [value] for value in values]
                assert set(field.labels).issuperset(label for one in many for label in one)
