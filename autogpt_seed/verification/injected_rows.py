"""The ledger -> the rows that are loaded. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autogpt_seed import texts
from autogpt_seed.entities.pictures import image
from autogpt_seed.randomness import Stream
from autogpt_seed.rows import Field, Kind, Record, Rows, fields
from autogpt_seed.verification.injection import Ledger

_CATEGORIES = ["productivity", "automation"]
_SENTENCES = 5


def injected_rows(ledger: Ledger) -> tuple[Rows, ...]:
    """The rows of each table that gets some, in an order in which they can be loaded."""
    makers: tuple[Callable[[Ledger], Rows], ...] = (
        _graphs,
        _executions,
        _listings,
        _versions,
        _reviews,
    )
    return tuple(rows for make in makers if (rows := make(ledger)).count)


def _graphs(ledger: Ledger) -> Rows:
    columns = fields(
        id=Kind.ID,
        version=Kind.INTEGER,
        userId=Kind.ID,
        name=Kind.TEXT,
        description=Kind.TEXT,
        isActive=Kind.BOOLEAN,
        createdAt=Kind.TIME,
        updatedAt=Kind.TIME,
    )
    now, description = ledger.now, "Made by autogpt-seed verify."
    graphs = [listing.graph for listing in ledger.listings]
    records = [
        (graph.id, graph.version, graph.owner, f"Test Agent {n}", description, True, now, now)
        for n, graph in enumerate(graphs, 1)
    ]
    return _rows("AgentGraph", columns, records)


def _executions(ledger: Ledger) -> Rows:
    columns = fields(
        id=Kind.ID,
        agentGraphId=Kind.ID,
        agentGraphVersion=Kind.INTEGER,
        userId=Kind.ID,
        executionStatus=Kind.LABEL,
        createdAt=Kind.TIME,
        startedAt=Kind.TIME,
        endedAt=Kind.TIME,
        updatedAt=Kind.TIME,
    )
    ids, now = ledger.tag.ids("AgentGraphExecution"), ledger.now
    records = [
        (ids[n], run.graph.id, run.graph.version, run.user, "COMPLETED", now, now, now, now)
        for n, run in enumerate(ledger.executions)
    ]
    return _rows("AgentGraphExecution", columns, records)


def _listings(ledger: Ledger) -> Rows:
    columns = fields(
        id=Kind.ID,
        agentGraphId=Kind.ID,
        agentGraphVersion=Kind.INTEGER,
        owningUserId=Kind.ID,
        slug=Kind.TEXT,
        isDeleted=Kind.BOOLEAN,
        hasApprovedVersion=Kind.BOOLEAN,
        activeVersionId=Kind.ID,
        createdAt=Kind.TIME,
        updatedAt=Kind.TIME,
    )
    now = ledger.now
    records = [
        (
            listing.id,
            listing.graph.id,
            listing.graph.version,
            listing.graph.owner,
            f"test-agent-{listing.id}",
            False,
            True,
            listing.version,
            now,
            now,
        )
        for listing in ledger.listings
    ]
    return _rows("StoreListing", columns, records)


def _versions(ledger: Ledger) -> Rows:
    columns = fields(
        id=Kind.ID,
        version=Kind.INTEGER,
        storeListingId=Kind.ID,
        agentGraphId=Kind.ID,
        agentGraphVersion=Kind.INTEGER,
        name=Kind.TEXT,
        subHeading=Kind.TEXT,
        description=Kind.TEXT,
        imageUrls=Kind.TEXTS,
        categories=Kind.TEXTS,
        isFeatured=Kind.BOOLEAN,
        isAvailable=Kind.BOOLEAN,
        submissionStatus=Kind.LABEL,
        submittedAt=Kind.TIME,
        reviewedAt=Kind.TIME,
        createdAt=Kind.TIME,
        updatedAt=Kind.TIME,
    )
    stream, now = Stream(ledger.seed, "verify.StoreListingVersion"), ledger.now
    records = [
        (
            listing.version,
            1,
            listing.id,
            listing.graph.id,
            listing.graph.version,
            f"Test Agent {number}",
            texts.sentence(stream),
            " ".join(texts.sentence(stream) for _ in range(_SENTENCES)),
            [image(stream)],
            _CATEGORIES,
            False,
            True,
            "APPROVED",
            *[now] * 4,
        )
        for number, listing in enumerate(ledger.listings, 1)
    ]
    return _rows("StoreListingVersion", columns, records)


def _reviews(ledger: Ledger) -> Rows:
    columns = fields(
        id=Kind.ID,
        storeListingVersionId=Kind.ID,
        reviewByUserId=Kind.ID,
        score=Kind.INTEGER,
        comments=Kind.TEXT,
        createdAt=Kind.TIME,
        updatedAt=Kind.TIME,
    )
    stream, ids = (
        Stream(ledger.seed, "verify.StoreListingReview"),
        ledger.tag.ids("StoreListingReview"),
    )
    records = [
        (
            ids[n],
            review.of.version,
            review.of.reviewer,
            review.score,
            texts.comment(stream, review.score),
            ledger.now,
            ledger.now,
        )
        for n, review in enumerate(ledger.reviews)
    ]
    return _rows("StoreListingReview", columns, records)


def _rows(table: str, columns: tuple[Field, ...], records: Sequence[Record]) -> Rows:
    return Rows(table, columns, len(records), lambda: iter(records))
