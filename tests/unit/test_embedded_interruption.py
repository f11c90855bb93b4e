"""Signals wait while the embedded server is being stopped."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from autogpt_seed.database.embedded.signals import postponed


def interrupt_halfway(number: int, done: list[str]) -> None:
    with postponed():
        signal.raise_signal(number)
        done.append("the rest")


def test_an_interruption_waits_for_the_end_of_the_block() -> None:
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        interrupt_halfway(signal.SIGINT, done)
    assert done == ["the rest"]


def test_handlers_are_as_they_were_and_get_what_came() -> None:
    received: list[int] = []

    def note(number: int, _: object) -> None:
        received.append(number)

    before = signal.signal(signal.SIGTERM, note)
    try:
        interrupt_halfway(signal.SIGTERM, [])
        assert received == [signal.SIGTERM]
        assert signal.getsignal(signal.SIGTERM) is note
    finally:
        signal.signal(signal.SIGTERM, before)


def test_other_threads_are_left_alone() -> None:
    def enter() -> bool:
        with postponed():
            return True

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(enter).result()
