"""Flags: of the value that lets what the row stands for be seen, if the column's name tells."""

from __future__ import annotations

from autogpt_seed.binding.fill.checks import Limits
from autogpt_seed.binding.fill.values import FilledColumn, Values, listed
from autogpt_seed.data_types import DataType

_HIDING = (
    *("deleted", "removed", "archived", "hidden", "invisible", "inactive", "deactivated"),
    *("disabled", "unavailable", "banned", "blocked", "suspended", "revoked", "expired"),
)
_SHOWING = ("active", "enabled", "available", "visible", "published", "approved")
"""Parts of a column's name, such as `isDeleted`. `inactive` is looked for before `active`."""


def truths(_: DataType, limits: Limits, filled: FilledColumn) -> Values:
    """False and true in turn, or what a check lists; usually only that by which applications show
    the row, since their views leave out the rest."""
    if limits.choices is not None:
        return listed([text in ("true", "t") for text in limits.choices])
    name = filled.column.lower()
    if any(part in name for part in _HIDING):
        return Values((False, True).__getitem__, 2, usual=1)
    if any(part in name for part in _SHOWING):
        return Values((True, False).__getitem__, 2, usual=1)
    return listed([False, True])
