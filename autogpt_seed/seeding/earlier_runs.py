"""What a populate does about runs that are in the schema already."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.catalog import Catalog
from autogpt_seed.database.runs.record import read_records
from autogpt_seed.database.runs.tags import has_graphs, run_tags
from autogpt_seed.errors import RefusedForSafety, first_of
from autogpt_seed.ids import RunTag
from autogpt_seed.plan import Plan


async def same_run(connection: AsyncConnection, catalog: Catalog, plan: Plan) -> str | None:
    """The tag of a run of the same plan and seed whose graphs are there, else None.

    The as-of time must be the same, too, unless it is the default, which changes every day.
    """
    any_time = "as_of" not in plan.model_fields_set
    for record in await read_records(connection, catalog.schema):
        same = (record.plan_digest, record.seed) == (plan.digest(), plan.seed)
        then = any_time or record.as_of == plan.as_of_text()
        if same and then and await has_graphs(connection, catalog, record.tag):
            return record.tag
    first = RunTag.of(plan.digest(), plan.seed, plan.as_of_text(), 0).digits
    return first if first in await run_tags(connection, catalog) else None


async def refuse_runs(connection: AsyncConnection, catalog: Catalog) -> None:
    """Raise `RefusedForSafety` where any run is in the record or has users."""
    recorded = [record.tag for record in await read_records(connection, catalog.schema)]
    found = dict.fromkeys([*recorded, *sorted(await run_tags(connection, catalog))])
    if found:
        raise RefusedForSafety(
            f"Schema {catalog.schema!r} is already seeded.",
            evidence=f"Runs: {first_of(list(found))}.",
            remedy="Nothing was changed. To seed anyway: --on-existing append, or replace.",
        )
