"""Transactions of credits."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from autogpt_seed.entities.times import stamp
from autogpt_seed.entities.world import World
from autogpt_seed.rows import Kind, Record, Rows, fields, keys, labels, refers


def transactions(world: World) -> Rows:
    """One of each user: 1 to 100 credits bought, or, with a minus sign, used."""
    columns = fields(
        transactionKey=Kind.ID,
        userId=refers("User"),
        amount=Kind.INTEGER,
        type=labels("TOP_UP", "USAGE"),
        metadata=Kind.JSON,
        createdAt=Kind.TIME,
    )
    distinct = keys("transactionKey", "userId")
    return Rows("CreditTransaction", columns, world.users, partial(_transactions, world), distinct)


def _transactions(world: World) -> Iterator[Record]:
    table = "CreditTransaction"
    stream, ids, user_ids = world.stream(table), world.ids(table), world.ids("User")
    for user, since in enumerate(world.user_created):
        bought, amount = stream.chance(0.5), stream.integer(1, 100)
        kind = "TOP_UP" if bought else "USAGE"
        time = stamp(stream.integer(since, world.as_of))
        yield ids[user], user_ids[user], amount if bought else -amount, kind, "{}", time
