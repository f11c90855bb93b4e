"""Names that would end a statement, start another or take a value's place, everywhere at once."""

from __future__ import annotations

import pytest

from autogpt_seed import parse_url, populate, runs, update, verify
from autogpt_seed.database.sql import quote
from autogpt_seed.diagnosis import diagnose
from autogpt_seed.plan import Plan
from autogpt_seed.quoting import literal
from autogpt_seed.updating import UpdateSettings
from tests.conftest import AS_OF
from tests.databases import counts, session

HOSTILE = """o'd"d; DROP TABLE x; -- :a %s $1 {b} \\ é"""
PLAN = Plan(users=4, blocks=2, as_of=AS_OF, api_key_hash="sha256", tables="all")


def named(what: str) -> str:
    return quote(f"{what} {HOSTILE}")


def label(what: str) -> str:
    return "'" + f"{what} {HOSTILE}".replace("'", "''") + "'"


CHANGES = (
    f"CREATE TYPE {named('type')} AS ENUM ({label('one')}, {label('two')})",
    f"CREATE DOMAIN {named('domain')} AS text CHECK (value <> {label('none')})",
    f"CREATE TABLE {named('table')} ({named('key')} text PRIMARY KEY, "
    f'{named("parent")} text NOT NULL REFERENCES "User", '
    f"{named('kind')} {named('type')} NOT NULL, {named('text')} {named('domain')} NOT NULL, "
    f"{named('kinds')} {named('type')}[] NOT NULL, CONSTRAINT {named('check')} "
    f"CHECK ({named('text')} <> {label('nothing')}))",
    f"CREATE INDEX {named('index')} ON {named('table')} ({named('kind')})",
    f'ALTER TABLE "AgentGraph" ADD {named("column")} {named("type")} NOT NULL',
    f'ALTER TABLE "StoreListing" ADD {named("number")} integer NOT NULL UNIQUE',
    f"CREATE MATERIALIZED VIEW {named('view')} AS "
    f"SELECT {named('key')}, count(*) AS {named('count')} FROM {named('table')} GROUP BY 1",
    f"CREATE UNIQUE INDEX {named('unique')} ON {named('view')} ({named('key')})",
)


async def test_no_name_gets_out_of_its_quotes(database: str) -> None:
    schema = f"schema {HOSTILE}"
    async with session(database) as connection:
        await connection.execute("SET search_path TO platform")
        for statement in CHANGES:
            await connection.execute(statement)
        await connection.execute(f"ALTER SCHEMA platform RENAME TO {quote(schema)}")
    target = parse_url(database, {})
    assert not (await diagnose(target, PLAN)).problems
    for load in ("live", "suspended"):
        plan = PLAN.model_copy(update={"seed": len(load)})
        report = await populate(target, plan, load="live" if load == "live" else "suspended")
        assert report.rows[f"table {HOSTILE}"]
    settings = UpdateSettings(as_of=AS_OF, graphs=3)
    updated = await update(target, settings)
    assert updated.rows["AgentGraphExecution"]
    assert updated.changed_versions
    assert (await verify(target)).ok
    assert [run.schema for run in await runs(target)] == [schema] * 3
    assert (await counts(database, schema))["User"] == 2 * PLAN.users


@pytest.mark.parametrize("setting", ["on", "off"])
async def test_a_text_in_sql_is_the_same_under_every_setting(server_url: str, setting: str) -> None:
    async with session(server_url) as connection:
        await connection.execute(f"SET standard_conforming_strings = {setting}")
        for text in (HOSTILE, HOSTILE[::-1], "\\", "'", "\\'; --"):
            assert await connection.fetchval(f"SELECT {literal(text)}") == text
