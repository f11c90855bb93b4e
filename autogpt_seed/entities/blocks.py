"""Agent blocks: what nodes are instances of."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from autogpt_seed import texts
from autogpt_seed.entities.world import World
from autogpt_seed.rows import Kind, Record, Rows, fields, keys


def blocks(world: World) -> Rows:
    """`blocks` of them, or none where the nodes use blocks that exist."""
    columns = fields(id=Kind.ID, name=Kind.TEXT, inputSchema=Kind.TEXT, outputSchema=Kind.TEXT)
    count = 0 if world.capabilities.existing_blocks else world.plan.blocks
    return Rows("AgentBlock", columns, count, partial(_blocks, world, count), keys("id", "name"))


def _blocks(world: World, count: int) -> Iterator[Record]:
    stream, ids = world.stream("AgentBlock"), world.ids("AgentBlock")
    for block in range(count):
        yield ids[block], f"{texts.word(stream)}_{ids.short(block)}", "{}", "{}"
