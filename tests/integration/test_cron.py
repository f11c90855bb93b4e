"""What verify tells of pg_cron, on Debian's PostgreSQL 15, where the extension is for real."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import text

from autogpt_seed.database.url import parse_url
from autogpt_seed.migrating import migrate
from autogpt_seed.plan import Plan
from autogpt_seed.seeding import populate
from autogpt_seed.verification import Check, Outcome, VerificationReport, verify
from tests.conftest import AS_OF, run_sync, with_database
from tests.databases import counts, everything
from tests.redefining import run

BINARIES = Path("/usr/lib/postgresql/15/bin")
EXTENSION = Path("/usr/share/postgresql/15/extension/pg_cron.control")
DATABASE = "jobs"
REFRESH = "SET search_path TO platform; SELECT refresh_store_materialized_views()"
_LET_WORK = (
    "GRANT ALL ON SCHEMA platform TO worker",
    "GRANT ALL ON ALL TABLES IN SCHEMA platform TO worker",
    "ALTER FUNCTION platform.refresh_store_materialized_views() SECURITY DEFINER",
)
_TAKE_BACK = (
    "ALTER FUNCTION platform.refresh_store_materialized_views() SECURITY INVOKER",
    "DROP OWNED BY worker",
)
PLAN = Plan(users=5, blocks=5, as_of=AS_OF, api_key_hash="sha256")

pytestmark = pytest.mark.skipif(
    not (BINARIES.exists() and EXTENSION.exists()),
    reason="Debian's postgresql-15 and postgresql-15-cron are not installed",
)


@pytest.fixture(scope="module")
def cron_server() -> Iterator[str]:
    """The administrator's URL of a PostgreSQL 15 that runs pg_cron in the database `jobs`."""
    user = "nobody" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="cron-"))
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    data = folder / "data"

    def command(name: str, *arguments: str) -> None:
        subprocess.run(
            [BINARIES / name, *arguments], user=user, cwd=folder, check=True, capture_output=True
        )

    command("initdb", "-D", str(data), "-A", "trust", "-U", "postgres", "-N", "--locale=C.UTF-8")
    with (data / "postgresql.conf").open("a") as settings:
        settings.write(
            f"listen_addresses = ''\nunix_socket_directories = '{folder}'\nfsync = off\n"
            "shared_preload_libraries = 'pg_cron'\ncron.use_background_workers = on\n"
            f"cron.database_name = '{DATABASE}'\n"
        )
    try:
        command("pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "start")
        try:
            yield f"postgresql://postgres@/postgres?host={quote(str(folder), safe='')}"
        finally:
            command("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def seed(server: str, database: str) -> str:
    """The URL of a new database with a marketplace in it."""
    url = with_database(server, database)
    run_sync(run(server, f"CREATE DATABASE {database}"))
    run_sync(migrate(parse_url(url, {}), schema="platform"))
    run_sync(populate(parse_url(url, {}), PLAN))
    return url


@pytest.fixture(scope="module")
def seeded_jobs(cron_server: str) -> str:
    """The URL of the database `jobs`, with pg_cron and a marketplace."""
    url = seed(cron_server, DATABASE)
    run_sync(run(url, "CREATE EXTENSION pg_cron"))
    return url


@pytest.fixture
def jobs(seeded_jobs: str) -> Iterator[str]:
    """The same without any jobs, before and after."""
    yield seeded_jobs
    run_sync(run(seeded_jobs, "TRUNCATE cron.job_run_details", "DELETE FROM cron.job"))


async def verified(url: str) -> tuple[VerificationReport, dict[str, Check]]:
    report = await verify(parse_url(url, {}))
    return report, {c.code: c for c in report.checks if c.code.startswith("cron.")}


def by_themselves(report: VerificationReport) -> str:
    answers = {answer.question: answer.answer for answer in report.answers}
    return answers["Do the views refresh by themselves?"]


def schedule(command: str = REFRESH, name: str = "anything", at: str = "0 0 1 1 *") -> str:
    """A job that is not due while the tests run, or pg_cron would run it beside them."""
    return f"SELECT cron.schedule('{name}', '{at}', $job${command}$job$)"


def ended(*statuses: str) -> list[str]:
    """Runs of the job, the last of them the newest."""
    return [
        "INSERT INTO cron.job_run_details (jobid, runid, status, return_message, start_time, "
        f"end_time) SELECT jobid, {n}, '{status}', 'it {status}', now(), now() FROM cron.job"
        for n, status in enumerate(statuses, 1)
    ]


async def test_a_job_that_the_server_keeps_elsewhere_is_not_called_absent(
    cron_server: str, jobs: str
) -> None:
    url = seed(cron_server, "served_from_elsewhere")
    scheduled = "SELECT cron.schedule_in_database('far', '0 0 1 1 *', '{}', '{}')"
    await run(jobs, scheduled.format(REFRESH, "served_from_elsewhere"))
    report, checks = await verified(url)
    assert report.exit_status == 0
    assert checks["cron.job"].outcome is Outcome.WARNING
    assert f"in database {DATABASE}" in checks["cron.job"].evidence[0]
    answers = {answer.question: answer.answer for answer in report.answers}
    assert answers["Is there a cron job for the views?"] == "cannot verify"
    assert answers["Do the views refresh by themselves?"] == "cannot verify"


async def test_a_job_is_found_by_what_it_does(jobs: str) -> None:
    await run(jobs, schedule(), *ended("failed", "succeeded"))
    report, checks = await verified(jobs)
    assert report.cron.job
    assert report.cron.job.name == "anything"
    assert checks["cron.job"].outcome is Outcome.PASSED
    assert checks["cron.runs"].outcome is Outcome.PASSED
    answers = {answer.question: answer for answer in report.answers}
    assert answers["Is there a cron job for the views?"].answer == "yes"
    assert answers["Do the views refresh by themselves?"].answer == "yes"
    assert "0 0 1 1 *" in answers["Do the views refresh by themselves?"].why


@pytest.mark.parametrize(
    "command",
    [
        "SET search_path TO platform; SELECT platform.refresh_store_materialized_views()",
        'set search_path to platform; select "platform".refresh_store_materialized_views ();',
    ],
)
async def test_a_job_may_be_written_in_many_ways(jobs: str, command: str) -> None:
    await run(jobs, schedule(command))
    report, checks = await verified(jobs)
    assert checks["cron.job"].outcome is Outcome.PASSED
    assert checks["cron.runs"].outcome is Outcome.WARNING
    assert report.exit_status == 0


@pytest.mark.parametrize(
    "command",
    [
        "VACUUM",
        "SELECT other.refresh_store_materialized_views()",
        "REFRESH MATERIALIZED VIEW mv_review_stats_of_last_year",
        "SELECT count(*) FROM mv_review_stats",
    ],
)
async def test_a_job_that_does_something_else_does_not_count(jobs: str, command: str) -> None:
    await run(jobs, schedule(command, "refresh-store-views"))
    report, checks = await verified(jobs)
    assert set(checks) == {"cron.command"}
    assert "cron.schedule" in checks["cron.command"].remedy
    assert report.exit_status == 1


BY_NAME = "refresh-store-views_platform"
EACH = (
    "DO $x$ DECLARE v text; BEGIN "
    "FOREACH v IN ARRAY ARRAY['mv_agent_run_counts', 'mv_review_stats'] LOOP "
    "EXECUTE 'REFRESH MATERIALIZED VIEW platform.' || v; END LOOP; END $x$"
)


@pytest.fixture
def wrapped(jobs: str) -> Iterator[str]:
    """The same with functions and procedures that refresh, or only seem to."""
    made = {
        "FUNCTION calling() RETURNS void": "PERFORM refresh_store_materialized_views();",
        "FUNCTION calling_what_calls() RETURNS void": "PERFORM calling();",
        "FUNCTION calling_itself() RETURNS void": "PERFORM calling_itself();",
        "PROCEDURE refreshing()": "REFRESH MATERIALIZED VIEW platform.mv_agent_run_counts; "
        "REFRESH MATERIALIZED VIEW platform.mv_review_stats;",
        "FUNCTION refreshing_nothing() RETURNS void": "NULL; /* not calling() anything */",
        "FUNCTION public.elsewhere() RETURNS void": "PERFORM platform.calling();",
    }
    path = "SET search_path = platform"
    run_sync(
        run(
            jobs,
            *(
                f"CREATE {name} LANGUAGE plpgsql {path if name[0] == 'F' else ''} "
                f"AS $$ BEGIN {body} END $$"
                for name, body in made.items()
            ),
        )
    )
    yield jobs
    names = [name.removesuffix(" RETURNS void") for name in made]
    run_sync(run(jobs, *(f"DROP {name}" for name in names)))


def assert_refreshed(report: VerificationReport, checks: dict[str, Check]) -> None:
    """A job does it, as its runs and its replay tell, and no other check has a say."""
    assert {code: check.outcome for code, check in checks.items()} == {
        "cron.job": Outcome.PASSED,
        "cron.runs": Outcome.PASSED,
        "cron.replay": Outcome.PASSED,
    }
    assert by_themselves(report) == "yes"


@pytest.mark.parametrize("name", [BY_NAME, "nightly"])
@pytest.mark.parametrize(
    "command",
    [
        "SELECT platform.calling()",
        "SELECT platform.calling_what_calls()",
        "CALL platform.refreshing()",
    ],
)
async def test_what_a_job_calls_is_followed(wrapped: str, command: str, name: str) -> None:
    await run(wrapped, schedule(command, name), *ended("succeeded"))
    report, checks = await verified(wrapped)
    assert_refreshed(report, checks)


@pytest.mark.parametrize("command", [EACH, "SELECT public.elsewhere()"])
async def test_a_job_that_has_the_name_is_tried_out_before_it_is_blamed(
    wrapped: str, command: str
) -> None:
    await run(wrapped, schedule(command, BY_NAME), *ended("succeeded"))
    before = await everything(wrapped)
    report, checks = await verified(wrapped)
    assert_refreshed(report, checks)
    assert await everything(wrapped) == before


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("SELECT platform.refreshing_nothing()", "Still as before: mv_"),
        (
            "DO $x$ BEGIN EXECUTE 'REFRESH MATERIALIZED VIEW ' || 'mv_review_stats'; END $x$",
            "exist",
        ),
    ],
)
async def test_what_came_of_trying_out_a_job_is_told(
    wrapped: str, command: str, found: str
) -> None:
    await run(wrapped, schedule(command, BY_NAME))
    report, checks = await verified(wrapped)
    assert set(checks) == {"cron.command"}
    assert checks["cron.command"].outcome is Outcome.FAILED
    assert found in checks["cron.command"].evidence[1]
    assert report.exit_status == 1


