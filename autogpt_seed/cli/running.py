"""Running a coroutine so that SIGINT and SIGTERM cancel it and let it roll back."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

from autogpt_seed.interruption import Interrupted, handle_signals

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T], late: list[int] | None = None) -> T:
    """Run `work` to its end. Raises `Interrupted` when a signal cancelled it in time.

    Signals that came too late for that, during a commit, are left in `late`.
    """
    received = [] if late is None else late

    async def guarded() -> T:
        loop = asyncio.get_running_loop()
        task = asyncio.create_task(work)

        def cancel(number: int) -> None:
            received.append(number)
            task.cancel()

        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, cancel, number)
        return await task

    try:
        return asyncio.run(guarded())
    except asyncio.CancelledError:
        if received:
            raise Interrupted(received[0], rolled_back=True) from None
        raise
    finally:
        handle_signals()
