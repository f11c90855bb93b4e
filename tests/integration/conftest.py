"""Databases in every state that several modules begin with: seeded, of a revision, empty, baked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autogpt_seed.baking import bake
from autogpt_seed.database.url import parse_url
from autogpt_seed.seeding import populate
from tests.conftest import SMALL_PLAN, CreateDatabase, run_sync


@pytest.fixture(scope="session")
def head(create_database: CreateDatabase, migrated: Callable[[str], str]) -> str:
    """The URL of a database of the newest revision, for changes that are rolled back: these leave
    files that grow, which nobody shall clone."""
    return create_database(migrated("head"))


@pytest.fixture(scope="session")
def seeded_at(
    create_database: CreateDatabase, migrated: Callable[[str], str]
) -> Callable[[str], str]:
    """A factory: the URL of a database at a revision with SMALL_PLAN in it, for cloning only."""
    made: dict[str, str] = {}

    def at(revision: str) -> str:
        if revision not in made:
            made[revision] = create_database(migrated(revision))
            run_sync(populate(parse_url(made[revision], {}), SMALL_PLAN))
        return made[revision]

    return at


@pytest.fixture
def seeded_revision(
    create_database: CreateDatabase,
    drop_database: Callable[[str], None],
    seeded_at: Callable[[str], str],
    revision: str,
) -> Iterator[str]:
    """The URL of a test's own seeded database, of each revision in turn."""
    url = create_database(seeded_at(revision))
    yield url
    drop_database(url)


@pytest.fixture(scope="session")
def baked(marketplace: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The marketplace of the session in a file."""
    path = tmp_path_factory.mktemp("baked") / "marketplace.sql.gz"
    run_sync(bake(parse_url(marketplace, {}), path))
    return path


@pytest.fixture
def empty(create_database: CreateDatabase, drop_database: Callable[[str], None]) -> Iterator[str]:
    """The URL of a database without any schema of ours, gone after the test."""
    url = create_database()
    yield url
    drop_database(url)
