"""The command `update`: one report, a line each of many, or one JSON document."""

from __future__ import annotations

import asyncio
import json
import re
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from autogpt_seed.history import runs
from tests.conftest import CreateDatabase
from tests.databases import session, target, waiting
from tests.e2e.conftest import Command, Result

AS_OF = ("--as-of", "2026-01-15", "--set", "graphs=2", "--set", "listings=3")


@pytest.fixture(scope="module")
def living(
    create_database: CreateDatabase, drop_database: Callable[[str], None], marketplace: str
) -> Iterator[str]:
    """The URL of a seeded database for this module alone."""
    url = create_database(marketplace)
    yield url
    drop_database(url)


def test_the_report_shows_what_happened_and_how_the_views_moved(
    command: Command, living: str
) -> None:
    result = command("update", *AS_OF, DATABASE_URL=living)
    assert result.status == 0, result.errors
    for words in ("Figures", "before", "after", "AgentGraphExecution", "featured flag", "Next"):
        assert words in result.output
    assert "not in the record" not in result.output
    assert max(map(len, result.output.splitlines())) <= 80


def test_again_and_again_is_a_line_each(command: Command, living: str) -> None:
    result = command("update", *AS_OF, "--every", "0.2s", "--for", "0.3s", DATABASE_URL=living)
    lines = result.output.splitlines()
    assert len(lines) == 2
    pattern = r" *\d+ rows  runs \d+ -> (\d+)  reviews \d+ -> \d+  run [0-9a-f]{15}"
    first, second = (re.fullmatch(pattern, line) for line in lines)
    assert first
    assert second
    assert int(second[1]) > int(first[1])


def test_what_happens_again_and_again_happens_up_to_now_and_can_be_told_apart(
    command: Command, seeded_database: str
) -> None:
    begun = datetime.now(UTC)
    again = ("--set", "graphs=1", "--every", "0.1s", "--for", "0.1s")
    result = command("update", *again, DATABASE_URL=seeded_database)
    assert result.status == 0, result.errors
    *_, first, second = asyncio.run(runs(target(seeded_database)))
    assert begun < datetime.fromisoformat(first.as_of) < datetime.fromisoformat(second.as_of)
    seen = " ".join(command("inspect", DATABASE_URL=seeded_database).output.split())
    listed = command("runs", DATABASE_URL=seeded_database).output
    for record in (first, second):
        assert f"as of {record.as_of}, made {record.made_at:%Y-%m-%d %H:%M:%S} UTC by" in seen
        assert f"{record.made_at:%H:%M:%S}" in listed


SLOW_COMMIT = """
CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql
    AS 'BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END';
CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON autogpt_seed.run DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION wait();
"""
"""After this a commit waits for the advisory lock 7."""


async def interrupted(command: Command, url: str, *arguments: str) -> Result:
    """How an update ends that is interrupted in the middle of its commit."""
    async with session(url) as other:
        await other.execute(SLOW_COMMIT)
        await other.execute("SELECT pg_advisory_lock(7)")
        process = command.start("update", *AS_OF, *arguments, "--database-url", url)
        await waiting(url)
        process.send_signal(signal.SIGINT)
        await asyncio.sleep(0.5)
        await other.execute("SELECT pg_advisory_unlock(7)")
        return await asyncio.to_thread(command.end, process)


async def test_who_interrupts_the_commit_of_a_single_update_is_shown_its_report(
    command: Command, seeded_database: str
) -> None:
    result = await interrupted(command, seeded_database)
    assert result.status == 0, result.errors
    assert "Interrupted" not in result.errors
    assert (await runs(target(seeded_database)))[-1].tag in result.output


async def test_who_interrupts_a_commit_ends_it_all_and_is_told_what_was_kept(
    command: Command, seeded_database: str
) -> None:
    result = await interrupted(command, seeded_database, "--every", "0.2s", "--format", "json")
    assert result.status == 130
    assert result.errors.endswith("Interrupted. The updates before are kept: autogpt-seed runs\n")
    kept = [report["run_tag"] for report in json.loads(result.output)]
    assert kept == [record.tag for record in await runs(target(seeded_database))][1:]
    assert len(kept) == 1


def test_json_is_one_document(command: Command, living: str) -> None:
    result = command("update", *AS_OF, "--rollback", "--format", "json", DATABASE_URL=living)
    report = json.loads(result.output)
    assert report["committed"] is False
    assert report["rows"]["AgentGraphExecution"] > 0
    assert report["after"]["runs"]["total"] > report["before"]["runs"]["total"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--for", "5m"], "--for needs --every"),
        (["--every", "5s", "--rollback"], "cannot be combined with"),
        (["--every", "soon"], "is not a duration"),
        (["--every", "0s"], "is not a duration"),
        (["--set", "grafs=1"], "grafs: unknown setting, did you mean graphs?\n"),
        (["--set", "score_weights=0,0,0,0,0"], "weights"),
    ],
)
def test_what_does_not_fit_is_refused(command: Command, arguments: list[str], words: str) -> None:
    result = command("update", *arguments, DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert result.status == 2
    assert words in result.errors
