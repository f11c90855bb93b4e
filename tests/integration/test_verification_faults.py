"""Each way to break the platform's derived data is found, and nothing else is blamed for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from autogpt_seed.database.url import parse_url
from autogpt_seed.verification import Outcome, verify
from tests.databases import everything
from tests.planting import files, plant, read

FAULTS = files("faults")


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
