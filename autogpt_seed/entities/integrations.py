"""Webhooks that users have set up with other services."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from functools import partial
from itertools import islice

from autogpt_seed import texts
from autogpt_seed.entities.groups import parents, starts
from autogpt_seed.entities.times import stamp
from autogpt_seed.entities.world import World
from autogpt_seed.randomness import Stream
from autogpt_seed.rows import Kind, Record, Rows, fields, keys, labels, refers

_WATCHED = {"github": "repo", "slack": "channel", "discord": "server"}
"""The providers, each with the kind of thing that a webhook watches there."""
_EVENTS = ("created", "updated", "deleted")


def webhooks(world: World) -> Rows:
    """`webhooks_per_user` of `webhook_rate` of the new users, exactly."""
    columns = fields(
        id=Kind.ID,
        userId=refers("User"),
        provider=labels(*_WATCHED),
        credentialsId=Kind.ID,
        webhookType=Kind.TEXT,
        resource=Kind.TEXT,
        events=Kind.TEXTS,
        config=Kind.JSON,
        secret=Kind.TEXT,
        providerWebhookId=Kind.ID,
        createdAt=Kind.TIME,
        updatedAt=Kind.TIME,
    )
    owners = _owners(world)
    records = partial(_webhooks, world, owners)
    distinct = keys("id", "credentialsId", "providerWebhookId")
    return Rows("IntegrationWebhook", columns, len(owners), records, distinct)


def _owners(world: World) -> array[int]:
    """The user of each webhook."""
    table = "IntegrationWebhook"
    flags = world.stream(f"{table}.userId").share(world.new_users, world.plan.webhook_rate)
    users = array("I", (user for user, flag in enumerate(flags) if flag))
    numbers = islice(world.numbers(table, world.plan.webhooks_per_user), len(users))
    return array("I", (users[place] for place in parents(starts(table, numbers))))


def _webhooks(world: World, owners: array[int]) -> Iterator[Record]:
    table = "IntegrationWebhook"
    stream, ids, user_ids = world.stream(table), world.ids(table), world.ids("User")
    credentials = world.ids(f"{table}.credentialsId")
    hooks = world.ids(f"{table}.providerWebhookId")
    for webhook, user in enumerate(owners):
        created = stream.integer(world.user_created[user], world.as_of)
        provider = stream.pick(tuple(_WATCHED))
        yield (
            ids[webhook],
            user_ids[user],
            provider,
            credentials[webhook],
            _WATCHED[provider],
            texts.slug(texts.title(stream)),
            stream.sample(_EVENTS, stream.integer(1, 3)),
            f'{{"url": "https://hooks.example.com/{ids.short(webhook)}"}}',
            _secret(stream),
            hooks[webhook],
            stamp(created),
            stamp(stream.integer(created, world.as_of)),
        )


def _secret(stream: Stream) -> str:
    """64 hexadecimal digits."""
    return "".join([f"{int(stream.random() * 2**32):08x}" for _ in range(8)])
