"""Signs of whose database it is: users that no run made, replicas, and its name."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.binding.adapt import takes_whole_ids
from autogpt_seed.catalog import Catalog, Column
from autogpt_seed.database.sql import fetch, quote
from autogpt_seed.database.target import PLACE
from autogpt_seed.ids import TAG_DIGITS, parse, table_code

MOST_COUNTED = 1000
"""Counting ends there, so that a large database is not read to its end."""

_ID = 'CAST(u."id" AS text)'
_TAG = f"right({_ID}, {TAG_DIGITS + 1})"
_ENDS = f'min({_ID} COLLATE "C"), max({_ID} COLLATE "C"), count(*)'

_SEEDED_EMAIL = r"[.][0-9a-f]{8}@example[.](com|org|net)$"
"""How the emails of seeded users end, for schemas whose ids cannot hold a run tag."""


async def count_unseeded_users(connection: AsyncConnection, catalog: Catalog) -> int:
    """How many users no run made, `MOST_COUNTED` at most.

    Looks at users until it has found so many. Only where all of them look like a run's, they are
    scanned once more, for ids outside of the block of their run.
    """
    columns = (catalog.tables.get("User") or catalog.views["User"]).columns
    tagged = "id" in columns and takes_whole_ids(columns["id"])
    users = f"{quote(catalog.schema, 'User')} AS u"
    query = (
        f"SELECT count(*) FROM (SELECT FROM {users} "
        f"WHERE NOT COALESCE({_seeded(columns, tagged=tagged)}, false) LIMIT {MOST_COUNTED}) AS s"
    )
    unseeded = int((await connection.exec_driver_sql(query)).scalar_one())
    if unseeded or not tagged:
        return unseeded
    runs = await fetch(connection, f"SELECT {_ENDS} FROM {users} GROUP BY {_TAG}")
    outside = sum(int(n) for first, last, n in runs if not _in_block(first, last))
    return min(outside, MOST_COUNTED)


def _in_block(first: str, last: str) -> bool:
    """Whether ids from one to the other, all with the same tag, lie in the block of its run."""
    return parse(first) is not None and parse(last) is not None


async def streams_to_replicas(connection: AsyncConnection) -> bool:
    """Whether other servers replicate this one, a sign that somebody relies on it."""
    query = "SELECT EXISTS (SELECT FROM pg_stat_replication)"
    return bool((await connection.exec_driver_sql(query)).scalar_one())


async def name_of(connection: AsyncConnection) -> str:
    """DATABASE@HOST of a caller's connection, as `Target.place` where its engine is a target's.

    Else the host is that of the engine's URL, or the address that the server gives as its own,
    or `local` where it is reached by a socket.
    """
    if place := connection.engine.get_execution_options().get(PLACE):
        return str(place)
    query = "SELECT current_database()::text, host(inet_server_addr()), inet_server_port()"
    database, address, port = tuple((await connection.exec_driver_sql(query)).one())
    url = connection.engine.url
    if url.host:
        address, port = url.host, url.port or 5432
    return f"{database}@{address or 'local'}" + (f":{port}" if port not in (None, 5432) else "")


def _seeded(columns: Mapping[str, Column], *, tagged: bool) -> str:
    """The condition that a user is a run's by the form of the id or, without a tag, the email.

    LIKE, because a regular expression takes twenty times as long.
    """
    if tagged:
        code = table_code("User")
        return f"({_ID} LIKE '{'_' * 8}-{code[:4]}-8{code[4:]}-8%' AND length({_ID}) = 36)"
    return f"u.{quote('email')} ~ '{_SEEDED_EMAIL}'" if "email" in columns else "false"
