"""Each pending migration on seeded data, and on rows that break what it demands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import make_url

from autogpt_seed.database.migrations.files import migrations_folder
from autogpt_seed.errors import ConfigurationError, DatabaseUnsuitable
from autogpt_seed.gauntlet import GauntletReport, StepReport, run_gauntlet
from autogpt_seed.plan import Plan
from autogpt_seed.testing import Alembic, Platform, Prisma, SqlFile
from tests.conftest import run_sync
from tests.databases import session

PLAN = Plan(users=8, blocks=5, api_key_hash="sha256")
OWN = """
CREATE TABLE pet (id serial PRIMARY KEY, owner text);
INSERT INTO pet (owner) SELECT NULL FROM generate_series(1, 3);
"""
NO_SUSPENSION = """
ALTER TABLE "APIKey" ALTER COLUMN status DROP DEFAULT;
CREATE TYPE "APIKeyStatus_new" AS ENUM ('ACTIVE', 'REVOKED');
ALTER TABLE "APIKey" ALTER COLUMN status TYPE "APIKeyStatus_new"
    USING (status::text::"APIKeyStatus_new");
DROP TYPE "APIKeyStatus";
ALTER TYPE "APIKeyStatus_new" RENAME TO "APIKeyStatus";
ALTER TABLE "APIKey" ALTER COLUMN status SET DEFAULT 'ACTIVE';
"""
CUT_OFF = """
DO $$ BEGIN
    EXECUTE 'CREATE OR REPLACE VIEW "StoreAgent" AS SELECT * FROM ('
        || rtrim(pg_get_viewdef('"StoreAgent"'::regclass), ';') || ') AS old OFFSET 2';
END $$;
"""
SCRIPTS = {
    "10_names": 'ALTER TABLE "User" ALTER COLUMN name SET NOT NULL',
    "11_careful": "UPDATE \"AgentGraph\" SET description = coalesce(description, '');"
    'ALTER TABLE "AgentGraph" ALTER COLUMN description SET NOT NULL',
    "12_slugs": 'CREATE UNIQUE INDEX slugs ON "StoreListing" (slug)',
    "13_scores": 'ALTER TABLE "StoreListingReview" ADD CHECK (score BETWEEN 1 AND 5)',
    "14_short": 'ALTER TABLE "User" ALTER COLUMN email TYPE varchar(100)',
    "15_owners": 'ALTER TABLE pet ADD FOREIGN KEY (owner) REFERENCES "User"',
    "16_labels": NO_SUSPENSION,
    "17_index": 'CREATE INDEX CONCURRENTLY names ON "AgentGraph" (name)',
    "18_both": 'ALTER TABLE "Profile" ALTER COLUMN "avatarUrl" SET NOT NULL;'
    'ALTER TABLE "Profile" ADD CHECK (length(name) < 50)',
    "18_view": CUT_OFF,
    "19_table": "CREATE TABLE toy (id int PRIMARY KEY)",
    "20_column": 'ALTER TABLE "User" ADD COLUMN nick text NOT NULL',
    "21_never": "DROP TABLE nowhere",
}


def platform_script() -> str:
    """The schema of August 2025, as one script."""
    scripts = migrations_folder() / "sql" / "2025_08"
    names = "types accounts graphs executions store materialized_views store_views creator_view"
    return "\n".join((scripts / f"{name}.sql").read_text("utf-8") for name in names.split())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prisma migrations: the platform's, then careless and careful ones."""
    path = tmp_path_factory.mktemp("prisma")
    for name, script in {"00_platform": platform_script(), "01_own": OWN, **SCRIPTS}.items():
        (path / name).mkdir()
        (path / name / "migration.sql").write_text(script)
    return path


@pytest.fixture(scope="module")
def report(folder: Path, server_url: str) -> GauntletReport:
    """All of them tried."""
    return run_sync(run_gauntlet(Prisma(folder), base="01_own", plan=PLAN, server=server_url))


def step(report: GauntletReport, name: str) -> StepReport:
    return next(step for step in report.steps if step.name == name)


