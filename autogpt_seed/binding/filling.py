"""Which columns have to be filled in, and with which values."""

from __future__ import annotations

from autogpt_seed.binding.adapt import TEXT_TYPES, takes_whole_ids
from autogpt_seed.binding.context import Context
from autogpt_seed.binding.draft import Draft
from autogpt_seed.binding.fill import words
from autogpt_seed.binding.fill.checks import NO_LIMITS, column_limits
from autogpt_seed.binding.fill.types import values_of
from autogpt_seed.binding.fill.values import Unfillable, Values, untaken
from autogpt_seed.binding.instants import is_instant
from autogpt_seed.binding.keys import changes, differs_by_itself, is_drawn
from autogpt_seed.binding.refusals import remedy_by_setting
from autogpt_seed.catalog import Column, UniqueKey
from autogpt_seed.data_types import TypeKind
from autogpt_seed.errors import DatabaseUnsuitable


def fill_values(draft: Draft, context: Context) -> dict[str, Values]:
    """For each column that nothing gives and that cannot be left to the database, its values.

    Raises `DatabaseUnsuitable` that names a column for which no value is known.
    """
    given = draft.given()
    columns = [c for c in draft.table.columns.values() if not (c.name in given or c.generated)]
    chosen = [column for column in columns if _needs_value(draft, column)]
    if not given and not chosen:  # COPY needs a column
        chosen = sorted((c for c in columns if c.insertable), key=differs_by_itself)[:1]
    return {column.name: column_values(draft, column, context) for column in chosen}


def column_values(draft: Draft, column: Column, context: Context) -> Values:
    """The values that type and checks of a column allow; ids for the key of an unknown table."""
    limits = column_limits(draft.table, column.name)
    identifies = draft.rows is None and draft.table.primary_key == (column.name,)
    if identifies and limits == NO_LIMITS and takes_whole_ids(column):
        ids = context.tag.ids(draft.name)
        return Values(ids.__getitem__, 2**31, tagged=True)
    taken = {v for k in draft.table.unique_keys if k.columns == (column.name,) for v in k.taken}
    try:
        filled = context.filled(draft.name, column.name)
        return untaken(values_of(column.type, limits, filled), taken)
    except Unfillable as reason:
        raise DatabaseUnsuitable(
            f'Column "{column.name}" of "{draft.name}" must have a value, but it {reason}.',
            evidence=f"Its type is {column.type.text}.",
            remedy=remedy_by_setting(draft.name, [column.name]),
        ) from None


def _needs_value(draft: Draft, column: Column) -> bool:
    if column.required or column.name in draft.demanded:
        return True
    if column.name in draft.empty or not column.insertable:
        return False
    if is_drawn(column) or (is_instant(column.type) and changes(column)):
        return True
    if differs_by_itself(column):
        return False
    keys = [key for key in draft.table.unique_keys if column.name in key.columns]
    if any(_stands_still(draft, column, key) for key in keys):
        return True
    return draft.rows is None and column.default is None and _is_prose(column)


def _stands_still(draft: Draft, column: Column, key: UniqueKey) -> bool:
    """Whether rows would agree in the key if the column got no values."""
    if draft.promises(key):
        return False
    if column.default is not None:
        return True
    others = [draft.table.columns[name] for name in key.columns if name != column.name]
    return not key.nulls_distinct and not any(
        other.required or other.name in draft.given() for other in others
    )


def _is_prose(column: Column) -> bool:
    """Whether it is a text that a screen of the application would show."""
    base = column.type.base
    is_text = base.kind is TypeKind.BASE and base.name in TEXT_TYPES
    return is_text and words.is_shown(column.name)
