"""What the marketplace is made of: the functions that make the rows, in the order of filling."""

from __future__ import annotations

from collections.abc import Callable

from autogpt_seed.entities import (
    accounts,
    analytics,
    blocks,
    credit,
    executions,
    graphs,
    integrations,
    library,
    marketplace,
    onboarding,
)
from autogpt_seed.entities.world import World
from autogpt_seed.rows import Rows

ENTITIES: dict[str, Callable[[World], Rows]] = {
    "User": accounts.users,
    "AgentBlock": blocks.blocks,
    "AgentGraph": graphs.graphs,
    "AgentNode": graphs.nodes,
    "AgentPreset": library.presets,
    "Profile": accounts.profiles,
    "LibraryAgent": library.library_agents,
    "AgentGraphExecution": executions.graph_executions,
    "AgentNodeExecution": executions.node_executions,
    "AgentNodeExecutionInputOutput": executions.inputs_and_outputs,
    "AgentNodeLink": graphs.node_links,
    "AnalyticsDetails": analytics.details,
    "AnalyticsMetrics": analytics.metrics,
    "CreditTransaction": credit.transactions,
    "StoreListing": marketplace.listings,
    "StoreListingVersion": marketplace.versions,
    "StoreListingReview": marketplace.reviews,
    "UserOnboarding": onboarding.onboardings,
    "IntegrationWebhook": integrations.webhooks,
    "APIKey": accounts.api_keys,
}

FORMER_ENTITIES: dict[str, Callable[[World], Rows]] = {
    "StoreListingSubmission": marketplace.submissions,
}
"""The same for tables that only older schemas have. There is no note where they are missing."""
