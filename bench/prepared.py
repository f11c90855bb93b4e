"""The rows of a marketplace, all in memory, for the ways that are spared the making of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from uuid import UUID

from autogpt_seed.binding import capabilities
from autogpt_seed.catalog import Catalog
from autogpt_seed.database.reflection.reflect import reflect
from autogpt_seed.database.url import parse_url
from autogpt_seed.entities.api_keys import KeyRing
from autogpt_seed.entities.world import World
from autogpt_seed.ids import RunTag, parse
from autogpt_seed.plan import Plan
from autogpt_seed.preparation import bind_world
from autogpt_seed.rows import Record
from autogpt_seed.unit_of_work import UnitOfWork
from bench.databases import SCHEMA


@dataclass(frozen=True)
class Prepared:
    """All rows of a table."""

    table: str
    columns: tuple[str, ...]
    records: list[Record]


async def prepare(url: str, plan: Plan, *, whole: bool, random_ids: bool) -> list[Prepared]:
    """The rows of `plan`, in an order in which every foreign key finds its row.

    `whole` gives the columns that close a cycle as well, for a load without foreign keys.
    `random_ids` replaces the ids, which ascend, by random ones.
    """
    async with UnitOfWork(parse_url(url, {})) as work:
        await work.enter_schema(SCHEMA)
        catalog = await reflect(work.connection, SCHEMA)
    tag = RunTag.of(plan.digest(), plan.seed, plan.as_of_text(), 0)
    abilities = capabilities(catalog)
    with KeyRing.of(plan, tag, salted=abilities.salted_keys) as keys:
        world = World(plan, tag, abilities, keys)
        bounds = bind_world(world, catalog, _foreign_keys(catalog) if whole else ()).bounds
        change = _randomly(Random(plan.seed)) if random_ids else _not
        return [
            Prepared(bound.table.name, bound.columns, [change(row) for row in bound.records()])
            for bound in bounds
        ]


def _foreign_keys(catalog: Catalog) -> set[tuple[str, str]]:
    return {
        (table.name, key.name) for table in catalog.tables.values() for key in table.foreign_keys
    }


def _not(row: Record) -> Record:
    return row


def _randomly(random: Random) -> Callable[[Record], Record]:
    """The row with other ids, the same for the same."""
    others: dict[str, str] = defaultdict(lambda: str(UUID(int=random.getrandbits(128), version=4)))

    def change(row: Record) -> Record:
        return tuple(
            others[value] if isinstance(value, str) and len(value) == 36 and parse(value) else value
            for value in row
        )

    return change
