"""What happens on a day, drawn without a database."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from autogpt_seed import texts
from autogpt_seed.database.existing.ongoing import Ongoing
from autogpt_seed.database.existing.people import Person
from autogpt_seed.database.existing.scene import RunnableGraph, Scene
from autogpt_seed.ids import RunTag
from autogpt_seed.plan import Range
from autogpt_seed.timestamps import moment
from autogpt_seed.updating import UpdateSettings
from autogpt_seed.updating.day import Activity, add_day
from autogpt_seed.updating.ending import ends
from autogpt_seed.updating.rows import new_rows

UNTIL = datetime(2026, 1, 15)  # noqa: DTZ001  # rows hold naive times, meant as UTC
SINCE = UNTIL - timedelta(days=1)
NODES = ("first", "second", "third")
PEOPLE = tuple(Person(f"user {n}", SINCE) for n in range(300))
GRAPHS = tuple(RunnableGraph(f"graph {n}", 1, "owner", SINCE, NODES, ()) for n in range(300))
NOTHING = Scene(people=(), graphs=(), listed=(), versions=(), busy=frozenset())
MINUTES = timedelta(minutes=1)


def drawn(scene: Scene, **settings: Any) -> Activity:
    activity = Activity(RunTag.of("a digest", 42, "2026-01-15", 0))
    add_day(activity, scene, UpdateSettings(**settings), UNTIL, "a salt")
    return activity


def test_a_version_that_changes_gets_other_categories_that_suit_its_agent() -> None:
    suitable = [texts.topic(number)["categories"].split() for number in range(100)]
    versions = tuple((f"version {n}", n % 2 == 0, tuple(s[:3])) for n, s in enumerate(suitable))
    activity = drawn(replace(NOTHING, versions=versions))
    for version, featured, present in versions:
        changed, categories = activity.changes[version]
        assert changed is not featured
        assert len(set(categories)) == len(categories) == 3
        assert set(categories) != set(present)
        assert any(set(every) >= {*categories, *present} for every in suitable)


def test_graphs_that_nobody_can_run_are_not_run() -> None:
    assert drawn(replace(NOTHING, graphs=GRAPHS)).executions == []


def test_an_execution_takes_its_nodes_in_turn_up_to_the_one_that_fails_or_still_runs() -> None:
    scene = Scene(PEOPLE, GRAPHS, listed=(), versions=(), busy=frozenset())
    activity = drawn(scene, executions_per_graph=Range(1, 1), failed_rate=0.3, running_rate=0.1)
    executions, every_step, *_ = (list(rows.named()) for rows in new_rows(activity))
    reached = defaultdict[str, set[int]](set)
    statuses = Counter(execution["executionStatus"] for execution in executions)
    assert 0 < statuses["RUNNING"] < statuses["FAILED"] < statuses["COMPLETED"]
    assert min(moment(execution["startedAt"]) for execution in executions) < SINCE + 60 * MINUTES
    for execution in executions:
        steps = [s for s in every_step if s["agentGraphExecutionId"] == execution["id"]]
        status = execution["executionStatus"]
        reached[status].add(len(steps))
        assert tuple(step["agentNodeId"] for step in steps) == NODES[: len(steps)]
        done = ["COMPLETED"] * (len(steps) - 1)
        assert [step["executionStatus"] for step in steps] == [*done, status]
        times = [execution["startedAt"], *(step["endedTime"] for step in steps)]
        assert [step["startedTime"] for step in steps] == times[:-1]
        assert times[-1] == execution["endedAt"]
        begun = moment(execution["startedAt"])
        assert SINCE <= begun <= UNTIL - MINUTES
        if status == "RUNNING":
            assert begun >= UNTIL - 30 * MINUTES
            assert execution["endedAt"] is execution["stats"] is None
        else:
            assert moment(execution["endedAt"]) <= min(UNTIL, begun + 10 * MINUTES)
            stats = json.loads(execution["stats"])
            assert (stats["node_count"], stats["node_error_count"]) == (
                len(steps),
                status == "FAILED",
            )
    assert reached == {"COMPLETED": {3}, "RUNNING": {3}, "FAILED": {1, 2, 3}}


def test_what_is_left_running_ends_whole_half_an_hour_after_it_began() -> None:
    begun = UNTIL - 5 * MINUTES
    running = Ongoing("run", begun, (Ongoing("step", begun + MINUTES),), done=2)
    assert list(ends([running], begun + 30 * MINUTES)) == []
    ((run, (step,)),) = ends([running], begun + 40 * MINUTES)
    assert run.time == step.time > f"{begun + 30 * MINUTES}"
    told = json.loads(run.stats), json.loads(step.stats)
    assert told[0]["node_count"] == 3
    assert [stats["error"] for stats in told] == [None, None]
    assert told[0]["walltime"] - told[1]["walltime"] == 60
