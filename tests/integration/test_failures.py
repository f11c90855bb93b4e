"""What the server says of a failure is told, but for the row that it failed with."""

from __future__ import annotations

import io

import asyncpg
import pytest

from autogpt_seed.database.failures import explain
from tests.databases import session


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("hidden\t1", "COPY vault, line 1"),
        ("hidden\tx", "COPY vault, line 1, column number"),
    ],
)
async def test_the_line_of_a_copy_is_numbered_and_not_shown(
    database: str, line: str, where: str
) -> None:
    async with session(database) as connection:
        await connection.execute("CREATE TABLE vault (word text, number int CHECK (number > 1))")
        with pytest.raises(asyncpg.PostgresError) as caught:
            await connection.copy_to_table("vault", source=io.BytesIO(f"{line}\n".encode()))
    told = explain(caught.value).evidence
    assert told.splitlines()[-1] == f"Where: {where}"
    assert "hidden" not in told
