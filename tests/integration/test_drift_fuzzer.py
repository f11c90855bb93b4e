"""Schemas that drifted by chance are seeded, coherent and verified, or refused by name.

A larger run by hand: python -m tests.drift --count 500
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import CreateDatabase, run_sync
from tests.drift.mutations import Mutation
from tests.drift.running import dealt, run

REVISIONS = ("2025_08", "2026_01")
CASES = list(enumerate(dealt(12)))


@pytest.mark.parametrize(
    ("seed", "kinds"), CASES, ids=["-".join(kind.__name__ for kind in kinds) for _, kinds in CASES]
)
def test_a_drifted_schema_is_seeded_or_refused_by_name(
    create_database: CreateDatabase,
    drop_database: Callable[[str], None],
    migrated: Callable[[str], str],
    seed: int,
    kinds: list[Mutation],
) -> None:
    url = create_database(migrated(REVISIONS[seed % len(REVISIONS)]))
    case = run_sync(run(url, seed, kinds))
    drop_database(url)
    assert not case.faults, "\n".join([str(case), *case.faults, *case.statements])
    assert case.changes == [kind.__name__ for kind in kinds], "another DEAL has a place for each"
