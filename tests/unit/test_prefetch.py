"""Rows that are made while something else is waited for."""

from __future__ import annotations

import asyncio
from itertools import chain

import pytest

from autogpt_seed.binding import Bound
from autogpt_seed.database.loading import prefetch
from autogpt_seed.database.loading.prefetch import Prefetch
from tests.unit.tables import column, table

ROWS = 1_000
TURNS = 200
"""In each of them some of the rows are made, however slow the machine is."""


def bound(name: str, begun: list[str]) -> Bound:
    """A thousand numbers for a table; `begun` is told when the first one is made."""

    def records() -> chain[tuple[int]]:
        begun.append(name)
        return chain((number,) for number in range(ROWS))

    return Bound(table(name, column("n", "int4")), ("n",), ROWS, records)


async def made_in_turns(rows: Prefetch) -> None:
    async with rows.running():
        for _ in range(TURNS):
            await asyncio.sleep(0)


async def test_rows_of_later_tables_are_made_as_well() -> None:
    begun: list[str] = []
    rows = Prefetch([bound(name, begun) for name in ("a", "b", "c")], held=())
    assert begun == []
    await made_in_turns(rows)
    assert begun == ["a", "b", "c"]
    assert [rows.unmade(name) for name in ("a", "b", "c")] == [0, 0, 0]


async def test_a_held_table_and_those_after_it_wait_until_it_is_released() -> None:
    begun: list[str] = []
    rows = Prefetch([bound(name, begun) for name in ("a", "b", "c")], held=["b"])
    await made_in_turns(rows)
    assert begun == ["a"]
    rows.release("b")
    await made_in_turns(rows)
    assert begun == ["a", "b", "c"]


async def test_each_row_comes_once_and_in_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefetch, "MOST_BYTES", 20_000)
    monkeypatch.setattr(prefetch, "_TURN_SECONDS", 0)
    rows = Prefetch([bound("a", []), bound("b", [])], held=())
    taken: list[int] = []
    for _ in range(3):
        await made_in_turns(rows)
        part = rows.take_made("a")
        assert 0 < part.count < ROWS
        taken += [number for (number,) in part.records()]
    rest = rows.take_rest("a")
    assert len(taken) + rest.count == ROWS
    taken += [number for (number,) in rest.records()]
    assert taken == list(range(ROWS))


async def test_making_stops_where_memory_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefetch, "MOST_BYTES", 50_000)
    monkeypatch.setattr(prefetch, "_TURN_SECONDS", 0)
    begun: list[str] = []
    rows = Prefetch([bound("a", begun), bound("b", begun)], held=())
    await made_in_turns(rows)
    made = ROWS - rows.unmade("a")
    assert begun == ["a"]
    await made_in_turns(rows)
    assert ROWS - rows.unmade("a") == made > 0


async def test_what_the_block_raises_and_what_the_rows_raise_is_raised() -> None:
    def broken() -> chain[tuple[int]]:
        raise ValueError("no rows")

    with pytest.raises(KeyError):
        async with Prefetch([bound("a", [])], held=()).running():
            raise KeyError
    with pytest.raises(ValueError, match="no rows"):
        await made_in_turns(Prefetch([Bound(table("a"), (), 1, broken)], held=()))


async def test_the_event_loop_has_its_turns_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        prefetch, "_SLICE_ROWS", 5
    )  # so that it takes a fast machine some time, too
    turns = 0
    rows = Prefetch([bound(str(number), []) for number in range(100)], held=())
    async with rows.running():
        while rows.unmade("99"):
            await asyncio.sleep(0)
            turns += 1
    assert turns > 10