async def test_a_job_that_calls_itself_is_followed_to_its_end(wrapped: str) -> None:
    await run(wrapped, schedule("SELECT platform.calling_itself()"))
    _, checks = await verified(wrapped)
    assert set(checks) == {"cron.job"}


async def test_jobs_may_share_the_work_that_one_hides(wrapped: str) -> None:
    one = "REFRESH MATERIALIZED VIEW platform.mv_agent_run_counts"
    other = (
        "DO $x$ BEGIN EXECUTE 'REFRESH MATERIALIZED VIEW platform.mv_' || 'review_stats'; END $x$"
    )
    await run(wrapped, schedule(one, "one"), schedule(other, BY_NAME))
    _, checks = await verified(wrapped)
    assert checks["cron.replay"].outcome is Outcome.PASSED


async def test_a_job_that_can_neither_be_read_nor_tried_out_is_not_blamed(jobs: str) -> None:
    escaping = EACH.replace("BEGIN", "BEGIN PERFORM set_config('role', 'none', false);")
    await run(jobs, schedule(escaping, BY_NAME))
    report, checks = await verified(jobs)
    assert set(checks) == {"cron.command"}
    assert checks["cron.command"].outcome is Outcome.WARNING
    assert "--wait-for-cron" in checks["cron.command"].remedy
    assert by_themselves(report) == "cannot verify"
    assert report.exit_status == 0
    report = await verify(parse_url(jobs, {}), require_cron=True)
    assert {c.code for c in report.checks if c.outcome is Outcome.FAILED} == {"cron.command"}


