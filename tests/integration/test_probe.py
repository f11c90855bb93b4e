"""What a schema refuses is found out on a few rows, and named with a way around it."""

from __future__ import annotations

import os
import re

import pytest

from autogpt_seed.choices import Load
from autogpt_seed.errors import CheckFailed, DatabaseUnsuitable
from autogpt_seed.seeding import populate
from autogpt_seed.verification import verify
from tests import databases
from tests.altering import SCHEMA, altered, value
from tests.conftest import SMALL_PLAN

RAISING = """
CREATE FUNCTION object_to() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'no agents on Sundays'; END $$
"""
SWALLOWING = """
CREATE FUNCTION drop_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$
"""


class Recorder:
    """Remembers which tables were loaded."""

    def __init__(self) -> None:
        self.phases: list[str] = []

    def phase(self, name: str, total: int, unit: str = "rows") -> None:
        self.phases.append(name)

    def advance(self, rows: int) -> None: ...


async def refusal(url: str, *statements: str) -> DatabaseUnsuitable:
    """The error of a populate after these changes, which came before any table was loaded."""
    recorder = Recorder()
    async with altered(url, *statements) as connection:
        with pytest.raises(DatabaseUnsuitable) as caught:
            await populate(connection, SMALL_PLAN, schema=SCHEMA, progress=recorder)
        assert not recorder.phases
        assert await value(connection, 'SELECT count(*) FROM "User"') == 0
    assert caught.value.exit_status == 4
    return caught.value


