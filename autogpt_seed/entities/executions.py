"""Executions of graphs and of their nodes, with what went in and what came out.

Nine of ten rows are made here, so the loops are written for speed: names are looked up once, ids
and times made as rarely as possible, and no function is called for each row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate, chain, cycle, groupby, islice, repeat
from operator import add, itemgetter

from autogpt_seed.entities.groups import too_many
from autogpt_seed.entities.times import SECOND, stamp
from autogpt_seed.entities.world import World
from autogpt_seed.ids import MAXIMUM_ORDINAL
from autogpt_seed.rows import Kind, Record, Rows, fields, keys, labels, refers
from autogpt_seed.timestamps import MILLISECOND

_WAITS = 10_007
"""How many waits of nodes are drawn. A prime, so that their cycle is never that of the graphs."""

_LONGEST_SHARE = 5
"""A node takes at most so many times as long as another node of its graph."""


def graph_executions(world: World) -> Rows:
    """`executions_per_graph` of each graph, all by one user, half of them with a preset."""
    columns = fields(
        id=Kind.ID,
        agentGraphId=refers("AgentGraph"),
        agentGraphVersion=Kind.INTEGER,
        agentPresetId=refers("AgentPreset", optional=True),
        userId=refers("User"),
        executionStatus=labels("COMPLETED"),
        createdAt=Kind.TIME,
        startedAt=Kind.TIME,
        endedAt=Kind.TIME,
        updatedAt=Kind.TIME,
    )
    records = partial(_graph_executions, world)
    return Rows("AgentGraphExecution", columns, world.executions, records, keys("id"))


def node_executions(world: World) -> Rows:
    """One of each node in each execution of its graph, one after the other."""
    columns = fields(
        id=Kind.ID,
        agentGraphExecutionId=refers("AgentGraphExecution"),
        agentNodeId=refers("AgentNode"),
        executionStatus=labels("COMPLETED"),
        addedTime=Kind.TIME,
        queuedTime=Kind.TIME,
        startedTime=Kind.TIME,
        endedTime=Kind.TIME,
    )
    distinct = keys("id", ("agentGraphExecutionId", "agentNodeId"))
    records = partial(_node_executions, world)
    return Rows("AgentNodeExecution", columns, _count(world), records, distinct)


def inputs_and_outputs(world: World) -> Rows:
    """Two of each node execution: its input when it starts, its output when it ends."""
    columns = fields(
        id=Kind.ID,
        name=Kind.TEXT,
        data=Kind.JSON,
        time=Kind.TIME,
        referencedByInputExecId=refers("AgentNodeExecution", optional=True),
        referencedByOutputExecId=refers("AgentNodeExecution", optional=True),
    )
    table, count = "AgentNodeExecutionInputOutput", 2 * _count(world)
    if count > MAXIMUM_ORDINAL:
        raise too_many(table)
    distinct = keys("id", ("referencedByInputExecId", "referencedByOutputExecId"))
    return Rows(table, columns, count, partial(_inputs_and_outputs, world), distinct)


def _count(world: World) -> int:
    nodes, runs = world.first_node, world.first_execution
    return sum(
        (nodes[graph + 1] - nodes[graph]) * (runs[graph + 1] - runs[graph])
        for graph in range(world.graphs)
    )


def _graph_executions(world: World) -> Iterator[Record]:
    random, ids = world.stream("AgentGraphExecution").random, world.ids("AgentGraphExecution")
    preset_ids = world.ids("AgentPreset")
    execution_ids = ids.ascending()
    for graph, runs in groupby(world.runs(), itemgetter(0)):
        graph_id = world.ids("AgentGraph")[graph]
        user_id = world.ids("User")[world.graph_runner[graph]]
        presets = world.presets_of(graph)
        for _, created, started, ended in runs:
            preset_id = None
            if presets and random() < 0.5:
                preset_id = preset_ids[presets[int(random() * len(presets))]]
            over = stamp(ended)
            yield (
                next(execution_ids),
                graph_id,
                1,
                preset_id,
                user_id,
                "COMPLETED",
                stamp(created),
                stamp(started),
                over,
                over,
            )


@dataclass
class _Timeline:
    """When each node of each execution of a graph was queued, started and ended."""

    graph: int
    queued: list[int] = field(default_factory=list)
    started: list[int] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)


def _timelines(world: World) -> Iterator[_Timeline]:
    """One for each graph. Its nodes divide the time of each execution, always by the same shares,
    and each waits for up to a second of its share."""
    random = world.stream("AgentNodeExecution").random
    waits = cycle([MILLISECOND * int(random() * SECOND) for _ in range(_WAITS)])
    first = world.first_node
    for graph, runs in groupby(world.runs(), itemgetter(0)):
        line, nodes = _Timeline(graph), first[graph + 1] - first[graph]
        shares = [1 + int(random() * _LONGEST_SHARE) for _ in range(nodes)]
        ends, whole = list(accumulate(shares, initial=0)), max(sum(shares), 1)
        for _, _, started, ended in runs:
            begin, length = stamp(started), ended - started
            times = [begin + MILLISECOND * (length * end // whole) for end in ends]
            line.ended += times[1:]
            del times[nodes:]
            line.queued += times
            shortest = length // whole
            if shortest >= SECOND:
                line.started += map(add, times, waits)
            else:
                line.started += [time + MILLISECOND * int(random() * shortest) for time in times]
        yield line


def _node_executions(world: World) -> Iterator[Record]:
    ids = world.ids("AgentNodeExecution").ascending()
    execution_ids = world.ids("AgentGraphExecution").ascending()
    node_ids, first, runs = world.ids("AgentNode"), world.first_node, world.first_execution
    done = repeat("COMPLETED")
    for line in _timelines(world):
        graph, number = line.graph, len(line.queued)
        nodes = [node_ids[node] for node in range(first[graph], first[graph + 1])]
        own_runs = islice(execution_ids, runs[graph + 1] - runs[graph])
        executions = chain.from_iterable(map(repeat, own_runs, repeat(len(nodes))))
        yield from zip(
            islice(ids, number),
            executions,
            cycle(nodes),
            done,
            line.queued,
            line.queued,
            line.started,
            line.ended,
            strict=False,
        )


def _inputs_and_outputs(world: World) -> Iterator[Record]:
    ids = world.ids("AgentNodeExecutionInputOutput").ascending()
    parent_ids = world.ids("AgentNodeExecution").ascending()
    inputs, outputs = repeat("input1"), repeat("output1")
    empty, none = repeat("{}"), repeat(None)
    for line in _timelines(world):
        number = len(line.queued)
        parents = list(islice(parent_ids, number))
        begins, ends = line.started, line.ended
        yield from zip(islice(ids, number), inputs, empty, begins, parents, none, strict=False)
        yield from zip(islice(ids, number), outputs, empty, ends, none, parents, strict=False)
