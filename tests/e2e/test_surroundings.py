"""Whatever machine, locale or clock it runs under, a populate makes the same rows."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.e2e.conftest import Command

ARGUMENTS = ("populate", "--users", "3", "--as-of", "2026-01-15", "--rollback")
MAIN = "from autogpt_seed.cli import main; main()"
ONE_CORE = "import os; os.sched_setaffinity(0, list(os.sched_getaffinity(0))[:1]);"
BACKWARDS = (
    "import itertools, time; clock = itertools.count(int(time.time()), -3600);"
    "time.time = lambda: float(next(clock)); time.time_ns = lambda: next(clock) * 10**9;"
)
"""A clock that is set back by an hour whenever somebody looks at it."""


def populate(command: Command, url: str, prelude: str = "", **environment: str) -> str:
    """What it prints, run by an interpreter that executes `prelude` first."""
    done = subprocess.run(
        [sys.executable, "-c", prelude + MAIN, *ARGUMENTS, "--database-url", url],
        cwd=command.folder,
        env=command.environment | environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.decode(environment.get("PYTHONIOENCODING", "utf-8"))


def test_cores_and_clocks_change_no_row(command: Command, platform: str) -> None:
    preludes = ["", BACKWARDS] + ([ONE_CORE] if sys.platform == "linux" else [])
    plain, *changed = (json.loads(populate_as_json(command, platform, p)) for p in preludes)
    for fact in ("run_tag", "rows", "views", "look_at"):
        assert [report[fact] for report in changed] == [plain[fact]] * len(changed)


def populate_as_json(command: Command, url: str, prelude: str) -> str:
    return populate(command, url, f"{prelude}import sys; sys.argv += ['--format', 'json'];")


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"},
        {"LC_ALL": "POSIX", "PGCLIENTENCODING": "LATIN1", "PGTZ": "Asia/Kathmandu"},
    ],
    ids=["ascii", "latin-1", "libpq's variables"],
)
def test_a_report_is_printed_in_any_encoding(
    command: Command, platform: str, environment: dict[str, str]
) -> None:
    output = populate(command, platform, **environment)
    assert "Loaded" in output
    assert "Undone" in output
