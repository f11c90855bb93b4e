"""The gauntlet as a user types it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.e2e.conftest import Command
from tests.integration.test_gauntlet import OWN, platform_script

NO_VIEWS = """
DROP VIEW "StoreAgent", "Creator", "StoreSubmission";
DROP MATERIALIZED VIEW mv_agent_run_counts, mv_review_stats;
"""
NO_FUNCTION = "DROP FUNCTION refresh_store_materialized_views;"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prisma migrations, the last of which is careless."""
    path = tmp_path_factory.mktemp("prisma")
    careless = 'ALTER TABLE "User" ALTER COLUMN name SET NOT NULL'
    scripts = {"1_platform": platform_script(), "2_own": OWN, "3_names": careless}
    for name, script in scripts.items():
        (path / name).mkdir()
        (path / name / "migration.sql").write_text(script)
    return path


def test_a_careless_migration_is_named_with_what_it_forgets(
    command: Command, folder: Path, server_url: str
) -> None:
    arguments = (folder, "--users", "5", "--server", server_url)
    done = command("gauntlet", *arguments)
    assert (done.status, done.errors) == (1, "")
    lines = done.output.splitlines()
    assert lines[0].startswith("Seeded at 2_own: ")
    assert lines[2] == "FAILED   3_names"
    assert lines[3].startswith('  Fails      fails on planted rows: column "name" of relation')
    assert "  Planted    User: NULL in name, which becomes NOT NULL" in lines
    assert "               User" in lines
    assert "  Views      right, as before" in lines
    assert lines[-1] == "0 passed, 1 failed."
    assert max(map(len, lines[4:])) <= 80
    assert "             5 rows are too few for a rate: raise --users" in lines
    found = json.loads(command("gauntlet", *arguments, "--format", "json").output)
    assert (found["ok"], found["steps"][0]["ok"]) == (False, False)
    assert found["steps"][0]["locks"][0]["mode"] == "AccessExclusiveLock"


def test_views_that_cannot_be_refreshed_or_are_not_there_are_not_called_right(
    command: Command, folder: Path, tmp_path: Path, server_url: str
) -> None:
    changed = shutil.copytree(folder, tmp_path / "prisma")
    with (changed / "2_own" / "migration.sql").open("a") as script:
        script.write(NO_VIEWS)
    (changed / "4_function").mkdir()
    (changed / "4_function" / "migration.sql").write_text(NO_FUNCTION)
    done = command("gauntlet", changed, "--from", "2_own", "--users", "1", "--server", server_url)
    views = [line for line in done.output.splitlines() if line.startswith("  Views")]
    assert views[0].startswith("  Views      wrong, as before: ")
    assert views[1:] == ["  Views      the store has none"]


def test_migrations_that_are_not_there_are_refused(command: Command, tmp_path: Path) -> None:
    done = command("gauntlet", tmp_path / "none")
    assert (done.status, done.output) == (2, "")
    assert done.errors.startswith("Error: There are no migrations at ")
