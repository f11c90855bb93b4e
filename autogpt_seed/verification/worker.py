"""A worker thread, which computes while the event loop waits for the server."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager

_TURN_SECONDS = 0.0005


@asynccontextmanager
async def worker_thread() -> AsyncIterator[Executor]:
    """A thread for the length of the block, whose end awaits its work.

    Meanwhile the interpreter switches threads every 0.5 ms: with its usual 5 ms, each answer of the
    server, of which a statement has several, would be read that much later, while locks are held.
    """
    usual = sys.getswitchinterval()
    sys.setswitchinterval(min(usual, _TURN_SECONDS))
    thread = ThreadPoolExecutor(1, "judging")
    try:
        yield thread
    finally:
        if usual > _TURN_SECONDS:  # else another block has set it, and will set it back
            sys.setswitchinterval(usual)
        await asyncio.to_thread(thread.shutdown)