@pytest.mark.parametrize("change", ["active = false", "database = 'postgres'"])
async def test_a_job_that_does_not_run_here_is_not_tried_out(jobs: str, change: str) -> None:
    await run(jobs, schedule(EACH, BY_NAME), f"UPDATE cron.job SET {change}")
    _, checks = await verified(jobs)
    assert set(checks) == {"cron.command"}
    assert checks["cron.command"].outcome is Outcome.FAILED


async def test_a_job_that_has_the_name_gets_no_rights_of_ours(
    workers_job: Callable[[str], str],
) -> None:
    escape = "DO $x$ BEGIN EXECUTE 'RESET ROLE'; DELETE FROM public.secret; END $x$"
    url = workers_job(f"{escape}; {EACH}")
    await run(url, f"UPDATE cron.job SET jobname = '{BY_NAME}'")
    before = await everything(url)
    _, checks = await verified(url)
    assert set(checks) == {"cron.command"}
    assert "security-definer" in checks["cron.command"].evidence[1]
    assert await everything(url) == before


async def test_a_job_that_is_not_active_is_a_failure(jobs: str) -> None:
    await run(jobs, schedule(), "UPDATE cron.job SET active = false")
    report, checks = await verified(jobs)
    assert set(checks) == {"cron.active"}
    assert checks["cron.active"].evidence == ("anything is not active.",)
    assert report.exit_status == 1


