"""The rules of every table, made from what its columns and keys are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from autogpt_seed.database.sql import quote
from tests.catalog_facts import Facts
from tests.integration.coherence.rules import UUID, Rule, change

UNKNOWN_TIMES = frozenset({"lastUsedAt", "revokedAt", "sharedAt", "reviewedAt", "lastRunAt"})
"""Times of what has not happened, or not to every row."""

ORDER = (
    ("createdAt", "updatedAt"),
    ("createdAt", "startedAt"),
    ("createdAt", "submittedAt"),
    ("createdAt", "lastRunAt"),
    ("startedAt", "endedAt"),
    ("endedAt", "updatedAt"),
    ("submittedAt", "reviewedAt"),
    ("reviewedAt", "updatedAt"),
    ("lastRunAt", "updatedAt"),
    ("addedTime", "queuedTime"),
    ("queuedTime", "startedTime"),
    ("startedTime", "endedTime"),
)
BEGINNINGS = ("createdAt", "addedTime", "time")
"""When a row came to be, in the tables that know."""

NAMED = {
    "User": "id email name metadata integrations",
    "AgentBlock": "id name inputSchema outputSchema",
    "AgentGraph": "id version userId name description isActive",
    "AgentNode": "id agentBlockId agentGraphId agentGraphVersion constantInput metadata",
    "AgentPreset": "id userId agentGraphId agentGraphVersion name description isActive",
    "Profile": "id userId name username description links avatarUrl",
    "LibraryAgent": "id userId agentGraphId agentGraphVersion creatorId imageUrl isCreatedByUser"
    " isFavorite isArchived isDeleted useGraphIsActiveVersion",
    "AgentGraphExecution": "id agentGraphId agentGraphVersion agentPresetId userId executionStatus",
    "AgentNodeExecution": "id agentGraphExecutionId agentNodeId executionStatus",
    "AgentNodeExecutionInputOutput": "id name data referencedByInputExecId"
    " referencedByOutputExecId",
    "AgentNodeLink": "id agentNodeSourceId sourceName agentNodeSinkId sinkName isStatic",
    "AnalyticsDetails": "id userId type data dataIndex",
    "AnalyticsMetrics": "id userId analyticMetric value dataString",
    "CreditTransaction": "transactionKey userId amount type metadata",
    "StoreListing": "id agentGraphId agentGraphVersion owningUserId slug hasApprovedVersion"
    " activeVersionId",
    "StoreListingVersion": "id version storeListingId agentGraphId agentGraphVersion name"
    " subHeading description videoUrl imageUrls categories isFeatured isAvailable"
    " submissionStatus search",
    "StoreListingReview": "id storeListingVersionId reviewByUserId score comments",
    "UserOnboarding": "id userId completedSteps notified rewardedFor walletShown notificationDot"
    " usageReason integrations otherIntegrations selectedStoreListingVersionId"
    " onboardingAgentExecutionId agentRuns",
    "IntegrationWebhook": "id userId provider credentialsId webhookType resource events config"
    " secret providerWebhookId",
    "APIKey": "id userId name head tail hash salt prefix postfix key status permissions"
    " description",
}
"""The columns, but times, that a rule, or a trigger of the database, gives a value."""


class Key(NamedTuple):
    """A foreign key."""

    child: str
    columns: list[str]
    parent: str
    referred: list[str]


def rules(tables: Facts) -> tuple[Rule, ...]:
    """The rules of all these tables; `tables` is in the shape of `catalog_facts`."""
    return tuple(Rule(name, _union(make(tables)), breach) for name, make, breach in _RULES)


def times(table: Facts) -> list[str]:
    """The columns of a table that hold times."""
    return [
        c["name"]
        for c in table["columns"]
        if c["type"].startswith("timestamp") and "[]" not in c["type"]
    ]


def foreign_keys(tables: Facts) -> Iterator[Key]:
    """Those between the tables."""
    for child, table in tables.items():
        for definition in table["constraints"].values():
            if found := re.match(r'FOREIGN KEY \((.+?)\) REFERENCES "(\w+)"\((.+?)\)', definition):
                yield Key(child, _names(found[1]), found[2], _names(found[3]))


def _names(text: str) -> list[str]:
    return [name.strip(' "') for name in text.split(",")]


def _union(queries: Iterator[str]) -> str:
    return " UNION ALL ".join(queries)


def _broken(table: str, columns: str, condition: str) -> str:
    place = f"SELECT '{table}.{columns}' AS place"
    return f'{place}, count(*) FROM "{table}" WHERE {condition} HAVING count(*) > 0'


def _columns(tables: Facts, kind: str) -> Iterator[tuple[str, str]]:
    for name, table in tables.items():
        for column in table["columns"]:
            if column["type"].startswith(kind):
                yield name, column["name"]


def _json_objects(tables: Facts) -> Iterator[str]:
    for table, column in _columns(tables, "jsonb"):
        yield _broken(table, column, f"jsonb_typeof(\"{column}\") <> 'object'")


def _ids(tables: Facts) -> Iterator[str]:
    for table, column in _columns(tables, "text"):
        if column == "id":
            yield _broken(table, column, f"id !~ {UUID}")


def _past(tables: Facts) -> Iterator[str]:
    for table, column in _columns(tables, "timestamp"):
        yield _broken(table, column, f'"{column}" > :as_of')


def _written_times(tables: Facts) -> Iterator[str]:
    for table, column in _columns(tables, "timestamp"):
        if column not in UNKNOWN_TIMES:
            yield _broken(table, column, f'"{column}" IS NULL')


def _order(tables: Facts) -> Iterator[str]:
    for name, table in tables.items():
        present = times(table)
        for first, second in ORDER:
            if first in present and second in present:
                yield _broken(name, second, f'"{second}" < "{first}"')


def _pairs(key: Key) -> str:
    pairs = zip(key.columns, key.referred, strict=True)
    return " AND ".join(f'c."{column}" = p."{referred}"' for column, referred in pairs)


def causes(tables: Facts, *, avoidable: bool = False) -> Iterator[str]:
    """Queries for rows that are older than what they refer to; if `avoidable`, only where something
    older was made with them. By an added key, rows with times of their own may find none."""
    for key in foreign_keys(tables):
        effects = times(tables[key.child])
        begun = next((b for b in BEGINNINGS if b in times(tables[key.parent])), None)
        if effects and begun and key.columns != ["activeVersionId"]:
            first = "LEAST({})".format(", ".join(f"c.{quote(effect)}" for effect in effects))
            older = f'SELECT FROM "{key.parent}" o WHERE o.xmin = c.xmin AND o."{begun}" <= {first}'
            yield (
                f"SELECT '{key.child}.{key.columns[0]}' AS place, count(*) "
                f'FROM {quote(key.child)} c JOIN "{key.parent}" p ON {_pairs(key)} '
                f'WHERE {first} < p."{begun}" AND {f"EXISTS ({older})" if avoidable else True} '
                "HAVING count(*) > 0"
            )


def _references(tables: Facts) -> Iterator[str]:
    for key in foreign_keys(tables):
        given = " AND ".join(f'c."{column}" IS NOT NULL' for column in key.columns)
        yield (
            f"SELECT '{key.child}.{key.columns[0]}' AS place, count(*) FROM \"{key.child}\" c "
            f'WHERE {given} AND NOT EXISTS (SELECT FROM "{key.parent}" p WHERE {_pairs(key)}) '
            "HAVING count(*) > 0"
        )


def _defaults(tables: Facts) -> Iterator[str]:
    for name, named in NAMED.items():
        other = {c["name"]: c["default"] for c in tables[name]["columns"]}
        for column in other.keys() - set(named.split()) - set(times(tables[name])):
            default = other[column] or "NULL"
            yield _broken(name, column, f'"{column}" IS DISTINCT FROM ({default})')


_RULES: tuple[tuple[str, Callable[[Facts], Iterator[str]], str], ...] = (
    ("JSON values are objects", _json_objects, change("User", "metadata = '\"{}\"'")),
    ("ids are UUIDs", _ids, change("AnalyticsMetrics", "id = '1'")),
    ("nothing happens after the as-of time", _past, change("APIKey", '"createdAt" = now()')),
    (
        "every time is written",
        _written_times,
        change("AgentNodeExecution", '"queuedTime" = NULL'),
    ),
    (
        "what goes on or ends has begun",
        _order,
        change("Profile", '"updatedAt" = "createdAt" - interval \'1 ms\''),
    ),
    (
        "nothing happens before its cause",
        causes,
        """UPDATE "AgentGraph" SET "createdAt" = now()""",
    ),
    (
        "every reference points at a row",
        _references,
        """DELETE FROM "Profile" WHERE id = (SELECT min("creatorId") FROM "LibraryAgent")""",
    ),
    (
        "what no rule names keeps its default",
        _defaults,
        change("StoreListing", '"isDeleted" = true'),
    ),
)

NAMES = tuple(name for name, _, _ in _RULES)
