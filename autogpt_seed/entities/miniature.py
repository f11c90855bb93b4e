"""A marketplace in miniature: a few rows of everything, by the same rules and rates."""

from __future__ import annotations

from autogpt_seed.entities.world import World
from autogpt_seed.ids import RunTag
from autogpt_seed.plan import Range

_USERS = 6
_BLOCKS = 4
_EACH = 3
"""How many of a kind a user, graph or version has at most."""


def miniature(world: World) -> World:
    """A small world with the settings and capabilities of `world`, under a tag of its own.

    A few hundred rows, whatever the size of `world`, whose references all stay among them. It
    uses the first API keys of `world`, so its rows are to be rolled back.
    """
    plan = world.plan
    sizes = {
        name: Range(min(size.low, _EACH), min(size.high, _EACH))
        for name, size in plan
        if isinstance(size, Range)
    }
    few = {"users": min(plan.users, _USERS), "blocks": min(plan.blocks, _BLOCKS), **sizes}
    tag = RunTag.of(f"miniature|{world.tag}", plan.seed, plan.as_of_text(), 0)
    return World(plan.model_copy(update=few), tag, world.capabilities, world.keys)
