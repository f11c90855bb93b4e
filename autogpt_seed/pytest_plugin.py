"""Fixtures for test suites that want a PostgreSQL with a marketplace in it. Meant to be overridden.

Override `autogpt_server` to use a server of your own, `autogpt_plan` to change what is seeded::

    @pytest.fixture(scope="session")
    def autogpt_plan() -> Plan:
        return Plan(users=50, seed=7)

Nothing heavy is imported before a fixture is used, since pytest loads this module in every run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from autogpt_seed.database.target import Target
    from autogpt_seed.plan import Plan
    from autogpt_seed.testing import TestDatabases
    from autogpt_seed.testing.loop import Loop


@pytest.fixture(scope="session")
def autogpt_server() -> Iterator[str]:
    """The URL of a server where databases may be created: by default the embedded one."""
    from autogpt_seed.testing import scratch_server

    with scratch_server().running() as server:
        yield server.url("postgres")


@pytest.fixture(scope="session")
def autogpt_plan() -> Plan:
    """What is seeded: by default ten users, the same rows on every day."""
    from autogpt_seed.plan import load_plan

    return load_plan(flags={"users": 10, "as_of": "2026-01-01", "api_key_hash": "sha256"})


@pytest.fixture(scope="session")
def _autogpt_loop() -> Iterator[Loop]:
    from autogpt_seed.testing.loop import Loop

    loop = Loop()
    yield loop
    loop.close()


@pytest.fixture(scope="session")
def _autogpt_databases(
    autogpt_server: str, autogpt_plan: Plan, _autogpt_loop: Loop
) -> Iterator[TestDatabases]:
    from autogpt_seed.testing import TestDatabases

    databases = TestDatabases(autogpt_server, plan=autogpt_plan)
    _autogpt_loop.run(databases.__aenter__())
    yield databases
    _autogpt_loop.run(databases.__aexit__(None, None, None))


@pytest.fixture
def autogpt_target(_autogpt_databases: TestDatabases, _autogpt_loop: Loop) -> Iterator[Target]:
    """A seeded database of the test's own, gone after it."""
    target = _autogpt_loop.run(_autogpt_databases.create())
    yield target
    _autogpt_loop.run(_autogpt_databases.drop(target))


@pytest.fixture
def autogpt_engine(autogpt_target: Target) -> AsyncEngine:
    """A SQLAlchemy engine on `autogpt_target`. Its connections are not pooled."""
    return autogpt_target.engine()
