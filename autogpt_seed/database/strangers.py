"""Users that no run made: whose database it is shows in who lives there, not in where it is."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.binding.adapt import Unadaptable, adapter
from autogpt_seed.catalog import Catalog, Column, DataType
from autogpt_seed.database.sql import quote
from autogpt_seed.database.target import PLACE
from autogpt_seed.ids import TAG_DIGITS, RunTag, id_pattern
from autogpt_seed.rows import Kind

MOST_COUNTED = 1000
"""Counting ends there, so that a large database is not read to its end."""

_SEEDED_EMAIL = r"[.][0-9a-f]{8}@example[.](com|org|net)$"
"""How the emails of seeded users end, for schemas whose ids cannot hold a run tag."""


async def count_strangers(connection: AsyncConnection, catalog: Catalog) -> int:
    """How many users no run made, `MOST_COUNTED` at most. Part of a scan of the users."""
    users = catalog.tables.get("User") or catalog.views["User"]
    query = (
        f"SELECT count(*) FROM (SELECT FROM {quote(catalog.schema, 'User')} AS u "
        f"WHERE NOT COALESCE({_seeded(users.columns)}, false) LIMIT {MOST_COUNTED}) AS strangers"
    )
    return int((await connection.exec_driver_sql(query)).scalar_one())


async def streams_to_replicas(connection: AsyncConnection) -> bool:
    """Whether other servers follow this one, as those do that somebody relies on."""
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


def _seeded(columns: dict[str, Column]) -> str:
    """The condition that a run made a user: by block of ids and run tag where the ids hold them."""
    key = columns.get("id")
    if key is not None and _holds_tag(key.type):
        return _in_block(f"u.{quote('id')}::text")
    return f"u.{quote('email')} ~ '{_SEEDED_EMAIL}'" if "email" in columns else "false"


def _holds_tag(data_type: DataType) -> bool:
    whole = RunTag("0" * TAG_DIGITS).ids("User")[0]
    try:
        return str(adapter(Kind.ID, data_type)(whole)) == whole
    except Unadaptable:
        return False


def _in_block(identifier: str) -> str:
    """See `ids`: the base of a run's block is a digest of its tag. CASE keeps what is no id of
    ours from being read as one."""
    tag = f"right(replace({identifier}, '-', ''), {TAG_DIGITS})"
    digest = f"encode(sha256(convert_to('base|' || {tag}, 'UTF8')), 'hex')"
    return (
        f"CASE WHEN {identifier} ~ '{id_pattern('User')}' "
        f"THEN {_number(identifier)} >= ({_number(digest)} >> 1) ELSE false END"
    )


def _number(digits: str) -> str:
    return f"('x' || left({digits}, 8))::bit(32)::bigint"
