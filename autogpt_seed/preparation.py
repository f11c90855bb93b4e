"""What comes before anything is written: the schema read, the rows bound to it, the differences."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.binding import Bound, Note, bind, capabilities, put_off
from autogpt_seed.catalog import Catalog
from autogpt_seed.database.residents import existing_blocks, existing_user
from autogpt_seed.entities import ENTITIES
from autogpt_seed.entities.capabilities import Capabilities
from autogpt_seed.entities.world import World
from autogpt_seed.errors import CheckFailed
from autogpt_seed.plan import Plan
from autogpt_seed.suitability import fillable


async def survey(
    connection: AsyncConnection, reflected: Catalog, plan: Plan
) -> tuple[Catalog, Capabilities, tuple[Note, ...]]:
    """What there is to fill, what the entities may know of it, and what is special about it.

    Raises `DatabaseUnsuitable` where the schema cannot be filled, or not by this role.
    """
    catalog, notes = fillable(reflected, ENTITIES)
    abilities = replace(
        capabilities(catalog),
        existing_blocks=await existing_blocks(connection, catalog, plan),
        existing_user=await existing_user(connection, catalog, plan),
    )
    return catalog, abilities, notes


def bind_all(
    world: World, catalog: Catalog, suspended: Collection[tuple[str, str]] = ()
) -> tuple[list[Bound], tuple[Note, ...]]:
    """The rows of every entity that the schema has a table for, in the order of loading.

    The foreign keys `suspended`, each a table and a name, are not there during the load.
    """
    present = [name for name in ENTITIES if name in catalog.tables]
    late = put_off(present, catalog.tables, suspended)
    bounds = [
        bind(ENTITIES[name](world), catalog.tables[name], late=late[name]) for name in present
    ]
    return bounds, tuple(note for bound in bounds for note in bound.notes)


def refuse_notes(notes: Sequence[Note]) -> None:
    """Raise `CheckFailed` that lists the notes, if there are any."""
    if notes:
        raise CheckFailed(
            f"The schema differs from what is known in {len(notes)} respects.",
            evidence="\n".join(note.text for note in notes),
            remedy="Nothing was written. Seed without --strict, or update autogpt-seed.",
        )