@pytest.mark.parametrize("at", ["0 0 30 2 *", "*/15 * 31 4,6,9,11 *"])
async def test_a_job_that_never_comes_is_no_better_than_none(jobs: str, at: str) -> None:
    await run(jobs, schedule(at=at), *ended("succeeded"))
    report, checks = await verified(jobs)
    assert set(checks) == {"cron.active"}
    assert checks["cron.active"].outcome is Outcome.WARNING
    assert "never comes" in checks["cron.active"].evidence[0]
    assert "cron.alter_job" in checks["cron.active"].remedy
    assert report.exit_status == 0
    answers = {answer.question: answer.answer for answer in report.answers}
    assert answers["Is there a cron job for the views?"] == "no"
    assert answers["Do the views refresh by themselves?"] == "no"
    report = await verify(parse_url(jobs, {}), require_cron=True)
    assert {c.code for c in report.checks if c.outcome is Outcome.FAILED} == {"cron.active"}


async def test_a_job_that_never_comes_stands_in_for_no_other(jobs: str) -> None:
    one, other = (
        f"REFRESH MATERIALIZED VIEW platform.{view}"
        for view in ("mv_agent_run_counts", "mv_review_stats")
    )
    await run(jobs, schedule(one, "yearly"), schedule(other, "parked", at="0 0 30 2 *"))
    _, checks = await verified(jobs)
    assert checks["cron.replay"].outcome is Outcome.FAILED
    assert checks["cron.replay"].evidence[1] == "Still as before: mv_review_stats."
    await run(jobs, schedule())
    _, checks = await verified(jobs)
    assert checks["cron.replay"].outcome is Outcome.PASSED
    assert "parked" not in checks["cron.replay"].title


async def test_a_job_of_another_database_is_a_failure(jobs: str) -> None:
    await run(jobs, schedule(), "UPDATE cron.job SET database = 'postgres'")
    report, checks = await verified(jobs)
    assert set(checks) == {"cron.database"}
    assert "postgres" in checks["cron.database"].evidence[0]
    assert report.exit_status == 1


async def test_the_lack_of_a_job_can_be_made_a_failure(jobs: str) -> None:
    report = await verify(parse_url(jobs, {}), require_cron=True)
    assert {c.code for c in report.checks if c.outcome is Outcome.FAILED} == {"cron.job"}
    assert report.exit_status == 1


@pytest.mark.parametrize(
    "command",
    [
        "SELECT platform.refresh_store_materialized_views()",
        "REFRESH MATERIALIZED VIEW platform.mv_review_stats",
        "SET search_path TO other; SELECT platform.refresh_store_materialized_views()",
        "SET search_path TO platform; SELECT refresh_store_materialized_views(1)",
    ],
)
async def test_a_job_that_works_in_the_wrong_schema_is_found(jobs: str, command: str) -> None:
    await run(jobs, schedule(command))
    before = await everything(jobs)
    report, checks = await verified(jobs)
    assert checks["cron.replay"].outcome is Outcome.FAILED
    assert report.exit_status == 1
    assert await everything(jobs) == before


@pytest.mark.parametrize(
    "command",
    [
        REFRESH,
        "BEGIN; SET search_path TO platform; SELECT refresh_store_materialized_views(); COMMIT;",
        "SET search_path = platform; COMMIT; /* ; */ SELECT refresh_store_materialized_views(); --",
        "SET search_path TO platform; REFRESH MATERIALIZED VIEW mv_agent_run_counts; "
        "REFRESH MATERIALIZED VIEW mv_review_stats",
        "DO $x$ BEGIN SET search_path TO platform; "
        "PERFORM refresh_store_materialized_views(); END $x$",
    ],
)
async def test_a_job_is_tried_out_whatever_its_command_holds(jobs: str, command: str) -> None:
    await run(jobs, schedule(command))
    before = await everything(jobs)
    report, checks = await verified(jobs)
    assert checks["cron.replay"].outcome is Outcome.PASSED
    assert report.exit_status == 0
    assert await everything(jobs) == before


