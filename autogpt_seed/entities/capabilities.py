"""What the entities may know of the schema for which they make rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ONBOARDING_STEPS = (
    "WELCOME",
    "USAGE_REASON",
    "INTEGRATIONS",
    "AGENT_CHOICE",
    "AGENT_NEW_RUN",
    "AGENT_INPUT",
    "CONGRATS",
    "GET_RESULTS",
    "MARKETPLACE_VISIT",
    "MARKETPLACE_ADD_AGENT",
    "MARKETPLACE_RUN_AGENT",
    "BUILDER_OPEN",
    "BUILDER_SAVE_AGENT",
    "BUILDER_RUN_AGENT",
    "RUN_AGENTS",
)
"""The steps of August 2025, which all later versions have as well."""


@dataclass(frozen=True)
class ExistingUser:
    """An existing user who takes part in the marketplace. No row of theirs changes.

    `created` is in milliseconds since 1970 UTC. `ids` has the id of the user by the name "User",
    and that of their profile, if there is one, by "Profile".
    """

    created: int
    ids: Mapping[str, str]


@dataclass(frozen=True)
class Capabilities:
    """What depends on the schema and must be known before the rows are made.

    `onboarding_steps` are those that the schema takes, `salted_keys` tells whether API keys have
    a salt. `existing_blocks` are ids of blocks that nodes use, instead of blocks that are made.
    """

    onboarding_steps: tuple[str, ...] = ONBOARDING_STEPS
    salted_keys: bool = True
    existing_blocks: tuple[str, ...] = ()
    existing_user: ExistingUser | None = None
