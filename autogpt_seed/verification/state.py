"""The state of the database before, and what differs from it after the rollback."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.catalog import Catalog
from autogpt_seed.choices import Extent
from autogpt_seed.database import traces
from autogpt_seed.database.traces import Digest
from autogpt_seed.unit_of_work import Bind, Timeouts, UnitOfWork
from autogpt_seed.verification.checks.traces import Trace

_LARGE = 32 * 2**20
"""Bytes in tables above which reading them twice takes longer than all the rest."""


@dataclass(frozen=True)
class TraceableState:
    """All that could show a trace. `catalog` and `cron` are digests, `seconds` the time it took."""

    digests: Mapping[str, Digest | None]
    catalog: str
    cron: str | None
    sequences: Mapping[str, int | None]
    seconds: float


@dataclass(frozen=True)
class StateBefore:
    """The transaction's id, its snapshot, and the state when it began."""

    transaction: str
    snapshot: str
    state: TraceableState
    passed_by: int
    """How many bytes of tables were not read through."""


async def look_before(connection: AsyncConnection, catalog: Catalog, extent: Extent) -> StateBefore:
    """Record the state before anything is written."""
    names = [view.name for view in catalog.materialized_views]
    size = await traces.size_of_tables(connection, catalog.schema)
    passed_by = 0 if extent == "all" or size <= _LARGE else size
    if not passed_by:
        names += _readable_tables(catalog)
    return StateBefore(
        passed_by=passed_by,
        snapshot=await traces.current_snapshot(connection),
        transaction=await traces.current_transaction(connection),
        state=await _state(connection, catalog, names),
    )


async def look_for_traces(
    target: Bind,
    catalog: Catalog,
    before: StateBefore,
    injected: Mapping[tuple[str, str], tuple[str, ...]],
    timeouts: Timeouts | None,
) -> Trace:
    """Look again, in a new transaction, or on a caller's connection in another savepoint."""
    async with UnitOfWork(target, timeouts=timeouts) as work:
        connection = work.connection
        # The texts of definitions depend on the search path.
        await work.enter_schema(catalog.schema, exclusive=False)
        after = await _state(connection, catalog, before.state.digests)
        status = await traces.transaction_status(connection, before.transaction)
        return Trace(
            status=None if work.joined else status,
            compared=tuple(after.digests),
            changed=_changed(before.state.digests, after.digests),
            redefined=_redefined(before.state, after),
            moved=_changed(before.state.sequences, after.sequences),
            others_wrote=await traces.committed_since(connection, before.snapshot),
            injected=sum(map(len, injected.values())),
            left=await traces.count_rows(connection, catalog, injected),
            seconds=before.state.seconds + after.seconds,
            passed_by=before.passed_by,
        )


def _readable_tables(catalog: Catalog) -> list[str]:
    """The tables to digest: partitions are read with the whole, foreign tables are not ours."""
    return [
        table.name
        for table in catalog.tables.values()
        if table.privileges.select and not table.partition and table.relation in ("r", "p")
    ]


async def _state(
    connection: AsyncConnection, catalog: Catalog, names: Iterable[str]
) -> TraceableState:
    begun = time.perf_counter()
    return TraceableState(
        digests=await traces.digests(connection, catalog, names),
        catalog=await traces.catalog_digest(connection, catalog),
        cron=await traces.cron_digest(connection),
        sequences=await traces.sequences(connection),
        seconds=time.perf_counter() - begun,
    )


def _changed(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[str, ...]:
    names = dict.fromkeys([*before, *after])
    return tuple(name for name in names if before.get(name) != after.get(name))


def _redefined(before: TraceableState, after: TraceableState) -> tuple[str, ...]:
    named = (
        ("the schema's catalog", before.catalog, after.catalog),
        ("cron.job", before.cron, after.cron),
    )
    return tuple(name for name, was, now in named if was != now)
