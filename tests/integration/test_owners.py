"""What a user makes belongs to what is theirs, also in tables that nobody told of."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.seeding import PopulateReport, populate
from tests.altering import SCHEMA, altered, value
from tests.conftest import SMALL_PLAN

ORGANISATIONS = (
    'CREATE TABLE "Org" (id text PRIMARY KEY, "createdAt" timestamp(3) NOT NULL,'
    ' "ownerId" text NOT NULL REFERENCES "User")'
)
TEAMS = (
    'CREATE TABLE "Team" (id text PRIMARY KEY, "createdAt" timestamp(3) NOT NULL,'
    ' "orgId" text NOT NULL REFERENCES "Org", UNIQUE ("orgId", id))'
)
TEAM = (
    'ADD "orgId" text NOT NULL, ADD "teamId" text NOT NULL,'
    ' ADD FOREIGN KEY ("orgId", "teamId") REFERENCES "Team" ("orgId", id)'
)
ORG = 'ADD "orgId" text NOT NULL REFERENCES "Org"'


async def seed(connection: AsyncConnection) -> PopulateReport:
    return await populate(connection, SMALL_PLAN, schema=SCHEMA)


async def strangers(connection: AsyncConnection, rows: str, owner: str) -> object:
    """How many of the rows are of an organisation of somebody else."""
    query = f'SELECT count(*) FROM {rows} JOIN "Org" o ON o.id = r."orgId"'
    return await value(connection, f'{query} WHERE o."ownerId" <> {owner}')


@pytest.mark.parametrize(
    ("table", "owner"), [("AgentGraph", "userId"), ("StoreListing", "owningUserId")]
)
async def test_what_a_user_makes_is_of_a_team_of_their_organisation(
    head: str, table: str, owner: str
) -> None:
    async with altered(head, ORGANISATIONS, TEAMS, f'ALTER TABLE "{table}" {TEAM}') as connection:
        report = await seed(connection)
        assert report.rows["Org"]
        assert any("takes by their owners" in note.text for note in report.notes)
        assert await strangers(connection, f'"{table}" r', f'r."{owner}"') == 0
        older = f'SELECT count(*) FROM "{table}" r JOIN "Org" o ON o.id = r."orgId"'
        assert not await value(connection, f'{older} WHERE r."createdAt" < o."createdAt"')


async def test_what_names_no_user_is_of_the_organisation_of_the_owner_of_what_it_belongs_to(
    head: str,
) -> None:
    nodes = f'ALTER TABLE "AgentNode" {ORG}'
    async with altered(head, ORGANISATIONS, nodes) as connection:
        await seed(connection)
        rows = '"AgentNode" r JOIN "AgentGraph" g ON g.id = r."agentGraphId"'
        assert await strangers(connection, rows, 'g."userId"') == 0


async def test_what_is_of_one_row_only_is_given_another_to_each(head: str) -> None:
    once = f'ALTER TABLE "AgentPreset" {ORG} UNIQUE'
    async with altered(head, ORGANISATIONS, once) as connection:
        report = await seed(connection)
        assert report.rows["Org"] >= report.rows["AgentPreset"]


async def test_organisations_of_nobody_are_taken_in_turn(head: str) -> None:
    nobody = 'ALTER TABLE "Org" DROP "ownerId"'
    graphs = f'ALTER TABLE "AgentGraph" {ORG}'
    async with altered(head, ORGANISATIONS, nobody, graphs) as connection:
        report = await seed(connection)
        taken = await value(connection, 'SELECT count(DISTINCT "orgId") FROM "AgentGraph"')
        assert taken == min(report.rows["Org"], report.rows["AgentGraph"])
