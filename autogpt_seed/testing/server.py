"""The embedded server for tests: apart from the one for work, and quick instead of durable."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from autogpt_seed.database.embedded import EmbeddedServer, default_home

_MEMORY = Path("/dev/shm")  # noqa: S108  what is made there belongs to this user alone
_ROOM = 1024**3
"""Bytes that must be free in memory: a server with its log takes 200 MB, a copy 13 MB."""


def scratch_server() -> EmbeddedServer:
    """A server whose contents may be lost: it does not wait for the disk.

    It lives in memory on Linux, where there is room for it, and else below the home of the
    embedded server. It starts anew, empty, after it was killed, and after a reboot.
    """
    return EmbeddedServer(_home(), scratch=True)


def _home() -> Path:
    below = default_home() / "testing"
    if "AUTOGPT_SEED_HOME" in os.environ or sys.platform != "linux":
        return below
    memory = _MEMORY / f"autogpt-seed-{os.geteuid()}"
    try:
        there = os.path.lexists(memory)
        ours = not there or memory.lstat().st_uid == os.geteuid()
        room = there or shutil.disk_usage(_MEMORY).free >= _ROOM
    except OSError:
        return below
    return memory if ours and room and os.path.ismount(_MEMORY) else below
