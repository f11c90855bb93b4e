"""Seeded databases keep every rule, and every rule notices when it is broken."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache

import pytest

from autogpt_seed.database.url import parse_url
from autogpt_seed.plan import Plan
from autogpt_seed.seeding import populate
from tests.catalog_facts import Session
from tests.conftest import AS_OF, SMALL_PLAN, CreateDatabase, run_sync
from tests.databases import session
from tests.integration.coherence import every_table
from tests.integration.coherence.breaches import OWN_RULES, rules_of, violations
from tests.integration.coherence.rules import Rule

SeededBy = Callable[[str, str], str]
RulesAt = Callable[[str], dict[str, Rule]]

PLANS = {
    "twelve users": SMALL_PLAN,
    "another seed": SMALL_PLAN.model_copy(update={"users": 7, "seed": 2**40}),
    "one user": SMALL_PLAN.model_copy(update={"users": 1, "seed": 1}),
    "two users with salted keys": Plan(users=2, as_of=AS_OF, api_key_hash="scrypt", seed=2),
}


@pytest.fixture(scope="module")
def seeded_by(
    create_database: CreateDatabase,
    migrated: Callable[[str], str],
    seeded_at: Callable[[str], str],
) -> SeededBy:
    """A factory: the URL of a database at a revision, seeded by one of the plans."""

    def seeded(revision: str, plan: str) -> str:
        if PLANS[plan] is SMALL_PLAN:
            return seeded_at(revision)
        url = create_database(migrated(revision))
        run_sync(populate(parse_url(url, {}), PLANS[plan]))
        return url

    return cache(seeded)


@pytest.fixture(scope="module")
def rules_at(migrated: Callable[[str], str]) -> RulesAt:
    """A factory: the rules about what the schema has at a revision, by name."""

    async def read(url: str) -> dict[str, Rule]:
        async with session(url) as connection:
            return await rules_of(connection)

    return cache(lambda revision: run_sync(read(migrated(revision))))


@asynccontextmanager
async def platform(url: str) -> AsyncIterator[Session]:
    """A session in the platform's schema whose changes are undone at the end."""
    async with session(url) as connection:
        await connection.execute("BEGIN; SET LOCAL search_path = platform")
        yield connection


@pytest.mark.parametrize("plan", PLANS)
async def test_a_seeded_database_keeps_every_rule(
    seeded_by: SeededBy, rules_at: RulesAt, revision: str, plan: str
) -> None:
    async with platform(seeded_by(revision, plan)) as connection:
        rules = rules_at(revision).values()
        broken = {rule.name: await violations(connection, rule) for rule in rules}
    assert {name: rows[:3] for name, rows in broken.items() if rows} == {}


@pytest.mark.parametrize("name", [*(rule.name for rule in OWN_RULES), *every_table.NAMES])
async def test_a_rule_notices_that_it_is_broken(
    seeded_by: SeededBy, rules_at: RulesAt, name: str
) -> None:
    revision = next(r for r in ("2026_01", "2025_08") if name in rules_at(r))
    rule = rules_at(revision)[name]
    async with platform(seeded_by(revision, "twelve users")) as connection:
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(rule.breach)
        assert await violations(connection, rule)
