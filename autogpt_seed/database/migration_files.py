"""Where the platform's migrations are, found without Alembic, which takes time to import."""

from __future__ import annotations

from pathlib import Path

DEFAULT_SCHEMA = "platform"
"""Where the platform lives, unless another schema is asked for."""


def migrations_folder() -> Path:
    """The folder of `env.py`: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "migrations"
    return installed if installed.is_dir() else package.parent / "migrations"
