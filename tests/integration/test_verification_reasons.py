"""What is said of a fault leads to it: the rule that was meant, the row by its name, the cause."""

from __future__ import annotations

import asyncpg
import pytest

from autogpt_seed.database.url import parse_url
from autogpt_seed.verification import Check, Outcome, verify
from tests.databases import session
from tests.redefining import recompute, redefine, run

_SWALLOWING = """
CREATE OR REPLACE FUNCTION refresh_store_materialized_views() RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        REFRESH MATERIALIZED VIEW CONCURRENTLY mv_agent_run_counts;
        REFRESH MATERIALIZED VIEW CONCURRENTLY mv_review_stats;
    EXCEPTION WHEN OTHERS THEN NULL;
    END $$
"""


async def failures(url: str) -> list[Check]:
    """The checks that failed."""
    report = await verify(parse_url(url, {}))
    return [check for check in report.checks if check.outcome is Outcome.FAILED]


async def profiles(url: str) -> dict[str, str]:
    """The usernames by the ids of their users."""
    async with session(url) as connection:
        rows: list[asyncpg.Record] = await connection.fetch(
            'SELECT "userId", username FROM platform."Profile"'
        )
        return {row["userId"]: row["username"] for row in rows}


async def test_a_view_of_runs_is_held_to_a_rule_that_is_not_doubted(seeded_database: str) -> None:
    await redefine(
        seeded_database,
        "mv_agent_run_counts",
        'WITH run AS (SELECT "agentGraphId" AS graph FROM "AgentGraphExecution" '
        "WHERE \"executionStatus\" = 'COMPLETED') "
        'SELECT graph AS "agentGraphId", '
        "count(*) + 99 * (graph = (SELECT min(graph) FROM run))::int AS run_count FROM run "
        "GROUP BY 1",
    )
    (check,) = await failures(seeded_database)
    assert check.evidence[0] == "It should count the runs of each graph."


async def test_in_a_column_of_ids_an_id_is_expected(seeded_database: str) -> None:
    await recompute(seeded_database, "StoreSubmission", "user_id", '(SELECT min(id) FROM "User")')
    found = {check.code: check.evidence for check in await failures(seeded_database)}
    users = await profiles(seeded_database)
    wrong = [line for line in found["store.submissions"] if "user_id expected" in line]
    assert wrong
    assert all(line.split("expected ")[1].split(",")[0] in users for line in wrong)


async def test_a_function_of_another_name_is_named_where_the_usual_one_is_missing(
    seeded_database: str,
) -> None:
    await run(
        seeded_database,
        "ALTER FUNCTION refresh_store_materialized_views() RENAME TO refresh_all",
        "CREATE FUNCTION later(quickly boolean) RETURNS void LANGUAGE sql "
        "AS $$ SELECT refresh_all() $$",
        "CREATE FUNCTION never() RETURNS void LANGUAGE sql AS $$ "
        "/* REFRESH MATERIALIZED VIEW mv_review_stats */ $$",
    )
    (check,) = await failures(seeded_database)
    named = "Under another name there is later(quickly boolean) and refresh_all()."
    assert check.evidence[-1] == named
    assert "refresh_all()" in check.remedy


@pytest.mark.parametrize("statement", ["COMMIT", "VACUUM"])
async def test_what_no_transaction_can_do_is_told_with_what_to_do(
    seeded_database: str, statement: str
) -> None:
    await run(
        seeded_database,
        "DROP FUNCTION refresh_store_materialized_views()",
        "CREATE PROCEDURE refresh_store_materialized_views() LANGUAGE plpgsql AS $$ BEGIN "
        f"REFRESH MATERIALIZED VIEW mv_review_stats; {statement}; END $$",
    )
    (check,) = await failures(seeded_database)
    assert check.title.endswith(" cannot run in a transaction.")
    assert check.remedy.startswith("Let it neither commit nor roll back")


