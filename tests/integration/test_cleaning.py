"""clean(): the rows of runs go, all of them, and no row that no run made."""

from __future__ import annotations

import pytest

from autogpt_seed import clean, inspect, populate, runs, verify
from autogpt_seed.errors import ConfigurationError, DatabaseUnsuitable, RefusedForSafety
from autogpt_seed.ids import MAXIMUM_ORDINAL, RunTag
from autogpt_seed.plan import Plan
from autogpt_seed.removal import meant_runs
from tests.conftest import SMALL_PLAN
from tests.databases import contents, everything, execute, session, target, user, value

OTHER_PLAN = SMALL_PLAN.model_copy(update={"seed": 7})
ALL_TABLES = SMALL_PLAN.model_copy(update={"tables": "all"})
PERSON = "c56a4180-65aa-42ec-a945-5fd21dec0538"
"""An id as the platform's own sign-up makes them."""

HOSTILE = """we"ird; -- :name %s 'é'"""


async def clean_into(url: str, *tags: str, cascade: bool = False) -> dict[str, int]:
    """Clean a database in which people live."""
    where = target(url)
    report = await clean(where, tags, into=where.place, cascade=cascade)
    return report.cleared.rows


async def make_real(url: str) -> None:
    """Let the rows of all runs be such that nobody knows of any run."""
    async with session(url) as connection:
        tables = await connection.fetch(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'platform' "
            "AND column_name = 'id' AND data_type = 'text' AND table_name IN "
            "(SELECT relname FROM pg_class WHERE relkind = 'r')"
        )
        for (table,) in tables:
            await connection.execute(f'UPDATE platform."{table}" SET id = gen_random_uuid()')
        await connection.execute(
            'UPDATE platform."CreditTransaction" SET "transactionKey" = gen_random_uuid();'
            "DELETE FROM autogpt_seed.run; DELETE FROM autogpt_seed.run_key;"
            "SET search_path TO platform; SELECT refresh_store_materialized_views()"
        )


async def test_what_no_run_made_is_untouched_to_the_last_digit(seeded_revision: str) -> None:
    url = seeded_revision
    await make_real(url)
    before = await everything(url)
    where = target(url)
    report = await populate(where, OTHER_PLAN, into=where.place)
    hostile = list(map(user, ids_like_those_of(RunTag(report.run_tag))))
    await execute(url, *hostile)
    cleaned = await clean(where, [report.run_tag], into=where.place)
    assert cleaned.cleared.rows == {name: n for name, n in report.rows.items() if n}
    assert cleaned.committed
    assert await runs(where) == ()
    removed = """DELETE FROM platform."User" WHERE email LIKE '%@people.test'"""
    async with session(url) as connection:
        assert await connection.execute(removed) == f"DELETE {len(hostile)}"
    assert await everything(url) == before


def ids_like_those_of(tag: RunTag) -> list[str]:
    """Ids with the tag or in the block of a run, none of which it can have made for a user."""
    ids = tag.ids("User")
    return [
        *(f"{n:08x}{ids.suffix}" for n in (0, tag.base - 1, tag.base + MAXIMUM_ORDINAL + 1)),
        RunTag("0123456789abcde").ids("User").suffix.join((ids.short(0), "")),
        tag.ids("AgentGraph")[0],
        f"{ids.short(16)[:7]}_{ids.suffix}",
        f"{ids[0][:-1]}_",
        ids[3].upper(),
        PERSON,
    ]


async def test_all_runs_leave_an_empty_marketplace(seeded_database: str) -> None:
    await verify(target(seeded_database), commit=True)
    await populate(target(seeded_database), OTHER_PLAN)
    made = tuple(record.tag for record in await runs(target(seeded_database)))
    report = await clean(target(seeded_database), "all")
    found = await contents(seeded_database)
    assert {name: number for name, (number, _) in found.items() if number} == {}
    assert report.cleared.runs == made
    assert len(made) == 3
    assert report.refresh.views


async def test_runs_are_cleaned_one_by_one(seeded_database: str) -> None:
    before = await everything(seeded_database)
    first = await runs(target(seeded_database))
    verified = await verify(target(seeded_database), commit=True)
    await clean(target(seeded_database), [verified.run_tag])
    assert await everything(seeded_database) == before
    other = await populate(target(seeded_database), OTHER_PLAN)
    await clean(target(seeded_database), [other.run_tag[:6]])
    assert await everything(seeded_database) == before
    assert await runs(target(seeded_database)) == first


