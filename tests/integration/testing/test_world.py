"""The records of what was seeded, on schemas that lack parts of the platform's."""

from __future__ import annotations

from pathlib import Path

from autogpt_seed.testing import SqlFile, TestDatabases
from autogpt_seed.testing.world import SeededWorld, read_world
from tests.integration.testing.conftest import PLAN

OWNERS = """
CREATE TABLE "User" (id text PRIMARY KEY, email text);
CREATE TABLE "AgentGraph" (id text, version int, "userId" text, PRIMARY KEY (id, version));
"""
STORE = """
CREATE TABLE "StoreListing" (id text PRIMARY KEY, "owningUserId" text);
CREATE TABLE "StoreListingVersion" (id text PRIMARY KEY, "storeListingId" text);
CREATE TABLE "StoreListingReview" (id text PRIMARY KEY, "storeListingVersionId" text);
"""


async def world_of(url: str, name: str, file: Path) -> SeededWorld:
    async with (
        TestDatabases(url, migrate=SqlFile(file), plan=PLAN, name=name) as databases,
        databases.clone() as target,
    ):
        assert databases.recipe.plan
        return await read_world(target, databases.recipe.plan, "platform")


async def test_without_the_store_there_are_no_listings(
    server_url: str, name: str, tmp_path: Path
) -> None:
    file = tmp_path / "schema.sql"
    file.write_text(OWNERS)
    world = await world_of(server_url, name, file)
    assert len(world.users) == 2
    assert world.graphs
    assert world.listings == ()
    assert not any(user.listings for user in world.users)
    assert not any(graph.executions for graph in world.graphs)


async def test_what_has_no_column_is_empty(server_url: str, name: str, tmp_path: Path) -> None:
    file = tmp_path / "schema.sql"
    file.write_text(OWNERS + STORE)
    world = await world_of(server_url, name, file)
    listing = world.listing(reviews=True)
    assert listing.version_id
    assert listing.rating is None
    assert {listing.name, listing.slug, listing.graph.name, listing.owner.name} == {""}