async def test_a_jobs_role_has_its_own_settings(jobs: str) -> None:
    call = "SELECT platform.refresh_store_materialized_views()"
    await run(
        jobs,
        "CREATE ROLE worker SUPERUSER",
        f"ALTER ROLE worker IN DATABASE {DATABASE} SET search_path TO platform",
        schedule(call),
        "UPDATE cron.job SET username = 'worker'",
    )
    try:
        _, checks = await verified(jobs)
        assert checks["cron.replay"].outcome is Outcome.PASSED
        await run(jobs, f"ALTER ROLE worker IN DATABASE {DATABASE} RESET search_path")
        _, checks = await verified(jobs)
        assert checks["cron.replay"].outcome is Outcome.FAILED
    finally:
        await run(jobs, "DROP ROLE worker")


async def test_a_jobs_role_may_have_settings_that_it_may_not_change(jobs: str) -> None:
    await run(
        jobs,
        "CREATE ROLE worker",
        "ALTER ROLE worker SET log_min_duration_statement = 1000",
        *_LET_WORK,
        schedule(),
        "UPDATE cron.job SET username = 'worker'",
    )
    try:
        _, checks = await verified(jobs)
        assert checks["cron.replay"].outcome is Outcome.PASSED, checks["cron.replay"]
    finally:
        await run(jobs, *_TAKE_BACK, "DROP ROLE worker")


@pytest.fixture
def workers_job(jobs: str) -> Iterator[Callable[[str], str]]:
    """A factory: the URL, with a job of the role `worker`, which may refresh and little else."""
    run_sync(run(jobs, "CREATE ROLE worker", *_LET_WORK, "CREATE TABLE public.secret AS SELECT 1"))

    def with_command(command: str) -> str:
        run_sync(run(jobs, schedule(command), "UPDATE cron.job SET username = 'worker'"))
        return jobs

    yield with_command
    run_sync(run(jobs, *_TAKE_BACK, "DROP TABLE public.secret", "DROP ROLE worker"))


@pytest.mark.parametrize(
    "escape",
    [
        "DO $x$ BEGIN EXECUTE 'RESET ROLE'; DELETE FROM public.secret; END $x$",
        "DO $x$ BEGIN PERFORM set_config('role', 'none', false); END $x$",
        "CREATE OR REPLACE FUNCTION pg_temp.autogpt_seed_replay(statements text[]) RETURNS void"
        " LANGUAGE plpgsql AS $x$ BEGIN RESET ROLE; END $x$; DELETE FROM public.secret",
    ],
)
async def test_a_job_that_is_tried_out_gets_no_rights_of_ours(
    workers_job: Callable[[str], str], escape: str
) -> None:
    _, checks = await verified(workers_job(f"{escape}; {REFRESH}"))
    assert re.search("security-definer|permission denied", checks["cron.replay"].evidence[0])
    of_the_job = "permission denied" in checks["cron.replay"].evidence[0]
    assert checks["cron.replay"].outcome is (Outcome.FAILED if of_the_job else Outcome.WARNING)


@pytest.mark.parametrize(
    "trap",
    [
        "CREATE DOMAIN pg_temp.text AS pg_catalog.text CHECK (pg_temp.trap())",
        "CREATE TEMP VIEW pg_roles AS SELECT * FROM pg_catalog.pg_roles WHERE pg_temp.trap()",
        "CREATE TEMP VIEW pg_settings AS SELECT * FROM pg_catalog.pg_settings WHERE pg_temp.trap()",
    ],
)
async def test_what_a_job_leaves_in_the_session_is_gone_before_we_look(
    workers_job: Callable[[str], str], trap: str
) -> None:
    function = (
        "CREATE FUNCTION pg_temp.trap() RETURNS bool LANGUAGE plpgsql AS $x$ BEGIN"
        " IF current_user <> 'worker' THEN RAISE 'called as %', current_user; END IF;"
        " RETURN true; END $x$"
    )
    url = workers_job(f"{function}; {trap}; {REFRESH}")
    await run(url, schedule(name="the next"), "UPDATE cron.job SET username = 'worker'")
    _, checks = await verified(url)
    assert checks["cron.replay"].outcome is Outcome.PASSED