async def test_a_tag_may_be_given_by_itself(seeded_database: str) -> None:
    first = await runs(target(seeded_database))
    second = await populate(target(seeded_database), OTHER_PLAN)
    both = f"{first[0].tag[0]}{second.run_tag[0]}"
    with pytest.raises(ConfigurationError, match=f"no run '{both}'"):
        await clean(target(seeded_database), both)
    report = await clean(target(seeded_database), second.run_tag[:6])
    assert report.cleared.runs == (second.run_tag,)
    assert await runs(target(seeded_database)) == first


async def test_a_rolled_back_clean_changes_nothing_and_tells_everything(
    seeded_database: str,
) -> None:
    before = await everything(seeded_database)
    (record,) = await runs(target(seeded_database))
    report = await clean(target(seeded_database), "all", rollback=True)
    assert not report.committed
    assert report.cleared.total_rows == record.total_rows
    assert await everything(seeded_database) == before
    assert await runs(target(seeded_database)) == (record,)


async def test_on_a_callers_connection_the_clean_is_the_callers_to_keep(
    seeded_database: str,
) -> None:
    before = await everything(seeded_database)
    engine = target(seeded_database).engine()
    async with engine.connect() as connection:
        outer = await connection.begin()
        await clean(connection, "all")
        assert await runs(connection) == ()
        await outer.rollback()
    await engine.dispose()
    assert await everything(seeded_database) == before


async def test_a_run_that_is_not_in_the_record_is_known_by_its_ids(seeded_database: str) -> None:
    (record,) = await runs(target(seeded_database))
    await execute(seeded_database, "DROP TABLE autogpt_seed.run, autogpt_seed.run_key")
    report = await clean(target(seeded_database), [record.tag])
    assert report.cleared.total_rows == record.total_rows


async def test_a_run_that_is_not_there_is_an_error_that_names_those_that_are(
    seeded_database: str,
) -> None:
    (record,) = await runs(target(seeded_database))
    for tag in ("0123456789abcde", "no tag", ""):
        with pytest.raises(ConfigurationError, match=record.tag):
            await clean(target(seeded_database), [tag])


async def test_rows_of_every_kind_of_key_are_found_again(database: str) -> None:
    await execute(
        database,
        'CREATE TABLE platform."Badge" (id serial PRIMARY KEY, "userId" text NOT NULL REFERENCES '
        'platform."User" ON DELETE CASCADE)',
        'CREATE TABLE platform."Follower" ("userId" text REFERENCES platform."User", rank int, '
        'PRIMARY KEY ("userId", rank))',
        'CREATE TABLE platform."Plan" (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, '
        "name text NOT NULL)",
        'CREATE TABLE platform."Theme" (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), n int)',
        'CREATE TABLE platform."Extra" ("userId" text PRIMARY KEY REFERENCES platform."User")',
        'CREATE TABLE platform."Pair" ("A" text NOT NULL REFERENCES platform."User", '
        '"B" text NOT NULL REFERENCES platform."User", UNIQUE ("A", "B"))',
        f'CREATE TABLE platform."{HOSTILE.replace(chr(34), chr(34) * 2)}" '
        '(":id" serial PRIMARY KEY, "%s" text NOT NULL)',
        'CREATE TABLE platform."Welcome" (id serial PRIMARY KEY, "userId" text)',
        "CREATE FUNCTION platform.welcome() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
        'INSERT INTO platform."Welcome" ("userId") VALUES (NEW.id); RETURN NEW; END$$',
        'CREATE TRIGGER welcome AFTER INSERT ON platform."User" FOR EACH ROW '
        "EXECUTE FUNCTION platform.welcome()",
        """INSERT INTO platform."Plan" (name) VALUES ('free')""",
        """INSERT INTO platform."Welcome" ("userId") VALUES ('somebody else')""",
    )
    before = await contents(database)
    report = await populate(target(database), ALL_TABLES)
    assert len([name for name in report.rows if name in ("Badge", "Plan", "Pair", "Extra")]) == 4
    cleaned = await clean(target(database), [report.run_tag])
    assert await contents(database) == before
    assert cleaned.cleared.left == ()


