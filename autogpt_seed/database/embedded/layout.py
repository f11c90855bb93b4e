"""Where the embedded server keeps its things."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from autogpt_seed.database.embedded.account import Account
from autogpt_seed.errors import ConfigurationError

_SOCKET_PATH_LIMIT = 103
"""Bytes of a socket's path that macOS allows (`sun_path` has 104, on Linux 108)."""

_LIST_CHARACTERS = frozenset(',"')
"""What separates and quotes in PostgreSQL's list of socket folders, and in lists of hosts."""


def default_home() -> Path:
    """`AUTOGPT_SEED_HOME`, else the user's data folder.

    For root it is /var/lib/autogpt-seed: the server runs as another user, who cannot enter
    root's own folders.
    """
    chosen = os.environ.get("AUTOGPT_SEED_HOME")
    if chosen:
        return Path(chosen).expanduser()
    if os.geteuid() == 0:
        return Path("/var/lib/autogpt-seed")
    return platformdirs.user_data_path("autogpt-seed")


@dataclass(frozen=True)
class Layout:
    """The files of one embedded server. Everything in `cluster` is made and removed as a whole."""

    folder: Path

    @property
    def cluster(self) -> Path:
        return self.folder / "cluster"

    @property
    def unfinished(self) -> Path:
        """A cluster that is being made or removed; never used as a server's."""
        return self.folder / "cluster.unfinished"

    @property
    def data(self) -> Path:
        return self.cluster / "data"

    @property
    def password(self) -> Path:
        return self.cluster / "password"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def binaries(self) -> Path:
        """Copies of the server's programs, where the installed ones cannot be reached."""
        return self.folder / "binaries"

    @property
    def kept(self) -> Path:
        """Exists while the server shall outlive the commands that use it."""
        return self.folder / "kept"

    @property
    def transition_lock(self) -> Path:
        """Held by the one command that makes, starts, stops or removes the server."""
        return self.folder / "transition.lock"

    @property
    def users_lock(self) -> Path:
        """Shared by the commands that use the server."""
        return self.folder / "users.lock"

    @property
    def server_lock(self) -> Path:
        """Held by the server itself, so it is free exactly when no server runs."""
        return self.folder / "server.lock"

    @property
    def socket_folder(self) -> Path:
        """A private folder for the socket, whose path is short and plain enough for one."""
        beside = self.folder / "socket"
        length = len(os.fsencode(beside / ".s.PGSQL.65535"))
        if length <= _SOCKET_PATH_LIMIT and not _LIST_CHARACTERS.intersection(str(beside)):
            return beside
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"autogpt-seed-{digest}"


def make_folder(folder: Path, account: Account) -> None:
    """Make `folder` and what is missing above it; changes nothing that exists.

    New folders are private, or, where the server runs as another user, open to be entered.
    Raises `ConfigurationError` where that user could not enter.
    """
    if not account.can_reach(folder):
        raise ConfigurationError(
            f"PostgreSQL does not run as root, and the user it runs as cannot enter {folder}.",
            remedy="Set AUTOGPT_SEED_HOME to a folder below one that all may enter, such as /srv.",
        )
    mode = 0o700 if account.uid is None else 0o755
    for place in reversed((folder, *folder.parents)):
        if not place.exists():
            place.mkdir(exist_ok=True)
            place.chmod(mode)
