"""Each way to break the platform's derived data is found, and nothing else is blamed for it.

Each file of `tests/faults` breaks a seeded database. Its first lines say which finding must come,
and, where a view is defined anew, which one, or which of its columns (see `tests.redefining`).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autogpt_seed.database.url import parse_url
from autogpt_seed.verification import Outcome, verify
from tests.databases import everything
from tests.redefining import recompute, redefine, run

FAULTS = sorted((Path(__file__).parents[1] / "faults").glob("*.sql"))


def read(file: Path) -> tuple[dict[str, str], str]:
    """The directives at the top of a file, and the rest of it."""
    lines = file.read_text().splitlines()
    found = {}
    while match := re.fullmatch(r"-- (\w+): (.*)", lines[0]):
        found[match[1]] = match[2]
        lines.pop(0)
    return found, "\n".join(lines)


async def plant(url: str, orders: dict[str, str], sql: str) -> None:
    """Break the database."""
    if "first" in orders:
        await run(url, orders["first"])
    if "column" in orders:
        await recompute(url, orders["redefine"], orders["column"], sql)
    elif view := orders.get("redefine"):
        name = view.removesuffix(" as a table")
        await redefine(url, name, sql, table=name != view)
    else:
        await run(url, sql)


def test_there_are_enough_faults() -> None:
    assert len(FAULTS) >= 20


@pytest.mark.parametrize("file", FAULTS, ids=lambda file: file.stem)
async def test_a_fault_is_found_by_its_own_check(seeded_database: str, file: Path) -> None:
    orders, sql = read(file)
    await plant(seeded_database, orders, sql)
    readable = orders["finding"] != "view.populated"
    before = await everything(seeded_database) if readable else None
    report = await verify(parse_url(seeded_database, {}))
    found = {check.code for check in report.checks if check.outcome is not Outcome.PASSED}
    assert found - {"cron.job"} == {orders["finding"]}, report.checks
    assert report.exit_status == 1
    if before:
        assert await everything(seeded_database) == before
