"""No database that is right is blamed, however it differs from the known versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from autogpt_seed.database.url import parse_url
from autogpt_seed.verification import Outcome, verify
from tests.planting import case_id, cases, files, plant


def test_there_are_enough_variations() -> None:
    assert len(files("healthy")) >= 20


@pytest.mark.parametrize(("revision", "together"), cases("healthy"), ids=case_id)
async def test_a_healthy_variation_passes(seeded_revision: str, together: tuple[Path, ...]) -> None:
    orders = [await plant(seeded_revision, file) for file in together]
    report = await verify(parse_url(seeded_revision, {}))
    found = {c.code: c for c in report.checks if c.outcome is not Outcome.PASSED}
    warned = {code for order in orders for code in order.get("warns", "").split()}
    assert set(found) - {"cron.job"} == warned, found
    assert report.exit_status == 0
