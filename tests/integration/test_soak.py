"""Round after round leaves nothing; two hundred of them are `python -m tests.soak`."""

from __future__ import annotations

from tests.conftest import CreateDatabase
from tests.soak import prepare, rounds


async def test_rounds_leave_nothing(create_database: CreateDatabase) -> None:
    url = create_database()
    await prepare(url)
    first, *others = [state async for state in rounds(url, 2, every=1)]
    for state in others:
        assert state.rows == first.rows
        for name in ("relations", "types", "constraints", "functions", "schemas"):
            assert state.numbers[name] == first.numbers[name]
