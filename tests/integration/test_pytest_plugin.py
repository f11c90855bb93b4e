"""The fixtures that the package brings to other test suites, used as such a suite would."""

from __future__ import annotations

import pytest

SUITE = """
import os
import pytest
from sqlalchemy import text
from autogpt_seed import Plan

COUNT = text('SELECT count(*) FROM platform."User"')


@pytest.fixture(scope="session")
def autogpt_server():
    return os.environ["SUITE_SERVER"]


@pytest.fixture(scope="session")
def autogpt_plan():
    return Plan(users=4, api_key_hash="sha256")


@pytest.mark.parametrize("time", ["first", "second"])
async def test_a_database_of_its_own(autogpt_engine, time):
    async with autogpt_engine.begin() as connection:
        assert await connection.scalar(COUNT) == 4
        await connection.execute(text('DELETE FROM platform."APIKey"'))
        await connection.execute(text('TRUNCATE platform."User" CASCADE'))


async def test_it_is_an_ordinary_target(autogpt_target):
    from autogpt_seed import populate

    report = await populate(autogpt_target, Plan(users=1, seed=5, api_key_hash="sha256"))
    assert report.rows["User"] == 1
"""


def test_a_suite_gets_a_seeded_database_for_each_test(
    pytester: pytest.Pytester, server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUITE_SERVER", server_url)
    pytester.makepyfile(SUITE)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-o", "asyncio_mode=auto")
    result.assert_outcomes(passed=3)
