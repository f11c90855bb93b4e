"""A view that accepts rows counts as the table that it shows, for every command."""

from __future__ import annotations

import re

import pytest

from autogpt_seed import clean
from autogpt_seed.database.url import parse_url
from autogpt_seed.entities import ENTITIES
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.seeding import populate
from autogpt_seed.updating import update
from autogpt_seed.verification import verify
from tests.conftest import SMALL_PLAN
from tests.databases import counts
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


async def test_a_fork_that_spells_its_tables_otherwise_is_told_to_make_views(database: str) -> None:
    spelt = {name: re.sub("(?<=[a-z])(?=[A-Z])", "_", name).lower() for name in ENTITIES}
    for name, other in spelt.items():
        await run(database, f'ALTER TABLE "{name}" RENAME TO "{other}"')
    target = parse_url(database, {})
    with pytest.raises(DatabaseUnsuitable, match="No schema of this database") as refused:
        await populate(target, SMALL_PLAN)
    view = 'CREATE VIEW "platform"."AgentGraph" AS TABLE "platform"."agent_graph";'
    assert refused.value.remedy.endswith(view)
    for name, other in spelt.items():
        await run(database, f'CREATE VIEW "{name}" AS TABLE "{other}"')
    before = await counts(database)
    made = await populate(target, SMALL_PLAN)
    assert (await verify(target)).ok
    assert (await update(target)).rows["AgentGraphExecution"]
    cleaned = await clean(target, "all")
    assert cleaned.cleared.total_rows > made.total_rows
    assert await counts(database) == before
