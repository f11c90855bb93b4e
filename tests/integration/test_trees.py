"""Tables of a fork that refer to themselves, within what belongs to one user."""

from __future__ import annotations

import pytest

from autogpt_seed.seeding import populate
from tests.altering import SCHEMA, altered, value
from tests.conftest import SMALL_PLAN

FOLDERS = (
    'CREATE TABLE "Folder" (id text PRIMARY KEY, "userId" text NOT NULL REFERENCES "User", '
    '"parentId" text{}, UNIQUE (id, "userId"), '
    'FOREIGN KEY ("parentId", "userId") REFERENCES "Folder" (id, "userId"))'
)
IN_FOLDERS = (
    'ALTER TABLE "LibraryAgent" ADD "folderId" text NOT NULL, '
    'ADD FOREIGN KEY ("folderId", "userId") REFERENCES "Folder" (id, "userId")'
)
NESTED = (
    'CREATE TABLE "Nested" (a text REFERENCES "User", b text, PRIMARY KEY (a, b), '
    'FOREIGN KEY (a, b) REFERENCES "Nested")'
)
ALL = SMALL_PLAN.model_copy(update={"tables": "all"})


@pytest.mark.parametrize(
    ("null", "parents"), [("", "NULL"), (" NOT NULL", "id")], ids=["optional", "required"]
)
async def test_a_tree_within_one_owner_is_filled(head: str, null: str, parents: str) -> None:
    async with altered(head, FOLDERS.format(null), IN_FOLDERS) as connection:
        report = await populate(connection, SMALL_PLAN, schema=SCHEMA)
        assert report.rows["Folder"] > 0
        wrong = f'"parentId" IS DISTINCT FROM {parents}'
        assert await value(connection, f'SELECT count(*) FROM "Folder" WHERE {wrong}') == 0


async def test_a_tree_that_nothing_needs_is_filled_on_demand(head: str) -> None:
    empty = 'CREATE TABLE "Marker" ()'
    async with altered(head, FOLDERS.format(" NOT NULL"), NESTED, empty) as connection:
        report = await populate(connection, ALL, schema=SCHEMA)
        assert report.rows["Folder"] > 0
        assert report.rows["Nested"] > 0