@pytest.mark.parametrize(
    "become", ["SET LOCAL ROLE worker", "PERFORM set_config('role', 'worker', false)"]
)
async def test_a_job_that_takes_a_role_within_a_block_cannot_be_tried_out(
    workers_job: Callable[[str], str], become: str
) -> None:
    _, checks = await verified(workers_job(f"DO $x$ BEGIN {become}; END $x$; {REFRESH}"))
    assert checks["cron.replay"].outcome is Outcome.WARNING
    assert "--wait-for-cron" in checks["cron.replay"].remedy


async def test_a_job_of_a_role_without_temporary_objects_cannot_be_tried_out(
    workers_job: Callable[[str], str],
) -> None:
    url = workers_job(REFRESH)
    await run(url, f"REVOKE TEMPORARY ON DATABASE {DATABASE} FROM PUBLIC")
    try:
        _, checks = await verified(url)
    finally:
        await run(url, f"GRANT TEMPORARY ON DATABASE {DATABASE} TO PUBLIC")
    assert checks["cron.replay"].outcome is Outcome.WARNING
    assert "Grant worker TEMPORARY" in checks["cron.replay"].remedy


async def test_no_other_role_is_let_into_a_callers_session(
    workers_job: Callable[[str], str],
) -> None:
    engine = parse_url(workers_job(REFRESH), {}).engine()
    try:
        report = await verify(engine)
    finally:
        await engine.dispose()
    check = next(check for check in report.checks if check.code == "cron.replay")
    assert check.outcome is Outcome.WARNING
    assert "the URL" in check.remedy


async def test_settings_of_a_job_do_not_change_what_is_compared(jobs: str) -> None:
    await run(
        jobs,
        "CREATE MATERIALIZED VIEW platform.mv_latest AS SELECT 1 AS id,"
        ' max("createdAt") AT TIME ZONE \'UTC\' AS latest FROM platform."AgentGraphExecution"',
        "CREATE ROLE worker SUPERUSER",
        "ALTER ROLE worker SET timezone = 'Asia/Tokyo'",
        schedule("SET datestyle = 'German'; REFRESH MATERIALIZED VIEW platform.mv_latest"),
        "UPDATE cron.job SET username = 'worker'",
    )
    try:
        report = await verify(parse_url(jobs, {}))
    finally:
        await run(jobs, "DROP ROLE worker", "DROP MATERIALIZED VIEW platform.mv_latest")
    check = next(check for check in report.checks if check.code == "cron.replay")
    assert (check.outcome, check.subject) == (Outcome.PASSED, "mv_latest"), check


async def test_a_job_that_changes_its_role_cannot_be_tried_out(
    workers_job: Callable[[str], str],
) -> None:
    _, checks = await verified(workers_job(f"{REFRESH}; RESET ROLE; DELETE FROM public.secret"))
    assert checks["cron.replay"].outcome is Outcome.WARNING
    assert "changes its role" in checks["cron.replay"].evidence[0]


async def test_functions_of_a_job_are_not_taken_for_the_servers_after_it(
    workers_job: Callable[[str], str],
) -> None:
    ours = (
        "CREATE FUNCTION platform.current_database() RETURNS name LANGUAGE plpgsql AS"
        " $x$ BEGIN RAISE 'called as %', current_user; END $x$"
    )
    path = "SET search_path TO platform, pg_catalog; SELECT refresh_store_materialized_views()"
    url = workers_job(f"{ours}; {path}")
    workers = "UPDATE cron.job SET username = 'worker'"
    await run(url, "ALTER ROLE worker SET work_mem = '8MB'", schedule(name="the next"), workers)
    _, checks = await verified(url)
    assert checks["cron.replay"].outcome is Outcome.PASSED


async def test_a_job_of_a_role_that_is_gone_is_a_failure(jobs: str) -> None:
    await run(jobs, schedule(), "UPDATE cron.job SET username = 'gone'")
    report, checks = await verified(jobs)
    assert checks["cron.replay"].outcome is Outcome.FAILED
    assert "'gone' does not exist" in checks["cron.replay"].evidence[0]
    assert report.exit_status == 1


