"""Each way to break the platform's derived data is found, and nothing else is blamed for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from autogpt_seed.database.url import parse_url
from autogpt_seed.verification import Outcome, verify
from tests.planting import case_id, cases, files, plant


def test_there_are_enough_faults() -> None:
    assert len(files("faults")) >= 20


@pytest.mark.parametrize(("revision", "together"), cases("faults"), ids=case_id)
async def test_a_fault_is_found_by_its_own_check(
    seeded_revision: str, together: tuple[Path, ...]
) -> None:
    wanted = {(await plant(seeded_revision, file))["finding"] for file in together}
    report = await verify(parse_url(seeded_revision, {}))
    found = {check.code for check in report.checks if check.outcome is not Outcome.PASSED}
    assert found - {"cron.job"} == wanted, report.checks
    assert len(wanted) == len(together)
    assert report.exit_status == 1
