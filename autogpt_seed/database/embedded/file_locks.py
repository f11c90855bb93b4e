"""File locks that end with the processes that hold them, however those end (flock(2)).

A lock belongs to an open file: a child process that inherits the descriptor holds it as well,
until the last of them has closed it or is gone.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def exclusive(path: Path) -> Iterator[int]:
    """Wait for the lock and hold it alone; yields the descriptor, which children may inherit."""
    with _opened(path) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor


@contextmanager
def shared(path: Path) -> Iterator[None]:
    """Wait for the lock and hold it together with others."""
    with _opened(path) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield


def is_held(path: Path, *, exclusively: bool) -> bool:
    """Whether some process holds the lock exclusively, or at all."""
    if not path.exists():
        return False
    with _opened(path) as descriptor:
        try:
            fcntl.flock(
                descriptor, (fcntl.LOCK_SH if exclusively else fcntl.LOCK_EX) | fcntl.LOCK_NB
            )
        except BlockingIOError:
            return True
    return False


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
