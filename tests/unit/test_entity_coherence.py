"""What holds for the rows of every plan: the schema's keys and the rules of coherence."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from autogpt_seed.entities import ENTITIES
from autogpt_seed.entities.capabilities import Capabilities
from autogpt_seed.entities.world import World
from autogpt_seed.plan import Plan
from tests.unit.worlds import AS_OF, Row, Tables, by_id, make_rows, make_tables, make_world

REFERENCE = Path(__file__).parents[1] / "reference"
NEWEST = json.loads((REFERENCE / "schema-2026-01.json").read_text())
NONE = "0-0"
PLANS: dict[str, dict[str, Any]] = {
    "the classic sizes": {"users": 21},
    "one user": {"users": 1},
    "one user with one of everything": {
        "users": 1,
        **dict.fromkeys(("graphs_per_user", "nodes_per_graph", "presets_per_user"), "1"),
        **dict.fromkeys(("library_agents_per_user", "executions_per_graph"), "1"),
        **dict.fromkeys(("reviews_per_version", "webhooks_per_user"), "1"),
    },
    "two users": {"users": 2},
    "no graphs": {"users": 5, "graphs_per_user": NONE},
    "perhaps a graph": {"users": 5, "graphs_per_user": "0-1"},
    "no nodes": {"users": 5, "nodes_per_graph": NONE},
    "many nodes": {"users": 1, "nodes_per_graph": "200-2000", "executions_per_graph": "1-2"},
    "no presets": {"users": 5, "presets_per_user": NONE},
    "many presets": {"users": 5, "presets_per_user": "100"},
    "no executions": {"users": 5, "executions_per_graph": NONE},
    "perhaps an execution": {"users": 5, "executions_per_graph": "0-1"},
    "no reviews": {"users": 5, "reviews_per_version": NONE},
    "perhaps a review": {"users": 5, "reviews_per_version": "0-1"},
    "more reviews than users": {"users": 5, "reviews_per_version": "3-900"},
    "a huge library": {"users": 5, "library_agents_per_user": "1-100000"},
    "no library": {"users": 5, "library_agents_per_user": NONE},
    "all rates zero": {"users": 9, "video_rate": 0, "onboarding_rate": 0, "webhook_rate": 0},
    "all rates one": {"users": 9, "video_rate": 1, "onboarding_rate": 1, "webhook_rate": 1},
    "no images": {"users": 5, "images": "none"},
    "long ago": {"users": 5, "as_of": "2000-01-01T00:00:00.001Z"},
    "far ahead": {"users": 5, "as_of": "2200-01-01"},
}


@pytest.fixture(
    scope="module",
    params=enumerate(PLANS),
    ids=lambda param: param[1],
)
def world(request: pytest.FixtureRequest) -> World:
    seed, name = request.param
    return make_world(seed=seed, **PLANS[name])


@pytest.fixture(scope="module")
def tables(world: World) -> Tables:
    return make_tables(world)


@pytest.fixture(scope="module")
def as_of(world: World) -> datetime:
    return world.plan.as_of.replace(tzinfo=None)


def foreign_keys() -> Iterator[tuple[str, list[str], str, list[str]]]:
    """Child table, its columns, parent table, its columns, of the newest reference schema."""
    for table in ENTITIES:
        for definition in NEWEST["tables"][table]["constraints"].values():
            if found := re.match(r'FOREIGN KEY \((.+?)\) REFERENCES "(\w+)"\((.+?)\)', definition):
                yield table, columns_of(found[1]), found[2], columns_of(found[3])


def unique_keys() -> Iterator[tuple[str, list[str]]]:
    for table in ENTITIES:
        facts = NEWEST["tables"][table]
        for definition in [*facts["constraints"].values(), *facts["indexes"].values()]:
            if found := re.match(
                r"(?:PRIMARY KEY|UNIQUE|CREATE UNIQUE .*btree) \((.+)\)", definition
            ):
                yield table, columns_of(found[1])


def columns_of(text: str) -> list[str]:
    return [name.strip(' "') for name in text.split(",")]


def times_of(row: Row) -> dict[str, datetime]:
    return {name: value for name, value in row.items() if isinstance(value, datetime)}


def test_every_table_has_as_many_rows_as_was_said(world: World, tables: Tables) -> None:
    said = {table: rows.count for table, rows in make_rows(world).items()}
    assert said == {table: len(rows) for table, rows in tables.items()}


def test_every_reference_points_at_a_row(tables: Tables) -> None:
    for child, columns, parent, referred in foreign_keys():
        known = {tuple(row[column] for column in referred) for row in tables[parent]}
        for row in tables[child]:
            value = tuple(row.get(column) for column in columns)
            assert None in value or value in known, (child, columns)


def test_what_must_be_unique_is(tables: Tables) -> None:
    for table, columns in unique_keys():
        values = [tuple(row.get(column) for column in columns) for row in tables[table]]
        whole = [value for value in values if None not in value]
        assert len(whole) == len(set(whole)), (table, columns)


FORMER = {"StoreListingVersion": {"slug", "isApproved"}}
"""What only older schemas have a column for."""


def test_every_value_fits_its_column(tables: Tables) -> None:
    for table, rows in tables.items():
        columns = {column["name"]: column for column in NEWEST["tables"][table]["columns"]}
        for row in rows:
            assert row.keys() - columns.keys() <= FORMER.get(table, set())
            for name, column in columns.items():
                if not column["nullable"] and (name in row or column["default"] is None):
                    assert row[name] is not None, (table, name)
                labels = NEWEST["enums"].get(column["type"].strip('"[]'))
                if labels and name in row:
                    values = row[name] if isinstance(row[name], list) else [row[name]]
                    assert set(values) <= set(labels), (table, name)
                if column["type"] == "jsonb" and name in row:
                    assert isinstance(json.loads(row[name]), dict)


def test_every_time_column_is_given_that_is_not_about_the_unknown(tables: Tables) -> None:
    unknown = {"lastUsedAt", "revokedAt", "sharedAt"}
    for table, rows in tables.items():
        columns = NEWEST["tables"][table]["columns"]
        times = {c["name"] for c in columns if c["type"].startswith("timestamp")} - unknown
        for row in rows:
            missing = times - times_of(row).keys()
            assert missing <= {"reviewedAt", "lastRunAt"}, table
            assert ("reviewedAt" in missing) == (row.get("submissionStatus") == "PENDING")
            assert ("lastRunAt" in missing) == (row.get("agentRuns") == 0)


def test_times_are_whole_milliseconds_without_zone_and_not_after_as_of(
    tables: Tables, as_of: datetime
) -> None:
    for rows in tables.values():
        for row in rows:
            for time in times_of(row).values():
                assert time.tzinfo is None
                assert time.microsecond % 1000 == 0
                assert time <= as_of


def test_nothing_happens_before_its_cause(tables: Tables) -> None:
    for child, columns, parent, referred in foreign_keys():
        if columns == ["activeVersionId"]:
            continue
        causes = {tuple(row[c] for c in referred): times_of(row) for row in tables[parent]}
        for row in tables[child]:
            cause = causes.get(tuple(row.get(column) for column in columns))
            if cause and times_of(row):
                begun = cause.get("createdAt") or cause["addedTime"]
                assert begun <= min(times_of(row).values()), (child, columns)


def test_each_row_begins_before_it_goes_on_and_ends(tables: Tables) -> None:
    order = [
        ("createdAt", "updatedAt"),
        ("createdAt", "startedAt"),
        ("startedAt", "endedAt"),
        ("endedAt", "updatedAt"),
        ("createdAt", "submittedAt"),
        ("submittedAt", "reviewedAt"),
        ("reviewedAt", "updatedAt"),
        ("createdAt", "lastRunAt"),
        ("lastRunAt", "updatedAt"),
        ("addedTime", "queuedTime"),
        ("queuedTime", "startedTime"),
        ("startedTime", "endedTime"),
    ]
    for rows in tables.values():
        for row in rows:
            times = times_of(row)
            for first, second in order:
                assert first not in times or second not in times or times[first] <= times[second]


def test_nodes_are_executed_within_the_execution_of_their_graph(tables: Tables) -> None:
    executions = by_id(tables["AgentGraphExecution"])
    nodes = by_id(tables["AgentNode"])
    done = defaultdict[str, list[str]](list)
    for row in tables["AgentNodeExecution"]:
        execution = executions[row["agentGraphExecutionId"]]
        assert execution["startedAt"] <= row["addedTime"]
        assert row["endedTime"] <= execution["endedAt"]
        assert nodes[row["agentNodeId"]]["agentGraphId"] == execution["agentGraphId"]
        done[execution["id"]].append(row["agentNodeId"])
    nodes_of = defaultdict[str, list[str]](list)
    for node in tables["AgentNode"]:
        nodes_of[node["agentGraphId"]].append(node["id"])
    for execution in executions.values():
        assert done[execution["id"]] == nodes_of[execution["agentGraphId"]]


def test_some_nodes_of_a_graph_take_longer_than_others() -> None:
    tables = make_tables(make_world(nodes_per_graph="5"))
    lengths: dict[str, set[timedelta]] = defaultdict(set)
    for row in tables["AgentNodeExecution"]:
        lengths[row["agentGraphExecutionId"]].add(row["endedTime"] - row["queuedTime"])
    assert max(map(len, lengths.values())) > 2
    long = [each for each in lengths.values() if min(each) > timedelta(seconds=1)]
    assert all(max(each) < 6 * min(each) for each in long)


def test_each_node_execution_has_its_input_and_its_output(tables: Tables) -> None:
    executions = by_id(tables["AgentNodeExecution"])
    seen = Counter[tuple[str, str]]()
    for row in tables["AgentNodeExecutionInputOutput"]:
        went_in, came_out = row["referencedByInputExecId"], row["referencedByOutputExecId"]
        assert (went_in is None) != (came_out is None)
        execution = executions[went_in or came_out]
        assert row["name"] == ("input1" if went_in else "output1")
        assert row["time"] == execution["startedTime" if went_in else "endedTime"]
        seen[execution["id"], row["name"]] += 1
    assert len(seen) == 2 * len(executions)
    assert set(seen.values()) <= {1}


def test_executions_are_completed_by_one_user_a_graph_within_a_year(
    tables: Tables, as_of: datetime
) -> None:
    runners = defaultdict[str, set[str]](set)
    presets = {row["id"]: row["agentGraphId"] for row in tables["AgentPreset"]}
    for row in tables["AgentGraphExecution"]:
        runners[row["agentGraphId"]].add(row["userId"])
        assert row["executionStatus"] == "COMPLETED"
        assert presets.get(row["agentPresetId"], row["agentGraphId"]) == row["agentGraphId"]
        assert as_of - timedelta(days=365) <= row["startedAt"]
    assert all(len(users) == 1 for users in runners.values())


def test_a_graph_of_two_nodes_or_more_has_one_link_from_the_first_to_the_second(
    tables: Tables,
) -> None:
    nodes_of = defaultdict[str, list[str]](list)
    for node in tables["AgentNode"]:
        nodes_of[node["agentGraphId"]].append(node["id"])
    links = [(r["agentNodeSourceId"], r["agentNodeSinkId"]) for r in tables["AgentNodeLink"]]
    assert links == [tuple(nodes[:2]) for nodes in nodes_of.values() if len(nodes) > 1]
    for row in tables["AgentNodeLink"]:
        assert (row["sourceName"], row["sinkName"], row["isStatic"]) == ("output1", "input1", False)


def test_a_listing_is_approved_exactly_when_one_of_its_versions_is(tables: Tables) -> None:
    approved = {
        row["storeListingId"]: row["id"]
        for row in tables["StoreListingVersion"]
        if row["submissionStatus"] == "APPROVED"
    }
    for row in tables["StoreListing"]:
        assert row["hasApprovedVersion"] == (row["id"] in approved)
        assert row["activeVersionId"] == approved.get(row["id"])


def test_every_graph_is_listed_once_and_its_version_bears_its_name(tables: Tables) -> None:
    graphs = by_id(tables["AgentGraph"])
    assert [row["agentGraphId"] for row in tables["StoreListing"]] == list(graphs)
    listings = by_id(tables["StoreListing"])
    for row in tables["StoreListingVersion"]:
        assert listings[row["storeListingId"]]["agentGraphId"] == row["agentGraphId"]
        assert row["name"] == graphs[row["agentGraphId"]]["name"]


def test_a_library_agent_knows_whose_graph_it_is(tables: Tables) -> None:
    graphs, profiles = by_id(tables["AgentGraph"]), by_id(tables["Profile"])
    for row in tables["LibraryAgent"]:
        owner = graphs[row["agentGraphId"]]["userId"]
        assert row["isCreatedByUser"] == (owner == row["userId"])
        assert profiles[row["creatorId"]]["userId"] == owner


def test_users_run_agents_of_their_libraries_as_far_as_there_is_room(tables: Tables) -> None:
    kept, run = defaultdict[str, dict[str, datetime]](dict), defaultdict[str, set[str]](set)
    for row in tables["LibraryAgent"]:
        kept[row["userId"]][row["agentGraphId"]] = row["createdAt"]
    for row in tables["AgentGraphExecution"]:
        run[row["userId"]].add(row["agentGraphId"])
        since = kept[row["userId"]].get(row["agentGraphId"])
        assert since is None or since <= row["createdAt"]
    for user, graphs in run.items():
        assert len(graphs & kept[user].keys()) == min(len(graphs), len(kept[user]))


def test_users_have_presets_of_what_they_run_and_run_with_their_own(tables: Tables) -> None:
    presets = {row["id"]: row for row in tables["AgentPreset"]}
    kept, run = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for preset in presets.values():
        kept[preset["userId"]].add(preset["agentGraphId"])
    for row in tables["AgentGraphExecution"]:
        run[row["userId"]].add(row["agentGraphId"])
        if row["agentPresetId"] and row["agentGraphId"] in kept[row["userId"]]:
            assert presets[row["agentPresetId"]]["userId"] == row["userId"]
    assert all(kept[user] <= graphs for user, graphs in run.items())


def test_slugs_fit_into_a_url_and_no_mail_can_reach_anyone(tables: Tables) -> None:
    for row in tables["StoreListing"]:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*-[0-9a-f]{8}", row["slug"])
    for row in tables["User"]:
        assert re.fullmatch(r"[a-z.-]+\.[0-9a-f]{8}@example\.(com|org|net)", row["email"])


def test_the_store_shows_an_agent_that_others_run_and_review(tables: Tables, world: World) -> None:
    assert_the_store_is_alive(tables, world.plan)


def test_the_store_is_alive_even_where_chance_is_against_it() -> None:
    perhaps: dict[str, Any] = dict.fromkeys(
        ("graphs_per_user", "executions_per_graph", "reviews_per_version"), "0-1"
    )
    for seed in range(40):
        world = make_world(users=2, seed=seed, **perhaps)
        assert_the_store_is_alive(make_tables(world), world.plan)


def assert_the_store_is_alive(tables: Tables, plan: Plan) -> None:
    approved = [r for r in tables["StoreListingVersion"] if r["submissionStatus"] == "APPROVED"]
    assert bool(approved) == (plan.graphs_per_user.high > 0)
    owners = {row["id"]: row["userId"] for row in tables["AgentGraph"]}
    run = {
        row["agentGraphId"]
        for row in tables["AgentGraphExecution"]
        if row["userId"] != owners[row["agentGraphId"]]
    }
    reviewers = defaultdict[str, set[str]](set)
    for row in tables["StoreListingReview"]:
        reviewers[row["storeListingVersionId"]].add(row["reviewByUserId"])
    alive = [
        version
        for version in approved
        if version["agentGraphId"] in run
        and reviewers[version["id"]] - {owners[version["agentGraphId"]]}
    ]
    possible = approved and plan.executions_per_graph.high and plan.reviews_per_version.high
    assert bool(alive) == bool(possible and plan.users > 1)


@pytest.mark.parametrize("users", [5, 6])
def test_nobody_reviews_a_listing_of_their_own_where_others_can(users: int) -> None:
    tables = make_tables(make_world(users=users, reviews_per_version="5"))
    versions, listings = by_id(tables["StoreListingVersion"]), by_id(tables["StoreListing"])
    own = [
        row
        for row in tables["StoreListingReview"]
        for version in [versions[row["storeListingVersionId"]]]
        if listings[version["storeListingId"]]["owningUserId"] == row["reviewByUserId"]
    ]
    assert len(own) == (len(listings) if users == 5 else 0)


def test_what_an_onboarding_selects_is_shown_in_the_store_and_was_there(tables: Tables) -> None:
    versions = by_id(tables["StoreListingVersion"])
    executions = by_id(tables["AgentGraphExecution"])
    runners = {row["userId"] for row in executions.values()}
    for row in tables["UserOnboarding"]:
        if version := versions.get(row["selectedStoreListingVersionId"]):
            assert version["submissionStatus"] == "APPROVED"
            assert version["reviewedAt"] <= row["createdAt"]
        if execution := executions.get(row["onboardingAgentExecutionId"]):
            assert execution["endedAt"] <= row["createdAt"]
            assert execution["userId"] == row["userId"] or row["userId"] not in runners


def test_an_onboarding_keeps_to_the_steps_that_the_schema_knows() -> None:
    known = ("FIRST", "SECOND", "THIRD", "FOURTH", "FIFTH")
    world = make_world(users=60, capabilities=Capabilities(onboarding_steps=known))
    for row in make_tables(world)["UserOnboarding"]:
        completed = row["completedSteps"]
        assert completed == [step for step in known if step in completed]
        assert set(row["notified"]) <= set(completed)
        assert set(row["rewardedFor"]) <= set(completed)
        assert len(set(row["notified"])) == min(3, len(completed))
        assert len(set(row["rewardedFor"])) == min(2, len(completed))


def test_nodes_use_the_blocks_that_exist_where_there_are_any() -> None:
    existing = ("one", "two", "three")
    world = make_world(users=9, capabilities=Capabilities(existing_blocks=existing))
    tables = make_tables(world)
    assert tables["AgentBlock"] == []
    assert {row["agentBlockId"] for row in tables["AgentNode"]} == set(existing)


def test_no_two_listings_of_a_page_say_the_same_sentence() -> None:
    page = 40
    rows = make_tables(make_world(users=100, nodes_per_graph=NONE))["StoreListingVersion"]
    told: list[set[str]] = [
        {row["subHeading"].rstrip("."), *row["description"].rstrip(".").split(". ")} for row in rows
    ]
    for start in range(len(rows) - page + 1):
        sentences = Counter(text for texts in told[start : start + page] for text in texts)
        assert max(sentences.values()) == 1


def test_all_texts_of_an_agent_speak_of_what_its_topic_says() -> None:
    world = make_world(users=40, nodes_per_graph=NONE)
    tables = make_tables(world)
    topics = [world.topic(graph) for graph in range(world.graphs)]
    graphs, versions = tables["AgentGraph"], tables["StoreListingVersion"]
    said = {row["id"]: [row["description"]] for row in graphs}
    for about, graph, version in zip(topics, graphs, versions, strict=True):
        assert graph["name"] == version["name"] == about["name"]
        assert set(version["categories"]) <= set(about["categories"].split())
        said[graph["id"]] += [version["subHeading"], version["description"]]
    for preset in tables["AgentPreset"]:
        said[preset["agentGraphId"]].append(preset["description"])
    for about, spoken in zip(topics, said.values(), strict=True):
        words = [about[slot] for slot in ("source", "result", "chore", "task")]
        assert all(any(word in text for word in words) for text in spoken)


def test_a_preset_is_named_after_its_agent() -> None:
    world = make_world(users=40, nodes_per_graph=NONE)
    tables = make_tables(world)
    abouts = {row["id"]: world.topic(graph) for graph, row in enumerate(tables["AgentGraph"])}
    for preset in tables["AgentPreset"]:
        about = abouts[preset["agentGraphId"]]
        assert {about["title_source"], about["title_result"]} & set(preset["name"].split())


def test_creators_present_themselves_by_what_their_agents_in_the_store_are_about() -> None:
    world = make_world(users=60, nodes_per_graph=NONE, graphs_per_user="0-3")
    tables = make_tables(world)
    shown: dict[str, list[int]] = {row["id"]: [] for row in tables["User"]}
    for graph, row in enumerate(tables["StoreListing"]):
        if row["hasApprovedVersion"]:
            shown[row["owningUserId"]].append(graph)
    assert [] in shown.values()
    for profile in tables["Profile"]:
        abouts = [world.topic(graph) for graph in shown[profile["userId"]]]
        words = [[about[s] for s in ("audience", "result", "chore", "task")] for about in abouts]
        text = profile["description"]
        assert not abouts or any(word in text for own in words for word in own), text


def test_an_api_key_is_for_an_agent_that_its_owner_runs_and_that_is_there() -> None:
    tables = make_tables(make_world(users=40, nodes_per_graph=NONE))
    graphs = {row["id"]: row for row in tables["AgentGraph"]}
    runs = {(row["userId"], row["agentGraphId"]) for row in tables["AgentGraphExecution"]}
    made = {(user, f"For {graphs[g]['name']}."): graphs[g]["createdAt"] for user, g in runs}
    runners = {user for user, _ in runs}
    for key in tables["APIKey"]:
        assert key["userId"] not in runners or (
            made[key["userId"], key["description"]] <= key["createdAt"]
        )


def test_what_is_pending_was_submitted_in_the_last_month() -> None:
    versions = make_tables(make_world(users=60, nodes_per_graph=NONE))["StoreListingVersion"]
    waiting = [
        AS_OF.replace(tzinfo=None) - row["submittedAt"]
        for row in versions
        if row["submissionStatus"] == "PENDING"
    ]
    assert max(waiting) <= timedelta(days=30)


def test_reviews_name_no_product_but_the_reviewed_one() -> None:
    world = make_world(users=40, nodes_per_graph=NONE)
    tables = make_tables(world)
    topics = [world.topic(graph) for graph in range(world.graphs)]
    chores = {about["chore"] for about in topics}
    places = {row["id"]: place for place, row in enumerate(tables["StoreListingVersion"])}
    for review in tables["StoreListingReview"]:
        own = topics[places[review["storeListingVersionId"]]]["chore"]
        named = [chore for chore in chores if f" {chore}" in review["comments"]]
        assert named in ([], [own])
