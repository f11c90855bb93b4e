"""Tests to import into a suite of one's own:

    from autogpt_seed.testing.ready_made import *  # noqa: F403

Each works on a seeded database of its own, made by the suite's migrations and plan.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from autogpt_seed.checks import Check
    from autogpt_seed.database.target import Target
    from autogpt_seed.plan import Plan
    from autogpt_seed.testing import Migrations

__all__ = [
    "test_every_migration_upgrades_and_downgrades_on_seeded_data",
    "test_the_marketplace_is_coherent",
    "test_views_are_fresh",
    "test_views_count_right",
]


def test_views_are_fresh(autogpt_target: Target) -> None:
    """Each materialised view of the store matches its definition."""
    from autogpt_seed.testing.judging import fresh

    _report(fresh(autogpt_target))


def test_views_count_right(autogpt_target: Target) -> None:
    """The views of the store show what the tables hold."""
    from autogpt_seed.testing.judging import right

    _report(right(autogpt_target))


def test_the_marketplace_is_coherent(autogpt_target: Target) -> None:
    """What no key enforces holds: approved listings, own agents, times after their causes."""
    from autogpt_seed.testing.judging import broken_rules

    if broken := broken_rules(autogpt_target):
        lines = "\n".join(f"{breach.rows} rows break: {breach.rule}" for breach in broken)
        pytest.fail(lines, pytrace=False)


def test_every_migration_upgrades_and_downgrades_on_seeded_data(
    autogpt_server: str, autogpt_plan: Plan, autogpt_migrations: Migrations
) -> None:
    """Each revision up from the one before it, seeded there, and down, and up again."""
    from autogpt_seed.errors import SeedError
    from autogpt_seed.testing.stairway import climb

    try:
        climb(autogpt_server, autogpt_plan, autogpt_migrations)
    except SeedError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


def _report(checks: Iterable[Check]) -> None:
    failed = [check for check in checks if check.outcome == "failed"]
    if failed:
        lines = [f"{check.title}\n{check.evidence}" for check in failed]
        pytest.fail("\n".join(lines), pytrace=False)
