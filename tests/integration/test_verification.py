"""verify() passes what is right, whatever its version, says what it did, and leaves nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from autogpt_seed.database.url import parse_url
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.ids import parse
from autogpt_seed.plan import Plan, Range
from autogpt_seed.seeding import populate
from autogpt_seed.verification import Check, Outcome, VerificationReport, VerifySettings, verify
from autogpt_seed.verification.injection.kinds import KINDS, ODD_RUNS
from tests.databases import counts, everything, session, with_parameters
from tests.redefining import recompute, redefine, run

OWN_RUNS_ASIDE = """
    SELECT run."agentGraphId" AS graph_id, count(*) AS run_count
    FROM "AgentGraphExecution" AS run
    JOIN "AgentGraph" AS graph ON graph.id = run."agentGraphId"
    WHERE graph."userId" <> run."userId" GROUP BY run."agentGraphId"
"""


async def verified(url: str) -> VerificationReport:
    return await verify(parse_url(url, {}))


def find(report: VerificationReport, code: str, subject: str = "") -> Check:
    found = [c for c in report.checks if c.code == code and subject in (c.subject, "")]
    assert len(found) == 1, report.checks
    return found[0]


def troubles(report: VerificationReport) -> dict[str, Outcome]:
    """The checks that did not pass, cron aside."""
    return {
        check.code: check.outcome
        for check in report.checks
        if check.outcome is not Outcome.PASSED and check.code != "cron.job"
    }


async def test_a_seeded_database_passes_every_check(seeded_revision: str) -> None:
    report = await verified(seeded_revision)
    assert troubles(report) == {}
    assert report.exit_status == 0
    assert report.refresh
    assert {v.path.value for v in report.refresh.views} == {"concurrently"}
    assert {answer.question: answer.answer for answer in report.answers} == {
        "Is there a cron job for the views?": "no",
        "Were test data added?": "yes",
        "Did the manual refresh work?": "yes",
        "Are the views right?": "yes",
        "Do the views refresh by themselves?": "no",
    }


async def test_nothing_is_left_of_a_verification(seeded_revision: str) -> None:
    before = await everything(seeded_revision)
    report = await verified(seeded_revision)
    assert await everything(seeded_revision) == before
    assert find(report, "trace.transaction").outcome is Outcome.PASSED
    assert find(report, "trace.contents").outcome is Outcome.PASSED


NEW_AGENTS = {"2025_08": 17, "2026_01": 14}
"""By how many rows StoreAgent grows: by version there, by listing here."""


async def test_the_figures_change_by_exactly_what_was_added(
    seeded_revision: str, revision: str
) -> None:
    report = await verified(seeded_revision)
    before, after = report.as_json()["before"], report.as_json()["after"]
    runs, reviews = before["runs"]["total"], before["reviews"]["total"]
    assert after["runs"]["total"] == runs + report.injected["AgentGraphExecution"]
    unapproved_or_deleted = 5
    counted = report.injected["StoreListingReview"] - unapproved_or_deleted
    assert after["reviews"]["total"] == reviews + counted
    assert after["store"]["agents"] == before["store"]["agents"] + NEW_AGENTS[revision]


INCOHERENT_ROWS = (
    'SELECT count(*) FROM platform."AgentGraphExecution" e JOIN platform."User" u '
    'ON u.id = e."userId" WHERE e."createdAt" < u."createdAt"',
    'SELECT count(*) FROM platform."StoreListingReview" r JOIN platform."StoreListingVersion" v '
    'ON v.id = r."storeListingVersionId" WHERE r."createdAt" < v."createdAt"',
    'SELECT count(*) FROM platform."StoreListing" l WHERE "hasApprovedVersion" <> EXISTS (SELECT '
    'FROM platform."StoreListingVersion" v WHERE v."storeListingId" = l.id '
    "AND v.\"submissionStatus\" = 'APPROVED')",
    'SELECT count(*) FROM platform."AgentGraphExecution" e WHERE "executionStatus" = '
    "'COMPLETED' AND to_jsonb(e) @> '{\"endedAt\": null}'",
)


async def test_a_committed_verification_keeps_its_rows_as_a_run_of_its_own(
    seeded_revision: str,
) -> None:
    before = await counts(seeded_revision)
    report = await verify(parse_url(seeded_revision, {}), commit=True)
    after = await counts(seeded_revision)
    assert report.committed
    assert troubles(report) == {}
    added = {table: after[table] - before[table] for table in report.injected}
    assert added == report.injected
    async with session(seeded_revision) as connection:
        for table, number in report.injected.items():
            ids = [row[0] for row in await connection.fetch(f'SELECT id FROM platform."{table}"')]
            tagged = [i for i in ids if (p := parse(i)) and p.tag.digits == report.run_tag]
            assert len(tagged) == number
        for incoherent in INCOHERENT_ROWS:
            assert await connection.fetchval(incoherent) == 0


async def test_a_report_is_one_json_document(seeded_database: str) -> None:
    document = json.loads(json.dumps((await verified(seeded_database)).as_json()))
    assert document["ok"] is True
    assert document["exit_status"] == 0
    assert {check["outcome"] for check in document["checks"]} == {"passed", "warning"}


async def test_the_numbers_can_be_set(seeded_database: str) -> None:
    settings = VerifySettings(
        graphs=2, executions_per_graph=Range(4, 4), users=1, reviews=1, listings=0
    )
    report = await verify(parse_url(seeded_database, {}), settings=settings)
    runs = 8 + len(ODD_RUNS) + 1  # of the status REVIEW
    assert report.injected == {
        "AgentPreset": 1,
        "AgentGraphExecution": runs,
        "StoreListingReview": 1,
    }
    assert troubles(report) == {}


async def test_views_that_were_stale_before_are_no_fault(seeded_database: str) -> None:
    await run(
        seeded_database,
        'DELETE FROM "StoreListingReview" WHERE score = 3',
        'DELETE FROM "AgentGraphExecution" WHERE id < (SELECT max(id) FROM "AgentGraphExecution") '
        "AND \"createdAt\" < '2025-09-01'",
    )
    assert troubles(await verified(seeded_database)) == {}


async def test_a_store_without_approved_versions_gets_listings(seeded_database: str) -> None:
    await run(
        seeded_database,
        'UPDATE "StoreListingVersion" SET "submissionStatus" = \'PENDING\'',
        'UPDATE "StoreListing" SET "hasApprovedVersion" = false, "activeVersionId" = NULL',
        "SELECT refresh_store_materialized_views()",
    )
    report = await verified(seeded_database)
    assert troubles(report) == {}
    assert report.injected["StoreListing"] == len(KINDS)
    assert report.as_json()["after"]["store"]["agents"] == NEW_AGENTS["2026_01"]


async def test_injected_listings_look_like_the_platforms(seeded_database: str) -> None:
    await run(seeded_database, 'UPDATE "StoreListing" SET "hasApprovedVersion" = false')
    report = await verify(parse_url(seeded_database, {}), commit=True)
    async with session(seeded_database) as connection:
        rows = await connection.fetch(
            "SELECT slug, agent_name, categories, cardinality(agent_image) AS images, runs, rating"
            ' FROM platform."StoreAgent" ORDER BY agent_name'
        )
    names = [
        f"Test Agent {name}" for name in ("1, 10", "10", "11", "11", "2", "3", "7", "8, 2", "9")
    ]
    assert [row["agent_name"] for row in rows] == names
    assert all(row["slug"].startswith("test-agent-") for row in rows)
    usual = [row for row in rows if row["agent_name"] != "Test Agent 9"]
    assert all(row["categories"][:2] == ["productivity", "automation"] for row in usual)
    assert all(row["images"] == 3 for row in usual)
    never_run, unreviewed = "Test Agent 3", "Test Agent 2"
    assert all((row["runs"] > 0) == (row["agent_name"] != never_run) for row in rows)
    assert all((row["rating"] >= 1) == (row["agent_name"] != unreviewed) for row in rows)
    assert report.committed


async def test_users_who_have_reviewed_everything_are_no_hindrance(seeded_database: str) -> None:
    await run(
        seeded_database,
        'INSERT INTO "StoreListingReview" (id, "storeListingVersionId", "reviewByUserId", score) '
        'SELECT gen_random_uuid(), v.id, u.id, 4 FROM "StoreListingVersion" v, "User" u '
        "ON CONFLICT DO NOTHING",
    )
    assert troubles(await verified(seeded_database)) == {}


async def test_what_cannot_be_tried_is_inconclusive_not_passed(seeded_database: str) -> None:
    settings = VerifySettings(reviews=0, listings=0)
    report = await verify(parse_url(seeded_database, {}), settings=settings)
    assert troubles(report) == {"view.fresh": Outcome.INCONCLUSIVE}
    assert find(report, "view.fresh", "mv_review_stats").outcome is Outcome.INCONCLUSIVE
    assert report.exit_status == 1


def under_row_security(table: str, condition: str) -> tuple[str, ...]:
    """What makes a role `reviewer` that may verify, and sees those rows of a table only."""
    return (
        "DROP ROLE IF EXISTS reviewer",
        "CREATE ROLE reviewer",
        "GRANT USAGE ON SCHEMA platform TO reviewer",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA platform TO reviewer",
        "ALTER FUNCTION refresh_store_materialized_views() SECURITY DEFINER",
        "ALTER FUNCTION refresh_store_materialized_views() SET search_path = platform",
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'CREATE POLICY adding ON "{table}" FOR INSERT WITH CHECK (true)',
        f'CREATE POLICY reading ON "{table}" FOR SELECT USING ({condition})',
    )


async def _verified_by_reviewer(
    url: str, table: str, condition: str, *, wait: float | None = None
) -> VerificationReport:
    await run(url, *under_row_security(table, condition))
    reviewer = parse_url(with_parameters(url, options="-c role=reviewer"), {})
    try:
        return await verify(
            reviewer, commit=wait is not None, wait_for_cron=wait, into=reviewer.place
        )
    finally:
        await run(url, "DROP OWNED BY reviewer", "DROP ROLE reviewer")


async def test_rows_that_a_policy_hides_are_no_fault_of_the_views(seeded_database: str) -> None:
    report = await _verified_by_reviewer(seeded_database, "Profile", "username < 'm'")
    found = troubles(report)
    assert found["store.creators"] is Outcome.INCONCLUSIVE
    assert Outcome.FAILED not in found.values()
    creators = find(report, "store.creators")
    assert creators.evidence[0] == "Row security may hide rows of Profile from this role."
    assert "BYPASSRLS" in creators.remedy


async def test_a_policy_that_hides_nothing_excuses_nothing(seeded_database: str) -> None:
    await recompute(seeded_database, "Creator", "agent_runs", "agent_runs + 1")
    report = await _verified_by_reviewer(seeded_database, "StoreListingReview", "true")
    assert troubles(report) == {"store.creators": Outcome.FAILED}


async def test_no_row_is_committed_for_a_job_that_could_not_be_removed(
    seeded_database: str,
) -> None:
    before = await counts(seeded_database)
    with pytest.raises(DatabaseUnsuitable, match="does not see"):
        await _verified_by_reviewer(seeded_database, "Profile", "username < 'm'", wait=0.5)
    assert await counts(seeded_database) == before


async def test_a_role_that_may_add_no_users_verifies_without_new_ones(seeded_database: str) -> None:
    await run(seeded_database, *under_row_security("StoreListingReview", "true"))
    await run(seeded_database, 'REVOKE INSERT ON "User" FROM reviewer')
    reviewer = parse_url(with_parameters(seeded_database, options="-c role=reviewer"), {})
    try:
        report = await verify(reviewer)
    finally:
        await run(seeded_database, "DROP OWNED BY reviewer", "DROP ROLE reviewer")
    assert troubles(report) == {}
    assert "User" not in report.injected
    assert report.injected["StoreListing"]


async def test_users_that_a_policy_hides_are_not_taken_for_missing(seeded_database: str) -> None:
    with pytest.raises(DatabaseUnsuitable) as caught:
        await _verified_by_reviewer(seeded_database, "User", "false")
    assert "row security may hide them" in caught.value.evidence
    assert "populate" not in caught.value.remedy


@pytest.mark.parametrize("table", ["User", "AgentGraph"])
async def test_without_users_or_graphs_it_says_to_populate(database: str, table: str) -> None:
    if table == "AgentGraph":
        await run(
            database,
            "INSERT INTO \"User\" (id, email, \"updatedAt\") VALUES ('a', 'a@example.com', now())",
        )
    with pytest.raises(DatabaseUnsuitable) as caught:
        await verified(database)
    assert caught.value.exit_status == 4
    assert "populate" in caught.value.remedy


async def test_a_single_user_is_enough(
    create_database: Callable[..., str], migrated: Callable[[str], str]
) -> None:
    url = create_database(migrated("2025_08"))
    await populate(parse_url(url, {}), Plan(users=1, api_key_hash="sha256"))
    assert troubles(await verified(url)) == {}


async def test_a_version_that_leaves_out_the_owners_runs_is_right(seeded_database: str) -> None:
    await redefine(seeded_database, "mv_agent_run_counts", OWN_RUNS_ASIDE, alone=True)
    await run(
        seeded_database,
        "CREATE UNIQUE INDEX ON mv_agent_run_counts (graph_id)",
        'CREATE VIEW "StoreAgent" AS SELECT l.id AS listing_id, '
        "COALESCE(run_count, 0) AS run_count, COALESCE(avg_rating, 0) AS average_rating "
        'FROM "StoreListing" l LEFT JOIN mv_agent_run_counts ON graph_id = l."agentGraphId" '
        'LEFT JOIN mv_review_stats ON "storeListingId" = l.id '
        'WHERE NOT "isDeleted" AND "hasApprovedVersion"',
    )
    report = await verified(seeded_database)
    assert report.exit_status == 0
    check = find(report, "view.counts", "mv_agent_run_counts")
    assert "without those by its owner" in check.evidence[0]
    warned = {"view.rule": Outcome.WARNING, "view.present": Outcome.WARNING}
    assert troubles(report) == warned
    assert "two versions counts twice" in find(report, "view.rule").evidence[1]


async def test_a_rule_of_a_views_own_is_a_warning(seeded_database: str) -> None:
    await run(
        seeded_database,
        'UPDATE "AgentGraphExecution" SET "isDeleted" = true '
        'WHERE id IN (SELECT id FROM "AgentGraphExecution" ORDER BY id LIMIT 20)',
    )
    await redefine(
        seeded_database,
        "mv_agent_run_counts",
        'SELECT "agentGraphId", count(*) AS run_count FROM "AgentGraphExecution" '
        'WHERE NOT "isDeleted" GROUP BY 1',
    )
    report = await verified(seeded_database)
    assert troubles(report) == {"view.rule": Outcome.WARNING}
    assert report.exit_status == 0


async def test_rounded_ratings_are_right(seeded_database: str) -> None:
    await recompute(seeded_database, "mv_review_stats", "avg_rating", "round(avg_rating, 1)")
    assert troubles(await verified(seeded_database)) == {}


async def test_without_the_function_the_views_are_refreshed_directly(seeded_database: str) -> None:
    await run(seeded_database, "DROP FUNCTION refresh_store_materialized_views()")
    report = await verified(seeded_database)
    assert troubles(report) == {"refresh.function": Outcome.FAILED}
    assert find(report, "view.fresh", "mv_review_stats").outcome is Outcome.PASSED


async def test_a_view_without_unique_index_makes_readers_wait_and_it_says_so(
    seeded_database: str,
) -> None:
    await run(seeded_database, "DROP INDEX idx_mv_review_stats")
    report = await verified(seeded_database)
    assert troubles(report) == {"refresh.path": Outcome.WARNING}
    path = find(report, "refresh.path")
    assert "no unique index" in next(line for line in path.evidence if line.startswith("mv_review"))
    assert path.remedy == "Give mv_review_stats a unique index over plain columns."


async def test_a_function_that_refreshes_plainly_what_has_a_unique_index_is_to_be_changed(
    seeded_database: str,
) -> None:
    await run(
        seeded_database,
        "CREATE OR REPLACE FUNCTION refresh_store_materialized_views() RETURNS void LANGUAGE sql "
        "AS $$ REFRESH MATERIALIZED VIEW CONCURRENTLY mv_agent_run_counts; "
        "REFRESH MATERIALIZED VIEW mv_review_stats $$",
    )
    path = find(await verified(seeded_database), "refresh.path")
    reason = "the function did not ask for a concurrent refresh, or that failed"
    assert [reason in line for line in path.evidence] == [False, True, False], path.evidence
    assert "CONCURRENTLY for mv_review_stats;" in path.remedy
    assert "unique index" not in path.remedy


async def test_views_that_were_never_populated_are_populated(seeded_database: str) -> None:
    await run(seeded_database, "REFRESH MATERIALIZED VIEW mv_review_stats WITH NO DATA")
    before = await everything_but(seeded_database, "mv_review_stats")
    report = await verified(seeded_database)
    assert troubles(report) == {"view.populated": Outcome.FAILED}
    assert find(report, "view.fresh", "mv_review_stats").outcome is Outcome.PASSED
    assert report.before.reviews is None
    assert report.after.reviews
    assert await everything_but(seeded_database, "mv_review_stats") == before


async def everything_but(url: str, view: str) -> dict[str, object]:
    """Of each table, and of the views but one, how many rows there are."""
    async with session(url) as connection:
        tables = await connection.fetch(
            "SELECT relname::text FROM pg_class WHERE relnamespace = 'platform'::regnamespace "
            "AND relkind IN ('r', 'm') AND relname <> $1",
            view,
        )
        return {
            name: await connection.fetchval(f'SELECT count(*) FROM platform."{name}"')
            for (name,) in tables
        }


async def test_a_stale_view_outside_of_the_store_is_a_warning(seeded_database: str) -> None:
    await run(
        seeded_database,
        'CREATE MATERIALIZED VIEW mv_other AS SELECT count(*) AS n FROM "AgentGraphExecution"',
    )
    report = await verified(seeded_database)
    assert troubles(report) == {"view.fresh": Outcome.WARNING}
    assert find(report, "view.fresh", "mv_other").outcome is Outcome.WARNING


async def test_a_schema_that_computes_its_figures_live_is_right(seeded_database: str) -> None:
    await run(
        seeded_database,
        "DROP MATERIALIZED VIEW mv_agent_run_counts, mv_review_stats CASCADE",
        "DROP FUNCTION refresh_store_materialized_views()",
        'CREATE VIEW "StoreAgent" AS SELECT l.id AS "listingId", (SELECT count(*) FROM '
        '"AgentGraphExecution" e WHERE e."agentGraphId" = l."agentGraphId") AS runs '
        'FROM "StoreListing" l WHERE NOT "isDeleted" AND "hasApprovedVersion"',
    )
    report = await verified(seeded_database)
    assert set(troubles(report)) == {"view.present", "view.columns"}
    assert find(report, "view.columns").evidence == ("Not found, under any known name: rating.",)
    assert report.exit_status == 0
    assert find(report, "store.agents").outcome is Outcome.PASSED


async def test_a_schema_without_any_of_the_views_is_refused(seeded_database: str) -> None:
    await run(
        seeded_database,
        "DROP MATERIALIZED VIEW mv_agent_run_counts, mv_review_stats CASCADE",
    )
    before = await everything(seeded_database)
    with pytest.raises(DatabaseUnsuitable, match="none of the views"):
        await verified(seeded_database)
    assert await everything(seeded_database) == before


@asynccontextmanager
async def meanwhile(url: str, *statements: str) -> AsyncIterator[None]:
    """Another session executes the statements again and again, each in its own transaction."""

    async def work() -> None:
        async with session(url) as connection:
            await connection.execute("SET search_path TO platform")
            while True:
                for statement in statements:
                    await connection.execute(statement)

    others = asyncio.create_task(work())
    try:
        yield
        assert not others.done()
    finally:
        others.cancel()


NEW_RUNS = (
    'INSERT INTO "AgentGraphExecution" (id, "agentGraphId", "agentGraphVersion", "userId") '
    'SELECT gen_random_uuid(), id, version, "userId" FROM "AgentGraph"'
)


async def test_others_may_write_meanwhile(seeded_database: str) -> None:
    async with meanwhile(seeded_database, NEW_RUNS):
        reports = [await verified(seeded_database) for _ in range(3)]
    for report in reports:
        assert set(troubles(report)) <= {"trace.contents"}, report.checks
        assert report.exit_status == 0
    assert any("other sessions wrote" in find(r, "trace.contents").title for r in reports)


async def test_others_may_change_users_and_graphs_meanwhile(seeded_database: str) -> None:
    changes = [f'UPDATE "{table}" SET "updatedAt" = now()' for table in ("User", "AgentGraph")]
    async with meanwhile(seeded_database, *changes):
        reports = [await verified(seeded_database) for _ in range(3)]
    assert all(report.exit_status == 0 for report in reports)


async def test_others_may_refresh_the_views_meanwhile(seeded_database: str) -> None:
    refresh = "SELECT refresh_store_materialized_views()"
    async with meanwhile(seeded_database, NEW_RUNS, refresh):
        reports = [await verified(seeded_database) for _ in range(5)]
    for report in reports:
        assert set(troubles(report)) <= {"refresh.path", "trace.contents"}, report.checks
        assert report.exit_status == 0


async def test_on_a_callers_connection_the_callers_work_stays(seeded_database: str) -> None:
    engine = parse_url(seeded_database, {}).engine()
    before = await everything(seeded_database)
    async with engine.connect() as connection:
        await connection.execute(text("SET LOCAL search_path TO pg_catalog"))
        await connection.execute(text("CREATE TABLE platform.mine (one int)"))
        report = await verify(connection, schema="platform")
        assert troubles(report) == {"trace.transaction": Outcome.WARNING}
        path = (await connection.execute(text("SHOW search_path"))).scalar_one()
        mine = (await connection.execute(text("SELECT count(*) FROM platform.mine"))).scalar_one()
        assert (path, mine) == ("pg_catalog", 0)
        await connection.rollback()
    await engine.dispose()
    assert await everything(seeded_database) == before


async def test_on_a_callers_connection_others_who_write_leave_no_failure_certain(
    seeded_database: str,
) -> None:
    await recompute(seeded_database, "Creator", "agent_runs", "agent_runs + 1")
    engine = parse_url(seeded_database, {}).engine()
    async with meanwhile(seeded_database, NEW_RUNS), engine.connect() as connection:
        report = await verify(connection, schema="platform")
    await engine.dispose()
    assert Outcome.FAILED not in troubles(report).values()
    assert find(report, "store.creators").outcome is Outcome.INCONCLUSIVE
    assert find(report, "store.creators").evidence[0].startswith("Other sessions committed")


async def test_a_role_that_may_not_refresh_is_told_so(seeded_database: str) -> None:
    async with session(seeded_database) as connection:
        role = f"reader_{await connection.fetchval('SELECT current_database()')}"
        await connection.execute(
            f"CREATE ROLE {role} LOGIN PASSWORD 'x'; GRANT USAGE ON SCHEMA platform TO {role};"
            f"GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA platform TO {role}"
        )
    before = await everything(seeded_database)
    engine = parse_url(seeded_database, {}).engine()
    try:
        async with engine.connect() as connection:
            await connection.execute(text(f"SET LOCAL ROLE {role}"))
            with pytest.raises(DatabaseUnsuitable, match="may not refresh") as caught:
                await verify(connection)
        assert caught.value.exit_status == 4
        assert await everything(seeded_database) == before
    finally:
        await engine.dispose()
        await run(seeded_database, f"DROP OWNED BY {role}", f"DROP ROLE {role}")


async def test_a_schema_with_a_hostile_name_is_verified(seeded_database: str) -> None:
    name = 'odd"; DROP TABLE x; -- :a %s $1'
    async with session(seeded_database) as connection:
        quoted = '"' + name.replace('"', '""') + '"'
        await connection.execute(f"ALTER SCHEMA platform RENAME TO {quoted}")
    report = await verified(seeded_database)
    assert report.schema == name
    assert troubles(report) == {}
