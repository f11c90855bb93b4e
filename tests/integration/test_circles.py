"""A listing and its versions refer to each other: what a schema may demand of the two."""

from __future__ import annotations

import pytest

from autogpt_seed.choices import Load
from autogpt_seed.database.url import parse_url
from autogpt_seed.seeding import populate
from autogpt_seed.verification import verify
from tests.altering import SCHEMA, altered, value
from tests.conftest import SMALL_PLAN
from tests.databases import session
from tests.redefining import run

CHECK = (
    'ALTER TABLE "StoreListing" ADD CONSTRAINT rule '
    'CHECK ("hasApprovedVersion" = ("activeVersionId" IS NOT NULL))',
)
TRIGGER = (
    """CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (SELECT "hasApprovedVersion" <> ("activeVersionId" IS NOT NULL)
        FROM "StoreListing" WHERE id = NEW.id) THEN RAISE EXCEPTION 'incoherent'; END IF;
    RETURN NULL; END $$""",
    'CREATE CONSTRAINT TRIGGER guard AFTER INSERT OR UPDATE ON "StoreListing" '
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION guard()",
)
INCOHERENT = (
    'SELECT count(*) FROM "StoreListing" '
    'WHERE "hasApprovedVersion" <> ("activeVersionId" IS NOT NULL)'
)


@pytest.mark.parametrize("load", ["live", "suspended"])
async def test_a_check_may_demand_an_active_version_where_one_is_approved(
    database: str, load: Load
) -> None:
    await run(database, *CHECK)
    await populate(parse_url(database, {}), SMALL_PLAN, load=load)
    async with session(database) as connection:
        await connection.execute("SET search_path TO platform")
        assert await connection.fetchval(INCOHERENT) == 0
        approved = 'SELECT count(*) FROM "StoreListing" WHERE "hasApprovedVersion"'
        assert await connection.fetchval(approved)
    report = await verify(parse_url(database, {}))
    assert report.exit_status == 0


async def test_a_trigger_may_demand_it_once_all_rows_are_there(head: str) -> None:
    async with altered(head, *TRIGGER) as connection:
        await populate(connection, SMALL_PLAN, schema=SCHEMA, load="live")
        assert await value(connection, INCOHERENT) == 0