@pytest.mark.parametrize("view", ["mv_agent_run_counts", "mv_review_stats"])
async def test_a_swallowed_error_for_want_of_an_index_names_the_view_without_one(
    seeded_database: str, view: str
) -> None:
    await run(seeded_database, _SWALLOWING, f"DROP INDEX idx_{view}")
    found = await failures(seeded_database)
    assert {check.code for check in found} == {"view.fresh"}
    assert len(found) == 2
    for check in found:
        assert check.remedy.startswith(f"Give {view} a unique index over plain columns: ")


@pytest.mark.parametrize(
    "index", ['(lower("agentGraphId"))', '("agentGraphId") WHERE run_count > 0']
)
async def test_an_index_that_a_concurrent_refresh_cannot_use_counts_as_none(
    seeded_database: str, index: str
) -> None:
    await run(
        seeded_database,
        _SWALLOWING,
        "DROP INDEX idx_mv_agent_run_counts",
        f"CREATE UNIQUE INDEX odd ON mv_agent_run_counts {index}",
    )
    found = await failures(seeded_database)
    assert found
    for check in found:
        assert check.remedy.startswith("Give mv_agent_run_counts a unique index over plain")


async def test_a_view_that_the_function_forgets_is_no_matter_of_an_index(
    seeded_database: str,
) -> None:
    await run(
        seeded_database,
        "CREATE OR REPLACE FUNCTION refresh_store_materialized_views() RETURNS void LANGUAGE sql "
        "AS $$ REFRESH MATERIALIZED VIEW CONCURRENTLY mv_agent_run_counts $$",
        "DROP INDEX idx_mv_review_stats",
    )
    (check,) = await failures(seeded_database)
    assert "unique index" not in check.remedy


async def test_rows_that_are_there_twice_are_told_by_their_number_first(
    seeded_database: str,
) -> None:
    await redefine(
        seeded_database,
        "StoreSubmission",
        "SELECT old.*, n FROM {old}, generate_series(1, 3) AS n",
    )
    await recompute(seeded_database, "StoreSubmission", "runs", "runs * n")
    (check,) = await failures(seeded_database)
    assert ": expected 1 row, found 3 rows" in check.evidence[1]
    assert any("runs expected" in line for line in check.evidence)
    assert not any("expected 3 rows" in line for line in check.evidence)


async def test_a_figure_by_no_rule_is_held_to_the_rule_that_comes_nearest(
    seeded_database: str,
) -> None:
    by_others = (
        '(SELECT count(*) FROM "AgentGraphExecution" e JOIN "AgentGraph" g '
        'ON (g.id, g.version) = (e."agentGraphId", e."agentGraphVersion") '
        'WHERE g.id = old.agent_id AND g."userId" <> e."userId")'
    )
    first = (
        '(SELECT min(v.id) FROM "StoreListingVersion" v JOIN "StoreListing" l '
        'ON l.id = v."storeListingId" WHERE NOT l."isDeleted")'
    )
    odd = f"99 * (store_listing_version_id = {first})::int"
    await recompute(seeded_database, "StoreSubmission", "runs", f"{by_others} + {odd}")
    (check,) = await failures(seeded_database)
    assert check.evidence[0].startswith("1 of ")


@pytest.mark.parametrize(
    ("stars", "wrong"),
    [("r.stars::float8 / r.review_count", False), ("r.stars / r.review_count", True)],
)
async def test_ratings_are_held_to_the_reviews_where_the_view_below_has_none(
    seeded_database: str, stars: str, wrong: bool
) -> None:
    lower = """
        SELECT "storeListingId", review_count, (avg_rating * review_count)::bigint AS stars
        FROM {old}
    """
    above = f"""
        CREATE VIEW "StoreAgent" AS
        SELECT v."storeListingId" AS listing_id, v.id AS "storeListingVersionId",
               ({stars})::float8 AS rating
        FROM "StoreListing" l JOIN "StoreListingVersion" v ON v.id = l."activeVersionId"
        LEFT JOIN mv_review_stats r ON r."storeListingId" = l.id AND r.review_count > 0
        WHERE NOT l."isDeleted" AND l."hasApprovedVersion"
    """
    await redefine(seeded_database, "mv_review_stats", lower, alone=True)
    await run(seeded_database, above)
    found = [(check.code, check.evidence) for check in await failures(seeded_database)]
    assert [code for code, _ in found] == ["store.agents"] * wrong
    assert all("keys differ" in lines[0] and "rating expected" in lines[1] for _, lines in found)


