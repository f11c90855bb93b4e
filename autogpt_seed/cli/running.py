"""Running a coroutine so that SIGINT and SIGTERM cancel it and let it roll back."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from types import FrameType
from typing import Any, NoReturn, TypeVar

T = TypeVar("T")


class Interrupted(BaseException):
    """A signal ended the command: `rolled_back` while it worked on a database, else apart from it.

    What was committed by then is kept.
    """

    def __init__(self, number: int, *, rolled_back: bool = False) -> None:
        super().__init__(signal.Signals(number).name)
        self.exit_status = 128 + number
        self.rolled_back = rolled_back


def handle_sigterm() -> None:
    """Make SIGTERM unwind the stack like Ctrl-C does, so that what was started is ended."""

    def terminate(number: int, _frame: FrameType | None) -> NoReturn:
        raise Interrupted(number)

    signal.signal(signal.SIGTERM, terminate)


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
        handle_sigterm()