CASES = {
    "check": (
        ['ALTER TABLE "CreditTransaction" ADD CONSTRAINT only_gains CHECK (amount > 0)'],
        ['"only_gains"', '"CreditTransaction"', "CHECK ((amount > 0))", "amount = -"],
        "columns.CreditTransaction.amount=",
    ),
    "check of a default": (
        ["ALTER TABLE \"User\" ADD CONSTRAINT zoned CHECK (timezone <> 'not-set')"],
        ['"zoned" of table "User"', "timezone = 'not-set'::text, its default"],
        "columns.User.timezone=VALUE",
    ),
    "check over two columns": (
        ['ALTER TABLE "AgentGraphExecution" ADD CHECK ("startedAt" < "createdAt")'],
        ["startedAt = 20", "createdAt = 20"],
        "[columns.AgentGraphExecution] startedAt",
    ),
    "check that demands a column which nobody knows": (
        [
            'ALTER TABLE "StoreListing" ADD "publishedAt" timestamptz,'
            ' ADD CHECK (NOT "hasApprovedVersion" OR "publishedAt" IS NOT NULL)'
        ],
        ["hasApprovedVersion = True", "publishedAt = NULL"],
        "columns.StoreListing.publishedAt=VALUE",
    ),
    "check of a domain": (
        [
            "CREATE DOMAIN number AS text CHECK (VALUE ~ '^[0-9]+$')",
            'ALTER TABLE "AgentBlock" ALTER name TYPE number',
        ],
        ['"number_check"', "name number NOT NULL CHECK ((VALUE ~ '^[0-9]+$'::text))", "name = '"],
        """columns.AgentBlock.name={sequence = "x-{n}"}'""",
    ),
    "required": (
        ['ALTER TABLE "StoreListing" ALTER "activeVersionId" SET NOT NULL'],
        ["StoreListing → StoreListingVersion", '"StoreListing_activeVersionId_fkey"'],
        "nullable",
    ),
    "exclusion": (
        ['ALTER TABLE "Profile" ADD CONSTRAINT apart EXCLUDE ((left(username, 0)) WITH =)'],
        ['"apart"', "EXCLUDE USING", "conflicts with existing key"],
        """columns.Profile.username={sequence = "x-{n}"}'""",
    ),
    "unique over an expression": (
        ['CREATE UNIQUE INDEX one_each ON "AgentNode" ((metadata::text))'],
        ['"one_each" of table "AgentNode"', "CREATE UNIQUE INDEX", "=({}) already exists"],
        'Change constraint "one_each"',
    ),
    "trigger": (
        [
            RAISING,
            'CREATE TRIGGER guard BEFORE INSERT ON "AgentGraph"'
            " FOR EACH ROW EXECUTE FUNCTION object_to()",
        ],
        ['Trigger "guard" of table "AgentGraph"', "no agents on Sundays", "BEFORE INSERT"],
        "[columns.AgentGraph]",
    ),
    "trigger that speaks of a check": (
        [
            RAISING.replace("Sundays'", "Sundays' USING ERRCODE = 'check_violation'"),
            'CREATE TRIGGER guard BEFORE INSERT ON "AgentGraph"'
            " FOR EACH ROW EXECUTE FUNCTION object_to()",
        ],
        ['Trigger "guard" of table "AgentGraph"', "no agents on Sundays"],
        "[columns.AgentGraph]",
    ),
    "deferred trigger": (
        [
            RAISING,
            'CREATE CONSTRAINT TRIGGER guard AFTER INSERT ON "AgentNode" DEFERRABLE INITIALLY'
            " DEFERRED FOR EACH ROW EXECUTE FUNCTION object_to()",
        ],
        ['Trigger "guard" of table "AgentNode"', "no agents on Sundays", "DEFERRED"],
        "[columns.AgentNode]",
    ),
    "trigger that does not fit its table": (
        [
            """CREATE FUNCTION outdated() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN NEW.gone := 1; RETURN NEW; END $$""",
            'CREATE TRIGGER guard BEFORE INSERT ON "AgentGraph"'
            " FOR EACH ROW EXECUTE FUNCTION outdated()",
        ],
        ['Trigger "guard" of table "AgentGraph"', 'has no field "gone"'],
        "[columns.AgentGraph]",
    ),
    "trigger that swallows rows": (
        [
            SWALLOWING,
            'CREATE TRIGGER mouth BEFORE INSERT ON "AgentNodeLink"'
            " FOR EACH ROW EXECUTE FUNCTION drop_it()",
        ],
        ['"AgentNodeLink" took 0 of', "mouth"],
        "triggers and rules",
    ),
    "late column": (
        ['ALTER TABLE "StoreListing" ADD CHECK ("activeVersionId" IS NULL)'],
        ['"StoreListing_activeVersionId_check" of table "StoreListing"'],
        "columns.StoreListing.activeVersionId={null = true}",
    ),
    "check on an id": (
        ["ALTER TABLE \"User\" ADD CHECK (id ~ '^[0-9A-Z]{26}$')"],
        ['"User_id_check" of table "User"'],
        'Change constraint "User_id_check"',
    ),
    "check on the key of a row that must be there": (
        ['ALTER TABLE "AgentGraph" ADD CONSTRAINT short CHECK (length("userId") < 9)'],
        ['"short" of table "AgentGraph"'],
        'Change constraint "short"',
    ),
    "check on an id and more": (
        ['ALTER TABLE "AgentBlock" ADD CONSTRAINT named CHECK (id = name)'],
        ['"named" of table "AgentBlock"'],
        """columns.AgentBlock.name={sequence = "x-{n}"}'""",
    ),
    "partial unique index": (
        ['CREATE UNIQUE INDEX one_favorite ON "LibraryAgent" ((1)) WHERE "isFavorite"'],
        ['"one_favorite" of table "LibraryAgent"'],
        "columns.LibraryAgent.isFavorite=VALUE",
    ),
    "trigger on updates": (
        [
            RAISING,
            'CREATE TRIGGER guard BEFORE UPDATE ON "StoreListing"'
            " FOR EACH ROW EXECUTE FUNCTION object_to()",
        ],
        ['Trigger "guard" of table "StoreListing"'],
        '--load suspended, or disable it meanwhile: ALTER TABLE "platform"."StoreListing" DISABLE',
    ),
}


