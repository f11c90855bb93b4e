"""Where the migrations of an `alembic.ini` are, without Alembic, which takes time to import."""

from __future__ import annotations

import re
from configparser import ConfigParser, Error
from pathlib import Path

from autogpt_seed.errors import ConfigurationError


def script_folders(ini: Path) -> list[Path]:
    """Its `script_location`, and the `version_locations` that lie elsewhere."""
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


def _unusable(ini: Path, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"{ini} does not lead to Alembic migrations.",
        evidence=why,
        remedy="Name the file that the command alembic uses, and run from where it runs.",
    )
