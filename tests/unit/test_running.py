"""Signals while a command works, while its event loop ends, and after it is done."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator

import pytest

from autogpt_seed.cli.running import run
from autogpt_seed.interruption import Interrupted, interrupt

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def send(number: signal.Signals = signal.SIGINT) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_cancels_the_work_and_is_raised(number: signal.Signals) -> None:
    undone = []

    async def work() -> None:
        try:
            send(number)
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            undone.append(True)
            raise

    with pytest.raises(Interrupted, match=number.name) as caught:
        run(work())
    assert undone
    assert "rolled back" in caught.value.sentence
    assert signal.getsignal(number) is interrupt


async def committed() -> str:
    """Work that is done, and a generator that the end of the loop closes, where a signal comes."""

    async def generator() -> AsyncIterator[int]:
        try:
            yield 1
        finally:
            send()

    left.append(generator())
    await anext(left[-1])
    return "report"


left: list[AsyncIterator[int]] = []


def test_what_is_done_is_reported_whatever_comes_after() -> None:
    assert run(committed()) == "report"
    send()
    send(signal.SIGTERM)
    assert all(signal.getsignal(number) is signal.SIG_IGN for number in SIGNALS)


def test_a_signal_that_came_too_late_is_left_for_the_next_beat() -> None:
    late: list[int] = []
    assert run(committed(), late) == "report"
    assert late == [signal.SIGINT]
    with pytest.raises(Interrupted):
        send()
