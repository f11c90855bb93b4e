"""Baking and restoring as a user types it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.conftest import CreateDatabase
from tests.e2e.conftest import Command


def test_a_database_goes_into_a_file_and_comes_out_of_it(
    command: Command, marketplace: str, platform: str, create_database: CreateDatabase
) -> None:
    baked = command("bake", "market.sql.gz", "--database-url", marketplace)
    assert (baked.status, baked.errors) == (0, "")
    assert "4,886 rows of 3" in baked.output
    assert "Restore  autogpt-seed restore market.sql.gz --database-url …" in baked.output
    target = create_database(platform)
    restored = command("restore", "market.sql.gz", "--database-url", target)
    assert (restored.status, restored.errors) == (0, "")
    assert re.search(r"schema platform: 4,886 rows in \d+\.\d\d s", restored.output)
    again = command("restore", "market.sql.gz", "--database-url", target)
    assert again.status == 4
    assert "Error: Schema 'platform' is not empty.\n  There are rows in " in again.errors
    assert "Traceback" not in again.errors


def test_the_schema_is_named_once_and_is_the_one_that_was_meant(
    command: Command, marketplace: str, create_database: CreateDatabase, tmp_path: Path
) -> None:
    first, other = (f"{url}&schema=platform" for url in (marketplace, create_database()))
    baked = command("bake", tmp_path / "one.gz", "--database-url", first)
    migrated = command("migrate", "--schema", "mine", "--database-url", other)
    restored = command("restore", tmp_path / "one.gz", "--database-url", other, "--schema", "mine")
    named = [re.findall(r"(?<!-)schema \w+", done.output) for done in (baked, migrated, restored)]
    assert named == [["schema platform"], ["schema mine"], ["schema mine"]]


def test_a_name_with_a_blank_is_quoted_where_it_is_to_be_typed(
    command: Command, marketplace: str, tmp_path: Path
) -> None:
    baked = command("bake", tmp_path / "a b.gz", "--database-url", marketplace)
    assert f"autogpt-seed restore '{tmp_path}/a b.gz' --database-url …\n" in baked.output
    assert f"gunzip -c '{tmp_path}/a b.gz' | psql …\n" in baked.output


def test_json_is_one_document(command: Command, marketplace: str, tmp_path: Path) -> None:
    file = tmp_path / "market.sql.gz"
    done = command("bake", file, "--database-url", marketplace, "--format", "json")
    document = json.loads(done.output)
    assert document["total_rows"] == sum(document["rows"].values()) == 4886
    assert (document["bytes"], document["revision"]) == (file.stat().st_size, "2026_01")


def test_a_file_that_is_none_is_refused_before_a_server_is_made(
    command: Command, tmp_path: Path
) -> None:
    file, home = tmp_path / "notes.txt", tmp_path / "home"
    file.write_text("no rows")
    done = command("restore", file, AUTOGPT_SEED_HOME=str(home))
    assert (done.status, done.output) == (2, "")
    assert done.errors.startswith(f"Error: {file} is not a baked database.\n")
    assert not home.exists()
