"""The rows of the ledger into the database, and what the tables made of them."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from autogpt_seed.adding import add, bind_beside
from autogpt_seed.binding import Binding, Bound, Filling
from autogpt_seed.catalog import Catalog
from autogpt_seed.database.arrivals import count_all, read_back
from autogpt_seed.entities import FORMER_ENTITIES
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.rows import Record, Rows
from autogpt_seed.unit_of_work import UnitOfWork
from autogpt_seed.verification.injected_rows import injected_rows, present_rows
from autogpt_seed.verification.injection import Ledger

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
"""The columns by which views count. That a trigger changes others is nobody's business here."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came of the rows that were sent: those of `ledger`, their ids by table, how many rows
    each table was sent, those included that others require, by how many it grew, and which of the
    rows are not there as they were sent."""

    ledger: Ledger
    ids: Mapping[str, tuple[str, ...]]
    sent: Mapping[str, int]
    grown: Mapping[str, int]
    lost: Mapping[str, int]
    altered: Mapping[str, int]


async def inject(work: UnitOfWork, catalog: Catalog, ledger: Ledger) -> Arrival:
    """Load the rows of the ledger and read them back, without those of its odd rows that the
    schema refuses, such as by a check. Rows that a trigger drops are no error."""
    binding = await _bind(work, catalog, ledger)
    if ledger.odd and not await _accepts(work, catalog, binding):
        ledger = await _without_refused(work, catalog, ledger)
        binding = await _bind(work, catalog, ledger)
    return await _load(work, catalog, ledger, binding)


async def _accepts(work: UnitOfWork, catalog: Catalog, binding: Binding) -> bool:
    """Whether the schema takes the rows, which are loaded and taken back.

    They do not stay in that savepoint: as a run they must share their transaction id with its
    record (`database.run_record`).
    """
    savepoint = await work.connection.begin_nested()
    try:
        await add(work, catalog, binding)
    except DatabaseUnsuitable:
        return False
    finally:
        if savepoint.is_active:
            await savepoint.rollback()
    return True


async def _without_refused(work: UnitOfWork, catalog: Catalog, ledger: Ledger) -> Ledger:
    refused = []
    for odd in ledger.odd:
        alone = await _bind(work, catalog, ledger.alone(odd))
        if not await _accepts(work, catalog, alone):
            refused.append(odd)
    logger.info("Left out %d rows that the schema refuses.", len(refused))
    return ledger.without(refused)


async def _load(work: UnitOfWork, catalog: Catalog, ledger: Ledger, binding: Binding) -> Arrival:
    made = _rows(catalog, ledger)
    names = [rows.table for rows in made]
    before = await count_all(work.connection, catalog, names)
    await add(work, catalog, binding)
    after = await count_all(work.connection, catalog, names)
    lost, altered = {}, {}
    bounds = [bound for bound in binding.bounds if bound.table.name in names]
    for bound in bounds:
        lost[bound.table.name], altered[bound.table.name] = await _look(work, bound)
    logger.info("Added %d rows to verify with.", sum(bound.count for bound in bounds))
    return Arrival(
        ledger=ledger,
        ids={rows.table: tuple(str(record[0]) for record in rows.records()) for rows in made},
        sent={bound.table.name: bound.count for bound in binding.bounds if bound.count},
        grown={name: after[name] - before[name] for name in names},
        lost=lost,
        altered=altered,
    )


def _rows(catalog: Catalog, ledger: Ledger) -> list[Rows]:
    return [
        rows
        for rows in injected_rows(ledger)
        if rows.table in catalog.tables or rows.table not in FORMER_ENTITIES
    ]


async def _bind(work: UnitOfWork, catalog: Catalog, ledger: Ledger) -> Binding:
    users = len(ledger.users())
    filling = Filling(ledger.tag, ledger.now, users, overrides=ledger.columns, beside=True)
    made = _rows(catalog, ledger)
    return await bind_beside(work, catalog, made, present_rows(ledger), filling)


async def _look(work: UnitOfWork, bound: Bound) -> tuple[int, int]:
    """How many of the rows are missing, and how many differ where it matters."""
    names = [bound.columns[0], *(name for name in bound.columns[1:] if name in _TELLING)]
    places = [bound.columns.index(name) for name in names]
    sent = [_texts(record, places) for record in bound.records()]
    found = await read_back(work.connection, bound.table, names, [row[0] for row in sent])
    rows: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for row in found:  # the versions of a graph have one id
        rows[row[0]].append(row)
    present = [row for row in sent if row[0] in rows]
    unaltered = [row for row in present if any(all(map(_alike, row, o)) for o in rows[row[0]])]
    return len(sent) - len(present), len(present) - len(unaltered)


def _texts(record: Record, places: Sequence[int]) -> tuple[str, ...]:
    return tuple(_text(record[place]) for place in places)


def _alike(sent: str, found: str) -> bool:
    """Equal as texts, or as numbers: 4 is 4.0."""
    try:
        return sent == found or Decimal(sent) == Decimal(found)
    except InvalidOperation:
        return False


def _text(value: object) -> str:
    """As the server writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
