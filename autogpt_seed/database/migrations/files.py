"""Where the migrations and their record are, without Alembic, whose import takes time."""

from __future__ import annotations

import hashlib
from pathlib import Path

DEFAULT_SCHEMA = "platform"
"""The schema of the platform's tables, unless another is asked for."""

MAXIMUM_NAME = 63
"""The bytes of an identifier that PostgreSQL keeps; it silently cuts off the rest."""


def migrations_folder() -> Path:
    """The folder of `env.py`: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parents[2]
    installed = package / "migrations"
    return installed if installed.is_dir() else package.parent / "migrations"


def newest_revision() -> str:
    """The last of the revisions, by the names of their files."""
    files = (migrations_folder() / "versions").glob("revision_*.py")
    return max(file.stem.removeprefix("revision_") for file in files)


def version_table(schema: str) -> str:
    """The name of the version table for a platform schema, different for each."""
    name = f"alembic_version_{schema}"
    if len(f"{name}_pkc".encode()) <= MAXIMUM_NAME:  # the name that Alembic gives its key
        return name
    return f"alembic_version_{hashlib.sha256(schema.encode()).hexdigest()[:32]}"
