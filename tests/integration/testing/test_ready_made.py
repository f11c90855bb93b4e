"""The tests that the package offers for import: what they pass, and what they fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from autogpt_seed import CheckFailed
from autogpt_seed.testing.stairway import climb
from tests.integration.testing.conftest import PLAN, Suite
from tests.integration.testing.test_migration_sources import alembic

BREAKING = """
import psycopg
import pytest
from autogpt_seed.testing.ready_made import *

BREAK = '''
DELETE FROM platform."StoreListingReview";
ALTER TABLE platform."LibraryAgent" ALTER "isCreatedByUser" DROP DEFAULT,
    ALTER "isCreatedByUser" TYPE text USING (NOT "isCreatedByUser")::text;
UPDATE platform."StoreListing" SET "hasApprovedVersion" = true;
UPDATE platform."AgentGraph" SET "createdAt" = '1999-01-01';
UPDATE platform."AgentNodeExecution" SET "endedTime" = '1999-01-01';
ALTER TABLE platform."AgentNodeExecution" RENAME "startedTime" TO started_time;
ALTER TABLE platform."AgentNodeExecution" RENAME "endedTime" TO ended_time;
'''

@pytest.fixture
def autogpt_target(autogpt_target):
    with psycopg.connect(autogpt_target.url()) as connection:
        connection.execute(BREAK)
    return autogpt_target
"""


def test_they_pass_on_what_was_seeded(suite: Suite, pytester: pytest.Pytester) -> None:
    pytester.makepyfile("from autogpt_seed.testing.ready_made import *")
    suite().assert_outcomes(passed=4)


def test_they_fail_on_what_is_broken(suite: Suite, pytester: pytest.Pytester) -> None:
    pytester.makepyfile(BREAKING)
    result = suite("-k", "fresh or coherent")
    result.assert_outcomes(failed=2)
    said = result.stdout.str()
    assert "mv_review_stats" in said
    assert "LibraryAgent.isCreatedByUser is true exactly where" in said
    assert "StoreListing.hasApprovedVersion is true exactly where" in said
    assert "AgentGraph.createdAt is not before createdAt of the User" in said
    assert "AgentNodeExecution.ended_time is not before started_time" in said


def test_a_downgrade_that_does_not_restore_the_schema_is_named(
    server_url: str, tmp_path: Path
) -> None:
    source = alembic(tmp_path, "CREATE TABLE t (id int)", "ALTER TABLE t ADD name text")
    with pytest.raises(CheckFailed, match="second upgrade of r1") as caught:
        climb(server_url, PLAN, source)
    assert "Migration r1 failed" in caught.value.evidence
