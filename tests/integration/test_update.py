"""A day in the life of a marketplace: what happens, to whom, and that it is a run of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from autogpt_seed import (
    DatabaseNotNamed,
    DatabaseUnsuitable,
    clean,
    inspect,
    parse_url,
    populate,
    runs,
    verify,
)
from autogpt_seed.plan import Range
from autogpt_seed.updating import UpdateReport, UpdateSettings, load_settings, update
from autogpt_seed.views import ViewFigures
from tests.altering import SCHEMA, altered
from tests.conftest import AS_OF, SMALL_PLAN, CreateDatabase
from tests.databases import contents, counts, everything, execute, session, with_parameters
from tests.integration.test_fits_in import NUMBERED
from tests.integration.test_verification import under_row_security
from tests.redefining import run

SETTINGS = UpdateSettings(as_of=AS_OF)
NEW = "id::text LIKE '%' || $1"


async def happened(url: str, settings: UpdateSettings = SETTINGS) -> UpdateReport:
    return await update(parse_url(url, {}), settings)


async def fetch(url: str, query: str, *values: object) -> list[tuple[Any, ...]]:
    async with session(url) as connection:
        await connection.execute("SET search_path TO platform")
        return [tuple(row) for row in await connection.fetch(query, *values)]


async def test_a_day_is_as_large_as_it_shall_be(seeded_revision: str) -> None:
    before = await counts(seeded_revision)
    report = await happened(seeded_revision)
    ending = report.run_tag[3:]
    after = await counts(seeded_revision)
    assert {t: after[t] - before.get(t, 0) for t in report.rows} == report.rows
    runs_of = dict(
        await fetch(
            seeded_revision,
            f'SELECT "agentGraphId", count(*) FROM "AgentGraphExecution" WHERE {NEW} GROUP BY 1',
            ending,
        )
    )
    assert len(runs_of) == 20
    assert all(5 <= number <= 15 for number in runs_of.values())
    reviews = await fetch(
        seeded_revision,
        'SELECT "storeListingVersionId", "reviewByUserId", score, comments '
        f'FROM "StoreListingReview" WHERE {NEW}',
        ending,
    )
    of_version = Counter(row[0] for row in reviews)
    assert all(1 <= number <= 5 for number in of_version.values())
    assert report.rows["StoreListingReview"] == len(reviews)
    credit = await fetch(
        seeded_revision,
        'SELECT "userId", type::text, amount FROM "CreditTransaction" '
        "WHERE \"transactionKey\" LIKE '%' || $1",
        ending,
    )
    assert {row[1] for row in credit} == {"USAGE", "TOP_UP", "GRANT"}
    assert all((amount < 0) == (kind == "USAGE") for _, kind, amount in credit)
    assert set(Counter(row[0] for row in credit).values()) <= {1, 2, 3}
    assert report.changed_versions == 10


async def test_the_views_move_by_what_happened(seeded_revision: str) -> None:
    report = await happened(seeded_revision)
    (runs_before, reviews_before), (runs_after, reviews_after) = (
        totals(report.before),
        totals(report.after),
    )
    assert runs_after - runs_before == report.rows["AgentGraphExecution"]
    assert reviews_after - reviews_before == report.rows["StoreListingReview"]
    assert (await verify(parse_url(seeded_revision, {}))).ok


def totals(figures: ViewFigures) -> tuple[int, int]:
    """All runs and all reviews that the views count."""
    runs, reviews = figures.runs, figures.reviews
    return (runs and runs.total) or 0, (reviews and reviews.total) or 0


async def test_executions_are_of_several_kinds_and_happen_in_the_week_before(
    seeded_database: str,
) -> None:
    report = await happened(seeded_database)
    rows = await fetch(
        seeded_database,
        'SELECT "executionStatus"::text, "startedAt" < $2::timestamp - interval \'7 days\', '
        'GREATEST("startedAt", "endedAt", "updatedAt") > $2, "endedAt" IS NULL, stats IS NULL, '
        '"startedAt" < (SELECT "createdAt" FROM "AgentGraph" g WHERE g.id = "agentGraphId"), '
        '"startedAt" < (SELECT "createdAt" FROM "User" u WHERE u.id = "userId"), '
        '(SELECT count(*) FROM "AgentNodeExecution" n WHERE n."agentGraphExecutionId" = e.id '
        "AND \"executionStatus\" <> 'COMPLETED') "
        f'FROM "AgentGraphExecution" e WHERE {NEW}',
        report.run_tag[3:],
        AS_OF.replace(tzinfo=None),
    )
    assert {row[0] for row in rows} == {"COMPLETED", "FAILED", "RUNNING"}
    for status, early, late, endless, bare, before_graph, before_user, troubled in rows:
        assert not any((early, late, before_graph, before_user))
        assert endless == bare == (status == "RUNNING")
        assert troubled == (status != "COMPLETED")


async def test_reviews_lean_to_good_scores_and_most_have_comments(seeded_database: str) -> None:
    settings = UpdateSettings(as_of=AS_OF, days=8)
    report = await happened(seeded_database, settings)
    rows = await fetch(
        seeded_database,
        f'SELECT score, comments IS NULL FROM "StoreListingReview" WHERE {NEW}',
        report.run_tag[3:],
    )
    scores = Counter(row[0] for row in rows)
    assert scores[4] + scores[5] > len(rows) / 2
    assert 0.1 < sum(bool(row[1]) for row in rows) / len(rows) < 0.5
    twice = await fetch(
        seeded_database,
        'SELECT 1 FROM "StoreListingReview" GROUP BY "storeListingVersionId", "reviewByUserId" '
        "HAVING count(*) > 1",
    )
    assert twice == []


async def test_the_same_day_is_the_same_everywhere_and_the_next_is_another(
    create_database: CreateDatabase, drop_database: Callable[[str], None], marketplace: str
) -> None:
    urls = [create_database(marketplace) for _ in range(2)]
    reports = [await happened(url) for url in urls]
    assert reports[0].run_tag == reports[1].run_tag
    assert await contents(urls[0]) == await contents(urls[1])
    again = await happened(urls[0])
    assert again.run_tag != reports[0].run_tag
    records = await runs(parse_url(urls[0], {}))
    assert [(record.kind, record.n) for record in records[1:]] == [("update", 0), ("update", 1)]
    assert records[1].rows == reports[0].rows
    for url in urls:
        drop_database(url)


async def test_days_follow_each_other_up_to_the_as_of_time(seeded_database: str) -> None:
    settings = UpdateSettings(as_of=AS_OF, days=3, graphs=2, listings=3, credit_users=2)
    report = await happened(seeded_database, settings)
    days = await fetch(
        seeded_database,
        'SELECT DISTINCT "createdAt"::date::text FROM "CreditTransaction" '
        "WHERE \"transactionKey\" LIKE '%' || $1 ORDER BY 1",
        report.run_tag[3:],
    )
    assert days == [("2026-01-12",), ("2026-01-13",), ("2026-01-14",)]


async def test_what_still_runs_began_on_the_last_day(seeded_database: str) -> None:
    report = await happened(seeded_database, UpdateSettings(as_of=AS_OF, days=3, listings=0))
    began = await fetch(
        seeded_database,
        'SELECT "startedAt" > $2::timestamp - interval \'1 day\' FROM "AgentGraphExecution" '
        f"WHERE \"executionStatus\" = 'RUNNING' AND {NEW}",
        report.run_tag[3:],
        AS_OF.replace(tzinfo=None),
    )
    assert set(began) == {(True,)}


async def test_what_earlier_updates_left_running_ends_after_their_day(
    seeded_database: str,
) -> None:
    first = await happened(seeded_database)
    running = """SELECT id FROM "AgentGraphExecution" WHERE "executionStatus" = 'RUNNING'"""
    left = await fetch(seeded_database, running)
    await execute(
        seeded_database,
        'INSERT INTO platform."AgentGraphExecution" (id, "agentGraphId", "agentGraphVersion", '
        '"userId", "executionStatus", "startedAt", "updatedAt") '
        """SELECT 'mine', id, version, "userId", 'RUNNING', "createdAt", "createdAt" """
        'FROM platform."AgentGraph" LIMIT 1',
    )
    assert (await happened(seeded_database)).ended_runs == 0
    tomorrow = AS_OF + timedelta(days=1)
    second = await happened(seeded_database, SETTINGS.model_copy(update={"as_of": tomorrow}))
    assert second.ended_runs >= len(left) > 0
    ended = await fetch(
        seeded_database,
        'SELECT e."executionStatus"::text, n."executionStatus"::text, '
        'e."endedAt" BETWEEN n."startedTime" AND $3, e."updatedAt" = e."endedAt", '
        'n."endedTime" = e."endedAt", n.stats IS NULL OR e.stats IS NULL, '
        '(SELECT count(*) FROM "AgentNode" WHERE "agentGraphId" = e."agentGraphId") = '
        '(SELECT count(*) FROM "AgentNodeExecution" WHERE "agentGraphExecutionId" = e.id) '
        'FROM "AgentGraphExecution" e JOIN "AgentNodeExecution" n '
        'ON n."agentGraphExecutionId" = e.id WHERE e.id = ANY($1) AND n."endedTime" > $2',
        [row[0] for row in left],
        AS_OF.replace(tzinfo=None),
        tomorrow.replace(tzinfo=None),
    )
    assert len(ended) == len(left)
    assert set(ended) == {("COMPLETED", "COMPLETED", True, True, True, False, True)}
    still = {row[0] for row in await fetch(seeded_database, running)}
    assert {"mine"} == {key for key in still if not key.endswith(second.run_tag[3:])}
    cleaned = await clean(parse_url(seeded_database, {}), [first.run_tag])
    assert cleaned.cleared.total_rows == first.total_rows


async def test_rolled_back_it_leaves_nothing(seeded_database: str) -> None:
    before = await everything(seeded_database)
    report = await update(parse_url(seeded_database, {}), SETTINGS, rollback=True)
    assert report.total_rows
    assert not report.committed
    assert await everything(seeded_database) == before


async def test_removing_its_run_removes_all_that_it_added(seeded_database: str) -> None:
    before = await contents(seeded_database)
    report = await happened(seeded_database)
    cleaned = await clean(parse_url(seeded_database, {}), [report.run_tag])
    assert cleaned.cleared.total_rows == report.total_rows
    after = await contents(seeded_database)
    # Versions stay changed, see update().
    assert {t for t in before if before[t] != after[t]} == {"StoreListingVersion"}


async def test_versions_that_no_run_made_stay_as_they_are(seeded_database: str) -> None:
    target = parse_url(seeded_database, {})
    async with session(seeded_database) as connection:
        await connection.execute(
            "SET search_path TO platform; SET session_replication_role = replica"
        )
        await connection.execute(
            'INSERT INTO "User" (id, email, "createdAt", "updatedAt") '
            "VALUES ('me', 'me@company.test', '2020-01-01', '2020-01-01')"
        )
        await connection.execute(
            'UPDATE "StoreListingVersion" SET id = \'own-\' || id, "isFeatured" = false'
        )
        await connection.execute(
            'UPDATE "StoreListing" SET "activeVersionId" = \'own-\' || "activeVersionId"'
        )
        await connection.execute(
            'UPDATE "StoreListingReview" SET "storeListingVersionId" = '
            "'own-' || \"storeListingVersionId\""
        )
    before = await contents(seeded_database)
    with pytest.raises(DatabaseNotNamed):
        await update(target, SETTINGS)
    assert await contents(seeded_database) == before
    report = await update(target, SETTINGS, into=target.place)
    after = await contents(seeded_database)
    assert report.changed_versions == 0
    assert report.rows["StoreListingReview"]
    assert after["StoreListingVersion"] == before["StoreListingVersion"]
    assert after["User"] == before["User"]


async def test_ids_may_be_numbers(migrated: Callable[[str], str]) -> None:
    async with altered(migrated("head"), NUMBERED.replace("bigint", "numeric")) as connection:
        first = await populate(connection, SMALL_PLAN, schema=SCHEMA)
        report = await update(connection, SETTINGS, schema=SCHEMA)
        assert report.rows["AgentGraphExecution"]
        await connection.exec_driver_sql("DELETE FROM autogpt_seed.run")
        again = await populate(connection, SMALL_PLAN, schema=SCHEMA)
        assert again.run_tag != first.run_tag


async def test_where_nothing_can_happen_it_says_so(database: str) -> None:
    with pytest.raises(DatabaseUnsuitable, match="Nothing can happen") as empty:
        await happened(database)
    assert "populate" in empty.value.remedy


def test_settings_are_read_from_texts() -> None:
    settings = load_settings({"score_weights": "0,0,0,0,1", "executions_per_graph": "2-3"})
    assert settings.score_weights == (0, 0, 0, 0, 1)
    assert settings.executions_per_graph == Range(2, 3)


async def test_hidden_rows_are_named_that_may_be_in_the_way(seeded_database: str) -> None:
    await run(seeded_database, *under_row_security("StoreListingReview", "score > 4"))
    reviewer = parse_url(with_parameters(seeded_database, options="-c role=reviewer"), {})
    try:
        with pytest.raises(DatabaseUnsuitable) as caught:
            await update(reviewer, SETTINGS, into=reviewer.place)
    finally:
        await run(seeded_database, "DROP OWNED BY reviewer", "DROP ROLE reviewer")
    assert "Row security may hide the row" in caught.value.evidence
    assert "BYPASSRLS" in caught.value.remedy


async def test_rows_without_marks_are_recorded_though_older_ones_of_their_table_change(
    seeded_database: str,
) -> None:
    await execute(
        seeded_database,
        'ALTER TABLE platform."AgentNodeExecution" DROP id CASCADE, '
        "ADD id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
        "CREATE FUNCTION platform.watch() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RETURN NEW; END $$",
        'CREATE TRIGGER watch BEFORE INSERT ON platform."AgentNodeExecution" FOR EACH ROW '
        "EXECUTE FUNCTION platform.watch()",
    )
    await happened(seeded_database)
    later = SETTINGS.model_copy(update={"as_of": AS_OF + timedelta(days=1)})
    report = await happened(seeded_database, later)
    assert report.ended_runs
    (nodes,) = (
        table
        for table in (await inspect(parse_url(seeded_database, {}))).tables
        if table.table == "AgentNodeExecution"
    )
    assert nodes.runs[report.run_tag] == report.rows["AgentNodeExecution"] > 0
