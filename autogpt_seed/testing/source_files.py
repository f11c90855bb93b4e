"""The files that migrations are made of: which they are, what they hold, and a digest of that."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from autogpt_seed.errors import ConfigurationError


def sources(folder: Path) -> list[Path]:
    """The programs and scripts in a folder of migrations."""
    files = (file for file in folder.rglob("*") if file.suffix in (".py", ".sql"))
    return sorted(files)


def digest_of(base: Path, files: Iterable[Path]) -> str:
    """A digest of the names below `base` and the contents of the files."""
    digest = hashlib.sha256()
    for file in files:
        name = file.relative_to(base) if file.is_relative_to(base) else file.name
        contents = read(file).encode()
        digest.update(f"{name}\0{len(contents)}\0".encode() + contents)
    return digest.hexdigest()


def read(file: Path) -> str:
    """What a file holds. Raises `ConfigurationError` where that cannot be read."""
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"{file} cannot be read.",
            evidence=str(error),
            remedy="Correct the path, or the file.",
        ) from error