async def test_the_real_job_is_waited_for_and_its_rows_are_removed(jobs: str) -> None:
    await run(jobs, f"SELECT cron.schedule('each minute', '* * * * *', $job${REFRESH}$job$)")
    before = await counts(jobs)
    report = await verify(parse_url(jobs, {}), commit=True, wait_for_cron=100)
    check = next(c for c in report.checks if c.code == "cron.refresh")
    assert check.outcome is Outcome.PASSED, check
    assert not report.committed
    tables = [name for name in before if not name.startswith("mv_")]
    after = await counts(jobs)
    assert {name: after[name] for name in tables} == {name: before[name] for name in tables}
    await run(jobs, "SET search_path TO platform", "SELECT refresh_store_materialized_views()")


async def test_a_job_that_does_not_come_in_time_is_a_failure(jobs: str) -> None:
    await run(jobs, "SELECT cron.schedule('never', '0 0 31 2 *', 'SELECT 1')")
    before = await everything(jobs)
    report = await verify(parse_url(jobs, {}), commit=True, wait_for_cron=0.5)
    check = next(c for c in report.checks if c.code == "cron.refresh")
    assert check.outcome is Outcome.FAILED
    assert "mv_agent_run_counts" in check.evidence[0]
    assert report.exit_status == 1
    assert await everything(jobs) == before


async def test_two_jobs_may_share_the_work(jobs: str) -> None:
    for view in ("mv_agent_run_counts", "mv_review_stats"):
        await run(jobs, schedule(f"REFRESH MATERIALIZED VIEW platform.{view}", view))
    _, checks = await verified(jobs)
    assert checks["cron.replay"].outcome is Outcome.PASSED
    assert "at 00:00 on day 1 of the month in Jan, next at" in checks["cron.job"].evidence[1]


async def test_a_job_that_fails_each_time_is_a_failure(jobs: str) -> None:
    await run(jobs, schedule(), *ended("failed", "failed"))
    report, checks = await verified(jobs)
    assert checks["cron.runs"].outcome is Outcome.FAILED
    assert "it failed" in checks["cron.runs"].evidence[0]
    assert report.exit_status == 1


async def test_a_job_that_failed_once_is_a_warning(jobs: str) -> None:
    await run(jobs, schedule(), *ended("succeeded", "failed"))
    report, checks = await verified(jobs)
    assert checks["cron.runs"].outcome is Outcome.WARNING
    assert report.exit_status == 0


def recorded(status: str, begun: str, ended: str | None = None) -> str:
    """A further run of each job, which began so long ago, and ended so long ago or not at all."""
    end = f"now() - interval '{ended}'" if ended else "NULL"
    return (
        "INSERT INTO cron.job_run_details (jobid, runid, status, start_time, end_time) "
        "SELECT jobid, (SELECT count(*) + 1 FROM cron.job_run_details), "
        f"'{status}', now() - interval '{begun}', {end} FROM cron.job"
    )


async def test_a_job_that_has_not_run_for_long_is_a_warning(jobs: str) -> None:
    await run(jobs, schedule(), recorded("succeeded", "5 years", "5 years"))
    report, checks = await verified(jobs)
    assert checks["cron.runs"].outcome is Outcome.PASSED
    assert checks["cron.late"].outcome is Outcome.WARNING
    assert "cron.launch_active_jobs" in checks["cron.late"].remedy
    assert by_themselves(report) == "cannot verify"
    assert report.exit_status == 0


async def test_a_job_that_ran_when_it_should_is_not_late(jobs: str) -> None:
    await run(jobs, schedule(), recorded("succeeded", "11 months", "11 months"))
    report, checks = await verified(jobs)
    assert "cron.late" not in checks
    assert by_themselves(report) == "yes"


async def test_a_run_that_does_not_end_is_a_warning(jobs: str) -> None:
    await run(
        jobs,
        schedule(),
        recorded("succeeded", "6 years", "6 years"),
        recorded("running", "5 years"),
    )
    report, checks = await verified(jobs)
    assert checks["cron.late"].outcome is Outcome.WARNING
    assert "no second one" in checks["cron.late"].evidence[0]
    assert by_themselves(report) == "cannot verify"
    assert report.exit_status == 0


async def test_a_first_run_that_goes_on_is_no_finding_of_its_own(jobs: str) -> None:
    await run(jobs, schedule(), recorded("running", "1 minute"))
    report, checks = await verified(jobs)
    assert checks["cron.runs"].evidence == ("One goes on; none has ended yet.",)
    assert "cron.late" not in checks
    assert by_themselves(report) == "yes"


