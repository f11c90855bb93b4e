"""Fixtures for test suites that want a PostgreSQL with a marketplace in it. Meant to be overridden.

Override `autogpt_server` to use a server of your own, `autogpt_plan` to change what is seeded::

    @pytest.fixture(scope="session")
    def autogpt_plan() -> Plan:
        return Plan(users=50, seed=7)

Nothing heavy is imported before a fixture is used, since pytest loads this module in every run.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from autogpt_seed.database.target import Target
    from autogpt_seed.plan import Plan

T = TypeVar("T")

SCHEMA = "platform"
_numbers = count(1)


@pytest.fixture(scope="session")
def autogpt_server() -> Iterator[str]:
    """The URL of a server where databases may be created: by default the embedded one."""
    from autogpt_seed.database.embedded import EmbeddedServer

    with EmbeddedServer().running() as server:
        yield server.url("postgres")


@pytest.fixture(scope="session")
def autogpt_plan() -> Plan:
    """What is seeded: by default ten users, the same rows on every day."""
    from autogpt_seed.plan import load_plan

    return load_plan(flags={"users": 10, "as_of": "2026-01-01", "api_key_hash": "sha256"})


@pytest.fixture(scope="session")
def autogpt_template(autogpt_server: str, autogpt_plan: Plan) -> Iterator[Target]:
    """A migrated and seeded database, made once a session. For cloning only."""
    from autogpt_seed.database.clones import create_database, drop_database
    from autogpt_seed.database.url import parse_url
    from autogpt_seed.migrating import migrate
    from autogpt_seed.seeding import populate

    server = parse_url(autogpt_server, {})
    name = f"autogpt_seed_template_{os.getpid()}"
    template = _wait_for(create_database(server, name))
    try:
        _wait_for(migrate(template, schema=SCHEMA))
        _wait_for(populate(template, autogpt_plan, schema=SCHEMA))
        yield template
    finally:
        _wait_for(drop_database(server, name))


@pytest.fixture
def autogpt_target(autogpt_server: str, autogpt_template: Target) -> Iterator[Target]:
    """A seeded database of the test's own, gone after it."""
    from autogpt_seed.database.clones import create_database, drop_database
    from autogpt_seed.database.url import parse_url

    server = parse_url(autogpt_server, {})
    name = f"autogpt_seed_test_{os.getpid()}_{next(_numbers)}"
    clone = _wait_for(create_database(server, name, template=autogpt_template.database))
    try:
        yield replace(clone, schema=SCHEMA)
    finally:
        _wait_for(drop_database(server, name))


@pytest.fixture
def autogpt_engine(autogpt_target: Target) -> AsyncEngine:
    """A SQLAlchemy engine on `autogpt_target`. Its connections are not pooled."""
    return autogpt_target.engine()


def _wait_for(work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, also where an event loop runs already."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
