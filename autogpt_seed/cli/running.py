"""Running a coroutine so that SIGINT and SIGTERM cancel it and let it roll back."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from types import FrameType
from typing import Any, TypeVar

from autogpt_seed.interruption import Handler, Interrupted, handle_signals, interrupt

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T], late: list[int] | None = None) -> T:
    """Run `work` to its end. Raises `Interrupted` when a signal cancelled it in time.

    Signals that come too late for that, during a commit, are put into `late`. Without `late` they
    are ignored from then on, since what was done has to be reported.
    """
    received = [] if late is None else late

    async def guarded() -> T:
        loop = asyncio.get_running_loop()
        task = asyncio.create_task(work)

        def cancel(number: int, _frame: FrameType | None) -> None:
            received.append(number)
            if not task.done():
                loop.call_soon_threadsafe(task.cancel)

        # The loop's own handlers would be gone before it ends, and a signal end the process.
        handle_signals(cancel)
        return await task

    afterwards: Handler = interrupt
    try:
        result = asyncio.run(guarded())
        if late is None:
            afterwards = signal.SIG_IGN
        return result
    except asyncio.CancelledError:
        if received:
            raise Interrupted(received[0], rolled_back=True) from None
        raise
    finally:
        handle_signals(afterwards)
