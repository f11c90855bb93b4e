"""The installed command, run as a user runs it: a process with an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import CreateDatabase
from tests.e2e import forked

ROOT = Path(__file__).parents[2]
SECONDS = 120.0
"""After which a command is taken not to end."""

Process = subprocess.Popen[str]


@dataclass(frozen=True)
class Result:
    """How a command ended and what it printed."""

    status: int
    output: str
    errors: str


class Command:
    """`autogpt-seed`, in a folder where nothing names a database, as somebody without settings."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"

    def __call__(self, *arguments: str | Path, **environment: str) -> Result:
        words = [str(argument) for argument in arguments]
        return Result(*forked.run(words, self.folder, self.environment | environment, SECONDS))

    def start(self, *arguments: str | Path, **environment: str) -> Process:
        """The process, for tests that meddle with it."""
        return subprocess.Popen(
            [sys.executable, "-m", "autogpt_seed", *arguments],
            cwd=self.folder,
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def end(self, process: Process) -> Result:
        """Wait for the process."""
        output, errors = process.communicate(timeout=SECONDS)
        return Result(process.returncode, output, errors)

    @property
    def environment(self) -> dict[str, str]:
        """What any shell has, and where the package and the embedded server are."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
            "AUTOGPT_SEED_HOME": str(self.home),
        }


@pytest.fixture(scope="session")
def command() -> Iterator[Command]:
    with tempfile.TemporaryDirectory(prefix="autogpt-seed-tests-") as folder:
        Path(folder).chmod(0o755)  # the server's account must be able to pass through
        yield Command(Path(folder))


@pytest.fixture(scope="module")
def platform(create_database: CreateDatabase, migrated: Callable[[str], str]) -> str:
    """The URL of an empty database of the newest revision that the module leaves as it is."""
    return create_database(migrated("head"))
