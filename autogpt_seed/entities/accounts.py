"""Users, their public profiles and their API keys."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import NamedTuple

from autogpt_seed import texts
from autogpt_seed.entities.groups import Groups
from autogpt_seed.entities.pictures import image
from autogpt_seed.entities.times import stamp
from autogpt_seed.entities.world import APPROVED, World
from autogpt_seed.randomness import Stream
from autogpt_seed.rows import Kind, Record, Rows, fields, keys, labels, optional, refers

_DOMAINS = ("example.com", "example.org", "example.net")
"""Reserved by RFC 2606, so that no mail reaches anyone."""

_SITES = ("blog", "code", "docs", "music", "news", "photos", "podcast", "shop", "talks", "video")
_LINKS = 3
_PERMISSIONS = ["EXECUTE_GRAPH", "READ_GRAPH"]

USER = fields(
    id=Kind.ID,
    email=Kind.TEXT,
    name=Kind.TEXT,
    metadata=Kind.JSON,
    integrations=Kind.TEXT,
    createdAt=Kind.TIME,
    updatedAt=Kind.TIME,
)
"""The fields of a user, which verify adds as well."""

PROFILE = fields(
    id=Kind.ID,
    userId=refers("User"),
    name=Kind.TEXT,
    username=Kind.TEXT,
    description=Kind.TEXT,
    links=Kind.TEXTS,
    avatarUrl=optional(Kind.TEXT),
    createdAt=Kind.TIME,
    updatedAt=Kind.TIME,
)
"""The fields of a profile, which verify adds as well."""

USER_KEYS = keys("id", "email")
PROFILE_KEYS = keys("id", "userId", "username")


class _Person(NamedTuple):
    name: str
    email: str
    username: str


def users(world: World) -> Rows:
    """`users` new ones."""
    return Rows("User", USER, world.new_users, partial(_users, world), USER_KEYS)


def profiles(world: World) -> Rows:
    """One of each user, made when the user registered; not for an existing user who has one."""
    return Rows("Profile", PROFILE, world.profiles, partial(_profiles, world), PROFILE_KEYS)


def api_keys(world: World) -> Rows:
    """One of each new user. Its records wait for the hashes of the world's key ring."""
    columns = fields(
        id=Kind.ID,
        userId=refers("User"),
        name=Kind.TEXT,
        head=Kind.TEXT,
        tail=Kind.TEXT,
        hash=Kind.TEXT,
        salt=optional(Kind.TEXT),
        status=labels("ACTIVE"),
        permissions=labels(*_PERMISSIONS, many=True),
        description=Kind.TEXT,
        createdAt=Kind.TIME,
    )
    distinct = keys("id", "userId", "hash")
    return Rows("APIKey", columns, world.new_users, partial(_api_keys, world), distinct)


def raw_api_keys(world: World) -> Iterator[tuple[str, str]]:
    """The email and the raw key, a secret, of each new user."""
    for user, person in enumerate(_people(world, world.new_users)):
        yield person.email, world.keys.raw(user)


def _people(world: World, number: int) -> Iterator[_Person]:
    """The first `number` users."""
    stream, ids = world.stream("User.name"), world.ids("User")
    for user in range(number):
        first, last = texts.first_name(stream), texts.last_name(stream)
        handle, digits = texts.slug(f"{first} {last}"), ids.short(user)
        email = f"{handle.replace('-', '.')}.{digits}@{stream.pick(_DOMAINS)}"
        yield _Person(f"{first} {last}", email, f"{handle}-{digits}")


def _users(world: World) -> Iterator[Record]:
    stream, ids = world.stream("User"), world.ids("User")
    for user, person in enumerate(_people(world, world.new_users)):
        created = world.user_created[user]
        updated = stream.integer(created, world.as_of)
        yield ids[user], person.email, person.name, "{}", "", stamp(created), stamp(updated)


def _profiles(world: World) -> Iterator[Record]:
    stream, ids, user_ids = world.stream("Profile"), world.ids("Profile"), world.ids("User")
    pictured = world.plan.images != "none"
    people = zip(_people(world, world.profiles), _specialties(world), strict=False)
    for user, (person, about) in enumerate(people):
        created = world.user_created[user]
        yield (
            ids[user],
            user_ids[user],
            person.name,
            person.username,
            texts.biography(stream, about),
            _links(stream, person.username),
            image(stream) if pictured else None,
            stamp(created),
            stamp(stream.integer(created, world.as_of)),
        )


def _specialties(world: World) -> Iterator[texts.Topic | None]:
    """What the agents of each user are about: the first that the store shows, else the first that
    they list or, without a listing, own."""
    listed, shown = Groups(world.listing_owner, world.users), world.version_status
    for user in range(world.users):
        own = range(world.first_graph[user], world.first_graph[user + 1])
        approved = (graph for graph in listed[user] if shown[graph] == APPROVED)
        graph = next(chain(approved, listed[user], own), None)
        yield None if graph is None else world.topic(graph)


def _links(stream: Stream, username: str) -> list[str]:
    """The user's pages on three different sites."""
    return [f"https://{s}.example.com/{username}" for s in stream.sample(_SITES, _LINKS)]


def _api_keys(world: World) -> Iterator[Record]:
    stream, ids, user_ids = world.stream("APIKey"), world.ids("APIKey"), world.ids("User")
    for user in range(world.new_users):
        key = world.keys.stored(user)
        agent, since = _agent_run(world, stream, user)
        yield (
            ids[user],
            user_ids[user],
            texts.word(stream),
            key.head,
            key.tail,
            key.hash,
            key.salt,
            "ACTIVE",
            _PERMISSIONS,
            f"For {agent}.",
            stamp(stream.integer(since, world.as_of)),
        )


def _agent_run(world: World, stream: Stream, user: int) -> tuple[str, int]:
    """The name of an agent that the user runs, or else of any, and since when both are there."""
    since = world.user_created[user]
    if graphs := world.graphs_run_by(user):
        graph = stream.pick(graphs)
        return world.topic(graph)["name"], max(since, world.graph_created[graph])
    return texts.title(stream), since
