"""What a day changes in the store, drawn without a database."""

from __future__ import annotations

from datetime import datetime

from autogpt_seed.database.existing.scene import Scene
from autogpt_seed.ids import RunTag
from autogpt_seed.updating import UpdateSettings
from autogpt_seed.updating.day import Days, add_day


def test_every_version_that_changes_has_three_different_categories() -> None:
    versions = tuple((f"version {number}", number % 2 == 0) for number in range(100))
    days = Days(RunTag.of("a digest", 42, "2026-01-15", 0))
    scene = Scene(people=(), graphs=(), listed=(), versions=versions)
    add_day(days, scene, UpdateSettings(), datetime(2026, 1, 15), "a salt")  # noqa: DTZ001
    assert days.changes.keys() == dict(versions).keys()
    for featured, categories in days.changes.values():
        assert isinstance(featured, bool)
        assert len(set(categories)) == len(categories) == 3