@pytest.mark.parametrize(
    ("grants", "words"),
    [
        ("SELECT", "cannot be read"),
        ("GRANT USAGE ON SCHEMA cron TO guest; SELECT", "No job that refreshes the views is"),
    ],
)
async def test_jobs_that_are_not_visible_are_not_called_absent(
    jobs: str, grants: str, words: str
) -> None:
    await run(
        jobs,
        schedule(),
        "CREATE ROLE guest",
        "GRANT USAGE ON SCHEMA platform TO guest",
        grants,
    )
    before = await everything(jobs)
    engine = parse_url(jobs, {}).engine()
    try:
        async with engine.connect() as connection:
            await connection.execute(text("GRANT ALL ON ALL TABLES IN SCHEMA platform TO guest"))
            await connection.execute(
                text("ALTER FUNCTION platform.refresh_store_materialized_views() SECURITY DEFINER")
            )
            await connection.execute(text("SET LOCAL ROLE guest"))
            report = await verify(connection)
        check = next(c for c in report.checks if c.code == "cron.job")
        assert check.outcome is Outcome.WARNING
        assert words in check.title
        answers = {answer.question: answer.answer for answer in report.answers}
        assert answers["Is there a cron job for the views?"] == "cannot verify"
        assert answers["Do the views refresh by themselves?"] == "cannot verify"
    finally:
        await engine.dispose()
        await run(jobs, "DROP OWNED BY guest", "DROP ROLE guest")
    assert await everything(jobs) == before


FURTHER = (
    "CREATE MATERIALIZED VIEW mv_other AS "
    'SELECT "userId", count(*) AS n FROM "AgentGraphExecution" GROUP BY 1'
)


@pytest.fixture
def further(jobs: str) -> Iterator[str]:
    """The same with a job for the store, and a materialised view that the store does not read."""
    run_sync(run(jobs, schedule(), FURTHER))
    yield jobs
    run_sync(run(jobs, "DROP MATERIALIZED VIEW platform.mv_other CASCADE"))


async def checks_of(url: str, view: str) -> dict[str, Outcome]:
    report = await verify(parse_url(url, {}))
    return {check.code: check.outcome for check in report.checks if check.subject == view}


async def test_a_further_view_may_have_a_job_of_its_own(further: str) -> None:
    assert (await checks_of(further, "mv_other"))["view.fresh"] is Outcome.WARNING
    command = "REFRESH MATERIALIZED VIEW platform.mv_other"
    await run(
        further,
        f"SELECT cron.schedule_in_database('other', '0 3 * * *', '{command}', '{DATABASE}')",
    )
    before = await everything(further)
    assert await checks_of(further, "mv_other") == {
        "cron.job": Outcome.PASSED,
        "cron.runs": Outcome.WARNING,
        "cron.replay": Outcome.PASSED,
        "view.fresh": Outcome.PASSED,
    }
    assert await everything(further) == before


async def test_a_further_view_may_be_refreshed_by_a_function_that_its_job_calls(
    further: str,
) -> None:
    await run(
        further,
        "CREATE FUNCTION refresh_others() RETURNS void LANGUAGE sql AS "
        "$$ REFRESH MATERIALIZED VIEW mv_other $$",
        schedule("SET search_path TO platform; SELECT refresh_others()", "others"),
    )
    try:
        found = await checks_of(further, "mv_other")
        assert found["cron.replay"] is Outcome.PASSED
        await run(
            further,
            "UPDATE cron.job SET command = 'SELECT platform.refresh_others()' "
            "WHERE jobname = 'others'",
        )
        found = await checks_of(further, "mv_other")
        assert found["cron.replay"] is Outcome.FAILED
        assert found["view.fresh"] is Outcome.WARNING
    finally:
        await run(further, "DROP FUNCTION refresh_others()")


async def test_the_job_of_a_further_view_may_never_come(further: str) -> None:
    command = "REFRESH MATERIALIZED VIEW platform.mv_other"
    await run(further, schedule(command, "other", at="0 0 30 2 *"))
    found = await checks_of(further, "mv_other")
    assert found["cron.active"] is Outcome.WARNING
    assert "cron.replay" not in found


async def test_the_job_of_a_further_view_may_be_switched_off(further: str) -> None:
    await run(
        further,
        schedule("REFRESH MATERIALIZED VIEW platform.mv_other", "other"),
        "UPDATE cron.job SET active = false WHERE jobname = 'other'",
    )
    assert (await checks_of(further, "mv_other"))["cron.active"] is Outcome.FAILED
