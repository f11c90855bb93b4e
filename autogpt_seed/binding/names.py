"""Under which names older and newer schemas know the same table and column. Data, not code.

The first name is the one that the entities use; the others are looked for in turn where a table
lacks it. "*" stands for every table.
"""

from __future__ import annotations

from collections.abc import Container

TABLE_NAMES: dict[str, tuple[str, ...]] = {
    "CreditTransaction": ("UserBlockCredit",),
    "LibraryAgent": ("UserAgent",),
}

COLUMN_NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "*": {
        "agentGraphId": ("agentId",),
        "agentGraphVersion": ("agentVersion",),
    },
    "APIKey": {
        "hash": ("key",),
        "head": ("prefix",),
        "tail": ("postfix",),
    },
    "StoreListing": {
        "hasApprovedVersion": ("isApproved",),
    },
    "UserOnboarding": {
        "walletShown": ("notificationDot",),
    },
}


def actual_name(table: str, present: Container[str]) -> str:
    """Under which of its names the table is `present`; where under none, the entities' own."""
    names = (table, *TABLE_NAMES.get(table, ()))
    return next((name for name in names if name in present), table)


def column_names(table: str, name: str) -> tuple[str, ...]:
    """All names of a column, the entities' own first."""
    others = COLUMN_NAMES.get(table, {}).get(name) or COLUMN_NAMES["*"].get(name, ())
    return (name, *others)
