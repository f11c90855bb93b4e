"""What replaces None where the schema does not allow NULL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from autogpt_seed.binding.context import Context
from autogpt_seed.binding.draft import Draft, Drafts
from autogpt_seed.binding.entity_records import Substitutes, entity_source, row_times
from autogpt_seed.binding.filling import column_values
from autogpt_seed.binding.matching import Match
from autogpt_seed.binding.parents import parent_values
from autogpt_seed.binding.sources import gives
from autogpt_seed.rows import Kind, Rows


def substitutes(
    rows: Rows, draft: Draft, matches: list[Match], drafts: Drafts, context: Context
) -> Substitutes:
    """The values for optional fields whose columns must not be empty, by column."""
    needed = [m for m in matches if m.field.optional and not m.column.nullable]
    return {m.column.name: _substitute(rows, draft, m, drafts, context) for m in needed}


def _substitute(
    rows: Rows, draft: Draft, match: Match, drafts: Drafts, context: Context
) -> Callable[[], Iterator[Any]]:
    if found := _referred(draft, match, drafts):
        parent, referred = found
        if parent is draft:
            return _itself(rows, draft, referred)
        return parent_values(match.column.name, draft, parent, referred)
    times = row_times(rows, last=True)
    if match.field.kind is Kind.TIME and times:
        return lambda: map(match.adapt, times())
    values = column_values(draft, match.column, context)
    at = values.distinct(0) if values.size >= draft.count else values.spread(0)
    return lambda: map(at, count())


def _referred(draft: Draft, match: Match, drafts: Drafts) -> tuple[Draft, str] | None:
    """What the column refers to, and which column of it: as its key says, or else its field."""
    name = match.column.name
    for key in draft.foreign_keys():
        if name in key.columns and (parent := drafts.get(key.table)) and parent.count:
            referred = key.referred[key.columns.index(name)]
            # Of rows that are there, only what was read is known.
            if not parent.present or gives(parent.sources, (referred,)):
                return parent, referred
    named = drafts.get(match.field.refers)
    return (named, named.id_column) if named and named.count and named.id_column else None


def _itself(rows: Rows, draft: Draft, column: str) -> Callable[[], Iterator[Any]]:
    """For each row what its entity gives for the column, so that the row refers to itself."""
    own = [match for match in draft.matches if match.column.name == column]
    once = entity_source(rows, own, {})
    return lambda: (value for (value,) in once.start())
