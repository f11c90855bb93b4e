"""Loads the rows of the ledger, and finds out what the tables made of them."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from autogpt_seed.adding import add, bind_additional
from autogpt_seed.binding import Binding, Bound, Context
from autogpt_seed.binding.fill.values import printed
from autogpt_seed.catalog import Catalog
from autogpt_seed.database.loading.reading_back import count_all, read_back
from autogpt_seed.database.reflection.platform_tables import PlatformTable
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.rows import Record, Rows
from autogpt_seed.unit_of_work import UnitOfWork
from autogpt_seed.verification.injection.ledger import Ledger, Odd
from autogpt_seed.verification.injection.rows import injected_rows, present_rows

logger = logging.getLogger(__name__)

_TELLING = frozenset(
    {
        "agentGraphId",
        "agentGraphVersion",
        "userId",
        "owningUserId",
        "storeListingId",
        "storeListingVersionId",
        "reviewByUserId",
        "score",
        "version",
        "submissionStatus",
        "isDeleted",
        "hasApprovedVersion",
        "isApproved",
    }
)
"""The columns by which views count. A trigger may change others."""


@dataclass(frozen=True)
class Arrival:
    """What came of the rows of `ledger`, by table; the ids by table and column.

    `rows` are the ledger's own, `sent` those that they require included. Each table grew by
    `grown`; of the ledger's rows `lost` are not there, and `altered` not as they were sent.
    """

    ledger: Ledger
    rows: Mapping[str, int]
    ids: Mapping[tuple[str, str], tuple[str, ...]]
    sent: Mapping[str, int]
    grown: Mapping[str, int]
    lost: Mapping[str, int]
    altered: Mapping[str, int]


async def inject(work: UnitOfWork, catalog: Catalog, ledger: Ledger) -> Arrival:
    """Load the rows of the ledger and read them back. Odd rows that the schema refuses, such as by
    a check, are left out; rows that a trigger drops are no error."""
    bind = _accepted if ledger.odd else _bind
    binding = await bind(work, catalog, ledger)
    if binding is None:
        ledger = await _without_refused(work, catalog, ledger)
        binding = await _bind(work, catalog, ledger)
    return await _load(work, catalog, ledger, binding)


async def _accepted(work: UnitOfWork, catalog: Catalog, ledger: Ledger) -> Binding | None:
    """The rows, bound, if the schema takes them in a savepoint that is undone; else None.

    A trigger that alters odd listings or presets, or gives new users profiles of its own, counts as
    a refusal. The rows do not stay in that savepoint: as a run they must share their transaction id
    with its record (`database.runs.record`).
    """
    savepoint = await work.connection.begin_nested()
    try:
        binding = await _bind(work, catalog, ledger)
        if await _add_counting_profiles(work, catalog, ledger, binding):
            return None
        odd = {"AgentPreset"}
        if any(listing.kind.odd for listing in ledger.listings):
            odd.add("StoreListing")
        tables = (bound for bound in binding.bounds if bound.table.name in odd)
        altered = any([(await _lost_and_altered(work, bound))[1] for bound in tables])
        return None if altered else binding
    except DatabaseUnsuitable:
        return None
    finally:
        if savepoint.is_active:
            await savepoint.rollback()


async def _add_counting_profiles(
    work: UnitOfWork, catalog: Catalog, ledger: Ledger, binding: Binding
) -> int:
    """Load the rows, and return how many profiles triggers made for users that are new."""
    table = "Profile"
    if not ledger.newcomers or table not in catalog.tables:
        await add(work, catalog, binding)
        return 0
    before = await count_all(work.connection, catalog, [table])
    await add(work, catalog, binding)
    after = await count_all(work.connection, catalog, [table])
    sent = sum(bound.count for bound in binding.bounds if bound.table.name == table)
    return after[table] - before[table] - sent


async def _without_refused(work: UnitOfWork, catalog: Catalog, ledger: Ledger) -> Ledger:
    """The ledger without the odd rows that the schema refuses. What is refused together is tried by
    halves, each beside what was accepted before it: of two rows a unique index may take either."""
    refused, batches = ledger.odd, _halves(ledger.odd)
    while batches:
        batch = batches.pop()
        others = tuple(odd for odd in refused if odd not in batch)
        if await _accepted(work, catalog, ledger.without(others)):
            refused = others
        elif len(batch) > 1:
            batches += _halves(batch)
    logger.info("Left out %d rows that the schema refuses.", len(refused))
    return ledger.without(refused)


def _halves(batch: tuple[Odd, ...]) -> list[tuple[Odd, ...]]:
    """The second half, and the first, which `pop` takes first."""
    middle = len(batch) // 2
    return [batch[middle:], batch[:middle]]


async def _load(work: UnitOfWork, catalog: Catalog, ledger: Ledger, binding: Binding) -> Arrival:
    made = _rows(catalog, ledger)
    names = [rows.table for rows in made]
    before = await count_all(work.connection, catalog, names)
    await add(work, catalog, binding)
    after = await count_all(work.connection, catalog, names)
    lost, altered = {}, {}
    bounds = [bound for bound in binding.bounds if bound.table.name in names]
    for bound in bounds:
        lost[bound.table.name], altered[bound.table.name] = await _lost_and_altered(work, bound)
    logger.info("Added %d rows to verify with.", sum(bound.count for bound in bounds))
    return Arrival(
        ledger=ledger,
        rows={rows.table: rows.count for rows in made},
        ids={
            (bound.table.name, bound.id_column): tuple(map(printed, bound.ids()))
            for bound in bounds
            if bound.id_column
        },
        sent={bound.table.name: bound.count for bound in binding.bounds if bound.count},
        grown={name: after[name] - before[name] for name in names},
        lost=lost,
        altered=altered,
    )


def _rows(catalog: Catalog, ledger: Ledger) -> list[Rows]:
    active = PlatformTable(catalog, "StoreListing", "l").find("activeVersionId")
    every = injected_rows(ledger, all_active=active is not None and active.required)
    return [rows for rows in every if rows.table in catalog.tables]


async def _bind(work: UnitOfWork, catalog: Catalog, ledger: Ledger) -> Binding:
    context = Context(
        ledger.tag, ledger.now, len(ledger.users), overrides=ledger.columns, additional=True
    )
    made = _rows(catalog, ledger)
    return await bind_additional(work, catalog, made, present_rows(ledger), context)


async def _lost_and_altered(work: UnitOfWork, bound: Bound) -> tuple[int, int]:
    """How many of the rows are missing, and how many differ in the columns by which views count."""
    later = {name for update in bound.updates for name in update.columns}
    telling = (name for name in bound.columns[1:] if name in _TELLING and name not in later)
    names = [bound.columns[0], *telling]
    indexes = [bound.columns.index(name) for name in names]
    sent = [_texts(record, indexes) for record in bound.records()]
    found = await read_back(work.connection, bound.table, names, [row[0] for row in sent])
    rows: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for row in found:  # the versions of a graph have one id
        rows[row[0]].append(row)
    present = [row for row in sent if row[0] in rows]
    unaltered = [row for row in present if any(all(map(_alike, row, o)) for o in rows[row[0]])]
    return len(sent) - len(present), len(present) - len(unaltered)


def _texts(record: Record, indexes: Sequence[int]) -> tuple[str, ...]:
    return tuple(printed(record[index]) for index in indexes)


def _alike(sent: str, found: str) -> bool:
    """Equal as texts, or as numbers: 4 is 4.0."""
    try:
        return sent == found or Decimal(sent) == Decimal(found)
    except InvalidOperation:
        return False
