"""Adding rows to those that exist: bound to the schema, with what it requires, and loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autogpt_seed.binding import Binding, Context, bind_all, unread_columns, wanted_parents
from autogpt_seed.binding.suitability import require_rights
from autogpt_seed.catalog import Catalog, Existing
from autogpt_seed.database.existing.parents import existing_rows, further_columns
from autogpt_seed.database.loading import copy
from autogpt_seed.database.loading.deferring import check_deferred, defer
from autogpt_seed.database.loading.driver_types import learn_types
from autogpt_seed.database.loading.table import send
from autogpt_seed.database.loading.violations import late_refusals_named, refusals_named
from autogpt_seed.rows import Rows
from autogpt_seed.unit_of_work import UnitOfWork


async def bind_additional(
    work: UnitOfWork,
    catalog: Catalog,
    made: Sequence[Rows],
    present: Sequence[Rows],
    context: Context,
) -> Binding:
    """Fit the rows that were `made` to the schema. Nothing is written.

    They refer to each other, to those `present` and, where the schema requires more parents, to
    other existing rows. Raises `DatabaseUnsuitable` where the role may not fill their tables.
    """
    require_rights(catalog, [rows.table for rows in made])
    wanted = wanted_parents(made, catalog, context, present)
    existing = await existing_rows(work.connection, catalog, wanted)
    further = await _further(
        work, catalog, unread_columns(made, catalog, context, present), present
    )
    return bind_all(made, catalog, context, present=[*present, *existing, *further])


async def _further(
    work: UnitOfWork, catalog: Catalog, unread: Mapping[str, Sequence[str]], present: Sequence[Rows]
) -> list[Existing]:
    """The columns that `unread_columns` names, read for the rows that are `present`."""
    found = [
        await further_columns(
            work.connection,
            catalog.tables[rows.table],
            unread[rows.table],
            [str(record[0]) for record in rows.records()],
        )
        for rows in present
        if rows.table in unread
    ]
    return [columns for columns in found if columns is not None]


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
