"""Sizes and rates over a large seed, with bounds that chance alone breaks once in a million.

They hold for independent draws; sizes that are spread evenly stay far inside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from math import sqrt
from typing import Any

import pytest

from autogpt_seed.entities import ENTITIES
from autogpt_seed.entities.capabilities import ONBOARDING_STEPS
from autogpt_seed.entities.world import World
from tests.unit.worlds import Row, make_world, table_of

USERS = 1_000
DEVIATIONS = 4.9
"""Of the normal distribution: both tails together hold less than a millionth."""


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(users=USERS, seed=20260115)


@pytest.fixture(scope="module")
def rows_of(world: World) -> Callable[[str], list[Row]]:
    made: dict[str, list[Row]] = {}

    def rows_of(table: str) -> list[Row]:
        if table not in made:
            made[table] = table_of(ENTITIES[table](world))
        return made[table]

    return rows_of


Rows = Callable[[str], list[Row]]


def assert_share(flags: Iterable[bool], rate: float) -> None:
    """So many flags are set as independent draws of that rate make likely."""
    drawn = list(flags)
    allowed = DEVIATIONS * sqrt(len(drawn) * rate * (1 - rate)) + 1
    assert abs(sum(drawn) - len(drawn) * rate) <= allowed


def assert_uniform(values: Iterable[Any], choices: Iterable[Any]) -> None:
    """All values are among the choices, and each of these comes about equally often."""
    drawn, possible = Counter(values), set(choices)
    assert drawn.keys() <= possible
    for choice in possible:
        total, rate = drawn.total(), 1 / len(possible)
        allowed = DEVIATIONS * sqrt(total * rate * (1 - rate)) + 1
        assert abs(drawn[choice] - total * rate) <= allowed, choice


def numbers(rows: list[Row], column: str, parents: Iterable[str]) -> list[int]:
    """How many rows each parent has."""
    counted = Counter(row[column] for row in rows)
    return [counted[parent] for parent in parents]


def ids(rows: list[Row]) -> list[str]:
    return [row["id"] for row in rows]


@pytest.mark.parametrize(
    ("table", "column", "parent", "low", "high"),
    [
        ("AgentGraph", "userId", "User", 1, 5),
        ("AgentNode", "agentGraphId", "AgentGraph", 2, 5),
        ("AgentPreset", "userId", "User", 1, 5),
        ("LibraryAgent", "userId", "User", 1, 10),
        ("AgentGraphExecution", "agentGraphId", "AgentGraph", 1, 20),
        ("StoreListingReview", "storeListingVersionId", "StoreListingVersion", 1, 5),
    ],
)
def test_a_range_is_uniform_and_inclusive(
    rows_of: Rows, table: str, column: str, parent: str, low: int, high: int
) -> None:
    assert_uniform(numbers(rows_of(table), column, ids(rows_of(parent))), range(low, high + 1))


@pytest.mark.parametrize("table", ["Profile", "AnalyticsDetails", "AnalyticsMetrics", "APIKey"])
def test_every_user_has_one(rows_of: Rows, table: str) -> None:
    assert [row["userId"] for row in rows_of(table)] == ids(rows_of("User"))


def test_every_graph_has_one_listing_and_every_listing_one_version(rows_of: Rows) -> None:
    assert [row["agentGraphId"] for row in rows_of("StoreListing")] == ids(rows_of("AgentGraph"))
    versions = rows_of("StoreListingVersion")
    assert [row["storeListingId"] for row in versions] == ids(rows_of("StoreListing"))
    assert {row["version"] for row in versions} == {1}


@pytest.mark.parametrize(
    ("table", "column", "parent"),
    [
        ("AgentNode", "agentBlockId", "AgentBlock"),
        ("StoreListing", "owningUserId", "User"),
        ("AgentPreset", "agentGraphId", "AgentGraph"),
        ("StoreListingReview", "reviewByUserId", "User"),
        ("LibraryAgent", "agentGraphId", "AgentGraph"),
    ],
)
def test_a_random_parent_is_any_with_equal_chance(
    rows_of: Rows, table: str, column: str, parent: str
) -> None:
    known = {own: place for place, own in enumerate(ids(rows_of(parent)))}
    tenths = [known[row[column]] * 10 // len(known) for row in rows_of(table)]
    assert_uniform(tenths, range(10))


def test_the_runner_of_a_graph_is_any_user_with_equal_chance(rows_of: Rows) -> None:
    known = {own: place for place, own in enumerate(ids(rows_of("User")))}
    runners = {row["agentGraphId"]: row["userId"] for row in rows_of("AgentGraphExecution")}
    assert_uniform((known[user] * 10 // USERS for user in runners.values()), range(10))


def test_half_of_the_executions_that_can_have_a_preset_have_one(rows_of: Rows) -> None:
    graphs = {row["agentGraphId"] for row in rows_of("AgentPreset")}
    executions = rows_of("AgentGraphExecution")
    able = [row for row in executions if row["agentGraphId"] in graphs]
    assert_share((row["agentPresetId"] is not None for row in able), 0.5)
    assert len(able) < len(executions)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("LibraryAgent", "isFavorite"),
        ("LibraryAgent", "isArchived"),
        ("LibraryAgent", "isDeleted"),
        ("LibraryAgent", "useGraphIsActiveVersion"),
        ("LibraryAgent", "imageUrl"),
        ("StoreListingVersion", "isFeatured"),
        ("UserOnboarding", "walletShown"),
    ],
)
def test_half_of_them_are(rows_of: Rows, table: str, column: str) -> None:
    assert_share((bool(row[column]) for row in rows_of(table)), 0.5)


def test_the_statuses_of_versions_are_equally_likely(rows_of: Rows) -> None:
    statuses = (row["submissionStatus"] for row in rows_of("StoreListingVersion"))
    assert_uniform(statuses, ("PENDING", "APPROVED", "REJECTED"))


def test_three_of_ten_versions_have_a_video(rows_of: Rows) -> None:
    urls = [row["videoUrl"] for row in rows_of("StoreListingVersion")]
    assert_share((url is not None for url in urls), 0.3)
    assert len(set(urls) - {None}) == 5


def test_scores_and_credits_and_metrics_are_uniform(rows_of: Rows) -> None:
    assert_uniform((row["score"] for row in rows_of("StoreListingReview")), range(1, 6))
    transactions = rows_of("CreditTransaction")
    assert_share((row["type"] == "TOP_UP" for row in transactions), 0.5)
    assert all((row["type"] == "TOP_UP") == (row["amount"] > 0) for row in transactions)
    assert_uniform((abs(row["amount"]) for row in transactions), range(1, 101))
    values = [row["value"] for row in rows_of("AnalyticsMetrics")]
    assert all(0 <= value <= 100 for value in values)
    assert_uniform((int(value / 10) for value in values), range(10))


def test_lists_have_three_different_elements(rows_of: Rows) -> None:
    for row in rows_of("StoreListingVersion"):
        assert len(set(row["categories"])) == len(row["categories"]) == 3
        assert len(row["imageUrls"]) == 3
    for row in rows_of("Profile"):
        assert len(set(row["links"])) == len(row["links"]) == 3


def test_without_images_there_are_none() -> None:
    world = make_world(users=50, images="none")
    for table, column in [
        ("Profile", "avatarUrl"),
        ("LibraryAgent", "imageUrl"),
        ("StoreListingVersion", "imageUrls"),
    ]:
        assert not any(row[column] for row in table_of(ENTITIES[table](world)))


def test_the_shares_of_users_are_exact(rows_of: Rows) -> None:
    onboardings = rows_of("UserOnboarding")
    assert len(onboardings) == 700
    given = Counter(name for row in onboardings for name, value in row.items() if value)
    assert given["completedSteps"] == 560
    assert given["usageReason"] == 490
    assert given["otherIntegrations"] == 140
    assert given["selectedStoreListingVersionId"] == 350
    assert given["onboardingAgentExecutionId"] == 210
    webhooks = rows_of("IntegrationWebhook")
    assert len({row["userId"] for row in webhooks}) == 300
    assert_uniform(Counter(row["userId"] for row in webhooks).values(), range(1, 4))


def test_onboardings_differ(rows_of: Rows) -> None:
    onboardings = rows_of("UserOnboarding")
    completed = [row["completedSteps"] for row in onboardings if row["completedSteps"]]
    assert_uniform((step for steps in completed for step in steps), ONBOARDING_STEPS)
    assert_uniform((len(steps) for steps in completed), range(1, len(ONBOARDING_STEPS) + 1))
    assert_uniform((row["agentRuns"] for row in onboardings), range(11))
    assert_uniform((len(row["integrations"]) for row in onboardings), range(3))
    reasons = [row["usageReason"] for row in onboardings if row["usageReason"]]
    assert_uniform(reasons, ("personal", "business", "research", "learning"))
    integrations = [name for row in onboardings for name in row["integrations"]]
    assert_uniform(integrations, ("github", "google", "discord", "slack"))


def test_webhooks_differ(rows_of: Rows) -> None:
    webhooks = rows_of("IntegrationWebhook")
    assert_uniform((row["provider"] for row in webhooks), ("github", "slack", "discord"))
    assert_uniform((row["webhookType"] for row in webhooks), ("repo", "channel", "server"))
    assert_uniform((len(set(row["events"])) for row in webhooks), range(1, 4))
    assert {event for row in webhooks for event in row["events"]} == {
        "created",
        "updated",
        "deleted",
    }
    assert len({row["secret"] for row in webhooks}) == len(webhooks)
    assert {len(row["secret"]) for row in webhooks} == {64}


def test_the_store_looks_alive_shortly_before_as_of(rows_of: Rows, world: World) -> None:
    as_of = world.plan.as_of.replace(tzinfo=None)
    ages = {
        table: sorted((as_of - row["createdAt"]).days for row in rows_of(table))
        for table in ("AgentGraph", "AgentGraphExecution", "StoreListingReview")
    }
    for table, days in ages.items():
        assert days[-1] > 200, table
        assert days[0] < 30, table
    assert ages["AgentGraphExecution"][0] == 0
    assert sum(day < 7 for day in ages["AgentGraphExecution"]) > 100
