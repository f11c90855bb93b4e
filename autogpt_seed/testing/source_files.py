"""The files that migrations are made of: which they are, what they hold, and a digest of that."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from configparser import ConfigParser, Error
from pathlib import Path

from autogpt_seed.errors import ConfigurationError


def sources(folder: Path) -> list[Path]:
    """The programs and scripts in a folder of migrations."""
    files = (file for file in folder.rglob("*") if file.suffix in (".py", ".sql"))
    return sorted(files)


def script_folders(ini: Path) -> list[Path]:
    """The folders of the migrations of an `alembic.ini`, read without Alembic, which takes time
    to import: its `script_location`, and the `version_locations` that are elsewhere."""
    parser = ConfigParser({"here": str(ini.absolute().parent)})
    try:
        if not parser.read(ini, "utf-8"):
            raise _unusable(ini, "there is no such file")
        location = parser.get("alembic", "script_location")
        others = parser.get("alembic", "version_locations", fallback="")
    except (Error, UnicodeDecodeError) as error:
        raise _unusable(ini, str(error)) from error
    names = [location, *(name for name in re.split(r"[\s,;]+|:(?!\\)", others) if name)]
    folders = [Path(name) for name in names]
    if missing := [str(folder) for folder in folders if not folder.is_dir()]:
        raise _unusable(ini, f"there is no folder {missing[0]}")
    return folders


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


def _unusable(ini: Path, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"{ini} does not lead to Alembic migrations.",
        evidence=why,
        remedy="Name the file that the command alembic uses, and run from where it runs.",
    )
