"""Which of the entities' tables can be filled: what stands in their place, and who may do it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from autogpt_seed.binding import Note
from autogpt_seed.catalog import Catalog, Table, View
from autogpt_seed.errors import DatabaseUnsuitable

INDISPENSABLE = frozenset({"User", "AgentGraph"})
"""Without these there is no marketplace."""


def fillable(catalog: Catalog, entities: Collection[str]) -> tuple[Catalog, tuple[Note, ...]]:
    """The catalog with those tables of `entities` that can be filled, and notes on the rest.

    A view that takes rows counts as a table; a view or foreign table that takes none is left
    out. Raises `DatabaseUnsuitable` where that leaves no marketplace, or the role lacks a right.
    """
    tables = dict(catalog.tables)
    notes: list[Note] = []
    for name in entities:
        found = tables.get(name) or catalog.views.get(name)
        if found is None:
            continue
        if not found.insertable:
            tables.pop(name, None)
            notes.append(_left_out(found))
        else:
            tables[name] = found if isinstance(found, Table) else _as_table(found)
            notes += _circumstances(tables[name])
    filled = replace(catalog, tables=tables)
    if refused := sorted(INDISPENSABLE - tables.keys()):
        raise DatabaseUnsuitable(
            f"Schema {catalog.schema!r} cannot be seeded: {' and '.join(refused)} take no rows.",
            evidence="\n".join(note.text for note in notes if note.table in refused),
            remedy="Seed the schema that holds the tables themselves: --schema NAME.",
        )
    if missing := missing_rights(filled, entities):
        raise DatabaseUnsuitable(
            f"The role may not fill {len(missing)} tables of schema {catalog.schema!r}.",
            evidence="\n".join(f"{table}: {right}" for table, right in missing.items()),
            remedy="Connect as the owner of the tables, or grant the role SELECT and INSERT.",
        )
    return filled, tuple(notes)


def missing_rights(catalog: Catalog, entities: Collection[str]) -> dict[str, str]:
    """What the role lacks to fill the tables of `entities` that are there, by table."""
    tables = (catalog.tables[name] for name in entities if name in catalog.tables)
    lacking = ((table.name, ", ".join(_lacking(table))) for table in tables)
    return {name: rights for name, rights in lacking if rights}


def _lacking(table: Table) -> Iterator[str]:
    if not table.privileges.insert:
        yield "no INSERT"
    elif closed := [c.name for c in table.columns.values() if c.required and not c.insertable]:
        yield f"no INSERT on the required columns {', '.join(closed)}"
    if table.name in INDISPENSABLE and not table.privileges.select:
        yield "no SELECT"


def _left_out(found: Table | View) -> Note:
    what = "a foreign table" if isinstance(found, Table) else "a view"
    text = f"{found.name} left out: it is {what} that takes no rows"
    return Note("left out", found.name, None, text)


def _circumstances(table: Table) -> Iterator[Note]:
    """What is special about filling the table."""
    if table.relation == "v":
        yield _note(table, "a view: the rows go to what it stands for")
    if table.row_security:
        yield _note(table, "under row security for this role: filled by INSERT, which is slower")
    if table.rules and table.relation != "v":
        yield _note(table, f"filled by COPY, which passes by its rules: {', '.join(table.rules)}")


def _note(table: Table, text: str) -> Note:
    return Note("worked around", table.name, None, f"{table.name} is {text}")


def _as_table(view: View) -> Table:
    """The view as something to fill: what its rows must hold, only the server knows."""
    return Table(
        schema=view.schema,
        name=view.name,
        relation="v",
        columns=view.columns,
        privileges=view.privileges,
        triggers=view.triggers,
    )
