"""The platform's schema of August 2025."""

from autogpt_seed.database.migrations.running import run_scripts

revision = "2025_08"
down_revision = None


def upgrade() -> None:
    """Make everything, in an empty schema."""
    run_scripts("2025_08", "types", "accounts", "graphs", "executions", "store")
    run_scripts("2025_08", "materialized_views", "store_views", "creator_view")


def downgrade() -> None:
    """Leave the schema without any object of ours."""
    run_scripts("2025_08", "down")
