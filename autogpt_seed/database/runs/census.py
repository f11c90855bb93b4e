"""How many rows of each table which run made, read off the rows themselves and the record."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.catalog import Catalog, Table
from autogpt_seed.database.runs.recognising import (
    Recognition,
    block,
    codes,
    head_text,
    key_texts,
    own_tables,
    recognition,
    tag_text,
)
from autogpt_seed.database.runs.record import tables_with_keys
from autogpt_seed.database.sql import fetch, quote
from autogpt_seed.ids import RunTag
from autogpt_seed.marks import Mark, mark_of


@dataclass(frozen=True)
class TableCensus:
    """The rows of a table: all of them, and how many each run made, by its tag.

    Where they are not `told` apart, nothing says which run made which.
    """

    table: str
    rows: int
    runs: dict[str, int]
    told: bool = True

    @property
    def others(self) -> int:
        """The rows of none of these runs."""
        return self.rows - sum(self.runs.values())


async def census(
    connection: AsyncConnection, catalog: Catalog, recorded: Collection[str]
) -> tuple[TableCensus, ...]:
    """Count all tables that the role may read, in one scan each; in a second one where ids look
    like those of a run and lie outside its block. `recorded` are the runs in the record."""
    listed = await tables_with_keys(connection, catalog.schema, recorded)
    known = recognition(catalog, recorded, recorded, listed)
    tables = [table for table in own_tables(catalog) if table.privileges.select]
    return tuple([await _count(connection, known, table) for table in tables])


async def _count(connection: AsyncConnection, known: Recognition, table: Table) -> TableCensus:
    mark = mark_of(table)
    if mark is None:
        query = f"SELECT count(*) FROM {quote(table.schema, table.name)}"
        rows = (await connection.exec_driver_sql(query)).scalar_one()
        return TableCensus(table.name, rows, {}, told=False)
    statement = known.head + _statement(known, table, mark)
    found = await fetch(connection, statement, *known.values)
    runs: dict[str, int] = {}
    for tag, listed, number, first, last in found:
        if tag is None or not _believed(known, mark, tag, listed=listed):
            continue
        exact = listed or not _outside(tag, first, last)
        own = number if exact else await _count_exactly(connection, known.catalog, table, tag)
        if own:
            runs[tag] = runs.get(tag, 0) + own
    return TableCensus(table.name, sum(number for _, _, number, _, _ in found), runs)


def _statement(known: Recognition, table: Table, mark: Mark) -> str:
    """The rows by tag, by whether the record lists them, with the least and the greatest of the
    first 8 digits of their ids."""
    tag = tag_text(mark, codes(known.catalog, table)) if mark.column else "NULL::text"
    head = head_text(mark) if mark.column else "NULL::text"
    rows, is_listed = f"FROM {quote(table.schema, table.name)} AS t", "false"
    if table.name in known.listed:
        place = known.listed.index(table.name) + 1
        rows += (
            f" LEFT JOIN listed ON listed.relation = $6[{place}] AND listed.key = {key_texts(mark)}"
        )
        tag, is_listed = f"COALESCE(listed.tag, {tag})", "listed.tag IS NOT NULL"
    return (
        f"SELECT tag, is_listed, count(*), min(head), max(head) FROM (SELECT {tag} AS tag,"
        f" {is_listed} AS is_listed, {head} AS head {rows}) AS found GROUP BY tag, is_listed"
    )


def _believed(known: Recognition, mark: Mark, tag: str, *, listed: bool) -> bool:
    """Whether the tag in an id tells enough, see `Recognition.condition`."""
    return listed or mark.alone or tag not in known.values[0]


def _outside(tag: str, first: str, last: str) -> bool:
    least, greatest = block(RunTag(tag))
    return not least <= first <= last <= greatest


async def _count_exactly(
    connection: AsyncConnection, catalog: Catalog, table: Table, tag: str
) -> int:
    one = recognition(catalog, [tag])
    query = f"SELECT count(*) FROM {quote(table.schema, table.name)} AS t"
    statement = f"{one.head}{query} WHERE {one.condition(table)}"
    return int((await connection.exec_driver_sql(statement, one.values)).scalar_one())
