"""Analytics: details and metrics of each user."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from autogpt_seed import texts
from autogpt_seed.entities.times import stamp
from autogpt_seed.entities.world import World
from autogpt_seed.rows import Kind, Record, Rows, fields, keys, refers


def details(world: World) -> Rows:
    """One of each new user."""
    columns = fields(
        id=Kind.ID,
        userId=refers("User"),
        type=Kind.TEXT,
        data=Kind.JSON,
        dataIndex=Kind.TEXT,
        createdAt=Kind.TIME,
        updatedAt=Kind.TIME,
    )
    distinct = keys("id", "userId")
    return Rows("AnalyticsDetails", columns, world.new_users, partial(_details, world), distinct)


def metrics(world: World) -> Rows:
    """One of each new user, with a value from 0 to 100."""
    columns = fields(
        id=Kind.ID,
        userId=refers("User"),
        analyticMetric=Kind.TEXT,
        value=Kind.NUMBER,
        dataString=Kind.TEXT,
        createdAt=Kind.TIME,
        updatedAt=Kind.TIME,
    )
    distinct = keys("id", "userId")
    return Rows("AnalyticsMetrics", columns, world.new_users, partial(_metrics, world), distinct)


def _details(world: World) -> Iterator[Record]:
    table = "AnalyticsDetails"
    stream, ids, user_ids = world.stream(table), world.ids(table), world.ids("User")
    for user, since in enumerate(world.user_created[: world.new_users]):
        time = stamp(stream.integer(since, world.as_of))
        word, index = texts.word(stream), texts.word(stream)
        yield ids[user], user_ids[user], word, "{}", index, time, time


def _metrics(world: World) -> Iterator[Record]:
    table = "AnalyticsMetrics"
    stream, ids, user_ids = world.stream(table), world.ids(table), world.ids("User")
    for user, since in enumerate(world.user_created[: world.new_users]):
        time = stamp(stream.integer(since, world.as_of))
        metric, text, value = texts.word(stream), texts.word(stream), stream.random() * 100
        yield ids[user], user_ids[user], metric, value, text, time, time
