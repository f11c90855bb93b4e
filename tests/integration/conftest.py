"""Seeded databases of every revision, for the tests of views and their verification."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from autogpt_seed.database.url import parse_url
from autogpt_seed.seeding import populate
from tests.conftest import SMALL_PLAN, CreateDatabase, run_sync


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
