"""What users keep: presets of graphs, and the agents of their libraries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice

from autogpt_seed import texts
from autogpt_seed.entities.groups import starts
from autogpt_seed.entities.pictures import image
from autogpt_seed.entities.times import stamp
from autogpt_seed.entities.world import World
from autogpt_seed.rows import Kind, Record, Rows, fields, keys, optional, refers

_DESCRIPTION = 200
"""The most characters of a description."""


def presets(world: World) -> Rows:
    """`presets_per_user` of each user, for graphs that this user runs, whoever owns them."""
    columns = fields(
        id=Kind.ID,
        userId=refers("User"),
        agentGraphId=refers("AgentGraph"),
        agentGraphVersion=Kind.INTEGER,
        name=Kind.TEXT,
        description=Kind.TEXT,
        isActive=Kind.BOOLEAN,
        createdAt=Kind.TIME,
        updatedAt=Kind.TIME,
    )
    return Rows("AgentPreset", columns, world.presets, partial(_presets, world), keys("id"))


def library_agents(world: World) -> Rows:
    """`library_agents_per_user` of each user, as far as there are graphs: each for another graph,
    and first for the graphs that the user runs."""
    columns = fields(
        id=Kind.ID,
        userId=refers("User"),
        agentGraphId=refers("AgentGraph"),
        agentGraphVersion=Kind.INTEGER,
        creatorId=refers("Profile"),
        imageUrl=optional(Kind.TEXT),
        isCreatedByUser=Kind.BOOLEAN,
        isFavorite=Kind.BOOLEAN,
        isArchived=Kind.BOOLEAN,
        isDeleted=Kind.BOOLEAN,
        useGraphIsActiveVersion=Kind.BOOLEAN,
        createdAt=Kind.TIME,
        updatedAt=Kind.TIME,
    )
    numbers = world.numbers("LibraryAgent", world.plan.library_agents_per_user)
    capped = (min(number, world.graphs) for number in islice(numbers, world.users))
    first = starts("LibraryAgent", capped)
    records = partial(_library_agents, world, first)
    distinct = keys("id", ("userId", "agentGraphId"))
    return Rows("LibraryAgent", columns, first[-1], records, distinct)


def _presets(world: World) -> Iterator[Record]:
    stream, ids = world.stream("AgentPreset"), world.ids("AgentPreset")
    user_ids, graph_ids = world.ids("User"), world.ids("AgentGraph")
    for preset, (owner, graph, created) in enumerate(world.presets_made()):
        about = world.topic(graph)
        yield (
            ids[preset],
            user_ids[owner],
            graph_ids[graph],
            1,
            texts.preset_title(stream, about),
            texts.paragraph(stream, _DESCRIPTION, about),
            True,
            stamp(created),
            stamp(stream.integer(created, world.as_of)),
        )


def _library_agents(world: World, first: Sequence[int]) -> Iterator[Record]:
    stream, ids = world.stream("LibraryAgent"), world.ids("LibraryAgent")
    user_ids, profile_ids = world.ids("User"), world.ids("Profile")
    graph_ids, random = world.ids("AgentGraph"), stream.random
    pictured = world.plan.images != "none"
    for user in range(world.users):
        number, run = first[user + 1] - first[user], world.graphs_run_by(user)
        graphs = dict.fromkeys([*run, *stream.distinct(world.graphs, number)])
        for agent, graph in enumerate(islice(graphs, number), first[user]):
            owner = world.graph_owner[graph]
            since = max(world.user_created[user], world.graph_created[graph])
            until = world.runs_from[graph] if graph in run else world.as_of
            created = stream.integer(since, until)
            yield (
                ids[agent],
                user_ids[user],
                graph_ids[graph],
                1,
                profile_ids[owner],
                image(stream) if random() < 0.5 and pictured else None,
                owner == user,
                random() < 0.5,
                random() < 0.5,
                random() < 0.5,
                random() < 0.5,
                stamp(created),
                stamp(stream.integer(created, world.as_of)),
            )
