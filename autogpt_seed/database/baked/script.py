"""What stands around the rows of a baked file, so that psql can run it as it is.

The keys are dropped and rebuilt within the transaction, from the server's own texts: rows that
refer to each other can come in any order then, and indexes are made once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.bake_file import BakedTable
from autogpt_seed.catalog import Catalog, Table
from autogpt_seed.database.baked.rows import SETTINGS, triggers
from autogpt_seed.database.bookkeeping import BOOKKEEPING, RECORDS, STATEMENTS
from autogpt_seed.database.loading.keys import ForeignKeyDefinition, read_keys
from autogpt_seed.database.loading.strategy import LEAST_TABLE_ROWS
from autogpt_seed.database.loading.suspend import PREPARE, Suspension, find_suspension
from autogpt_seed.database.sql import quote
from autogpt_seed.quoting import literal


async def worthwhile_suspension(
    connection: AsyncConnection, schema: str, tables: Iterable[BakedTable]
) -> Suspension:
    """What to drop for the rows of the tables: all foreign keys, since tables may refer to each
    other, and the other keys of large tables."""
    rows = {table.name: table.rows for table in tables if table.rows}
    found = await find_suspension(connection, schema, list(rows))
    large = [key for key in found.keys if rows[key.table] >= LEAST_TABLE_ROWS]
    return replace(found, keys=tuple(large))


async def prologue(connection: AsyncConnection, catalog: Catalog, tables: Sequence[Table]) -> bytes:
    """All that comes before the rows."""
    names = [table.name for table in tables]
    keys = await _foreign_keys(connection, catalog.schema, names)
    return _script(
        [
            r"\set ON_ERROR_STOP on",
            "BEGIN;",
            "SET LOCAL client_encoding = 'UTF8';",
            "SET LOCAL client_min_messages = warning;",
            "SET LOCAL standard_conforming_strings = on;",
            *(f"SET LOCAL {name} = {literal(value)};" for name, value in SETTINGS.items()),
            f"SET LOCAL search_path = {quote(catalog.schema)}, public;",
            *(_refuse_rows(table) for table in tables),
            *(f"{statement};" for statement in PREPARE),
            *(f"{off};" for off, _ in await triggers(connection, catalog.schema, names)),
            *(f"{key.drop};" for key in keys),
        ]
    )


async def epilogue(
    connection: AsyncConnection,
    catalog: Catalog,
    tables: Sequence[BakedTable],
    sequences: Mapping[str, int],
) -> bytes:
    """All that comes after the rows."""
    names = [table.name for table in tables]
    keys = await _foreign_keys(connection, catalog.schema, names)
    return _script(
        [
            *(f"{statement};" for key in keys for statement in key.restore),
            *(f"{on};" for _, on in await triggers(connection, catalog.schema, names)),
            *(
                _do(f"PERFORM setval({literal(quote(catalog.schema, name))}, {value});")
                for name, value in sequences.items()
            ),
            *(
                f"REFRESH MATERIALIZED VIEW {quote(view.schema, view.name)};"
                for view in catalog.materialized_views
            ),
            "COMMIT;",
            "ANALYZE;",
        ]
    )


async def _foreign_keys(
    connection: AsyncConnection, schema: str, tables: Sequence[str]
) -> list[ForeignKeyDefinition]:
    """Those to drop, in an order that does not depend on when they were made.

    Whoever runs the script drops them: the baking role's privileges do not matter.
    """
    _, found = await read_keys(connection, schema, tables)
    own = [key for key in found if key.table in tables and not key.obstacle]
    return sorted(own, key=lambda key: (key.table, key.name))


def records_prologue(schema: str) -> bytes:
    """What comes before the record of the runs: its tables, without what they say of old rows."""
    return _script(
        [
            *(f"{statement.strip()};" for statement in STATEMENTS),
            *(
                f"DELETE FROM {quote(BOOKKEEPING, table)} WHERE schema = {literal(schema)};"
                for table in RECORDS
            ),
        ]
    )


def _refuse_rows(table: Table) -> str:
    name = quote(table.schema, table.name)
    message = literal(f"Nothing was restored: the table {table.name} is not empty.")
    return _do(
        f"IF EXISTS (SELECT FROM {name}) THEN RAISE EXCEPTION USING MESSAGE = {message}; END IF;"
    )


def _do(statements: str) -> str:
    """Executes them with no result for psql to print."""
    return f"DO {literal(f'BEGIN {statements} END')};"


def _script(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
