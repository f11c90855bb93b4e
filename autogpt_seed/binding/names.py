"""The names that older and newer schemas give the same table or column.

The first name is the one that the entities use; the others are looked for in turn where a table
lacks it. "*" stands for every table.
"""

from __future__ import annotations

from collections.abc import Collection, Container

from autogpt_seed.spelling import folded

TABLE_NAMES: dict[str, tuple[str, ...]] = {
    "CreditTransaction": ("UserBlockCredit",),
    "LibraryAgent": ("UserAgent",),
}

COLUMN_NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "*": {
        "agentGraphId": ("agentId", "graphId"),
        "agentGraphVersion": ("agentVersion", "graphVersion"),
        "executionStatus": ("status",),
    },
    "APIKey": {
        "hash": ("key",),
        "head": ("prefix",),
        "tail": ("postfix",),
    },
    "StoreListing": {
        "hasApprovedVersion": ("isApproved",),
    },
    "StoreListingReview": {
        "score": ("rating", "stars"),
    },
    "StoreListingVersion": {
        "submissionStatus": ("status", "approvalStatus"),
    },
    "UserOnboarding": {
        "walletShown": ("notificationDot",),
    },
}

REFERENCES: dict[str, tuple[str, str]] = {
    "userId": ("User", "id"),
    "owningUserId": ("User", "id"),
    "reviewByUserId": ("User", "id"),
    "agentGraphId": ("AgentGraph", "id"),
    "agentGraphVersion": ("AgentGraph", "version"),
    "agentGraphExecutionId": ("AgentGraphExecution", "id"),
    "storeListingId": ("StoreListing", "id"),
    "storeListingVersionId": ("StoreListingVersion", "id"),
}
"""What these columns refer to. In tables that name them otherwise, the foreign key finds them."""


def actual_name(table: str, present: Container[str]) -> str:
    """The name under which the table is `present`; the entities' own where there is none."""
    names = (table, *TABLE_NAMES.get(table, ()))
    return next((name for name in names if name in present), table)


def actual_column(table: str, name: str, present: Collection[str]) -> str | None:
    """The name under which a column is `present`, else one of its names in another spelling, such
    as `created_at` for `createdAt`, else None."""
    names = (name, *_other_names(table, name))
    found = next((known for known in names if known in present), None)
    if found is not None:
        return found
    spelt = {folded(column): column for column in present}
    return next((spelt[name] for name in map(folded, names) if name in spelt), None)


def _other_names(table: str, name: str) -> tuple[str, ...]:
    return COLUMN_NAMES.get(table, {}).get(name) or COLUMN_NAMES["*"].get(name, ())
