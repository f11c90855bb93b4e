"""Agent graphs, their nodes, and the links between these."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from autogpt_seed import texts
from autogpt_seed.entities.times import stamp
from autogpt_seed.entities.world import World
from autogpt_seed.rows import Kind, Record, Rows, fields, keys, refers

_DESCRIPTION = 200
"""The most characters of a description."""


def graphs(world: World) -> Rows:
    """`graphs_per_user` of each user, all in version 1."""
    columns = fields(
        id=Kind.ID,
        version=Kind.INTEGER,
        userId=refers("User"),
        name=Kind.TEXT,
        description=Kind.TEXT,
        isActive=Kind.BOOLEAN,
        createdAt=Kind.TIME,
        updatedAt=Kind.TIME,
    )
    return Rows("AgentGraph", columns, world.graphs, partial(_graphs, world), keys("id"))


def nodes(world: World) -> Rows:
    """`nodes_per_graph` of each graph, each of a random block."""
    columns = fields(
        id=Kind.ID,
        agentBlockId=Kind.ID,  # no reference: a schema may have no table of blocks
        agentGraphId=refers("AgentGraph"),
        agentGraphVersion=Kind.INTEGER,
        constantInput=Kind.JSON,
        metadata=Kind.JSON,
    )
    return Rows("AgentNode", columns, world.nodes, partial(_nodes, world), keys("id"))


def node_links(world: World) -> Rows:
    """One from the first to the second node of each graph that has two."""
    columns = fields(
        id=Kind.ID,
        agentNodeSourceId=refers("AgentNode"),
        sourceName=Kind.TEXT,
        agentNodeSinkId=refers("AgentNode"),
        sinkName=Kind.TEXT,
        isStatic=Kind.BOOLEAN,
    )
    count = sum(1 for _ in _linked(world))
    distinct = keys("id", "agentNodeSourceId", "agentNodeSinkId")
    return Rows("AgentNodeLink", columns, count, partial(_node_links, world), distinct)


def _graphs(world: World) -> Iterator[Record]:
    stream, ids, user_ids = world.stream("AgentGraph"), world.ids("AgentGraph"), world.ids("User")
    for graph, about in enumerate(world.topics()):
        created = world.graph_created[graph]
        yield (
            ids[graph],
            1,
            user_ids[world.graph_owner[graph]],
            about["name"],
            texts.paragraph(stream, _DESCRIPTION, about),
            True,
            stamp(created),
            stamp(stream.integer(created, world.as_of)),
        )


def _nodes(world: World) -> Iterator[Record]:
    random, ids = world.stream("AgentNode").random, world.ids("AgentNode")
    graph_ids, first = world.ids("AgentGraph"), world.first_node
    existing = world.capabilities.existing_blocks
    block_ids = existing or world.ids("AgentBlock")
    blocks = len(existing) or world.plan.blocks
    for graph in range(world.graphs):
        graph_id = graph_ids[graph]
        for node in range(first[graph], first[graph + 1]):
            yield ids[node], block_ids[int(random() * blocks)], graph_id, 1, "{}", "{}"


def _linked(world: World) -> Iterator[int]:
    """The first node of each graph with two nodes or more."""
    first = world.first_node
    return (first[graph] for graph in range(world.graphs) if first[graph + 1] - first[graph] > 1)


def _node_links(world: World) -> Iterator[Record]:
    ids, node_ids = world.ids("AgentNodeLink"), world.ids("AgentNode")
    for link, node in enumerate(_linked(world)):
        yield ids[link], node_ids[node], "output1", node_ids[node + 1], "input1", False