@pytest.mark.parametrize(("changes", "evidence", "remedy"), CASES.values(), ids=CASES)
async def test_a_refusal_is_named_before_the_mass_is_loaded(
    head: str, changes: list[str], evidence: list[str], remedy: str
) -> None:
    error = await refusal(head, *changes)
    for words in evidence:
        assert words in f"{error.sentence}\n{error.evidence}"
    assert remedy in error.remedy


async def test_a_role_that_may_not_refresh_is_told_so_before_the_mass_is_loaded(head: str) -> None:
    role = f"loader_{os.getpid()}"
    error = await refusal(
        head,
        f"CREATE ROLE {role}",
        f"GRANT USAGE ON SCHEMA {SCHEMA} TO {role}",
        f"GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA {SCHEMA} TO {role}",
        f"SET LOCAL ROLE {role}",
    )
    assert "may not refresh" in str(error)


async def test_rows_that_may_not_be_updated_are_loaded_with_their_keys_suspended(
    database: str,
) -> None:
    await databases.execute(
        database,
        f"SET search_path TO {SCHEMA}; {RAISING}",
        f'CREATE TRIGGER guard BEFORE UPDATE ON {SCHEMA}."StoreListing" '
        f"FOR EACH ROW EXECUTE FUNCTION {SCHEMA}.object_to()",
        f"CREATE FUNCTION {SCHEMA}.has_user() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f'IF NOT EXISTS (SELECT FROM {SCHEMA}."User" WHERE id = NEW."userId") '
        "THEN RAISE EXCEPTION 'nobody'; END IF; RETURN NEW; END $$",
        f'CREATE TRIGGER owned BEFORE INSERT ON {SCHEMA}."AgentGraph" '
        f"FOR EACH ROW EXECUTE FUNCTION {SCHEMA}.has_user()",
    )
    report = await populate(databases.target(database), SMALL_PLAN, load="suspended")
    assert report.strategy.name == "suspended"
    active = f'SELECT count("activeVersionId") FROM {SCHEMA}."StoreListing"'
    assert await databases.value(database, active)
    with pytest.raises(DatabaseUnsuitable, match=r'Trigger "guard".*\n.*Sundays') as caught:
        await verify(databases.target(database))
    assert "To have it take them, disable it" in caught.value.remedy


async def test_a_trigger_that_must_wait_for_all_rows_is_named_with_the_load_that_lets_it(
    database: str,
) -> None:
    await databases.execute(
        database,
        f"CREATE FUNCTION {SCHEMA}.has_nodes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f'IF NOT EXISTS (SELECT FROM {SCHEMA}."AgentNode" WHERE "agentGraphId" = NEW.id) '
        "THEN RAISE EXCEPTION 'no nodes'; END IF; RETURN NULL; END $$",
        f'CREATE CONSTRAINT TRIGGER whole AFTER INSERT ON {SCHEMA}."AgentGraph" DEFERRABLE '
        f"INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {SCHEMA}.has_nodes()",
    )
    target = databases.target(database)
    with pytest.raises(DatabaseUnsuitable, match=r'Trigger "whole".*\n.*no nodes') as caught:
        await populate(target, SMALL_PLAN, load="suspended")
    assert "--load live" in caught.value.remedy
    assert (await populate(target, SMALL_PLAN, load="live")).committed


async def test_a_secret_is_not_shown_with_what_it_violates(head: str) -> None:
    error = await refusal(head, """ALTER TABLE "APIKey" ADD CHECK (hash ~ '^x')""")
    assert '"APIKey_hash_check"' in error.sentence
    assert "secret" in error.evidence
    assert not re.search("[0-9a-f]{32}|agpt_", str(error))


async def test_a_violation_that_only_the_mass_shows_is_named_as_well(head: str) -> None:
    rare = 'CREATE UNIQUE INDEX one_each ON "CreditTransaction" (abs(amount))'
    async with altered(head, rare) as connection:
        plan = SMALL_PLAN.model_copy(update={"users": 101})
        with pytest.raises(DatabaseUnsuitable) as caught:
            await populate(connection, plan, schema=SCHEMA)
    assert '"one_each" of table "CreditTransaction"' in caught.value.sentence
    assert "already exists" in caught.value.evidence


