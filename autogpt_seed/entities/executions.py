"""Executions of graphs and of their nodes, with what went in and what came out.

These are nine rows of ten, so their loops are written for speed: names looked up once, ids and
times made as seldom as possible, no call for each row.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from itertools import accumulate, groupby, islice, repeat
from operator import add

from autogpt_seed.entities.groups import too_many
from autogpt_seed.entities.times import EPOCH, MILLISECOND, moment
from autogpt_seed.entities.world import World
from autogpt_seed.ids import MAXIMUM_ORDINAL
from autogpt_seed.rows import Kind, Record, Rows, fields, keys, labels, refers

_WAITS = [MILLISECOND * wait for wait in range(1_000)]


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
    runs = zip(ids.ascending(), world.runs(), strict=False)
    for graph, executions in groupby(runs, key=lambda item: item[1][0]):
        graph_id = world.ids("AgentGraph")[graph]
        user_id = world.ids("User")[world.graph_runner[graph]]
        presets = world.presets_of[graph]
        for execution_id, (_, created, started, ended) in executions:
            preset_id = None
            if presets and random() < 0.5:
                preset_id = preset_ids[presets[int(random() * len(presets))]]
            over = moment(ended)
            yield (
                execution_id,
                graph_id,
                1,
                preset_id,
                user_id,
                "COMPLETED",
                moment(created),
                moment(started),
                over,
                over,
            )


def _timelines(world: World) -> Iterator[tuple[int, list[datetime], list[datetime]]]:
    """For each execution its graph, when each node was queued, with the end, and when it started.

    The nodes part the time of the execution evenly; each waits for up to a second of its part.
    """
    random = world.stream("AgentNodeExecution").random
    first = world.first_node
    for graph, _, started, ended in world.runs():
        nodes = first[graph + 1] - first[graph]
        part = (ended - started) // max(nodes, 1)
        parts = repeat(MILLISECOND * part, nodes)
        queued = list(accumulate(parts, add, initial=EPOCH + MILLISECOND * started))
        waits = min(part, len(_WAITS))
        starts = [time + _WAITS[int(random() * waits)] for time in queued[:nodes]]
        yield graph, queued, starts


def _node_executions(world: World) -> Iterator[Record]:
    ids = world.ids("AgentNodeExecution").ascending()
    execution_ids = world.ids("AgentGraphExecution").ascending()
    node_ids, first = world.ids("AgentNode"), world.first_node
    current, nodes, done = -1, list[str](), repeat("COMPLETED")
    for graph, queued, starts in _timelines(world):
        if graph != current:
            current = graph
            nodes = [node_ids[node] for node in range(first[graph], first[graph + 1])]
        own, execution, ends = islice(ids, len(nodes)), repeat(next(execution_ids)), queued[1:]
        yield from zip(own, execution, nodes, done, queued, queued, starts, ends, strict=False)


def _inputs_and_outputs(world: World) -> Iterator[Record]:
    ids = world.ids("AgentNodeExecutionInputOutput").ascending()
    parent_ids = world.ids("AgentNodeExecution").ascending()
    inputs, outputs = repeat("input1"), repeat("output1")
    empty, none = repeat("{}"), repeat(None)
    for _, queued, starts in _timelines(world):
        number, ends = len(starts), queued[1:]
        parents = list(islice(parent_ids, number))
        yield from zip(islice(ids, number), inputs, empty, starts, parents, none, strict=False)
        yield from zip(islice(ids, number), outputs, empty, ends, none, parents, strict=False)
