"""A schema from before the known versions is seeded as it should be, and its store shows it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.seeding import PopulateReport, populate
from tests.altering import altered, value
from tests.conftest import SMALL_PLAN
from tests.older import STATEMENTS


@pytest.fixture
async def older(migrated: Callable[[str], str]) -> AsyncIterator[AsyncConnection]:
    """A connection whose transaction holds the older schema."""
    async with altered(migrated("2025_08"), *STATEMENTS) as connection:
        yield connection


@pytest.fixture
async def report(older: AsyncConnection) -> PopulateReport:
    """The report of seeding it."""
    return await populate(older, SMALL_PLAN)


async def test_the_store_shows_what_is_approved(
    older: AsyncConnection, report: PopulateReport
) -> None:
    shown = await value(older, 'SELECT count(*) FROM "StoreAgent" WHERE runs > 0 AND rating > 0')
    approved = await value(older, 'SELECT count(*) FROM "StoreListing" WHERE "isApproved"')
    assert shown == approved != 0


async def test_tables_under_their_old_names_are_filled(
    older: AsyncConnection, report: PopulateReport
) -> None:
    for table in ("UserAgent", "UserBlockCredit", "StoreListingSubmission"):
        assert report.rows[table] == await value(older, f'SELECT count(*) FROM "{table}"') != 0


async def test_slugs_and_json_in_text_are_what_they_are_elsewhere(
    older: AsyncConnection, report: PopulateReport
) -> None:
    odd = """SELECT count(*) FROM "StoreListingVersion" WHERE slug !~ '^[a-z0-9]+(-[a-z0-9]+)+$'"""
    assert await value(older, odd) == 0
    assert await value(older, """SELECT count(*) FROM "AgentNode" WHERE metadata <> '{}'""") == 0


async def test_a_submission_says_what_its_version_says(
    older: AsyncConnection, report: PopulateReport
) -> None:
    torn = """
        SELECT count(*) FROM "StoreListingSubmission" s
        JOIN "StoreListingVersion" v ON v.id = s."storeListingVersionId"
        WHERE (s."Status" = 'APPROVED') <> v."isApproved"
    """
    assert await value(older, torn) == 0


async def test_what_only_older_schemas_have_is_not_missed_by_newer_ones(
    migrated: Callable[[str], str],
) -> None:
    async with altered(migrated("head")) as connection:
        report = await populate(connection, SMALL_PLAN)
    assert report.notes == ()
