"""Which of the entities' tables can be filled: whether they take rows, and the role's rights."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from autogpt_seed.binding import Note
from autogpt_seed.binding.bound import table_note
from autogpt_seed.binding.stand_ins import put_in_place
from autogpt_seed.catalog import Catalog, Table, View
from autogpt_seed.errors import DatabaseUnsuitable

_INDISPENSABLE = frozenset({"User", "AgentGraph"})
"""Without these there is no marketplace."""


def fillable(catalog: Catalog, entities: Collection[str]) -> tuple[Catalog, tuple[Note, ...]]:
    """The catalog with those tables of `entities` that can be filled, and notes on the rest.

    A view that takes rows counts as a table, instead of the one that it shows, if it shows one; a
    view or foreign table that takes none is left out. Raises `DatabaseUnsuitable` where that
    leaves no marketplace, or the role lacks a right.
    """
    tables = dict(catalog.tables)
    notes: list[Note] = []
    for name in entities:
        found = tables.get(name) or catalog.views.get(name)
        if found is None:
            notes.append(table_note("left out", name, "the schema has no such table"))
        elif not found.insertable:
            tables.pop(name, None)
            what = "a view" if isinstance(found, View) else "a foreign table"
            notes.append(table_note("left out", name, f"it is {what} that takes no rows"))
        else:
            if isinstance(found, View):
                put_in_place(found, tables)
            notes += _circumstances(tables[name])
    filled = replace(catalog, tables=tables)
    if refused := sorted(_INDISPENSABLE - tables.keys()):
        takes = "takes" if len(refused) == 1 else "take"
        raise DatabaseUnsuitable(
            f"Schema {catalog.schema!r} cannot be seeded: {' and '.join(refused)} {takes} no rows.",
            evidence="\n".join(note.text for note in notes if note.table in refused),
            remedy="Seed the schema that holds the tables themselves: --schema NAME.",
        )
    require_rights(filled, entities)
    return filled, tuple(notes)


def require_rights(catalog: Catalog, entities: Collection[str]) -> None:
    """Raise `DatabaseUnsuitable` where the role lacks a right to fill those tables that are
    there."""
    if missing := _missing_rights(catalog, entities):
        raise DatabaseUnsuitable(
            f"The role may not fill all tables of schema {catalog.schema!r}.",
            evidence="\n".join(f"{right}: {', '.join(names)}." for right, names in missing.items()),
            remedy="Connect as the owner of the tables, or grant the role INSERT and SELECT.",
        )


def _missing_rights(catalog: Catalog, entities: Collection[str]) -> dict[str, list[str]]:
    """The rights that the role lacks to fill the tables of `entities` that are there, and on what.

    The tables of which a column must be set afterwards need UPDATE besides, which the probe tries.
    """
    tables = [catalog.tables[name] for name in entities if name in catalog.tables]
    missing = {
        "No INSERT on": [table.name for table in tables if not table.privileges.insert],
        "No INSERT on required columns": [
            f"{table.name}.{column.name}"
            for table in tables
            if table.privileges.insert
            for column in table.columns.values()
            if column.required and not column.insertable
        ],
        "No SELECT on": [
            table.name
            for table in tables
            if table.name in _INDISPENSABLE and not table.privileges.select
        ],
    }
    return {right: names for right, names in missing.items() if names}


def _circumstances(table: Table) -> Iterator[Note]:
    """Notes on what is special about filling the table."""
    if table.relation == "v":
        yield _worked_around(table, "is a view: its rows go to what it stands for")
        return
    if table.row_security:
        yield _worked_around(table, "is filled by INSERT: row security applies to the role")
    if table.rules:
        rules = ", ".join(table.rules)
        yield _worked_around(table, f"is filled by COPY, to which its rules do not apply: {rules}")


def _worked_around(table: Table, how: str) -> Note:
    return Note("worked around", table.name, None, f"{table.name} {how}")
