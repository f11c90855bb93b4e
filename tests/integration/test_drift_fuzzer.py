"""Schemas that drifted by chance are seeded, coherent and verified, or refused by name.

A larger run by hand: python -m tests.drift --count 500
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import CreateDatabase, run_sync
from tests.drift.running import run

REVISIONS = ("2025_08", "2026_01")


@pytest.mark.parametrize("seed", range(40))
def test_a_drifted_schema_is_seeded_or_refused_by_name(
    create_database: CreateDatabase,
    drop_database: Callable[[str], None],
    migrated: Callable[[str], str],
    seed: int,
) -> None:
    url = create_database(migrated(REVISIONS[seed % len(REVISIONS)]))
    case = run_sync(run(url, seed))
    drop_database(url)
    assert not case.faults, "\n".join([str(case), *case.statements])
