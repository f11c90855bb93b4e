"""Homes for embedded servers of the tests' own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from autogpt_seed.database.embedded import EmbeddedServer
from tests.integration.embedded.tools import Folders, server_processes


@pytest.fixture(scope="package")
def folders() -> Iterator[Folders]:
    """A factory of folders that the server's account can reach, unlike pytest's own for root."""
    with ExitStack() as cleanup:

        def make(name: str) -> Path:
            base = Path(cleanup.enter_context(tempfile.TemporaryDirectory()))
            base.chmod(0o755)
            return base / name

        yield make


@pytest.fixture(scope="package")
def used_home(folders: Folders) -> Path:
    """A home whose cluster exists, for tests that leave it as it is."""
    home = folders("home")
    with EmbeddedServer(home).running():
        pass
    return home


@pytest.fixture
def home(used_home: Path) -> Iterator[Path]:
    """The same, checked afterwards: a test must not leave a server behind."""
    yield used_home
    left = server_processes(used_home)
    EmbeddedServer(used_home).stop()
    assert left == []


@pytest.fixture
def new_home(folders: Folders) -> Path:
    """A home of the test's own, not used yet."""
    return folders("home")
