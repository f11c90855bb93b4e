"""The locks that say who uses the embedded server, and whether it runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from autogpt_seed.database.embedded import file_locks


def test_a_lock_that_nobody_has_taken_is_free(tmp_path: Path) -> None:
    assert not file_locks.is_held(tmp_path / "lock", exclusively=True)
    assert not (tmp_path / "lock").exists()


def test_an_exclusive_lock_is_held_until_its_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with file_locks.exclusive(path):
        assert file_locks.is_held(path, exclusively=True)
    assert not file_locks.is_held(path, exclusively=True)


def test_a_shared_lock_is_held_until_its_last_holder_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with file_locks.shared(path):
        with file_locks.shared(path):
            assert file_locks.is_held(path, exclusively=False)
        assert file_locks.is_held(path, exclusively=False)
    assert not file_locks.is_held(path, exclusively=False)


def test_asking_whether_a_server_holds_its_lock_does_not_count_those_who_ask(
    tmp_path: Path,
) -> None:
    path = tmp_path / "lock"
    with file_locks.shared(path):
        assert not file_locks.is_held(path, exclusively=True)


def test_a_child_that_inherits_a_lock_holds_it_until_it_ends_however_it_ends(
    tmp_path: Path,
) -> None:
    path = tmp_path / "lock"
    with file_locks.exclusive(path) as descriptor:
        sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
        child = subprocess.Popen(sleeper, pass_fds=(descriptor,))
    assert file_locks.is_held(path, exclusively=True)
    child.kill()
    child.wait()
    assert not file_locks.is_held(path, exclusively=True)
