"""The record of runs: what was seeded, when, by whom and by which plan."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from importlib.metadata import version
from typing import Any, Literal

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.catalog import Catalog, Table
from autogpt_seed.database.bookkeeping import BOOKKEEPING, RECORDS, bookkeeping, prepare_bookkeeping
from autogpt_seed.database.runs.recognising import (
    Recognition,
    codes,
    has_own_id,
    key_texts,
    own_tables,
    recognition,
)
from autogpt_seed.database.sql import quote
from autogpt_seed.entities import ENTITIES
from autogpt_seed.marks import Mark, mark_of


@dataclass(frozen=True)
class RunRecord:
    """One run. `plan` is what JSON can hold of its settings, without any secret.

    `n` is the number of earlier runs with the same plan digest, seed and as-of time, `rows`
    how many rows each table got, `fingerprint` that of the schema. The server fills in `made_at`
    and `made_by`, the role.
    """

    schema: str
    tag: str
    kind: Literal["populate", "update", "verify"]
    plan: Mapping[str, Any]
    plan_digest: str
    seed: int
    as_of: str
    n: int
    rows: Mapping[str, int]
    fingerprint: str
    version: str = field(default_factory=partial(version, "autogpt-seed"))
    made_at: datetime | None = None
    made_by: str = ""

    @property
    def total_rows(self) -> int:
        """All rows that the run made."""
        return sum(self.rows.values())


async def record_run(connection: AsyncConnection, catalog: Catalog, record: RunRecord) -> str:
    """Write the run down, in the transaction and at the savepoint at which its rows were made.

    Rows that their ids do not mark are listed by their keys, so that they can be recognised as
    well: call it once, when all rows are there. `catalog` is the schema as it was reflected.
    Returns "" or, where the role may not, the reason; nothing is written then.
    """
    if reason := await prepare_bookkeeping(connection):
        return reason
    values = {
        **{name: getattr(record, name) for name in _PLAIN},
        "plan": json.dumps(record.plan),
        "rows": json.dumps(record.rows),
    }
    transaction = (await connection.execute(text(_INSERT), values)).scalar_one()
    run = recognition(catalog, [record.tag])
    async for table, mark, condition in _to_list(connection, run, record.rows):
        unlist, enlist = _listing(table, mark, condition)
        sent = (*run.values, table.name, transaction)
        await connection.exec_driver_sql(run.head + unlist, sent)
        await connection.exec_driver_sql(run.head + enlist, (*sent, record.tag))
    return ""


async def read_records(connection: AsyncConnection, schema: str) -> tuple[RunRecord, ...]:
    """The runs in a schema, in the order in which they were made; none where nothing is recorded
    or the role may not read it."""
    if not (await bookkeeping(connection)).readable:
        return ()
    rows = (await connection.execute(text(_SELECT), {"schema": schema})).mappings()
    return tuple(map(_record, rows))


async def missing_grants(connection: AsyncConnection) -> tuple[str, ...]:
    """The statements that let the role read the record; none where it may, or none is there."""
    if not (await bookkeeping(connection)).hidden:
        return ()
    role = quote((await connection.execute(text("SELECT current_user::text"))).scalar_one())
    return (
        f"GRANT USAGE ON SCHEMA {BOOKKEEPING} TO {role};",
        f"GRANT SELECT ON {BOOKKEEPING}.run, {BOOKKEEPING}.run_key TO {role};",
    )


async def tables_with_keys(
    connection: AsyncConnection, schema: str, tags: Iterable[str]
) -> tuple[str, ...]:
    """The tables in which keys of these runs are listed, as far as the role may read the record."""
    if not (await bookkeeping(connection)).readable:
        return ()
    values = {"schema": schema, "tags": list(tags)}
    return tuple(await connection.scalars(text(_WITH_KEYS), values))


async def forget_runs(connection: AsyncConnection, schema: str, tags: Iterable[str]) -> None:
    """Take runs out of the record. Where the role may not write it, they stay."""
    await _forget(connection, "AND tag = ANY (:tags)", {"schema": schema, "tags": list(tags)})


async def forget_all_runs(connection: AsyncConnection, schema: str) -> None:
    """Take what is recorded of a schema out of the record, as `forget_runs` does."""
    await _forget(connection, "", {"schema": schema})


async def _forget(connection: AsyncConnection, condition: str, values: Mapping[str, Any]) -> None:
    if (await bookkeeping(connection)).writable:
        for table in RECORDS:
            query = f"DELETE FROM {BOOKKEEPING}.{table} WHERE schema = :schema {condition}"
            await connection.execute(text(query), values)


async def _to_list(
    connection: AsyncConnection, run: Recognition, rows: Mapping[str, int]
) -> AsyncIterator[tuple[Table, Mark, str]]:
    """The tables in which rows may need listing, each with the condition for those that do."""
    loaded = [name for name, number in rows.items() if number]
    found = [run.catalog.tables.get(name) for name in loaded]
    anywhere = any(table is None or table.triggers for table in found)
    # Of tables that no entity knows the types alone say where ids could be: keys may be others.
    whole = {name for name in loaded if name not in ENTITIES}
    if anywhere:
        whole = await _grown(connection, run.catalog)
    for table in own_tables(run.catalog):
        mark = mark_of(table)
        if mark is None or not table.privileges.select:
            continue
        own = has_own_id(mark, codes(run.catalog, table)) if mark.column else "true"
        if table.name in whole:
            yield table, mark, f"NOT {own}" if mark.alone else "true"
        elif rows.get(table.name) and not mark.alone and (mark.column or not anywhere):
            yield table, mark, own


async def _grown(connection: AsyncConnection, catalog: Catalog) -> set[str]:
    """The tables that got rows in which none was changed.

    Triggers may make rows in any table, and behind views stand other tables. But triggers change
    rows as well, so only these are believed.
    """
    return set(await connection.scalars(text(_GROWN), {"schema": catalog.schema}))


def _listing(table: Table, mark: Mark, condition: str) -> tuple[str, str]:
    """The statements that take keys from runs whose rows are gone, and that list them.

    ON CONFLICT, which could do both, takes the server twice as long a key.
    """
    rows = f"{quote(table.schema, table.name)} AS t"
    made = f"t.xmin = CAST($8::text AS xid) AND {condition}"
    return (
        f"DELETE FROM {BOOKKEEPING}.run_key USING {rows} WHERE {made}"
        " AND (run_key.schema, run_key.relation, run_key.key)"
        f" = ($5, $7::text, {key_texts(mark)})",
        f"INSERT INTO {BOOKKEEPING}.run_key (schema, relation, tag, key)"
        f" SELECT $5, $7::text, $9::text, {key_texts(mark)} FROM {rows} WHERE {made}",
    )


def _record(row: RowMapping) -> RunRecord:
    documents = {name: json.loads(row[name]) for name in ("plan", "rows")}
    return RunRecord(**{**row, **documents})


_PLAIN = (
    "schema",
    "tag",
    "kind",
    "plan_digest",
    "seed",
    "as_of",
    "n",
    "fingerprint",
    "version",
)

# What has the same xmin was made in the same transaction, and in the same savepoint of it.
_INSERT = f"""
INSERT INTO {BOOKKEEPING}.run ({", ".join(_PLAIN)}, plan, rows)
VALUES ({", ".join(f":{name}" for name in _PLAIN)},
        CAST(CAST(:plan AS text) AS jsonb), CAST(CAST(:rows AS text) AS jsonb))
RETURNING CAST(xmin AS text)
"""

_SELECT = f"""
SELECT {", ".join(_PLAIN)}, CAST(plan AS text) AS plan, CAST(rows AS text) AS rows, made_at, made_by
FROM {BOOKKEEPING}.run WHERE schema = :schema ORDER BY made_at, tag
"""

# The server counts the rows of a partitioned table where they lie, in its partitions.
_GROWN = """
SELECT c.relname::text
FROM pg_stat_xact_user_tables s
JOIN pg_class c ON c.oid = COALESCE(pg_partition_root(s.relid), s.relid)
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = :schema
GROUP BY c.oid, c.relname HAVING sum(s.n_tup_ins) > 0 AND sum(s.n_tup_upd) = 0
"""

_WITH_KEYS = f"""
SELECT DISTINCT relation FROM {BOOKKEEPING}.run_key
WHERE schema = :schema AND tag = ANY (:tags) ORDER BY relation
"""
