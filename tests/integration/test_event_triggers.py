"""A database whose event triggers let nobody change its tables."""

from __future__ import annotations

import pytest

from autogpt_seed.database.url import parse_url
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.plan import Plan
from autogpt_seed.seeding import populate
from tests.conftest import AS_OF
from tests.databases import counts
from tests.redefining import run

PLAN = Plan(users=40, blocks=10, as_of=AS_OF, api_key_hash="sha256")
"""Large enough for suspending to pay."""


async def test_where_no_key_may_be_dropped_the_other_way_is_named(database: str) -> None:
    await run(
        database,
        "CREATE FUNCTION no_ddl() RETURNS event_trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'DDL only through migrations'; END $$",
        "CREATE EVENT TRIGGER no_ddl ON sql_drop EXECUTE FUNCTION no_ddl()",
    )
    with pytest.raises(DatabaseUnsuitable) as caught:
        await populate(parse_url(database, {}), PLAN)
    assert "DDL only through migrations" in str(caught.value)
    assert "--load live" in str(caught.value)
    assert not await counts(database)
    report = await populate(parse_url(database, {}), PLAN, load="live")
    assert report.rows["User"] == PLAN.users
