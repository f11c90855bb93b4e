"""The platform's schema of January 2026."""

import logging

from alembic import context, op
from sqlalchemy import inspect

from autogpt_seed.database.migrations.running import run_scripts

revision = "2026_01"
down_revision = "2025_08"

EMBEDDINGS = "UnifiedContentEmbedding"

logger = logging.getLogger("autogpt_seed.migrations")


def upgrade() -> None:
    """Add what came since August 2025. New enum labels can be used after the commit only."""
    run_scripts("2026_01", "drop_store_views", "types", "changed_tables", "new_tables", "oauth")
    run_scripts("2026_01", "store_views", "embeddings")
    if not context.is_offline_mode() and not inspect(op.get_bind()).has_table(EMBEDDINGS):
        logger.warning(
            "There is no table %s: this server cannot create the extension vector.", EMBEDDINGS
        )


def downgrade() -> None:
    """Go back to the catalog of August 2025, keeping the rows that it has a place for."""
    run_scripts("2026_01", "drop_store_views", "down", "down_types")
    run_scripts("2025_08", "store_views")
