"""No database that is right is blamed, however it differs from the known versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from autogpt_seed.database.url import parse_url
from autogpt_seed.verification import Outcome, verify
from tests.planting import case_id, cases, files, plant, read


def test_there_are_enough_variations() -> None:
    assert len(files("healthy")) >= 20


@pytest.mark.parametrize(("revision", "file"), cases("healthy"), ids=case_id)
async def test_a_healthy_variation_passes(seeded_revision: str, file: Path) -> None:
    orders, sql = read(file)
    await plant(seeded_revision, orders, sql)
    report = await verify(parse_url(seeded_revision, {}))
    found = {c.code: c for c in report.checks if c.outcome is not Outcome.PASSED}
    assert set(found) - {"cron.job"} == set(orders.get("warns", "").split()), found
    assert report.exit_status == 0
