"""The foreign keys of a database."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.database.reflection.queries import HIDES_ROWS, KEY_COLUMNS, REFERRED_COLUMNS


@dataclass(frozen=True)
class Reference:
    """A foreign key of `table`, in `schema`, onto `referred`.

    `emptied` says that the key itself empties its columns when the row that they refer to goes.
    Without being `indexed`, each row that goes costs a scan of the table; `owned` tells whether
    the role may make an index. `hides_rows` says that row security may keep rows from the role.
    """

    name: str
    schema: str
    table: str
    columns: tuple[str, ...]
    referred_schema: str
    referred: str
    referred_columns: tuple[str, ...]
    emptied: bool
    indexed: bool
    owned: bool
    hides_rows: bool


async def references(connection: AsyncConnection) -> list[Reference]:
    """The foreign keys of all schemas, in the order of their names: rows anywhere may refer to rows
    of a run, or to rows that do."""
    rows = (await connection.execute(text(_REFERENCES))).mappings()
    return [
        Reference(
            **{
                **row,
                "columns": tuple(row["columns"]),
                "referred_columns": tuple(row["referred_columns"]),
            }
        )
        for row in rows
    ]


_REFERENCES = f"""
SELECT k.conname::text AS name, n.nspname::text AS schema, c.relname::text AS table,
       {KEY_COLUMNS} AS columns,
       pn.nspname::text AS referred_schema, p.relname::text AS referred,
       {REFERRED_COLUMNS} AS referred_columns,
       k.confdeltype IN ('n', 'd') AS emptied,
       EXISTS (SELECT FROM pg_index i
               WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL
                 AND i.indkey[0] = ANY (k.conkey)) AS indexed,
       pg_has_role(c.relowner, 'USAGE') AND has_schema_privilege(n.oid, 'CREATE') AS owned,
       {HIDES_ROWS} AS hides_rows
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class p ON p.oid = k.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0
ORDER BY n.nspname, c.relname, k.conname
"""
