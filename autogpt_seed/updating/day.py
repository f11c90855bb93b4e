"""What happens on a day: drawn from the scene, as records. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate

from autogpt_seed import texts
from autogpt_seed.database.existing.people import Person
from autogpt_seed.database.existing.scene import ListedVersion, RunnableGraph, Scene
from autogpt_seed.entities.times import MINUTE
from autogpt_seed.ids import RunTag
from autogpt_seed.randomness import Stream
from autogpt_seed.rows import Record
from autogpt_seed.timestamps import MILLISECOND, timestamp
from autogpt_seed.updating.settings import UpdateSettings

GOING_ON = timedelta(minutes=30)
"""An execution that is running at the end of a day began at most this long before."""
LONGEST = 10 * MINUTE
"""How long an execution that ends takes at most, in milliseconds."""
_TRANSACTIONS = ("USAGE", "TOP_UP", "GRANT")


@dataclass
class Activity:
    """The rows of all days so far, and the changes of versions of the store: whether each becomes
    featured, and its new categories. `reviewed` holds the version and user of each review."""

    tag: RunTag
    executions: list[Record] = field(default_factory=list)
    node_executions: list[Record] = field(default_factory=list)
    reviews: list[Record] = field(default_factory=list)
    transactions: list[Record] = field(default_factory=list)
    changes: dict[str, tuple[bool, list[str]]] = field(default_factory=dict)
    reviewed: set[tuple[str, str]] = field(default_factory=set)


@dataclass(frozen=True)
class Day:
    """What a day is drawn from: what there is, what may happen, and how. It ends at `until`, UTC
    without zone."""

    scene: Scene
    settings: UpdateSettings
    until: datetime
    stream: Stream

    @property
    def begin(self) -> datetime:
        """The end of the day before."""
        return self.until - timedelta(days=1)


def add_day(
    activity: Activity, scene: Scene, settings: UpdateSettings, until: datetime, salt: str
) -> None:
    """Draw what happens on the day that ends at `until`, UTC without zone."""
    day = Day(scene, settings, until, Stream(settings.seed, f"update|{salt}"))
    if scene.people:
        _run_graphs(activity, day)
        _review(activity, day)
        _transfer(activity, day)
    for version, featured, categories in scene.versions:
        activity.changes[version] = (not featured, texts.other_categories(day.stream, categories))


def _run_graphs(activity: Activity, day: Day) -> None:
    busy = set(day.scene.busy)
    for graph in day.scene.graphs:
        for _ in range(day.stream.integer(*day.settings.executions_per_graph)):
            runner = day.stream.pick(graph.library_owners or day.scene.people)
            status = _status(day.settings, day.stream)
            pair = {graph.id, runner.id}
            if status == "RUNNING" and busy & pair:  # a schema may allow one at a time, for each
                status = "COMPLETED"
            if status == "RUNNING":
                busy |= pair
            _run(activity, day, graph, runner, status)


def _status(settings: UpdateSettings, stream: Stream) -> str:
    draw = stream.random()
    if draw < settings.running_rate:
        return "RUNNING"
    return "FAILED" if draw < settings.running_rate + settings.failed_rate else "COMPLETED"


def _run(activity: Activity, day: Day, graph: RunnableGraph, runner: Person, status: str) -> None:
    """Add an execution, with its nodes one after the other, up to the one that fails. One that is
    still running is at its last node, so that only its end is missing."""
    until, stream = day.until, day.stream
    earliest = until - timedelta(days=day.settings.window)
    if status == "RUNNING":
        earliest = max(earliest, until - GOING_ON)
    begun = _begin(max(earliest, graph.since, runner.since), day)
    reached = len(graph.nodes)
    if status == "FAILED" and reached:
        reached = stream.integer(1, reached)
    most = min(LONGEST, (timestamp(until) - begun) // MILLISECOND) // (reached + 1)
    lengths = [stream.integer(1, most) for _ in range(reached)]
    times = [begun + MILLISECOND * length for length in accumulate(lengths, initial=0)]
    execution = activity.tag.ids("AgentGraphExecution")[len(activity.executions)]
    _run_nodes(activity, execution, graph.nodes[:reached], status, times)
    over = None if status == "RUNNING" else times[-1]
    stats = run_stats(sum(lengths), reached, status, stream) if over else None
    known = (execution, graph.id, graph.version, runner.id, status)
    activity.executions.append((*known, begun, begun, over, over or begun, stats))


def _run_nodes(
    activity: Activity, execution: str, nodes: Sequence[str], status: str, times: Sequence[int]
) -> None:
    """Add the executions of the nodes. The last has the status of the whole, others are done."""
    ids = activity.tag.ids("AgentNodeExecution")
    for place, (node, start, end) in enumerate(zip(nodes, times, times[1:], strict=False)):
        outcome = status if place == len(nodes) - 1 else "COMPLETED"
        known = (ids[len(activity.node_executions)], execution, node, outcome, start, start, start)
        if outcome == "RUNNING":
            activity.node_executions.append((*known, None, None))
        else:
            stats = node_stats((end - start) // MILLISECOND, outcome)
            activity.node_executions.append((*known, end, stats))


def _begin(since: datetime, day: Day) -> int:
    """A timestamp from `since`, more than a minute before the day's end, to a minute before it."""
    room = (timestamp(day.until) - timestamp(since)) // MILLISECOND
    return timestamp(since) + MILLISECOND * day.stream.integer(0, room - MINUTE)


