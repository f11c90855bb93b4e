"""${message}

Revises ${down_revision | comma,n}. Its SQL belongs in migrations/sql/${up_revision}/.
"""

from autogpt_seed.database.migrations import run_scripts

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """${"TODO: say what the platform's schema gained."}"""
    run_scripts(${repr(up_revision)}, "up")


def downgrade() -> None:
    """${"TODO: say what of the data can be kept."}"""
    run_scripts(${repr(up_revision)}, "down")
