"""Notes on what was done about columns that no field gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from autogpt_seed.binding.bound import Note, column_note
from autogpt_seed.binding.draft import Draft, Drafts
from autogpt_seed.binding.fill.checks import column_limits
from autogpt_seed.binding.instants import is_instant
from autogpt_seed.binding.keys import changes, is_drawn
from autogpt_seed.binding.matching import Match
from autogpt_seed.binding.parents import by_owner


def notes_on(draft: Draft, suffixed: Mapping[str, Match], drafts: Drafts) -> Iterator[Note]:
    """What was done about the columns of a draft that was built.

    `suffixed` are texts that got a suffix, by the name of the unique key that requires it. Of
    tables that no entity knows, only overrides are worth a note.
    """
    for name in draft.overrides:
        yield column_note("overridden", draft.name, name, "by the plan")
    if draft.rows is None:
        return
    for relation in draft.relations:
        parent = drafts[relation.parent]
        how = "by their owners, or in turn" if by_owner(relation, draft) else "in turn"
        why = f"it refers to {relation.parent}, whose rows it takes {how}"
        if parent.present:
            why = f"it refers in turn to {parent.count:,} existing rows of {relation.parent}"
        if relation.like:
            why = f"it refers to {relation.parent}, as {', '.join(relation.like)} does"
        elif relation.chosen:
            own = ", ".join(name for name, _ in relation.by) or "its id"
            why = f"it refers to {relation.parent}, to the row that goes with {own}"
        for name in relation.columns:
            yield column_note("filled", draft.name, name, why)
    for name in draft.fills:
        yield column_note("filled", draft.name, name, _why_filled(draft, name))
    for key, match in suffixed.items():
        why = f'made distinct, as the unique key "{key}" requires'
        yield column_note("adapted", draft.name, match.column.name, why)
    for match in draft.matches:
        if match.field.optional and not match.column.nullable:
            why = "where it would be NULL, which is not allowed here"
            yield column_note("filled", draft.name, match.column.name, why)


def _why_filled(draft: Draft, name: str) -> str:
    column = draft.table.columns[name]
    if column.required:
        why = f"it requires a value, so it gets values of type {column.type.text}"
    elif name in draft.demanded:
        why = "other rows refer to it"
    elif is_drawn(column) or (is_instant(column.type) and changes(column)):
        why = f"its default {column.default} would differ in every run"
    else:
        why = "it would be the same in every row, against a unique key"
    unread = column_limits(draft.table, name).unread
    return why + "".join(f"; not understood: {definition}" for definition in unread)


def emptied(draft: Draft, before: Sequence[Match]) -> Iterator[Note]:
    """Notes on the fields whose columns stay empty, because of a foreign key over them."""
    keys = {name: key for key in draft.table.foreign_keys for name in key.columns}
    for name in (m.column.name for m in before if m.column.name in draft.empty):
        why = f"it refers to rows of {keys[name].table} that are not known"
        yield column_note("dropped", draft.name, name, why)
