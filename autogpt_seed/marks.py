"""What tells the rows of a run from all others in their table: ids that hold its tag, or keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autogpt_seed.binding.adapt import takes_whole_ids
from autogpt_seed.catalog import ForeignKey, Table

_IDS = ("id", "transactionKey")
"""What the entities call the ids of their rows."""


@dataclass(frozen=True)
class Mark:
    """How rows of a table are recognised.

    `column` is the one that may hold the computed ids of its rows, "" where none can. With
    `alone` no two rows share such an id, so the id is enough; else the rows of a run are listed
    in its record by their `key`.
    """

    key: tuple[str, ...]
    column: str
    alone: bool


def mark_of(table: Table) -> Mark | None:
    """How the rows of the table are recognised; None where nothing tells them apart.

    Columns that hold the ids of other rows do not count. A column that entities call `id` counts
    even where another column is the primary key.
    """
    unique = table.identity
    if not unique:
        return None
    referring = [name for key in table.foreign_keys for name in key.columns]
    others = {name for key in table.foreign_keys for name in _of_others(table, key)}
    named = [name for name in _IDS if name in table.columns]
    candidates = (name for name in (*named, *unique) if name not in others)
    own = [name for name in candidates if takes_whole_ids(table.columns[name])]
    column = own[0] if own else ""
    alone = bool(column) and any(
        key.columns == (column,) and not key.partial for key in table.unique_keys
    )
    # A number of a sequence that was set back comes again, for somebody else's row.
    more = () if column in unique else referring
    return Mark(tuple(dict.fromkeys([*unique, *more])), column, alone)


def _of_others(table: Table, key: ForeignKey) -> Sequence[str]:
    """The columns of the key that hold ids of other rows.

    In an optional key these are the nullable ones. A column that always has a value is the row's
    own id, which the row that is referred to must share.
    """
    optional = [name for name in key.columns if table.columns[name].nullable]
    return optional or key.columns
