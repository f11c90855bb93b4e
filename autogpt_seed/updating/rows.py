"""The rows that an update loads, and the existing ones that they refer to. Pure."""

from __future__ import annotations

from autogpt_seed.rows import Kind, Rows, fields, held, labels, optional, refers
from autogpt_seed.updating.day import Activity, people_of

_STATUS = labels("COMPLETED", "FAILED", "RUNNING")


def new_rows(activity: Activity) -> tuple[Rows, ...]:
    """The rows of each table that gets some, in an order in which they can be loaded."""
    made = (
        held("AgentGraphExecution", _EXECUTION, activity.executions),
        held("AgentNodeExecution", _NODE_EXECUTION, activity.node_executions),
        held("StoreListingReview", _REVIEW, activity.reviews),
        held("CreditTransaction", _TRANSACTION, activity.transactions),
    )
    return tuple(rows for rows in made if rows.count)


def present_rows(activity: Activity) -> tuple[Rows, ...]:
    """The existing rows that the new ones refer to."""
    graphs = dict.fromkeys((row[1], row[2]) for row in activity.executions)
    nodes = dict.fromkeys((row[2],) for row in activity.node_executions)
    versions = dict.fromkeys((row[1],) for row in activity.reviews)
    identified = fields(id=Kind.ID)
    return (
        held("User", identified, [(person,) for person in people_of(activity)]),
        held("AgentGraph", fields(id=Kind.ID, version=Kind.INTEGER), list(graphs)),
        held("AgentNode", identified, list(nodes)),
        held("StoreListingVersion", identified, list(versions)),
    )


_EXECUTION = fields(
    id=Kind.ID,
    agentGraphId=Kind.ID,
    agentGraphVersion=Kind.INTEGER,
    userId=Kind.ID,
    executionStatus=_STATUS,
    createdAt=Kind.TIME,
    startedAt=Kind.TIME,
    endedAt=optional(Kind.TIME),
    updatedAt=Kind.TIME,
    stats=optional(Kind.JSON),
)
_NODE_EXECUTION = fields(
    id=Kind.ID,
    agentGraphExecutionId=refers("AgentGraphExecution"),
    agentNodeId=Kind.ID,
    executionStatus=_STATUS,
    addedTime=Kind.TIME,
    queuedTime=Kind.TIME,
    startedTime=Kind.TIME,
    endedTime=optional(Kind.TIME),
    stats=optional(Kind.JSON),
)
_REVIEW = fields(
    id=Kind.ID,
    storeListingVersionId=Kind.ID,
    reviewByUserId=Kind.ID,
    score=Kind.INTEGER,
    comments=optional(Kind.TEXT),
    createdAt=Kind.TIME,
    updatedAt=Kind.TIME,
)
_TRANSACTION = fields(
    transactionKey=Kind.ID,
    userId=Kind.ID,
    amount=Kind.INTEGER,
    type=labels("USAGE", "TOP_UP", "GRANT"),
    metadata=Kind.JSON,
    createdAt=Kind.TIME,
)