async def test_rows_go_whose_keys_hold_no_id_of_their_own(database: str) -> None:
    await execute(
        database,
        'DROP TABLE IF EXISTS platform."UnifiedContentEmbedding"',  # whose trigger lists them all
        "CREATE TABLE platform.\"Team\" (id text PRIMARY KEY CHECK (id ~ '^c[a-z0-9]{24}$'), "
        "name text NOT NULL)",
        'ALTER TABLE platform."User" ADD "teamId" text NOT NULL UNIQUE REFERENCES platform."Team"',
        'CREATE TABLE platform."Setting" ("userId" text, key text, PRIMARY KEY ("userId", key))',
        "INSERT INTO platform.\"Team\" VALUES ('c' || repeat('0', 24), 'mine')",
        "INSERT INTO platform.\"Setting\" VALUES ('somebody', 'mine')",
    )
    before = await contents(database)
    for _ in range(2):
        report = await populate(target(database), ALL_TABLES)
        assert {"Team", "Setting"} <= report.rows.keys()
        others = {found.table: found.others for found in (await inspect(target(database))).tables}
        assert (others["Team"], others["Setting"]) == (1, 1)
        cleaned = await clean(target(database), "all")
        assert cleaned.cleared.left == ()
        assert await contents(database) == before


async def test_rows_are_known_by_their_ids_where_another_text_is_the_primary_key(
    database: str,
) -> None:
    for table, key, beside in (
        ("StoreListingReview", '"publicId"', ""),
        ("APIKey", '"publicId"', ", ADD UNIQUE (id)"),
        ("AgentNodeLink", "code", ""),
    ):
        await execute(
            database,
            f'ALTER TABLE platform."{table}" DROP CONSTRAINT "{table}_pkey", '
            f"ADD {key} text PRIMARY KEY{beside}",
        )
    before = await contents(database)
    first = await populate(target(database), SMALL_PLAN)
    between = await contents(database)
    again = await populate(target(database), SMALL_PLAN)
    others = {found.table: found.others for found in (await inspect(target(database))).tables}
    assert not any(others.values())
    await clean(target(database), again.run_tag)
    assert await contents(database) == between
    await clean(target(database), first.run_tag)
    assert await contents(database) == before


@pytest.mark.parametrize("plan", [SMALL_PLAN, ALL_TABLES], ids=["apart", "among its own"])
async def test_rows_that_a_trigger_changed_are_not_the_runs(database: str, plan: Plan) -> None:
    await execute(
        database,
        "CREATE TABLE platform.tally (day date PRIMARY KEY, users int NOT NULL)",
        "INSERT INTO platform.tally VALUES ('1999-01-01', 0)",
        "CREATE FUNCTION platform.tally_up() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN INSERT INTO platform.tally VALUES ('1999-01-02', 0) ON CONFLICT DO NOTHING; "
        "UPDATE platform.tally SET users = users + 1; RETURN NEW; END$$",
        'CREATE TRIGGER tally AFTER INSERT ON platform."User" FOR EACH ROW '
        "EXECUTE FUNCTION platform.tally_up()",
    )
    report = await populate(target(database), plan)
    removed = (await clean(target(database), "all")).cleared
    assert removed.total_rows == report.total_rows - report.rows.get("tally", 0)
    kept = "SELECT users FROM platform.tally WHERE day = '1999-01-01'"
    assert await value(database, kept) == SMALL_PLAN.users


async def test_rows_that_nothing_tells_apart_stay_and_are_named(database: str) -> None:
    await execute(database, 'CREATE TABLE platform."Log" (line text NOT NULL)')
    report = await populate(target(database), ALL_TABLES)
    cleaned = await clean(target(database), "all")
    assert cleaned.cleared.left == (
        f"Log: {report.rows['Log']} rows that cannot be told from others",
    )
    assert await value(database, 'SELECT count(*) FROM platform."Log"') == report.rows["Log"]