async def test_a_table_that_refuses_and_that_nothing_requires_is_left_out(head: str) -> None:
    change = (
        'CREATE TABLE "Odd" (id int PRIMARY KEY, n int NOT NULL CHECK (n * n = -1))',
        'CREATE TABLE "OfOdd" (id int PRIMARY KEY, odd int NOT NULL REFERENCES "Odd")',
    )
    plan = SMALL_PLAN.model_copy(update={"tables": "all"})
    async with altered(head, *change) as connection:
        report = await populate(connection, plan)
        assert report.coverage.without_rows == ("Odd", "OfOdd")
        notes = [note.text for note in report.notes if note.action == "left out"]
        assert any('"Odd_n_check" of table "Odd" refuses' in note for note in notes)
        with pytest.raises(CheckFailed, match="differs from what is known"):
            await populate(connection, plan, strict=True)
    required = 'ALTER TABLE "User" ADD odd int NOT NULL REFERENCES "Odd"'
    async with altered(head, *change, required) as connection:
        with pytest.raises(DatabaseUnsuitable, match='"Odd_n_check" of table "Odd"'):
            await populate(connection, plan)


async def test_triggers_may_fill_columns_and_other_tables(head: str) -> None:
    changes = (
        'CREATE TABLE audit ("userId" text REFERENCES "User")',
        "ALTER TABLE \"User\" ADD initials text NOT NULL DEFAULT '?'",
        """CREATE FUNCTION public.initial(text) RETURNS text LANGUAGE sql
        AS $$ SELECT upper(left($1, 1)) $$""",
        """CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN NEW.initials := initial(NEW.name); RETURN NEW; END $$""",
        """CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN INSERT INTO audit VALUES (NEW.id); RETURN NEW; END $$""",
        'CREATE TRIGGER fill BEFORE INSERT ON "User" FOR EACH ROW EXECUTE FUNCTION fill()',
        'CREATE TRIGGER note AFTER INSERT ON "User" FOR EACH ROW EXECUTE FUNCTION note()',
    )
    async with altered(head, *changes) as connection:
        await populate(connection, SMALL_PLAN, schema=SCHEMA)
        assert await value(connection, "SELECT count(*) FROM audit") == SMALL_PLAN.users
        assert await value(connection, 'SELECT min(initials) FROM "User"') != "?"


async def test_times_that_a_trigger_overwrites_are_noted(database: str) -> None:
    stamp = f"FOR EACH ROW EXECUTE FUNCTION {SCHEMA}.stamp()"
    await databases.execute(
        database,
        f"CREATE FUNCTION {SCHEMA}.stamp() RETURNS trigger LANGUAGE plpgsql AS "
        """$$ BEGIN NEW."updatedAt" := now(); RETURN NEW; END $$""",
        f'CREATE TRIGGER stamp BEFORE INSERT ON {SCHEMA}."AgentGraph" {stamp}',
        f'CREATE TRIGGER restamp BEFORE UPDATE ON {SCHEMA}."StoreListing" {stamp}',
    )
    # A listing's active version comes by an UPDATE while the keys are in place, and only then.
    strategies: tuple[tuple[Load, list[str]], ...] = (
        ("live", ["AgentGraph", "StoreListing"]),
        ("suspended", ["AgentGraph"]),
    )
    for load, tables in strategies:
        report = await populate(databases.target(database), SMALL_PLAN, load=load, rollback=True)
        notes = [note for note in report.notes if note.action == "overwritten"]
        assert [(note.table, note.column) for note in notes] == [(t, "updatedAt") for t in tables]
        assert "stamp" in notes[0].text
    with pytest.raises(CheckFailed, match=r"AgentGraph\.updatedAt overwritten"):
        await populate(databases.target(database), SMALL_PLAN, strict=True, rollback=True)