@pytest.mark.parametrize(
    ("name", "planted", "message"),
    [
        ("10_names", "NULL in name, which becomes NOT NULL", "contains null values"),
        ("12_slugs", "two rows with the same slug, which becomes unique", "could not create uni"),
        ("13_scores", "a row against StoreListingReview_score_check, ", "is violated by some row"),
        ("14_short", "a value in email that does not fit character varying(100)", "value too long"),
        ("15_owners", "a owner that no row of User has", "violates foreign key constraint"),
        ("16_labels", "SUSPENDED in status, which APIKeyStatus loses", "invalid input value"),
    ],
)
def test_a_careless_migration_passes_on_good_rows_and_fails_on_planted_ones(
    report: GauntletReport, name: str, planted: str, message: str
) -> None:
    tried = step(report, name)
    assert tried.failure is None
    assert [planting.planted for planting in tried.plantings] == [True]
    assert tried.plantings[0].demand.text.startswith(planted)
    assert message in "".join(tried.hostile_failures)
    assert not tried.ok


def test_all_planted_rows_that_a_migration_fails_on_are_named(report: GauntletReport) -> None:
    null, check = step(report, "18_both").hostile_failures
    assert "contains null values" in null
    assert "is violated by some row" in check


def test_a_careful_migration_passes_on_planted_rows(report: GauntletReport) -> None:
    tried = step(report, "11_careful")
    assert tried.ok
    assert [planting.planted for planting in tried.plantings] == [True]
    assert list(tried.written or {}) == ["AgentGraph"]


def test_rewritten_tables_and_locks_are_told(report: GauntletReport) -> None:
    short = step(report, "14_short")
    assert not short.locks_sampled
    assert short.rewritten == {"User": 8}
    assert [(lock.table, lock.mode) for lock in short.locks or ()] == [
        ("User", "AccessExclusiveLock")
    ]
    assert 0 < (short.locks or ())[0].seconds <= short.seconds
    ratios = [s.seconds_when_empty / s.seconds for s in report.steps if s.seconds]
    assert 0 < min(ratios) < 5  # no process's start is in either; chance slows down some, not all
    index = step(report, "17_index")
    assert index.ok
    assert [(lock.table, lock.mode) for lock in index.locks or ()] in (
        [],  # it is given back before the end
        [("AgentGraph", "ShareUpdateExclusiveLock")],
    )
    assert step(report, "15_owners").rewritten == {}
    assert {lock.table: lock.mode for lock in step(report, "15_owners").locks or ()} == {
        "User": "ShareRowExclusiveLock",
        "pet": "ShareRowExclusiveLock",
    }
    assert step(report, "19_table").locks == ()


def test_a_migration_that_breaks_a_view_is_found_and_later_ones_not_blamed(
    report: GauntletReport,
) -> None:
    broken = step(report, "18_view")
    assert broken.views
    assert "StoreAgent" in broken.views[0]
    assert step(report, "17_index").views == step(report, "19_table").views == ()


def test_one_that_fails_on_seeded_data_ends_it(report: GauntletReport) -> None:
    failed = report.steps[-1]
    assert failed.name == "20_column"
    assert "contains null values" in (failed.failure or "")
    assert failed.failure_when_empty is None
    assert report.untried == ("21_never",)
    assert not report.ok
    assert any(text.startswith("20_column fails on seeded data: ") for text in report.failures)


async def test_one_that_fails_on_empty_tables_is_told_so(folder: Path, server_url: str) -> None:
    (folder / "02_wrong").mkdir()
    (folder / "02_wrong" / "migration.sql").write_text("DROP TABLE nowhere")
    report = await run_gauntlet(
        Prisma(folder), base="01_own", last="02_wrong", plan=PLAN, server=server_url
    )
    (folder / "02_wrong" / "migration.sql").unlink()
    assert "does not exist" in (report.steps[0].failure_when_empty or "")
    assert report.failures[0].startswith("02_wrong fails on empty tables: ")


async def test_it_cannot_begin_before_the_platforms_tables_are_made(
    tmp_path: Path, server_url: str
) -> None:
    for name, script in {"1_own": "CREATE TABLE pet (id int)", "2_all": platform_script()}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "migration.sql").write_text(script)
    with pytest.raises(DatabaseUnsuitable, match="does not hold the platform") as refusal:
        await run_gauntlet(Prisma(tmp_path), base="1_own", plan=PLAN, server=server_url)
    assert "--from" in refusal.value.remedy


async def test_nothing_is_left_of_it_but_templates(report: GauntletReport, server_url: str) -> None:
    async with session(server_url) as connection:
        query = "SELECT count(*) FROM pg_database WHERE datname LIKE 'autogpt\\_seed\\_test\\_%'"
        assert await connection.fetchval(query) == 0