async def test_numbers_that_come_again_after_a_truncate_are_somebody_elses(database: str) -> None:
    badges = {
        "Badge": "id serial PRIMARY KEY",
        "Medal": "number serial PRIMARY KEY, id uuid DEFAULT gen_random_uuid()",
    }
    for table, keys in badges.items():
        owner = '"userId" text NOT NULL REFERENCES platform."User"'
        await execute(database, f'CREATE TABLE platform."{table}" ({keys}, {owner})')
    await populate(target(database), ALL_TABLES)
    await execute(database, user(PERSON))
    for table in badges:
        await execute(
            database,
            f'TRUNCATE platform."{table}" RESTART IDENTITY',
            f"""INSERT INTO platform."{table}" ("userId") SELECT '{PERSON}' """
            "FROM generate_series(1, 50)",  # as far as the run's, after those of its trial
        )
    where = target(database)
    await clean(where, "all", into=where.place)
    for table in badges:
        assert await value(database, f'SELECT count(*) FROM platform."{table}"') == 50


async def test_numbers_that_come_again_in_a_later_run_are_that_runs(database: str) -> None:
    await execute(
        database,
        'CREATE TABLE platform."Note" (id serial PRIMARY KEY, relation text NOT NULL, key text)',
    )
    await populate(target(database), ALL_TABLES)
    await execute(database, 'TRUNCATE platform."Note" RESTART IDENTITY')
    later = await populate(target(database), ALL_TABLES)
    cleaned = await clean(target(database), [later.run_tag])
    assert cleaned.cleared.rows["Note"] == later.rows["Note"] > 0
    assert await value(database, 'SELECT count(*) FROM platform."Note"') == 0


async def test_an_account_that_agents_were_given_to_stays(database: str) -> None:
    await execute(
        database, user(PERSON), """UPDATE platform."User" SET "createdAt" = '2024-01-01'"""
    )
    before = await everything(database)
    plan = SMALL_PLAN.model_copy(update={"for_user": f"{PERSON}@people.test"})
    where = target(database)
    report = await populate(where, plan, into=where.place)
    await clean(where, [report.run_tag], into=where.place)
    assert await everything(database) == before


# Rows that others attached


@pytest.fixture
async def graph(seeded_database: str) -> str:
    """A seeded graph, in a database with a person in it."""
    await execute(seeded_database, user(PERSON))
    return str(await value(seeded_database, 'SELECT min(id) FROM platform."AgentGraph"'))


def execution(graph: str) -> str:
    return (
        'INSERT INTO platform."AgentGraphExecution" (id, "agentGraphId", "agentGraphVersion", '
        f"""\"userId", "updatedAt") VALUES ('an execution', '{graph}', 1, '{PERSON}', now())"""
    )


async def test_what_a_person_attached_makes_it_stop_and_is_told(
    seeded_database: str, graph: str
) -> None:
    await execute(seeded_database, execution(graph))
    before = await everything(seeded_database)
    with pytest.raises(RefusedForSafety, match=r"AgentGraphExecution: 1 by .*an execution"):
        await clean_into(seeded_database, (await runs(target(seeded_database)))[0].tag)
    assert await everything(seeded_database) == before


async def test_a_cascade_removes_what_a_person_attached_and_nothing_else(
    seeded_database: str, graph: str
) -> None:
    await execute(
        seeded_database,
        execution(graph),
        'INSERT INTO platform."AgentNode" (id, "agentBlockId", "agentGraphId") SELECT '
        f"""'a node', min(id), '{graph}' FROM platform."AgentBlock\"""",
    )
    (record,) = await runs(target(seeded_database))
    removed = await clean_into(seeded_database, record.tag, cascade=True)
    assert sum(removed.values()) == record.total_rows + 2
    found = await contents(seeded_database)
    assert {name: number for name, (number, _) in found.items() if number} == {"User": 1}


async def test_a_further_version_of_a_seeded_graph_is_the_persons_own(
    seeded_database: str, graph: str
) -> None:
    await execute(
        seeded_database,
        'INSERT INTO platform."AgentGraph" (id, version, "userId", "updatedAt") '
        f"VALUES ('{graph}', 2, '{PERSON}', now())",
    )
    (record,) = await runs(target(seeded_database))
    await clean_into(seeded_database, record.tag)
    assert await value(seeded_database, 'SELECT version FROM platform."AgentGraph"') == 2


