"""What tells the rows of a run from all others in their table: ids that hold its tag, or keys."""

from __future__ import annotations

from dataclasses import dataclass

from autogpt_seed.binding.adapt import takes_whole_ids
from autogpt_seed.catalog import Table


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

    A column that refers to other rows holds their ids, not those of its own.
    """
    unique = table.identity
    if not unique:
        return None
    referring = [name for key in table.foreign_keys for name in key.columns]
    own = [n for n in unique if n not in referring and takes_whole_ids(table.columns[n])]
    column = own[0] if own else ""
    alone = bool(column) and any(
        key.columns == (column,) and not key.partial for key in table.unique_keys
    )
    # A number of a sequence that was set back comes again, for somebody else's row.
    more = () if column else referring
    return Mark(tuple(dict.fromkeys([*unique, *more])), column, alone)
