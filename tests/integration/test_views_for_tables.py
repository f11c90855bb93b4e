"""A view that accepts rows counts as the table that it shows, for every command."""

from __future__ import annotations

import pytest

from autogpt_seed.database.url import parse_url
from autogpt_seed.seeding import populate
from autogpt_seed.updating import update
from autogpt_seed.verification import verify
from tests.conftest import SMALL_PLAN
from tests.redefining import run

TABLES = ("Profile", "User", "AgentGraphExecution", "StoreListing")


@pytest.mark.parametrize("table", TABLES)
async def test_a_view_counts_as_the_table_that_it_shows(database: str, table: str) -> None:
    await run(
        database,
        f'ALTER TABLE "{table}" RENAME TO "{table}_t"',
        f'CREATE VIEW "{table}" AS SELECT * FROM "{table}_t"',
    )
    target = parse_url(database, {})
    await populate(target, SMALL_PLAN)
    report = await verify(target)
    assert report.exit_status == 0, [c for c in report.checks if c.outcome == "failed"]
    assert (await update(target)).rows["AgentGraphExecution"]
