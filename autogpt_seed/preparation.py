"""What comes before anything is written: what the schema needs, and the rows bound to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.binding import Binding, Context, Note, bind_all, capabilities
from autogpt_seed.binding.bound import table_note
from autogpt_seed.binding.names import actual_name
from autogpt_seed.binding.suitability import fillable
from autogpt_seed.catalog import Catalog
from autogpt_seed.database.existing.lookups import with_lookups
from autogpt_seed.database.existing.reused import existing_blocks, existing_user
from autogpt_seed.database.existing.scarce import with_taken_values
from autogpt_seed.entities import ENTITIES, FORMER_ENTITIES
from autogpt_seed.entities.capabilities import Capabilities
from autogpt_seed.entities.world import World
from autogpt_seed.errors import CheckFailed
from autogpt_seed.plan import Plan
from autogpt_seed.rows import Kind, fields, held
from autogpt_seed.views import REFRESH_FUNCTION, lost_views


async def survey(
    connection: AsyncConnection, reflected: Catalog, plan: Plan
) -> tuple[Catalog, Capabilities, tuple[Note, ...]]:
    """The tables to fill, what the entities may know of them, and notes on what is special.

    Raises `DatabaseUnsuitable` where the schema cannot be filled, or not by this role.
    """
    present = {**reflected.tables, **reflected.views}
    names = {name: actual_name(name, present) for name in ENTITIES}
    catalog, notes = fillable(reflected, names.values())
    catalog = await with_taken_values(connection, catalog)
    catalog = await with_lookups(connection, catalog)
    notes += tuple(
        table_note("renamed", name, f"the schema calls it {actual}")
        for name, actual in names.items()
        if name != actual
    )
    catalog, worked_around = with_usable_refresh(catalog)
    notes += worked_around
    abilities = replace(
        capabilities(catalog),
        existing_blocks=await existing_blocks(connection, catalog, plan),
        existing_user=await existing_user(connection, catalog, plan),
    )
    return catalog, abilities, notes


def with_usable_refresh(catalog: Catalog) -> tuple[Catalog, tuple[Note, ...]]:
    """The catalog without the platform's refresh function where that names views that are gone."""
    lost = lost_views(catalog)
    if not lost:
        return catalog, ()
    usable = tuple(f for f in catalog.functions if f.name != REFRESH_FUNCTION)
    how = f"refreshes {', '.join(lost)}, which do not exist: each view is refreshed directly"
    note = Note("worked around", REFRESH_FUNCTION, None, f"{REFRESH_FUNCTION}() {how}")
    return replace(catalog, functions=usable), (note,)


def bind_world(
    world: World,
    catalog: Catalog,
    suspended: Collection[tuple[str, str]] = (),
    without: Mapping[str, str] = MappingProxyType({}),
    *,
    raw_times: bool = False,
) -> Binding:
    """The rows of every entity, fitted to the schema, with what it requires besides.

    `suspended` and `without` are as in `bind_all`, `raw_times` as in `Context`.
    """
    former = {name: make for name, make in FORMER_ENTITIES.items() if name in catalog.tables}
    rows = [
        replace(made, table=actual_name(made.table, catalog.tables))
        for made in (make(world) for make in (*ENTITIES.values(), *former.values()))
    ]
    blocks = [(identifier,) for identifier in world.capabilities.existing_blocks]
    present = held("AgentBlock", fields(id=Kind.ID), blocks)
    context = Context.of(world.plan, world.tag, raw_times=raw_times)
    return bind_all(rows, catalog, context, present=[present], suspended=suspended, without=without)


def refuse_notes(every: Sequence[Note]) -> None:
    """Raise `CheckFailed` with the notes, unless all are on what the plan asked for."""
    if notes := [note for note in every if note.action != "overridden"]:
        raise CheckFailed(
            f"The schema differs from what is known in {len(notes)} respects.",
            evidence="\n".join(note.text for note in notes),
            remedy="Nothing was written. Seed without --strict, or update autogpt-seed.",
        )
