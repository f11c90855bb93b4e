"""The thread beside the one that talks to the server."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack

import pytest

from autogpt_seed.verification.beside import thread_beside


def test_what_was_begun_is_done_when_the_block_ends() -> None:
    with thread_beside() as thread:
        futures = [thread.submit(time.sleep, 0.02) for _ in range(3)]
    assert [future.done() and not future.cancelled() for future in futures] == [True] * 3


def test_the_interpreter_is_left_as_it_was_also_by_blocks_that_overlap() -> None:
    usual = sys.getswitchinterval()
    first, second = ExitStack(), ExitStack()
    first.enter_context(thread_beside())
    assert sys.getswitchinterval() < usual
    second.enter_context(thread_beside())
    first.close()
    second.close()
    assert sys.getswitchinterval() == pytest.approx(usual)
    with pytest.raises(KeyError), thread_beside():
        raise KeyError
    assert sys.getswitchinterval() == pytest.approx(usual)
