"""New rows beside those that are there: bound to the schema with what they require, and loaded."""

from __future__ import annotations

from collections.abc import Sequence

from autogpt_seed.binding import Binding, Filling, bind_all, wanted_parents
from autogpt_seed.binding.suitability import require_rights
from autogpt_seed.catalog import Catalog
from autogpt_seed.database.existing.parents import existing_rows
from autogpt_seed.database.loading import copy
from autogpt_seed.database.loading.deferring import check_deferred, defer
from autogpt_seed.database.loading.driver_types import learn_types
from autogpt_seed.database.loading.table import send
from autogpt_seed.database.loading.violations import late_refusals_named, refusals_named
from autogpt_seed.rows import Rows
from autogpt_seed.unit_of_work import UnitOfWork


async def bind_beside(
    work: UnitOfWork,
    catalog: Catalog,
    made: Sequence[Rows],
    present: Sequence[Rows],
    filling: Filling,
) -> Binding:
    """Fit the rows that were `made` to the schema; they refer to each other, to those `present`
    and, where the schema wants more parents, to others that it holds. Nothing is written. Raises
    `DatabaseUnsuitable` where the role may not fill their tables."""
    require_rights(catalog, [rows.table for rows in made])
    wanted = wanted_parents(made, catalog, filling, present)
    existing = await existing_rows(work.connection, catalog, wanted)
    return bind_all(made, catalog, filling, present=[*present, *existing])


async def add(work: UnitOfWork, catalog: Catalog, binding: Binding) -> None:
    """Load the rows, with all keys of the tables in place. Rows that a trigger drops are no
    error; what the schema refuses is a `DatabaseUnsuitable` that names it."""
    driver = await work.driver()
    await defer(driver, catalog.schema, binding.deferred)
    await learn_types(driver, binding.bounds)
    for bound in binding.bounds:
        with refusals_named(bound, catalog.tables, planned=False):
            await send(driver, bound)
    for bound in binding.bounds:
        with refusals_named(bound, catalog.tables, planned=False):
            for late in bound.updates:
                await copy.set_late(driver, late)
    with late_refusals_named(binding.bounds, catalog.tables, planned=False):
        await check_deferred(driver, catalog.schema, binding.deferred)
