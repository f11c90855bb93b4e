"""runs, inspect, clean and --on-existing, as they are typed."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy.engine import make_url

from autogpt_seed import runs
from tests.conftest import run_sync
from tests.databases import contents, everything, execute, target
from tests.e2e.conftest import Command

SMALL = ("--users", "12", "--set", "blocks=10", "--set", "api_key_hash=sha256")


@pytest.fixture
def url(seeded_database: str) -> str:
    """A database with one run in it."""
    return seeded_database


def test_a_run_is_listed_counted_and_removed(command: Command, url: str) -> None:
    (record,) = json.loads(command("runs", "--database-url", url, "--format", "json").output)[
        "runs"
    ]
    listed = command("runs", "--database-url", url).output
    assert record["tag"] in listed
    assert re.match(r"\d{4}-\d\d-\d\dT", record["made_at"])
    assert max(map(len, listed.splitlines())) <= 80
    assert command("runs", "--quiet", "--database-url", url).output == ""
    counted = command("inspect", record["tag"], "--database-url", url, "--format", "json")
    tables = json.loads(counted.output)["tables"]
    assert tables["User"]["runs"] == {record["tag"]: 12}
    assert tables["User"]["not_seeded"] == 0
    undone = command("clean", "--all", "--rollback", "--database-url", url).output
    assert "Undone" in undone
    verbose = ("--verbose", "--format", "json")
    cleaned = command("clean", record["tag"], "--database-url", url, *verbose)
    assert json.loads(cleaned.output)["total_rows"] == record["total_rows"]
    assert re.search(r"^User +12 rows ", cleaned.errors, re.MULTILINE)
    assert {name for name, (number, _) in run_sync(contents(url)).items() if number} == set()
    assert "No runs" in command("runs", "--database-url", url).output


def test_a_long_name_of_a_role_cuts_neither_tag_nor_numbers_short(
    command: Command, url: str
) -> None:
    (record,) = run_sync(runs(target(url)))
    run_sync(execute(url, f"UPDATE autogpt_seed.run SET made_by = '{'r' * 63}'"))
    (line,) = (
        line for line in command("runs", "--database-url", url).output.splitlines() if "rrr" in line
    )
    assert line.split()[0] == record.tag
    assert line.split()[-1] == f"{record.total_rows:,}"


def test_of_many_runs_a_few_are_named_and_json_has_all(command: Command, url: str) -> None:
    columns = "schema, kind, plan, plan_digest, seed, as_of, n, rows, fingerprint, version"
    copies = (
        f"INSERT INTO autogpt_seed.run (tag, {columns}) SELECT lpad(to_hex(n.n), 15, '0'), "
        + columns.replace(" n,", " r.n,")
        + " FROM autogpt_seed.run r, generate_series(1, 10) AS n(n)"
    )
    run_sync(execute(url, copies))
    named = ("--database-url", url, "--schema", "platform")
    again = "--database-url … --schema platform"
    seen = command("inspect", *named).output
    assert re.search(f"^         … and 6 more: autogpt-seed runs {again}$", seen, re.MULTILINE)
    listed = command("runs", *named).output
    assert re.search(f"^To remove one: autogpt-seed clean [0-9a-f]+ {again}$", listed, re.MULTILINE)
    assert seen.count(" as of ") == 5
    assert re.search(r"^Table +Rows +others +seeded$", seen, re.MULTILINE)
    assert re.search(r"^User +12 +0 +12$", seen, re.MULTILINE)
    document = json.loads(command("inspect", "--database-url", url, "--format", "json").output)
    assert len(document["tags"]) == 11
    cleaned = command("clean", "--all", "--rollback", "--database-url", url)
    assert re.search("^         … and 6 more$", cleaned.output, re.MULTILINE)
    assert re.search("^User +12$", cleaned.output, re.MULTILINE)


def test_inspect_says_that_the_role_may_not_read_the_record(command: Command, url: str) -> None:
    (record,) = run_sync(runs(target(url)))
    role = "sees_the_platform_alone"
    run_sync(
        execute(
            url,
            f"DO $$BEGIN CREATE ROLE {role} LOGIN PASSWORD 'alone'; "
            "EXCEPTION WHEN duplicate_object THEN NULL; END$$",
            f"GRANT USAGE ON SCHEMA platform TO {role}",
            f"GRANT SELECT ON ALL TABLES IN SCHEMA platform TO {role}",
        )
    )
    theirs = make_url(url).set(username=role, password="alone").render_as_string(False)
    seen = command("inspect", "--database-url", theirs)
    assert f"{record.tag} known by its ids" in seen.output
    assert re.search(rf"^Table +Rows +others +{record.tag[:7]}$", seen.output, re.MULTILINE)
    assert "not in the record" not in seen.output
    assert f'GRANT USAGE ON SCHEMA autogpt_seed TO "{role}";' in seen.output
    listed = command("runs", "--database-url", theirs)
    assert listed.status == 4
    assert "may not read the record" in listed.errors


def test_clean_wants_to_be_told_which_runs(command: Command, url: str) -> None:
    for words in ((), ("0123456789abcde",), ("--all", "0123456789abcde")):
        result = command("clean", *words, "--database-url", url)
        assert result.status == 2
        assert "The command `runs` lists them" in result.errors
        assert ("not both" in result.errors) == (len(words) == 2)


def test_inspect_names_the_runs_where_there_is_no_such_one(command: Command, url: str) -> None:
    result = command("inspect", "zz", "--database-url", url)
    assert result.status == 2
    assert "There is no run 'zz' in this schema." in result.errors
    assert "Nothing was changed" not in result.errors


def test_seeding_again_is_skipped_or_refused(command: Command, url: str) -> None:
    before = run_sync(everything(url))
    again = ("populate", *SMALL, "--as-of", "2026-01-15", "--database-url", url, "--on-existing")
    skipped = command(*again, "skip")
    assert skipped.status == 0
    assert "Nothing was done" in skipped.output
    keys = command.folder / "keys"  # those of the run that is there
    keys.write_text("kept")
    skipped = command(*again, "skip", "--format", "json", "--api-keys-out", keys)
    assert json.loads(skipped.output)["skipped"] is True
    assert keys.read_text() == "kept"
    refused = command(*again, "fail")
    assert refused.status == 5
    assert run_sync(everything(url)) == before
    replaced = json.loads(command(*again, "replace", "--format", "json").output)
    assert replaced["replaced"]["rows"]["User"] == 12
    assert 0 < replaced["seconds"]["remove"] < replaced["total_seconds"]
    told = command(*again, "replace").output
    assert re.search(r"\nReplaced [0-9,]+ rows of 1 run in \d+\.\d\d s\n", told), told
