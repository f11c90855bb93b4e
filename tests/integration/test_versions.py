"""Schemas of other times, and of forks, are seeded in all their tables, coherent and verified.

The files in `tests/versions` say from which revision they start, what verify finds there, and what
may happen then and is no fault.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autogpt_seed.database.url import parse_url
from autogpt_seed.plan import Plan
from autogpt_seed.verification import verify
from tests.conftest import AS_OF, CreateDatabase, run_sync
from tests.databases import session
from tests.drift.running import Case, judged
from tests.planting import files, read

VERSIONS = files("versions")
PLAN = Plan(users=4, blocks=3, as_of=AS_OF, api_key_hash="sha256", tables="all")


async def changed(url: str, sql: str) -> None:
    async with session(url) as connection:
        await connection.execute("SET search_path TO platform, public")
        await connection.execute(sql)


@pytest.mark.parametrize("file", VERSIONS, ids=lambda file: file.stem)
def test_a_version_that_nobody_told_of_is_seeded_and_verified(
    create_database: CreateDatabase,
    drop_database: Callable[[str], None],
    migrated: Callable[[str], str],
    file: Path,
) -> None:
    orders, sql = read(file)
    url = create_database(migrated(orders["from"]))
    run_sync(changed(url, sql))
    case = Case(0, many=True, expected=orders.get("expected", ""), refusing="refuses" in orders)
    run_sync(judged(url, PLAN, case))
    if "then" in orders:
        run_sync(changed(url, orders["then"]))
        report = run_sync(verify(parse_url(url, {})))
        assert report.ok, report.checks
    drop_database(url)
    assert case.rows
    assert not case.faults
