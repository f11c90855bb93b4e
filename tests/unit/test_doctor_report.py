"""What the doctor and `inspect` tell of pg_cron, in a line."""

from __future__ import annotations

import pytest

from autogpt_seed.cli.doctor_report import cron_text
from autogpt_seed.database.cron.jobs import CronJob, CronStatus

REFRESH = "SELECT refresh_store_materialized_views()"
JOB = CronJob(1, "refresh-store-views", "*/15 * * * *", REFRESH, "here", "me", active=True)


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (None, "not installed in this database"),
        (CronStatus(None, "here", "here"), "not installed in this database"),
        (
            CronStatus(None, "there", "here"),
            "not installed in this database; the jobs are in there",
        ),
        (
            CronStatus("1.6", "here", "here", problem="permission denied"),
            "1.6; its jobs cannot be read: permission denied",
        ),
        (CronStatus("1.6", "here", "here"), "1.6; no active job refreshes the views"),
        (
            CronStatus("1.6", "here", "here", sees_all=False),
            "1.6; no active job refreshes the views, as far as this role can see",
        ),
        (
            CronStatus("1.6", "here", "here", (JOB,)),
            "1.6; refresh-store-views runs at */15 * * * *",
        ),
    ],
)
def test_what_is_known_of_the_job_is_told_and_no_more(status: CronStatus | None, told: str) -> None:
    assert cron_text(status) == told
