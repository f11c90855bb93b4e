"""The store shows something, also where its views ask for more; or the report says why not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from autogpt_seed.errors import CheckFailed
from autogpt_seed.seeding import populate
from tests.altering import SCHEMA, altered, value
from tests.conftest import SMALL_PLAN

SHOWN = 'SELECT count(*) FROM "StoreAgent" WHERE runs > 0 AND rating > 0'
STORE = """
CREATE OR REPLACE VIEW "StoreAgent" AS
    SELECT l.id AS listing_id, COALESCE(c.run_count, 0) AS runs,
           COALESCE(r.avg_rating, 0.0)::double precision AS rating
    FROM "StoreListing" l
    JOIN "StoreListingVersion" v ON v."storeListingId" = l.id
    LEFT JOIN mv_agent_run_counts c ON c."agentGraphId" = l."agentGraphId"
    LEFT JOIN mv_review_stats r ON r."storeListingId" = l.id
    WHERE {}
"""
DROP = 'DROP VIEW "StoreAgent" CASCADE'
OTHERS_RUNS = """
CREATE MATERIALIZED VIEW mv_agent_run_counts AS
    SELECT e."agentGraphId", count(*) AS run_count
    FROM "AgentGraphExecution" e
    JOIN "AgentGraph" g ON (g.id, g.version) = (e."agentGraphId", e."agentGraphVersion")
    WHERE {} GROUP BY e."agentGraphId"
"""


def counting(condition: str) -> list[str]:
    """Changes after which only such runs are counted."""
    unique = 'CREATE UNIQUE INDEX ON mv_agent_run_counts ("agentGraphId")'
    every = OTHERS_RUNS.format(condition)
    return ["DROP MATERIALIZED VIEW mv_agent_run_counts CASCADE", every, unique, STORE.format(True)]


DEMANDS = {
    "an active version": [DROP, STORE.format('l."activeVersionId" = v.id')],
    "an available version": [DROP, STORE.format('v."isAvailable" AND NOT v."isDeleted"')],
    "a reviewed version": [DROP, STORE.format('v."reviewedAt" >= v."submittedAt"')],
    "runs by others than the owner": counting('e."userId" <> g."userId"'),
    "finished runs": counting('e."executionStatus" = \'COMPLETED\' AND NOT e."isDeleted"'),
}


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_the_store_shows_agents_with_runs_and_ratings(
    migrated: Callable[[str], str], revision: str, seed: int
) -> None:
    plan = SMALL_PLAN.model_copy(update={"users": 2, "seed": seed})
    async with altered(migrated(revision)) as connection:
        report = await populate(connection, plan, schema=SCHEMA)
        assert int(str(await value(connection, SHOWN))) > 0
        assert not any(note.table == "StoreAgent" for note in report.notes)


@pytest.mark.parametrize("changes", DEMANDS.values(), ids=DEMANDS)
async def test_the_store_shows_something_where_it_demands(
    migrated: Callable[[str], str], revision: str, changes: list[str]
) -> None:
    plan = SMALL_PLAN.model_copy(update={"users": 2})
    async with altered(migrated(revision), *changes) as connection:
        report = await populate(connection, plan, schema=SCHEMA)
        assert int(str(await value(connection, SHOWN))) > 0
        assert not any(note.table == "StoreAgent" for note in report.notes)


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        (
            [
                'ALTER TABLE "StoreListingVersion" ADD "isLive" boolean NOT NULL DEFAULT false',
                DROP,
                STORE.format('v."isLive"'),
            ],
            "StoreAgent shows no approved listing of the run: StoreAgent reads "
            "StoreListingVersion.isLive, which the run leaves at false",
        ),
        (
            [
                'CREATE TABLE "Shelf" ("listingId" text)',
                DROP,
                STORE.format('EXISTS (SELECT FROM "Shelf" s WHERE s."listingId" = l.id)'),
            ],
            "StoreAgent shows no approved listing of the run: StoreAgent reads Shelf, "
            "of which the run makes no rows",
        ),
        (
            counting('e."isCounted"'),
            "StoreAgent shows no runs of it: mv_agent_run_counts reads "
            "AgentGraphExecution.isCounted, which the run leaves at false",
        ),
    ],
    ids=["a column", "a table", "another kind of run"],
)
async def test_what_the_store_misses_is_noted(
    migrated: Callable[[str], str], changes: list[str], note: str
) -> None:
    flag = 'ALTER TABLE "AgentGraphExecution" ADD "isCounted" boolean NOT NULL DEFAULT false'
    async with altered(migrated("head"), flag, *changes) as connection:
        report = await populate(connection, SMALL_PLAN, schema=SCHEMA)
        assert note in [note.text for note in report.notes]


async def test_an_empty_store_is_an_error_where_notes_are(migrated: Callable[[str], str]) -> None:
    async with altered(migrated("head"), DROP, STORE.format("false")) as connection:
        with pytest.raises(CheckFailed, match="StoreAgent shows no approved listing"):
            await populate(connection, SMALL_PLAN, schema=SCHEMA, strict=True)
        assert await value(connection, 'SELECT count(*) FROM "User"') == 0
