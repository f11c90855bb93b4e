"""A thread beside the one that talks to the server."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager

_TURN_SECONDS = 0.0005


@asynccontextmanager
async def thread_beside() -> AsyncIterator[Executor]:
    """A thread that computes while the server works; its work is done when the block ends,
    until when the caller's event loop goes on.

    The interpreter changes threads ten times as often meanwhile. With its 5 ms each answer of the
    server's would wait for so long, several times a statement, while locks are held.
    """
    usual = sys.getswitchinterval()
    sys.setswitchinterval(min(usual, _TURN_SECONDS))
    thread = ThreadPoolExecutor(1, "judging")
    try:
        yield thread
    finally:
        if usual > _TURN_SECONDS:  # else another block, which ends by itself, has made it so
            sys.setswitchinterval(usual)
        await asyncio.to_thread(thread.shutdown)
