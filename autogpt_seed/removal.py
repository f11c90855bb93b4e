"""Removing the rows of runs and their record. The caller ends the transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.catalog import Catalog
from autogpt_seed.database.reflection.references import Reference, references
from autogpt_seed.database.runs.census import census
from autogpt_seed.database.runs.clearing import Attached, Clearing
from autogpt_seed.database.runs.recognising import codes, own_tables, recognition
from autogpt_seed.database.runs.record import (
    RunRecord,
    forget_runs,
    read_records,
    tables_with_keys,
)
from autogpt_seed.errors import (
    ConfigurationError,
    DatabaseUnsuitable,
    RefusedForSafety,
    first_of,
)
from autogpt_seed.ids import parse
from autogpt_seed.marks import mark_of
from autogpt_seed.progress import Progress, Silence

Tags = str | Sequence[str] | Literal["all"]
"""A run tag or several, or unique prefixes of them; or all runs of the schema."""


@dataclass(frozen=True)
class Cleared:
    """What was removed: `rows` by table, with the `attached` ones among them.

    `left` says in which tables rows of the runs remain, since nothing tells them from others.
    """

    runs: tuple[str, ...]
    rows: dict[str, int]
    attached: tuple[Attached, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def total_rows(self) -> int:
        """All rows that were removed."""
        return sum(self.rows.values())


async def clear(
    connection: AsyncConnection,
    catalog: Catalog,
    tags: Tags,
    *,
    cascade: bool = False,
    progress: Progress | None = None,
) -> Cleared:
    """Delete exactly the rows of the runs, and forget the runs. Refreshes nothing.

    Rows that others attached raise `RefusedForSafety`, unless `cascade` deletes them, too. Raises
    `ConfigurationError` for a run that is not there, and `DatabaseUnsuitable` where row security
    may hide such rows from the role: keys that cascade would take them unseen. Nobody can write
    to the tables concerned until the transaction ends.
    """
    progress = progress or Silence()
    progress.phase("rows to remove", 0)
    records = {r.tag: r for r in await read_records(connection, catalog.schema)}
    chosen = await _choose(connection, catalog, tags, records)
    listed = await tables_with_keys(connection, catalog.schema, chosen)
    known = recognition(catalog, chosen, records, listed)
    keys = await references(connection)
    refuse_hidden(catalog, keys)
    clearing = Clearing(connection, known, keys)
    await clearing.count(_where_to_look(catalog, [records.get(tag) for tag in chosen], listed))
    await clearing.lock()
    attached = await clearing.attached()
    if attached and not cascade:
        raise _refusal(catalog, attached, chosen)
    if attached:
        await clearing.take_attached()
    deleted = await clearing.delete(progress)
    await forget_runs(connection, catalog.schema, chosen)
    left = _left(catalog, [records[tag] for tag in chosen if tag in records], listed)
    return Cleared(tuple(chosen), deleted, tuple(attached), tuple(left))


def refuse_hidden(catalog: Catalog, keys: Sequence[Reference]) -> None:
    """Raise `DatabaseUnsuitable` where row security may keep rows from the role that are rows of
    runs, or that by one of the `keys` would go with them."""
    own = [table.name for table in own_tables(catalog) if table.hides_rows]
    referring = [
        key.table if key.schema == catalog.schema else f"{key.schema}.{key.table}"
        for key in keys
        if key.hides_rows and key.referred_schema == catalog.schema
    ]
    if hiding := list(dict.fromkeys([*own, *referring])):
        raise DatabaseUnsuitable(
            "Rows that this role does not see may refer to rows that would be removed.",
            evidence=f"Row security may hide rows of {', '.join(hiding)} from it.",
            remedy="Nothing was changed. Clean as the owner of the tables, or as a role with "
            "BYPASSRLS.",
        )


async def _choose(
    connection: AsyncConnection, catalog: Catalog, tags: Tags, records: Mapping[str, RunRecord]
) -> list[str]:
    """The full tags of the runs; of all runs in the order in which they were made, as far as that
    is known. Scans the tables, unless all tags are in the record as they are given."""
    given = [tags] if isinstance(tags, str) else tags  # a str is a sequence, of letters
    if tags != "all" and all(tag in records for tag in given):
        return list(dict.fromkeys(given))
    counted = [tag for table in await census(connection, catalog, records) for tag in table.runs]
    known = list(dict.fromkeys([*records, *sorted(counted)]))
    return known if tags == "all" else list(meant_runs(given, known))


def meant_runs(tags: Sequence[str], known: Sequence[str]) -> Iterator[str]:
    """The `known` runs that the tags, or unique prefixes of tags, name.

    Raises `ConfigurationError` for one that names none of them, or more than one.
    """
    for given in dict.fromkeys(tags):
        found = [tag for tag in known if given and tag.startswith(given)]
        if len(found) != 1:
            raise ConfigurationError(
                f"{given!r} is ambiguous: it matches {len(found)} run tags."
                if found
                else f"There is no run {given!r} in this schema.",
                evidence=f"Runs: {first_of(found or known) or 'none'}.",
                remedy="The command `runs` lists them.",
            )
        yield found[0]


def _where_to_look(
    catalog: Catalog, records: Sequence[RunRecord | None], listed: Sequence[str]
) -> set[str] | None:
    """The tables that can have rows of the runs; None where any can."""
    known = {table.name for table in own_tables(catalog)}
    named: set[str] = set(listed)
    for record in records:
        if record is None or not record.rows.keys() <= known:
            return None
        named |= record.rows.keys()
    return named


def _left(catalog: Catalog, records: Sequence[RunRecord], listed: Sequence[str]) -> Iterator[str]:
    """The tables whose rows of these runs nothing marks, and those of other schemas."""
    own = {table.name for table in own_tables(catalog)}
    for name in catalog.views:
        rows = sum(record.rows.get(name, 0) for record in records)
        if rows and not any(catalog.reads(name, table) for table in own):
            yield f"{name}: {rows:,} rows, which this view passed on to another schema"
    for table in own_tables(catalog):
        rows = sum(record.rows.get(table.name, 0) for record in records)
        mark = mark_of(table)
        if rows and not (mark and mark.alone) and table.name not in listed:
            yield f"{table.name}: {rows:,} rows that cannot be told from others"


def _refusal(
    catalog: Catalog, attached: Sequence[Attached], chosen: Sequence[str]
) -> RefusedForSafety:
    runs = [_run_of(catalog, found, chosen) for found in attached]
    lines = [
        f"{found.name_in(catalog.schema)}: {found.rows:,} by {', '.join(found.via)}, "
        f"such as {found.example}{f', of run {run}' if run else ''}"
        for found, run in zip(attached, runs, strict=True)
    ]
    remedy = f"Nothing was changed. {_consequence(attached)}: the command `clean` with --cascade."
    if other := [run for run in dict.fromkeys(runs) if run]:
        remedy += f"\nOr clean the runs that made them, too, such as {', '.join(other)}."
    return RefusedForSafety(
        "Rows not made by the runs being cleaned refer to rows that would be removed.",
        evidence="\n".join(lines),
        remedy=remedy,
    )


def _consequence(attached: Sequence[Attached]) -> str:
    """What a cascade would do: remove rows, unless their key only empties its columns."""
    if all(found.emptied for found in attached):
        return "To have those columns emptied, as their keys say"
    if any(found.emptied for found in attached):
        return "To remove them as well, or empty their columns where the key says so"
    return "To remove them as well"


def _run_of(catalog: Catalog, found: Attached, chosen: Sequence[str]) -> str | None:
    """The run, none of the `chosen`, that made the example, whose key is a computed id."""
    table = catalog.tables.get(found.table) if found.schema == catalog.schema else None
    parsed = parse(found.example)
    if table is None or parsed is None or parsed.table_code not in codes(catalog, table):
        return None
    return None if parsed.tag.digits in chosen else parsed.tag.digits
