"""The ways to load rows that are in memory already: what one would do without the project."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from sqlalchemy import JSON, MetaData

from autogpt_seed.database.sql import quote
from autogpt_seed.database.target import Driver
from autogpt_seed.database.url import parse_url
from bench.databases import SCHEMA
from bench.prepared import Prepared

Way = Callable[[str, Sequence[Prepared]], Awaitable[None]]

BATCH_ROWS = 1_000
"""Of SQLAlchemy's bulk inserts."""

FIVE = ("User", "AgentBlock", "AgentGraph", "AgentNode", "AgentGraphExecution")
"""The tables that factories fill."""

_ACTIVATE = """
UPDATE "StoreListing" l SET "activeVersionId" = v.id FROM "StoreListingVersion" v
WHERE v."storeListingId" = l.id AND l."hasApprovedVersion"
"""
_REFRESH = "SELECT refresh_store_materialized_views()"

_FOREIGN_KEYS = """
SELECT conrelid::regclass::text AS table, quote_ident(conname) AS name,
       pg_get_constraintdef(oid) AS definition
FROM pg_constraint WHERE contype = 'f' AND connamespace = $1::regnamespace
"""
_INDEXES = """
SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
FROM pg_index i WHERE indrelid = ANY ($1::text[]::regclass[]) AND NOT EXISTS (
    SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype <> 'f')
"""
_PRIMARY_KEYS = """
SELECT conrelid::regclass::text AS table, quote_ident(conname) AS name,
       pg_get_constraintdef(oid) AS definition
FROM pg_constraint k WHERE contype = 'p' AND conrelid = ANY ($1::text[]::regclass[])
"""


async def factory_objects(url: str, tables: Sequence[Prepared]) -> None:
    """Factories of factory_boy, with a session of SQLAlchemy. Only `FIVE` tables."""
    from bench.factories import create  # an extra that the others do without

    await create(url, tables)


async def insert_rows(url: str, tables: Sequence[Prepared]) -> None:
    """One prepared INSERT, executed for each row."""
    async with _transaction(url) as session:
        for table in tables:
            places = ", ".join(f"${place}" for place in range(1, len(table.columns) + 1))
            names = ", ".join(map(quote, table.columns))
            insert = await session.prepare(
                f"INSERT INTO {quote(table.table)} ({names}) VALUES ({places})"
            )
            for record in table.records:
                await insert.fetch(*record)
        await session.execute(_ACTIVATE)
        await session.execute(_REFRESH)


async def core_inserts(url: str, tables: Sequence[Prepared]) -> None:
    """SQLAlchemy Core's bulk insert on reflected tables, in batches."""
    engine = parse_url(url, {}).engine()
    async with engine.begin() as connection:
        await connection.exec_driver_sql(f"SET LOCAL search_path = {SCHEMA}, public")
        metadata = MetaData()
        await connection.run_sync(metadata.reflect, only=[table.table for table in tables])
        for table in tables:
            target = metadata.tables[table.table]
            documents = [name for name in table.columns if isinstance(target.c[name].type, JSON)]
            for start in range(0, len(table.records), BATCH_ROWS):
                batch = [
                    dict(zip(table.columns, record, strict=True))
                    for record in table.records[start : start + BATCH_ROWS]
                ]
                for row in batch if documents else ():
                    row.update({name: _document(row[name]) for name in documents})
                await connection.execute(target.insert(), batch)
        await connection.exec_driver_sql(_ACTIVATE)
        await connection.exec_driver_sql(_REFRESH)
    await engine.dispose()


async def copy_live(url: str, tables: Sequence[Prepared]) -> None:
    """COPY into the tables as they are."""
    async with _transaction(url) as session:
        await _copy(session, tables)
        await session.execute(_ACTIVATE)
        await session.execute(_REFRESH)


async def limit(url: str, tables: Sequence[Prepared]) -> None:
    """The limit recipe: foreign keys and secondary indexes dropped, COPY, all rebuilt."""
    await _rebuilding(url, tables, keys=False)


async def limit_without_keys(url: str, tables: Sequence[Prepared]) -> None:
    """The same, with the primary keys dropped as well."""
    await _rebuilding(url, tables, keys=True)


WAYS: dict[str, tuple[str, Way]] = {
    "factories": ("factory_boy with a session, 5 tables", factory_objects),
    "insert": ("asyncpg, one prepared INSERT a row", insert_rows),
    "core": (f"SQLAlchemy Core, batches of {BATCH_ROWS:,}", core_inserts),
    "copy-random": ("COPY, keys live, random ids", copy_live),
    "copy-ascending": ("COPY, keys live, ascending ids", copy_live),
    "limit": ("limit recipe", limit),
    "limit-keys": ("limit recipe, primary keys dropped as well", limit_without_keys),
}
"""By their short names, with the long ones."""


@asynccontextmanager
async def _transaction(url: str) -> AsyncIterator[Driver]:
    """A session whose work is committed at the end of the block."""
    session = await asyncpg.connect(url)
    try:
        async with session.transaction():
            await session.execute(f"SET LOCAL search_path = {SCHEMA}, public")
            yield session
    finally:
        await session.close()


async def _copy(session: Driver, tables: Sequence[Prepared]) -> None:
    for table in tables:
        await session.copy_records_to_table(
            table.table, columns=table.columns, records=table.records
        )


async def _rebuilding(url: str, tables: Sequence[Prepared], *, keys: bool) -> None:
    names = [f"{SCHEMA}.{quote(table.table)}" for table in tables]
    async with _transaction(url) as session:
        await session.execute("SET LOCAL maintenance_work_mem = '512MB'")
        foreign_keys = await session.fetch(_FOREIGN_KEYS, SCHEMA)
        indexes = await session.fetch(_INDEXES, names)
        constraints = await session.fetch(_PRIMARY_KEYS, names) if keys else []
        for key in (*foreign_keys, *constraints):
            await session.execute(f"ALTER TABLE {key['table']} DROP CONSTRAINT {key['name']}")
        for index in indexes:
            await session.execute(f"DROP INDEX {index['name']}")
        await _copy(session, tables)
        for key in constraints:
            await session.execute(_add(key))
        for index in indexes:
            await session.execute(index["definition"])
        for key in foreign_keys:
            await session.execute(_add(key))
        await session.execute(_REFRESH)


def _add(key: asyncpg.Record) -> str:
    return f"ALTER TABLE {key['table']} ADD CONSTRAINT {key['name']} {key['definition']}"


def _document(value: Any) -> Any:
    """What SQLAlchemy wants for a JSON document."""
    return None if value is None else json.loads(value)