@pytest.fixture
async def ordinary(server_url: str) -> AsyncIterator[str]:
    """The URL of a role that may create databases and nothing else, gone after the test."""
    async with session(server_url) as connection:
        await connection.execute("CREATE ROLE ordinary LOGIN CREATEDB PASSWORD 'secret'")
        url = make_url(server_url).set(username="ordinary", password="secret")
        yield url.render_as_string(hide_password=False)
        query = "SELECT datname FROM pg_database WHERE datdba = 'ordinary'::regrole"
        for row in await connection.fetch(query):
            await connection.execute(f'DROP DATABASE "{row[0]}"')
        await connection.execute("DROP ROLE ordinary")


async def test_the_platforms_own_migrations_pass_and_come_back(ordinary: str) -> None:
    report = await run_gauntlet(plan=PLAN, server=ordinary)
    assert report.ok
    assert (report.base, [s.name for s in report.steps]) == ("2025_08", ["2026_01"])
    assert report.steps[0].reversal
    assert report.steps[0].reversal.ok
    assert report.steps[0].locks_sampled  # such a role can make no event trigger
    locks = {lock.table: lock for lock in report.steps[0].locks or ()}
    assert locks["UserOnboarding"].mode == "AccessExclusiveLock"
    assert 0 < locks["UserOnboarding"].seconds <= report.steps[0].seconds
    assert not any(table.startswith("pg_") for table in locks)


async def test_a_role_that_may_not_create_databases_is_told_so(
    ordinary: str, server_url: str
) -> None:
    async with session(server_url) as connection:
        await connection.execute("ALTER ROLE ordinary NOCREATEDB")
    with pytest.raises(DatabaseUnsuitable, match="ordinary may not create databases"):
        await run_gauntlet(plan=PLAN, server=ordinary)


REVISION = """
from alembic import op

revision, down_revision = {name!r}, {below!r}

def upgrade():
    op.execute({up!r})

def downgrade():
    op.execute({down!r})
"""


@pytest.fixture
def alembic_ini(tmp_path: Path) -> Path:
    """A project of somebody's, whose downgrades are not all good."""
    ini, scripts = tmp_path / "alembic.ini", tmp_path / "scripts"
    command.init(Config(ini), str(scripts))
    text = ini.read_text().replace("driver://user:pass@localhost/dbname", "postgresql+psycopg://")
    ini.write_text(text)
    platform = f"CREATE SCHEMA platform; SET search_path = platform; {platform_script()}"
    steps = {
        "first": (f"{platform}; SET search_path = public", "DROP SCHEMA platform CASCADE"),
        "lossy": (
            'SELECT pg_sleep(0.3); ALTER TABLE platform."User" DROP COLUMN name',
            'ALTER TABLE platform."User" ADD COLUMN name text',
        ),
        "stuck": ("COMMENT ON TABLE platform.\"User\" IS 'x'", "DROP TABLE nowhere"),
    }
    below = None
    for name, (up, down) in steps.items():
        escaped = up.replace(":", "\\:")
        source = REVISION.format(name=name, below=below, up=escaped, down=down)
        (scripts / "versions" / f"{name}.py").write_text(source)
        below = name
    return ini


async def test_a_downgrade_that_loses_data_or_fails_is_told(
    alembic_ini: Path, server_url: str
) -> None:
    report = await run_gauntlet(Alembic(alembic_ini), base="first", plan=PLAN, server=server_url)
    reversals = {step.name: step.reversal for step in report.steps}
    assert reversals["lossy"]
    assert reversals["lossy"].changed == ("User",)
    assert report.steps[0].seconds >= 0.3, "what comes before its first DDL counts, too"
    assert reversals["stuck"]
    assert "nowhere" in (reversals["stuck"].failure or "")
    assert [step.ok for step in report.steps] == [True, False]


@pytest.mark.parametrize(
    ("base", "last", "what"),
    [
        ("2027_01", None, "no migration '2027_01'"),
        ("2026_01", None, "No migration is pending"),
        (None, "2025_08", "No migration is pending"),
    ],
)
async def test_migrations_that_are_not_there_are_refused(
    base: str | None, last: str | None, what: str
) -> None:
    with pytest.raises(ConfigurationError, match=what):
        await run_gauntlet(Platform(), base=base, last=last, server="postgresql://nowhere")


async def test_migrations_that_cannot_be_cut_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="one by one"):
        await run_gauntlet(SqlFile(tmp_path / "schema.sql"), server="postgresql://nowhere")
