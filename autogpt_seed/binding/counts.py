"""How many rows a table without an entity gets: a few for each owner, as far as keys allow."""

from __future__ import annotations

from collections.abc import Sequence

from autogpt_seed.binding.context import Context
from autogpt_seed.binding.draft import Draft, Drafts
from autogpt_seed.binding.keys import capacity
from autogpt_seed.binding.relations import Relation
from autogpt_seed.errors import DatabaseUnsuitable

_PER_OWNER = 2
"""Rows of a table that refers to others, for each user or for each row of an unknown parent."""

_WITHOUT_OWNER = 10
"""Rows of a table that refers to none."""


def required_rows(order: Sequence[Draft]) -> dict[str, int]:
    """How many rows each table needs at least, for one-to-one keys of others. `order` is that of
    filling."""
    wanted: dict[str, int] = {}
    for draft in reversed(order):
        rows = draft.count if draft.rows is not None else wanted.get(draft.name, 0)
        for relation in draft.relations:
            if one_to_one(draft, relation):
                wanted[relation.parent] = max(rows, wanted.get(relation.parent, 0))
    return wanted


def rows_of(draft: Draft, drafts: Drafts, context: Context, wanted: int) -> int:
    """How many rows to make of a table without an entity: at least `wanted`.

    Raises `DatabaseUnsuitable` that names the key by which there cannot be that many.
    """
    parents = [drafts[r.parent] for r in draft.relations if r.parent != draft.name]
    owners = [context.users, *(parent.count for parent in parents if parent.rows is None)]
    some = _PER_OWNER * max(owners) if parents else _WITHOUT_OWNER
    most, key = capacity(draft, lambda table: drafts[table].count)
    if key is not None and most < wanted:
        raise DatabaseUnsuitable(
            f'"{draft.name}" must have {wanted:,} rows, but {" and ".join(key.columns)} '
            f"can only differ in {most:,}.",
            evidence=f'Its unique key "{key.name}"; wanted by {draft.required_by}.',
            remedy="Plan for fewer users, or loosen the key.",
        )
    return min(wanted or some, most)


def one_to_one(draft: Draft, relation: Relation) -> bool:
    """Whether no two rows can have the same parent."""
    return draft.table.is_unique(relation.key.columns) and not relation.chosen