def run_stats(milliseconds: int, nodes: int, status: str, stream: Stream) -> str:
    """The statistics of an execution, as the platform writes them."""
    failed = status == "FAILED"
    return json.dumps(
        {
            "walltime": milliseconds / 1000,
            "cputime": milliseconds / 4000,
            "nodes_walltime": milliseconds / 1000,
            "nodes_cputime": milliseconds / 4000,
            "node_count": nodes,
            "node_error_count": int(failed),
            "cost": stream.integer(0, 20),
            "error": "A block of the agent failed." if failed else None,
        }
    )


def node_stats(milliseconds: int, status: str) -> str:
    """The same of a node."""
    error = "The service that the block asks gave no answer." if status == "FAILED" else None
    return json.dumps(
        {"walltime": milliseconds / 1000, "cputime": milliseconds / 4000, "error": error}
    )


def _review(activity: Activity, day: Day) -> None:
    settings, stream = day.settings, day.stream
    for version in day.scene.listed:
        willing = [p for p in day.scene.people if _may_review(activity, version, p)]
        number = stream.integer(*settings.reviews_per_listing)
        for reviewer in stream.sample(willing, number):
            activity.reviewed.add((version.id, reviewer.id))
            score = _score(settings.score_weights, stream)
            comment = texts.comment(stream, score) if stream.chance(settings.comment_rate) else None
            since = max(day.begin, version.since, reviewer.since)
            time = _begin(since, day)
            own = activity.tag.ids("StoreListingReview")[len(activity.reviews)]
            activity.reviews.append((own, version.id, reviewer.id, score, comment, time, time))


def _may_review(activity: Activity, version: ListedVersion, person: Person) -> bool:
    return person.id not in version.excluded and (version.id, person.id) not in activity.reviewed


def _score(weights: Sequence[int], stream: Stream) -> int:
    draw = stream.random() * sum(weights)
    return 1 + sum(draw >= bound for bound in accumulate(weights))


def _transfer(activity: Activity, day: Day) -> None:
    settings, stream = day.settings, day.stream
    for person in stream.sample(day.scene.people, settings.credit_users):
        since = max(day.begin, person.since)
        for _ in range(stream.integer(*settings.transactions_per_user)):
            kind, amount = stream.pick(_TRANSACTIONS), stream.integer(1, 100)
            own = activity.tag.ids("CreditTransaction")[len(activity.transactions)]
            signed = -amount if kind == "USAGE" else amount
            time = _begin(since, day)
            activity.transactions.append((own, person.id, signed, kind, "{}", time))


def people_of(activity: Activity) -> Iterator[str]:
    """The users whom the new rows refer to, each once."""
    every = [*(row[3] for row in activity.executions), *(row[2] for row in activity.reviews)]
    yield from dict.fromkeys([*every, *(row[1] for row in activity.transactions)])
