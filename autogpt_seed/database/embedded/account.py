"""Who PostgreSQL's programs run as, and how they are run."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from autogpt_seed.errors import ConfigurationError, DatabaseUnreachable

# Nothing of the caller's environment: PGDATA, PGPORT, LC_ALL or TZ must not change the server.
_ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True)
class Account:
    """The account of the server: this process's own, or, for root, an unprivileged one.

    PostgreSQL refuses to run as root. `uid` and `gid` are None where nothing is to be switched.
    """

    uid: int | None = None
    gid: int | None = None

    def give(self, path: Path) -> None:
        """Make the account the owner of `path`, which must be one that this package made."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def can_reach(self, path: Path) -> bool:
        """Whether the account may enter `path` and all that stands above it, as far as it exists.

        For another account than this process's that is read off the permissions for "others".
        """
        if self.uid is None:
            return True
        places = {path, *path.parents, *path.resolve().parents}
        return all(place.stat().st_mode & stat.S_IXOTH for place in places if place.exists())

    def spawn(
        self, command: Sequence[str], *, output: IO[bytes] | int, inherit: Sequence[int] = ()
    ) -> subprocess.Popen[bytes]:
        """Start `command` in a session of its own, which the terminal's Ctrl-C does not reach."""
        try:
            return subprocess.Popen(  # noqa: S603 - our own binaries, and no shell
                command,
                cwd="/",
                env=_ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=inherit,
                user=self.uid,
                group=self.gid,
                extra_groups=None if self.uid is None else [],
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise DatabaseUnreachable(
                f"{command[0]} cannot be run{self._as_whom()}.",
                evidence=str(error),
                remedy="Run the command as a plain user, or name a server with --database-url.",
            ) from error

    def _as_whom(self) -> str:
        return "" if self.uid is None else f" as the user with the id {self.uid}"


def server_account() -> Account:
    """The account that the embedded server runs as: this process's, or `nobody` for root."""
    if os.geteuid() != 0:
        return Account()
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise ConfigurationError(
            "PostgreSQL does not run as root, and there is no user `nobody` to run it as.",
            remedy="Run the command as a plain user, or name a server with --database-url.",
        ) from None
    return Account(nobody.pw_uid, nobody.pw_gid)
