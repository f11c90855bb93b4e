"""The ledger -> the rows that are loaded. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice

from autogpt_seed import texts
from autogpt_seed.entities.pictures import image, video
from autogpt_seed.randomness import Stream
from autogpt_seed.rows import Kind, Rows, fields, former, held, keys, labels, optional, refers
from autogpt_seed.verification.injection.ledger import Ledger, ListedVersion, Listing
from autogpt_seed.verification.injection.newcomers import new_profiles, new_users
from autogpt_seed.verification.injection.run_rows import (
    executions,
    graphs,
    library_agents,
    presets,
)

_CATEGORIES = ("productivity", "automation")
_SENTENCES = 5
_TIMES_AS_MUCH = 12
"""How much longer the texts of a rich listing are, and how many more pictures it has."""

_PICTURES = 3
_VERSION = fields(
    id=Kind.ID,
    version=Kind.INTEGER,
    storeListingId=Kind.ID,
    agentGraphId=Kind.ID,
    agentGraphVersion=Kind.INTEGER,
    name=Kind.TEXT,
    subHeading=Kind.TEXT,
    description=Kind.TEXT,
    instructions=optional(Kind.TEXT),
    changesSummary=optional(Kind.TEXT),
    reviewComments=optional(Kind.TEXT),
    internalComments=optional(Kind.TEXT),
    videoUrl=optional(Kind.TEXT),
    agentOutputDemoUrl=optional(Kind.TEXT),
    imageUrls=Kind.TEXTS,
    categories=Kind.TEXTS,
    isFeatured=Kind.BOOLEAN,
    isAvailable=Kind.BOOLEAN,
    submissionStatus=labels("DRAFT", "PENDING", "APPROVED", "REJECTED"),
    reviewerId=optional(Kind.ID),
    slug=former(Kind.TEXT),
    isApproved=former(Kind.BOOLEAN),
    createdAt=Kind.TIME,
    submittedAt=optional(Kind.TIME),
    reviewedAt=optional(Kind.TIME),
    updatedAt=Kind.TIME,
)


def injected_rows(ledger: Ledger, *, all_active: bool = False) -> tuple[Rows, ...]:
    """The rows of each table that gets some, in an order in which they can be loaded. `all_active`:
    every listing must have an active version, approved or not."""
    makers: tuple[Callable[[Ledger], Rows], ...] = (
        new_users,
        new_profiles,
        graphs,
        presets,
        library_agents,
        executions,
        partial(_listings, all_active=all_active),
        _versions,
        _submissions,
        _reviews,
    )
    return tuple(rows for make in makers if (rows := make(ledger)).count)


def present_rows(ledger: Ledger) -> tuple[Rows, ...]:
    """The rows that are there already and that new ones may refer to."""
    newcomers = ledger.newcomers
    users = [(user,) for user in ledger.users if user not in newcomers]
    made = {graph for listing in ledger.listings for graph in listing.graphs}
    run = dict.fromkeys(execution.graph for execution in ledger.executions)
    graphs = [(graph.id, graph.version, graph.owner) for graph in run if graph not in made]
    return (
        held("User", fields(id=Kind.ID), users),
        held("AgentGraph", fields(id=Kind.ID, version=Kind.INTEGER, userId=refers("User")), graphs),
    )


def _listings(ledger: Ledger, *, all_active: bool) -> Rows:
    columns = fields(
        id=Kind.ID,
        agentGraphId=Kind.ID,
        agentGraphVersion=Kind.INTEGER,
        owningUserId=Kind.ID,
        slug=Kind.TEXT,
        isDeleted=Kind.BOOLEAN,
        hasApprovedVersion=Kind.BOOLEAN,
        activeVersionId=refers("StoreListingVersion", optional=True),
        useForOnboarding=Kind.BOOLEAN,
        createdAt=Kind.TIME,
        updatedAt=Kind.TIME,
    )
    records = [
        (
            listing.id,
            listing.graphs[-1].id,
            listing.graphs[-1].version,
            listing.owner,
            listing.slug,
            listing.kind.deleted,
            listing.active is not None,
            listing.active_anyway if all_active else listing.active,
            number % 2 == 1,
            ledger.time(150, old=listing.kind.old),
            ledger.time(old=listing.kind.old),
        )
        for number, listing in enumerate(ledger.listings, 1)
    ]
    distinct = keys("id", "agentGraphId", ("owningUserId", "slug"), "activeVersionId")
    return replace(held("StoreListing", columns, records), keys=distinct)


def _versions(ledger: Ledger) -> Rows:
    stream = Stream(ledger.seed, "verify.StoreListingVersion")
    told = [texts.sentences(stream, texts.any_topic(stream)) for _ in ledger.listings]
    records = [
        (
            version.id,
            version.number,
            listing.id,
            version.graph.id,
            version.graph.version,
            _name(listing, version, number),
            _said(say, much := _TIMES_AS_MUCH if listing.kind.rich else 1),
            _said(say, _SENTENCES * much),
            *([None] * 6 if listing.kind.bare else _remarks(say, much, stream)),
            [] if listing.kind.bare else [image(stream) for _ in range(_PICTURES * much)],
            [] if listing.kind.bare else _categories(version, much),
            (number + version.number) % 2 == 0,
            listing.kind.available,
            version.status,
            _reviewer(listing, version),
            listing.slug,
            version.status == "APPROVED",
            *_times(ledger, listing, turn),
        )
        for number, (listing, say) in enumerate(zip(ledger.listings, told, strict=True), 1)
        for turn, version in enumerate(listing.versions)
    ]
    return held("StoreListingVersion", _VERSION, records)


def _name(listing: Listing, version: ListedVersion, number: int) -> str:
    """A name that no other version has, but a namesake has that of the listing before."""
    number -= listing.kind.namesake
    several = f", {version.number}" if version.number > 1 else ""
    long = " and More" * _TIMES_AS_MUCH if listing.kind.rich else ""
    return f"Test Agent {number}{several}{long}"


def _said(sentences: Iterator[str], number: int) -> str:
    """Sentences; many of them in paragraphs."""
    between = "\n" if number >= _TIMES_AS_MUCH else " "
    return between.join(islice(sentences, number))


def _remarks(sentences: Iterator[str], much: int, stream: Stream) -> list[str]:
    """Instructions, what changed, comments of the reviewer for all and for colleagues, a video and
    a picture of what comes out."""
    return [*(_said(sentences, much) for _ in range(4)), video(stream), image(stream)]


def _reviewer(listing: Listing, version: ListedVersion) -> str | None:
    reviewed = version.status in ("APPROVED", "REJECTED") and not listing.kind.bare
    return listing.reviewer if reviewed else None


def _categories(version: ListedVersion, much: int) -> list[str]:
    """The categories of a version, one of which no other version of its listing has."""
    own = [f"testing-{version.number}"] if version.number > 1 else []
    return [*_CATEGORIES, *own, *(f"More-{n}" for n in range(1, much))]


def _times(ledger: Ledger, listing: Listing, turn: int) -> list[int | None]:
    """When a version was made, submitted, reviewed and last changed: in turn, before any review."""
    latest = 4 * (len(listing.versions) - turn)
    made, *reviewed, changed = (
        ledger.time(latest + earlier, old=listing.kind.old) for earlier in (3, 2, 1, 0)
    )
    return [made, *([None, None] if listing.kind.bare else reviewed), changed]


def _submissions(ledger: Ledger) -> Rows:
    """The submissions, in which older schemas keep the status of a version."""
    columns = fields(
        id=Kind.ID,
        storeListingId=Kind.ID,
        storeListingVersionId=Kind.ID,
        reviewerId=Kind.ID,
        Status=Kind.LABEL,
        createdAt=Kind.TIME,
        updatedAt=Kind.TIME,
    )
    ids, now = ledger.tag.ids("StoreListingSubmission").ascending(), ledger.time()
    records = [
        (next(ids), listing.id, version.id, listing.owner, version.status, now, now)
        for listing in ledger.listings
        for version in listing.versions
    ]
    return held("StoreListingSubmission", columns, records)


def _reviews(ledger: Ledger) -> Rows:
    columns = fields(
        id=Kind.ID,
        storeListingVersionId=Kind.ID,
        reviewByUserId=Kind.ID,
        score=Kind.INTEGER,
        comments=optional(Kind.TEXT),
        createdAt=Kind.TIME,
        updatedAt=Kind.TIME,
    )
    stream = Stream(ledger.seed, "verify.StoreListingReview")
    ids = ledger.tag.ids("StoreListingReview")
    records = [
        (
            ids[n],
            review.of.version,
            review.of.reviewer,
            review.score,
            texts.comment(stream, review.score) if n % 2 == 0 else None,
            *[ledger.time(old=review.old)] * 2,
        )
        for n, review in enumerate(ledger.reviews)
    ]
    return held("StoreListingReview", columns, records)
