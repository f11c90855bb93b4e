"""The checks of `verify` one by one, for your own test suites and monitoring.

Each works on the caller's connection, in a savepoint: it writes nothing, ends no transaction
and restores the settings that it changes. They judge the rows that are there, whereas `verify`
injects some first: a fault that no existing row shows passes. `docs/verify.md` explains the codes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.catalog import Catalog
from autogpt_seed.database.cron.jobs import cron_status
from autogpt_seed.database.existing.lookups import reflect_platform
from autogpt_seed.unit_of_work import UnitOfWork
from autogpt_seed.verification.checks.agreement import check_agreement
from autogpt_seed.verification.checks.chain import check_now
from autogpt_seed.verification.checks.cron_jobs import check_cron as judge_cron
from autogpt_seed.verification.checks.views import check_counts, check_store_view, sources_of
from autogpt_seed.verification.observation import read_current_state
from autogpt_seed.verification.report import Check, Outcome

__all__ = ["Check", "Outcome", "check_cron", "check_fresh", "check_store", "check_views"]


async def check_fresh(
    connection: AsyncConnection, *, schema: str | None = None
) -> tuple[Check, ...]:
    """Whether each materialised view of the store matches its definition at this moment.

    A view whose tables were written to since its last refresh is stale, and fails.
    """
    async with _opened(connection, schema) as catalog:
        seen = await read_current_state(connection, catalog)
        return tuple(
            check_now(contents) for contents in seen.contents if contents.view.materialized
        )


async def check_views(
    connection: AsyncConnection, *, schema: str | None = None
) -> tuple[Check, ...]:
    """Whether the definitions of the materialised views count correctly."""
    async with _opened(connection, schema) as catalog:
        seen = await read_current_state(connection, catalog)
        counts = (check_counts(contents, catalog, seen.market) for contents in seen.contents)
        return tuple(check for judged in counts for check in judged.checks)


async def check_store(
    connection: AsyncConnection, *, schema: str | None = None
) -> tuple[Check, ...]:
    """Whether StoreAgent, the creators, StoreSubmission and other views above show what the views
    below them hold, and all count by the same rules."""
    async with _opened(connection, schema) as catalog:
        seen = await read_current_state(connection, catalog)
        sources = sources_of(catalog, seen.market, seen.contents)
        counts = (check_counts(contents, catalog, seen.market) for contents in seen.contents)
        shown = [check_store_view(found, sources) for found in seen.shown]
        counted = (one for judged in (*counts, *shown) for one in judged.counted)
        checks = (check for judged in shown for check in judged.checks)
        return (*checks, *check_agreement(counted))


async def check_cron(
    connection: AsyncConnection, *, schema: str | None = None, required: bool = False
) -> tuple[Check, ...]:
    """Whether a job of pg_cron refreshes the views, and how its last runs ended."""
    async with _opened(connection, schema) as catalog:
        status = await cron_status(connection, catalog)
        return judge_cron(status, catalog.schema, datetime.now(UTC), required=required)


@asynccontextmanager
async def _opened(connection: AsyncConnection, schema: str | None) -> AsyncIterator[Catalog]:
    async with UnitOfWork(connection, read_only=True) as work:
        name = await work.open_schema(schema, exclusive=False)
        yield await reflect_platform(connection, name)