async def test_creators_are_named_as_the_view_names_them(seeded_database: str) -> None:
    await redefine(
        seeded_database,
        "Creator",
        "SELECT username, num_agents + 1 AS num_agents, agent_runs, agent_rating, top_categories "
        'FROM {old} WHERE username <> (SELECT max(username) FROM "Profile")',
    )
    (check,) = await failures(seeded_database)
    keys = {line.removeprefix("Rows: ").split(": ")[0] for line in check.evidence if ": " in line}
    names = set((await profiles(seeded_database)).values())
    counts = {key for key in keys if "keys differ" in key}
    added = {key for key in keys if key.startswith("test-creator-")}
    assert keys - counts - added
    assert keys - counts - added <= names


async def test_each_place_is_named_where_a_view_will_cut_off_what_it_shows(
    seeded_database: str,
) -> None:
    await recompute(seeded_database, "mv_agent_run_counts", "run_count", "run_count % 1000")
    await recompute(seeded_database, "mv_review_stats", "review_count", "mod(review_count, 700)")
    await recompute(seeded_database, "StoreAgent", "agent_name", "agent_name::varchar(200)")
    await redefine(
        seeded_database,
        "StoreAgent",
        "SELECT old.* FROM {old} LEFT JOIN LATERAL (SELECT 1 OFFSET 30) AS a ON true "
        "LEFT JOIN LATERAL (SELECT 2 OFFSET 0) AS b ON length(slug) % 5 >= 0 "
        "WHERE slug NOT LIKE '%10'",
    )
    report = await verify(parse_url(seeded_database, {}))
    found = [check for check in report.checks if check.code == "store.rule"]
    assert [(check.subject, check.evidence[0]) for check in found] == [
        ("StoreAgent", "A part of it has OFFSET 30."),
        ("StoreAgent", "It shows agent_name as character varying(200), and the tables have text."),
        ("mv_agent_run_counts", "It begins again at 1000."),
        ("mv_review_stats", "It begins again at 700."),
    ]


_PRESETS = """
    SELECT e."agentGraphId", count(*) AS run_count FROM "AgentGraphExecution" e
    LEFT JOIN "AgentPreset" p ON p.id = e."agentPresetId"
    WHERE p."isDeleted" IS NOT TRUE GROUP BY 1
"""
_OF_USERS_WITH_PROFILES = """
    SELECT old.* FROM {old} JOIN "StoreListing" l ON l.id = listing_id
    JOIN "Profile" p ON p."userId" = l."owningUserId"
"""


@pytest.mark.parametrize(
    ("view", "definition", "remark"),
    [
        (
            "mv_agent_run_counts",
            _PRESETS,
            "(added: it is in no listing, it was run by a preset that is deleted)",
        ),
        (
            "StoreSubmission",
            _OF_USERS_WITH_PROFILES,
            "(added: its owner has no profile, its owner reviewed it)",
        ),
        (
            "Creator",
            "SELECT old.* FROM {old} WHERE NOT is_featured",
            "found no row (added: is featured, and has a long profile)",
        ),
        (
            "StoreAgent",
            "SELECT old.* FROM {old} WHERE length(agent_name) < 60",
            "(added: it has long texts, and many pictures and categories)",
        ),
    ],
)
async def test_evidence_says_what_is_unusual_about_rows_that_are_missing(
    seeded_database: str, view: str, definition: str, remark: str
) -> None:
    await redefine(seeded_database, view, definition)
    (check,) = [one for one in await failures(seeded_database) if one.subject == view]
    assert any(line.endswith(remark) for line in check.evidence), check.evidence
