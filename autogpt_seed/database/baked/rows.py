"""The rows of whole tables, out of a database and into one, in the text form of COPY."""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator, Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.bake_file import BakedFile, BakedTable, EvenChunks
from autogpt_seed.binding.text_form import copy_line
from autogpt_seed.catalog import Table
from autogpt_seed.database.existing.parents import sort_term
from autogpt_seed.database.loading.copy import row_count
from autogpt_seed.database.sql import quote
from autogpt_seed.database.target import Driver

SETTINGS = {
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
    "extra_float_digits": "1",
    "bytea_output": "hex",
}
"""Under which values are written and read, so that the texts depend on nothing else."""


def copy_statement(schema: str, table: str, columns: Sequence[str]) -> str:
    """The COPY of psql that stands before a table's rows."""
    return f"COPY {quote(schema, table)} ({', '.join(map(quote, columns))}) FROM stdin;"


async def copy_out(driver: Driver, query: str, stream: EvenChunks) -> tuple[int, str]:
    """Write what `query` yields to `stream`; how many rows there are, and their digest."""
    digest = hashlib.sha256()

    async def take(data: bytes) -> None:
        digest.update(data)
        stream.write(data)

    status = await driver.copy_from_query(query, output=take, format="text")
    return row_count(status), digest.hexdigest()


def rows_of(table: Table, columns: Sequence[str], condition: str) -> str:
    """The query for all rows of a table that meet a condition, in an order that only they decide:
    by the primary key or, without one, by the texts of all columns."""
    only = "" if table.relation == "p" else "ONLY "
    keys = [sort_term(table.columns[name]) for name in table.primary_key]
    order = ", ".join(keys or [f't.{quote(name)}::text COLLATE "C"' for name in columns])
    return (
        f"SELECT {', '.join(map(quote, columns))} FROM {only}{quote(table.schema, table.name)} AS t"
        f" WHERE {condition}" + (f" ORDER BY {order}" if order else "")
    )


async def copy_in(
    driver: Driver, schema: str, baked: BakedFile, table: BakedTable, rows: AsyncIterator[bytes]
) -> None:
    """Load rows of a baked file into their table of `schema`. Raises `ConfigurationError` where
    the server counts another number than was baked."""
    status = await driver.copy_to_table(
        table.name, schema_name=schema, columns=table.columns, source=rows, format="text"
    )
    if row_count(status) != table.rows:
        raise baked.damaged(f"{table.name} does not have the number of rows that was baked")


async def renamed(rows: AsyncIterator[bytes], old: str, new: str) -> AsyncIterator[bytes]:
    """The rows, in chunks of whole lines, with their first field `old` replaced by `new`."""
    before, after = (f"{copy_line([name])[:-1]}\t".encode() for name in (old, new))
    pattern = re.compile(rb"^" + re.escape(before), re.MULTILINE)
    async for chunk in rows:
        yield pattern.sub(lambda _: after, chunk)


async def occupied(connection: AsyncConnection, schema: str, tables: Sequence[str]) -> list[str]:
    """Those of the tables that hold any row."""
    parts = [
        f"SELECT {number} AS place WHERE EXISTS (SELECT FROM {quote(schema, table)})"
        for number, table in enumerate(tables)
    ]
    found = await connection.exec_driver_sql(" UNION ALL ".join(parts)) if parts else ()
    return [tables[row.place] for row in found]


async def is_bare(connection: AsyncConnection, schema: str) -> bool:
    """Whether the schema holds no tables, or is not there at all."""
    return bool((await connection.execute(text(_IS_BARE), {"schema": schema})).scalar_one())


async def sequences(connection: AsyncConnection, schema: str) -> dict[str, int]:
    """The sequences of the schema that were used, with the last value of each."""
    rows = (await connection.execute(text(_SEQUENCES), {"schema": schema})).all()
    return {row[0]: row[1] for row in rows}


async def unreadable_sequences(connection: AsyncConnection, schema: str) -> list[str]:
    """Those of the schema whose last value this role may not see."""
    return list(await connection.scalars(text(_UNREADABLE), {"schema": schema}))


async def set_sequence(connection: AsyncConnection, schema: str, name: str, value: int) -> None:
    """Have a sequence go on after `value`. A rollback does not undo it."""
    query = text("SELECT setval(CAST(CAST(:name AS text) AS regclass), :value)")
    await connection.execute(query, {"name": quote(schema, name), "value": value})


async def triggers(
    connection: AsyncConnection, schema: str, tables: Sequence[str]
) -> list[tuple[str, str]]:
    """For each trigger that would fire at a COPY, what disables it and what enables it again.

    What they did when the rows were made is in the rows already.
    """
    values = {"schema": schema, "tables": list(tables)}
    rows = (await connection.execute(text(_TRIGGERS), values)).all()
    return [(row.disable, row.enable) for row in rows]


_IS_BARE = """
SELECT NOT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                   WHERE n.nspname = :schema AND c.relkind IN ('r', 'p', 'f', 'v', 'm'))
"""

_SEQUENCES = """
SELECT sequencename::text, last_value FROM pg_sequences
WHERE schemaname = :schema AND last_value IS NOT NULL ORDER BY sequencename
"""

_UNREADABLE = """
SELECT c.relname::text FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = :schema AND NOT has_sequence_privilege(s.seqrelid, 'SELECT, USAGE')
ORDER BY c.relname
"""

_TRIGGERS = """
SELECT format('ALTER TABLE %I.%I DISABLE TRIGGER %I', n.nspname, c.relname, t.tgname) AS disable,
       format('ALTER TABLE %I.%I ENABLE %sTRIGGER %I', n.nspname, c.relname,
              CASE t.tgenabled WHEN 'A' THEN 'ALWAYS ' ELSE '' END, t.tgname) AS enable
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = :schema AND c.relname = ANY (CAST(:tables AS text[])) AND NOT t.tgisinternal
  AND t.tgenabled IN ('O', 'A')
ORDER BY c.relname, t.tgname
"""
