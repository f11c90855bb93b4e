"""The thread beside the one that talks to the server."""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import AsyncExitStack

import pytest

from autogpt_seed.verification.worker import worker_thread


async def test_what_was_begun_is_done_when_the_block_ends() -> None:
    async with worker_thread() as thread:
        futures = [thread.submit(time.sleep, 0.02) for _ in range(3)]
    assert [future.done() and not future.cancelled() for future in futures] == [True] * 3


async def test_the_callers_event_loop_goes_on_until_it_is_done() -> None:
    async def tick() -> float:
        await asyncio.sleep(0.01)
        return time.monotonic()

    async with worker_thread() as thread:
        begun = time.monotonic()
        thread.submit(time.sleep, 0.5)
        ticked = asyncio.create_task(tick())
    assert await ticked - begun < 0.4


async def test_the_interpreter_is_left_as_it_was_also_by_blocks_that_overlap() -> None:
    usual = sys.getswitchinterval()
    first, second = AsyncExitStack(), AsyncExitStack()
    await first.enter_async_context(worker_thread())
    assert sys.getswitchinterval() < usual
    await second.enter_async_context(worker_thread())
    await first.aclose()
    await second.aclose()
    assert sys.getswitchinterval() == pytest.approx(usual)
    with pytest.raises(KeyError):
        async with worker_thread():
            raise KeyError
    assert sys.getswitchinterval() == pytest.approx(usual)
