"""The store: listings of graphs, their versions, and the reviews of these."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, islice

from autogpt_seed import texts
from autogpt_seed.entities.groups import starts
from autogpt_seed.entities.pictures import image, video
from autogpt_seed.entities.sizes import showcased
from autogpt_seed.entities.times import stamp
from autogpt_seed.entities.world import APPROVED, PENDING, STATUSES, World
from autogpt_seed.ids import Ids
from autogpt_seed.randomness import Stream
from autogpt_seed.rows import Kind, Record, Rows, fields, former, keys, labels, optional, refers

_DESCRIPTION = 1_000
"""The most characters of a description."""

_APART = 40
"""So many listings in a row share no sentence: as many as a page of the store can show."""


def listings(world: World) -> Rows:
    """One of each graph, by a random user."""
    columns = fields(
        id=Kind.ID,
        agentGraphId=refers("AgentGraph"),
        agentGraphVersion=Kind.INTEGER,
        owningUserId=refers("User"),
        slug=Kind.TEXT,
        hasApprovedVersion=Kind.BOOLEAN,
        activeVersionId=refers("StoreListingVersion", optional=True),
        createdAt=Kind.TIME,
        updatedAt=Kind.TIME,
    )
    distinct = keys("id", "agentGraphId", "slug", "activeVersionId")
    return Rows("StoreListing", columns, world.graphs, partial(_listings, world), distinct)


def versions(world: World) -> Rows:
    """Version 1 of each listing, submitted when the listing was made."""
    columns = fields(
        id=Kind.ID,
        version=Kind.INTEGER,
        storeListingId=refers("StoreListing"),
        agentGraphId=refers("AgentGraph"),
        agentGraphVersion=Kind.INTEGER,
        name=Kind.TEXT,
        subHeading=Kind.TEXT,
        description=Kind.TEXT,
        videoUrl=optional(Kind.TEXT),
        imageUrls=Kind.TEXTS,
        categories=Kind.TEXTS,
        isFeatured=Kind.BOOLEAN,
        isAvailable=Kind.BOOLEAN,
        submissionStatus=labels(*STATUSES),
        slug=former(Kind.TEXT),
        isApproved=former(Kind.BOOLEAN),
        submittedAt=Kind.TIME,
        reviewedAt=optional(Kind.TIME),
        createdAt=Kind.TIME,
        updatedAt=Kind.TIME,
    )
    distinct = keys("id", "storeListingId", "agentGraphId")
    return Rows("StoreListingVersion", columns, world.graphs, partial(_versions, world), distinct)


def submissions(world: World) -> Rows:
    """One of each version, with its status, decided by the first user: for older schemas."""
    columns = fields(
        id=Kind.ID,
        storeListingId=refers("StoreListing"),
        storeListingVersionId=refers("StoreListingVersion"),
        reviewerId=refers("User"),
        Status=labels(*STATUSES),
        createdAt=Kind.TIME,
        updatedAt=Kind.TIME,
    )
    distinct = keys("id", "storeListingVersionId")
    make = partial(_submissions, world)
    return Rows("StoreListingSubmission", columns, world.graphs, make, distinct)


def reviews(world: World) -> Rows:
    """`reviews_per_version` of each version, as far as there are users: each by another one."""
    columns = fields(
        id=Kind.ID,
        storeListingVersionId=refers("StoreListingVersion"),
        reviewByUserId=refers("User"),
        score=Kind.INTEGER,
        comments=Kind.TEXT,
        createdAt=Kind.TIME,
        updatedAt=Kind.TIME,
    )
    distinct = keys("id", ("storeListingVersionId", "reviewByUserId"))
    size = world.plan.reviews_per_version
    numbers = islice(world.numbers("StoreListingReview", size), world.graphs)
    capped = (min(number, world.users) for number in showcased(numbers, size, {0}))
    first = starts("StoreListingReview", capped)
    make = partial(_reviews, world, first)
    return Rows("StoreListingReview", columns, first[-1], make, distinct)


def _listings(world: World) -> Iterator[Record]:
    ids, version_ids = world.ids("StoreListing"), world.ids("StoreListingVersion")
    graph_ids, user_ids = world.ids("AgentGraph"), world.ids("User")
    made = zip(world.topics(), world.listings_made(), strict=True)
    for listing, (about, created) in enumerate(made):
        approved = world.version_status[listing] == APPROVED
        yield (
            ids[listing],
            graph_ids[listing],
            1,
            user_ids[world.listing_owner[listing]],
            _slug(about, ids, listing),
            approved,
            version_ids[listing] if approved else None,
            stamp(created),
            stamp(world.version_decided[listing] if approved else created),
        )


def _versions(world: World) -> Iterator[Record]:
    stream, ids = world.stream("StoreListingVersion"), world.ids("StoreListingVersion")
    listing_ids, graph_ids = world.ids("StoreListing"), world.ids("AgentGraph")
    images = 3 if world.plan.images != "none" else 0
    made = zip(world.listings_made(), _described(world), strict=True)
    for version, (created, (about, sub_heading, description)) in enumerate(made):
        status, submitted = world.version_status[version], stamp(created)
        decided = stamp(world.version_decided[version]) if status != PENDING else None
        yield (
            ids[version],
            1,
            listing_ids[version],
            graph_ids[version],
            1,
            about["name"],
            sub_heading,
            description,
            video(stream) if stream.chance(world.plan.video_rate) else None,
            [image(stream) for _ in range(images)],
            stream.sample(about["categories"].split(), 3),
            stream.chance(0.5),
            True,
            STATUSES[status],
            _slug(about, listing_ids, version),
            status == APPROVED,
            submitted,
            decided,
            submitted,
            decided or submitted,
        )


def _slug(about: texts.Topic, listing_ids: Ids, listing: int) -> str:
    return f"{texts.slug(about['name'])}-{listing_ids.short(listing)}"


def _described(world: World) -> Iterator[tuple[texts.Topic, str, str]]:
    """Topics, sub-headings and descriptions; no sentence occurs twice in `_APART` in a row."""
    stream = world.stream("StoreListingVersion.description")
    recent, taken = deque[set[str]](), set[str]()
    for about in world.topics():
        sub_heading, description, sentences = _describe(stream, about, taken)
        taken |= sentences
        recent.append(sentences)
        if len(recent) == _APART:
            taken -= recent.popleft()
        yield about, sub_heading, description


def _describe(stream: Stream, about: texts.Topic, taken: set[str]) -> tuple[str, str, set[str]]:
    """A sub-heading, a description, and their sentences, none of which is `taken`."""
    while True:
        sub_heading = texts.sentence(stream, about)
        description = texts.paragraph(stream, _DESCRIPTION, about)
        sentences = {sub_heading.rstrip("."), *description.rstrip(".").split(". ")}
        if sentences.isdisjoint(taken):
            return sub_heading, description, sentences


def _submissions(world: World) -> Iterator[Record]:
    ids, reviewer = world.ids("StoreListingSubmission"), world.ids("User")[0]
    listing_ids, version_ids = world.ids("StoreListing"), world.ids("StoreListingVersion")
    made = zip(world.version_status, world.listings_made(), strict=True)
    for version, (status, created) in enumerate(made):
        yield (
            ids[version],
            listing_ids[version],
            version_ids[version],
            reviewer,
            STATUSES[status],
            stamp(created),
            stamp(created if status == PENDING else world.version_decided[version]),
        )


def _reviews(world: World, first: Sequence[int]) -> Iterator[Record]:
    stream, ids = world.stream("StoreListingReview"), world.ids("StoreListingReview")
    said = world.stream("StoreListingReview.comments")
    version_ids, user_ids = world.ids("StoreListingVersion"), world.ids("User")
    until = world.schedule.reviews_until
    for version, about in enumerate(world.topics()):
        version_id, since = version_ids[version], world.version_decided[version]
        reviewers = _reviewers(world, stream, version, first[version + 1] - first[version])
        for review, user in enumerate(reviewers, first[version]):
            score = stream.integer(1, 5)
            time = stamp(stream.integer(max(since, world.user_created[user]), until))
            comment = texts.comment(said, score, about)
            yield ids[review], version_id, user_ids[user], score, comment, time, time


def _reviewers(world: World, stream: Stream, version: int, number: int) -> list[int]:
    """Different users; not the owner, if there are enough others. The one who runs the showcase is
    among its reviewers."""
    users, owner = stream.distinct(world.users, number), world.listing_owner[version]
    if owner in users and number < world.users:
        others = chain(range(owner + 1, world.users), range(owner))
        users[users.index(owner)] = next(user for user in others if user not in users)
    if version == 0 and users and world.graph_runner[0] not in users:
        users[0] = world.graph_runner[0]
    return users
