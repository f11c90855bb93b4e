"""SIGINT and SIGTERM, which both unwind the stack, so that what was started is ended."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

Handler = Callable[[int, FrameType | None], object] | signal.Handlers


class Interrupted(BaseException):
    """A signal ended the command.

    With `rolled_back` it ended work on a database, which was rolled back. What was committed
    before is kept.
    """

    def __init__(self, number: int, *, rolled_back: bool = False) -> None:
        super().__init__(signal.Signals(number).name)
        self.exit_status = 128 + number
        self.sentence = "Interrupted."
        if rolled_back:
            self.sentence += " Everything that was under way is rolled back."


def interrupt(number: int, _frame: FrameType | None) -> NoReturn:
    """Raise `Interrupted` in the main thread."""
    raise Interrupted(number)


def handle_signals(handler: Handler = interrupt) -> None:
    """Let `handler` handle both signals.

    By default they raise `Interrupted`, not `KeyboardInterrupt`, which typer and asyncio would
    take for a signal to themselves.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)
