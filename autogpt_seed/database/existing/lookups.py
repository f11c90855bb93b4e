"""Rows that no run made and that belong to nobody, to which new rows refer: those of lookup
tables, and those that defaults name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.binding.adapt import TEXT_TYPES
from autogpt_seed.binding.keys import changes
from autogpt_seed.binding.names import actual_name
from autogpt_seed.binding.stand_ins import with_stand_ins
from autogpt_seed.catalog import Catalog, Column, Existing, ForeignKey, Table
from autogpt_seed.cycles import reached
from autogpt_seed.data_types import TypeKind
from autogpt_seed.database.bookkeeping import BOOKKEEPING, bookkeeping
from autogpt_seed.database.existing.parents import read_rows
from autogpt_seed.database.reflection.reflect import reflect
from autogpt_seed.database.runs.recognising import codes, key_texts, own_tables, tag_text
from autogpt_seed.database.savepoints import Failed, attempt
from autogpt_seed.database.sql import quote
from autogpt_seed.entities import ENTITIES, FORMER_ENTITIES
from autogpt_seed.marks import mark_of

_MOST = 1000
"""The most rows that are read of a lookup table."""


async def reflect_platform(connection: AsyncConnection, schema: str) -> Catalog:
    """The catalog of a schema that is filled already, with its lookups, and with what stands in the
    place of tables."""
    return await with_lookups(connection, with_stand_ins(await reflect(connection, schema)))


async def with_lookups(connection: AsyncConnection, catalog: Catalog) -> Catalog:
    """The catalog with the rows that are `there` in lookup tables, the texts by which columns know
    their keys, and what the defaults of foreign keys refer to.

    Rows of runs count as not there: if others referred to them, their run could not be removed.
    """
    lookups = list(_lookup_tables(catalog))
    if not lookups and not any(_by_default(catalog, t) for t in catalog.tables.values()):
        return catalog
    others = _Others(connection, catalog, (await bookkeeping(connection)).readable)
    read = [await _read(others, table) for table in lookups]
    there = {rows.table: rows for rows in read if rows.records}
    tables = {
        name: replace(
            table,
            lookup_rows=there.get(name),
            columns=_with_known_keys(catalog, table, there),
            foreign_keys=await _with_defaults(others, table),
        )
        for name, table in catalog.tables.items()
    }
    return replace(catalog, tables=tables)


def _lookup_tables(catalog: Catalog) -> Iterator[Table]:
    """The tables to which others refer and that no entity fills.

    Not those whose rows require rows of entities, nor those of which the table of an entity
    requires a different row for each of its own.
    """
    entities = {actual_name(name, catalog.tables) for name in (*ENTITIES, *FORMER_ENTITIES)}
    required = {t.name: {k.table for k in _required(catalog, t)} for t in catalog.tables.values()}
    referred = {
        key.table
        for table in catalog.tables.values()
        for key in table.foreign_keys
        if key.schema == catalog.schema and key.table != table.name
    }
    own = {
        key.table
        for name in entities & catalog.tables.keys()
        for key in _required(catalog, catalog.tables[name])
        if catalog.tables[name].is_unique(key.columns)
    }
    for table in own_tables(catalog):
        needs = {table.name, *reached(table.name, required)}
        if table.name in referred - own and table.privileges.select and needs.isdisjoint(entities):
            yield table


def _required(catalog: Catalog, table: Table) -> Iterator[ForeignKey]:
    """The foreign keys whose columns must have values."""
    return (
        key
        for key in table.foreign_keys
        if key.schema == catalog.schema and not table.any_nullable(key.columns)
    )


@dataclass(frozen=True)
class _Others:
    """Reads rows that no run made, told by their ids and, where it is readable, by the record.

    Rows of a run that neither of them tells are read as well; `clean` does not remove them either.
    """

    connection: AsyncConnection
    catalog: Catalog
    record_readable: bool

    async def read(
        self, table: Table, columns: Sequence[str], most: int, condition: str
    ) -> Existing:
        """The first of those rows `t` of the table that meet the condition; none where the server
        refuses, as defaults and policies can make it do."""
        mark, values = mark_of(table), tuple[str, ...]()
        if mark and mark.column:
            condition += f" AND ({tag_text(mark, codes(self.catalog, table))}) IS NULL"
        if mark and self.record_readable:
            values = (table.schema, table.name)
            condition += (
                f" AND NOT EXISTS (SELECT FROM {BOOKKEEPING}.run_key AS k WHERE"
                f" (k.schema, k.relation, k.key) = ($1::text, $2::text, {key_texts(mark)}))"
            )
        read = partial(read_rows, self.connection, table, columns, most, condition, values)
        found = await attempt(self.connection, read)
        return Existing(table.name, (), ()) if isinstance(found, Failed) else found


async def _read(others: _Others, table: Table) -> Existing:
    """The rows of a lookup table to which others may refer, with all columns of its keys."""
    unique = [name for key in table.unique_keys for name in key.columns]
    names = [*unique, *(name for key in table.foreign_keys for name in key.columns)]
    referred = {
        name
        for other in others.catalog.tables.values()
        for key in other.foreign_keys
        if (key.schema, key.table) == (table.schema, table.name)
        for name in key.referred
    }
    full = " AND ".join(f"t.{quote(name)} IS NOT NULL" for name in sorted(referred))
    return await others.read(table, tuple(dict.fromkeys(names)), _MOST, full)


def _with_known_keys(
    catalog: Catalog, table: Table, there: Mapping[str, Existing]
) -> dict[str, Column]:
    columns = dict(table.columns)
    for key in table.foreign_keys:
        if len(key.columns) == 1 and key.schema == catalog.schema and key.table in there:
            name = key.columns[0]
            known = _known_keys(catalog.tables[key.table], there[key.table], key.referred[0])
            columns[name] = replace(columns[name], known_keys=tuple(known.items()))
    return columns


def _known_keys(table: Table, rows: Existing, referred: str) -> dict[str, Any]:
    """The keys of the rows by the texts that are unique to them, the key itself first of all."""
    unique = [k.columns[0] for k in table.unique_keys if len(k.columns) == 1 and not k.partial]
    texts = [name for name in dict.fromkeys([referred, *unique]) if _is_text(table.columns[name])]
    place = rows.columns.index
    known: dict[str, Any] = {}
    for name in texts:
        for record in rows.records:
            if record[place(name)] is not None:
                known.setdefault(record[place(name)], record[place(referred)])
    return known


def _is_text(column: Column) -> bool:
    base = column.type.base
    return base.kind is TypeKind.ENUM or base.name in TEXT_TYPES


def _by_default(catalog: Catalog, table: Table) -> list[ForeignKey]:
    """The foreign keys that, where nobody gives their columns, refer to one row by default."""
    return [
        key
        for key in table.foreign_keys
        if key.schema == catalog.schema
        and (parent := catalog.tables.get(key.table))
        and parent.privileges.select
        and all(
            column.default is not None and column.insertable and not changes(column)
            for column in (table.columns[name] for name in key.columns)
        )
    ]


async def _with_defaults(others: _Others, table: Table) -> tuple[ForeignKey, ...]:
    keys = {key.name: key for key in table.foreign_keys}
    for key in _by_default(others.catalog, table):
        condition = " AND ".join(
            f"t.{quote(theirs)} = ({table.columns[own].default})"
            for own, theirs in zip(key.columns, key.referred, strict=True)
        )
        found = await others.read(others.catalog.tables[key.table], key.referred, 1, condition)
        if found.records:
            keys[key.name] = replace(key, default=found.records[0])
    return tuple(keys.values())
