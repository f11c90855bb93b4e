"""What a day changes in the store, drawn without a database."""

from __future__ import annotations

from datetime import datetime

from autogpt_seed import texts
from autogpt_seed.database.existing.scene import Scene
from autogpt_seed.ids import RunTag
from autogpt_seed.updating import UpdateSettings
from autogpt_seed.updating.day import Days, add_day


def test_a_version_that_changes_gets_other_categories_that_suit_its_agent() -> None:
    suitable = [texts.topic(number)["categories"].split() for number in range(100)]
    versions = tuple((f"version {n}", n % 2 == 0, tuple(s[:3])) for n, s in enumerate(suitable))
    days = Days(RunTag.of("a digest", 42, "2026-01-15", 0))
    scene = Scene(people=(), graphs=(), listed=(), versions=versions, busy=frozenset())
    add_day(days, scene, UpdateSettings(), datetime(2026, 1, 15), "a salt")  # noqa: DTZ001
    for version, featured, present in versions:
        changed, categories = days.changes[version]
        assert changed is not featured
        assert len(set(categories)) == len(categories) == 3
        assert set(categories) != set(present)
        assert any(set(every) >= {*categories, *present} for every in suitable)
