"""SIGINT and SIGTERM, which both unwind the stack, so that what was started is ended."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

Handler = Callable[[int, FrameType | None], object] | signal.Handlers


class Interrupted(BaseException):
    """A signal ended the command: `rolled_back` while it worked on a database, else apart from it.

    What was committed by then is kept.
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
    """Give both signals to `handler`.

    No library mistakes them for its own shutdown signal, as typer and asyncio do
    `KeyboardInterrupt`.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)
