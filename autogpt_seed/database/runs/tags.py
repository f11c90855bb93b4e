"""The tags of the runs that a schema holds rows of, and the tag of the next run."""

from __future__ import annotations

from sqlalchemy import Text, cast, column, func, select, table
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.binding.adapt import INTEGER_TYPES, NUMBER_TYPES, adapter
from autogpt_seed.catalog import Catalog
from autogpt_seed.database.runs.recognising import recognition
from autogpt_seed.database.runs.record import read_records, tables_with_keys
from autogpt_seed.database.sql import quote
from autogpt_seed.ids import ID_PATTERN, TAG_DIGITS, RunTag
from autogpt_seed.rows import Kind


async def run_tags(connection: AsyncConnection, catalog: Catalog) -> frozenset[str]:
    """The tags of the runs that have users in the schema. One scan of the users."""
    users = table("User", column("id"), schema=catalog.schema)
    identifier = cast(users.c.id, Text)
    tag = func.right(func.replace(identifier, "-", ""), TAG_DIGITS)
    query = select(tag).distinct().where(identifier.regexp_match(ID_PATTERN))
    return frozenset(await connection.scalars(query))


async def has_graphs(connection: AsyncConnection, catalog: Catalog, tag: str) -> bool:
    """Whether a run that is in the record has graphs still, without which there is no marketplace.

    Where graphs cannot be recognised, the record is believed.
    """
    graphs = catalog.tables.get("AgentGraph")
    listed = await tables_with_keys(connection, catalog.schema, [tag])
    run = recognition(catalog, [tag], [tag], listed)
    if graphs is None or (condition := run.condition(graphs)) is None:
        return True
    name = quote(graphs.schema, graphs.name)
    query = f"{run.head}SELECT EXISTS (SELECT FROM {name} AS t WHERE {condition})"
    return bool((await connection.exec_driver_sql(query, run.values)).scalar_one())


async def next_run(
    connection: AsyncConnection, catalog: Catalog, plan_digest: str, seed: int, as_of: str
) -> tuple[RunTag, int]:
    """The tag of a new run, and the number of earlier runs with the same three.

    A run counts if it has users or is in the record, whatever became of its other rows.
    """
    recorded = {record.tag for record in await read_records(connection, catalog.schema)}
    taken = recorded | await run_tags(connection, catalog)
    earlier = 0
    while True:
        tag = RunTag.of(plan_digest, seed, as_of, earlier)
        if tag.digits not in taken and not await _first_user_exists(connection, catalog, tag):
            return tag, earlier
        earlier += 1


async def _first_user_exists(connection: AsyncConnection, catalog: Catalog, tag: RunTag) -> bool:
    """Whether a run with this tag made users, where their ids are numbers, which hold no tag."""
    key = catalog.tables["User"].columns.get("id")
    if key is None or key.type.base.name not in INTEGER_TYPES | NUMBER_TYPES:
        return False
    first = adapter(Kind.ID, key.type)(tag.ids("User")[0])
    users = table("User", column("id"), schema=catalog.schema)
    query = select(select(users.c.id).where(users.c.id == first).exists())
    return bool((await connection.execute(query)).scalar_one())
