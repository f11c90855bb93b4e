"""Under which names older and newer schemas know the same column. Data, not code.

The first name is the one that the entities use; the others are looked for in turn where a table
lacks it. "*" stands for every table.
"""

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


def column_names(table: str, name: str) -> tuple[str, ...]:
    """All names of a column, the entities' own first."""
    others = COLUMN_NAMES.get(table, {}).get(name) or COLUMN_NAMES["*"].get(name, ())
    return (name, *others)