@pytest.mark.parametrize("action", ["CASCADE", "SET NULL", "RESTRICT", "NO ACTION"])
async def test_every_kind_of_foreign_key_makes_it_stop(
    seeded_database: str, graph: str, action: str
) -> None:
    await execute(
        seeded_database,
        "CREATE SCHEMA app",
        'CREATE TABLE app.note (id serial PRIMARY KEY, "userId" text REFERENCES platform."User" '
        f"ON DELETE {action})",
        'INSERT INTO app.note ("userId") SELECT min(id) FROM platform."User" WHERE id < \'c56a\'',
    )
    (record,) = await runs(target(seeded_database))
    with pytest.raises(RefusedForSafety, match=r"app\.note: 1 by userId, such as \S+\n") as refusal:
        await clean_into(seeded_database, record.tag)
    said = "To have those columns emptied" if action == "SET NULL" else "To remove them as well"
    assert said in refusal.value.remedy
    await clean_into(seeded_database, record.tag, cascade=True)
    left = await value(seeded_database, 'SELECT count(*) FROM app.note WHERE "userId" IS NULL')
    gone = await value(seeded_database, "SELECT count(*) = 0 FROM app.note")
    assert (left, gone) == ((1, False) if action == "SET NULL" else (0, True))


async def test_what_another_run_attached_is_told_with_its_tag(seeded_database: str) -> None:
    verified = await verify(target(seeded_database), commit=True)
    first = (await runs(target(seeded_database)))[0].tag
    with pytest.raises(RefusedForSafety, match=rf"too, such as {verified.run_tag}\."):
        await clean(target(seeded_database), [first])


async def test_what_somebody_attached_is_of_no_run_whatever_it_refers_to(
    seeded_database: str,
) -> None:
    await execute(
        seeded_database,
        'CREATE TABLE platform.label ("graphId" text, name text)',
        'ALTER TABLE platform.label ADD FOREIGN KEY ("graphId") REFERENCES platform."User"',
        "INSERT INTO platform.label SELECT min(id), 'mine' FROM platform.\"User\"",
    )
    (record,) = await runs(target(seeded_database))
    with pytest.raises(RefusedForSafety, match=r"label: 1 by graphId, such as \S+\n") as refusal:
        await clean_into(seeded_database, record.tag)
    assert record.tag not in str(refusal.value)


async def test_a_table_whose_rows_would_stop_the_clean_is_left_out(database: str) -> None:
    await execute(
        database,
        'CREATE TABLE platform."ExecutionLabel" ("executionId" text NOT NULL REFERENCES '
        'platform."AgentGraphExecution" ON DELETE CASCADE, label text NOT NULL)',
    )
    report = await populate(target(database), ALL_TABLES)
    assert "ExecutionLabel" not in report.rows
    (note,) = [note for note in report.notes if note.table == "ExecutionLabel"]
    assert "no key by which to remove" in note.text
    await clean(target(database), "all")


@pytest.mark.parametrize("action", ["RETURN NULL", "RAISE EXCEPTION 'append-only'"])
async def test_rows_that_a_trigger_keeps_make_it_fail(seeded_database: str, action: str) -> None:
    await execute(
        seeded_database,
        "CREATE FUNCTION platform.keep() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$BEGIN {action}; END$$",
        'CREATE TRIGGER keeper BEFORE DELETE ON platform."StoreListingReview" FOR EACH ROW '
        "EXECUTE FUNCTION platform.keep()",
    )
    before = await everything(seeded_database)
    with pytest.raises(DatabaseUnsuitable, match="StoreListingReview") as refused:
        await clean(target(seeded_database), "all")
    assert "Triggers: keeper." in refused.value.evidence
    assert await everything(seeded_database) == before


def test_an_ambiguous_tag_is_told_with_the_runs_that_it_may_mean() -> None:
    with pytest.raises(ConfigurationError, match="'a' is ambiguous: it matches 2") as caught:
        list(meant_runs(["a"], ["ab1", "b12", "ac1"]))
    assert caught.value.evidence == "Runs: ab1, ac1."


def test_of_many_runs_some_are_told() -> None:
    with pytest.raises(ConfigurationError, match="no run 'zz'") as caught:
        list(meant_runs(["zz"], [f"a{number}" for number in range(40)]))
    assert caught.value.evidence == "Runs: a0, a1, a2, a3, a4, a5, a6, a7 and 32 more."
