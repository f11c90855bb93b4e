"""Making and removing the cluster: the server's data folder, and the password to it."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from autogpt_seed.database.embedded.account import Account
from autogpt_seed.database.embedded.layout import Layout
from autogpt_seed.errors import DatabaseUnreachable

SUPERUSER = "postgres"
_BUILTIN_PROVIDER_SINCE = 17
_LINES_SHOWN = 8


def create_cluster(
    layout: Layout, account: Account, binaries: Path, version: int, transition: int
) -> None:
    """Make a cluster with scram passwords, UTF-8 and the collation C, whole or not at all.

    `initdb` inherits the descriptor of the transition lock, so that it holds off other commands
    even when this process is killed. Raises `DatabaseUnreachable` with what `initdb` said.
    """
    shutil.rmtree(layout.unfinished, ignore_errors=True)
    layout.unfinished.mkdir()
    layout.unfinished.chmod(0o700 if account.uid is None else 0o711)
    password = layout.unfinished / layout.password.name
    password.touch(mode=0o600)
    password.write_text(secrets.token_urlsafe(24))
    data = layout.unfinished / layout.data.name
    data.mkdir(mode=0o700)
    for path in (password, data):
        account.give(path)
    with tempfile.TemporaryFile() as output:
        command = _initdb(binaries, data, password, version)
        process = account.spawn(command, output=output, inherit=(transition,))
        if _end_of(process) != 0:
            output.seek(0)
            lines = output.read().decode(errors="replace").splitlines()
            raise DatabaseUnreachable(
                "The embedded PostgreSQL could not be created.",
                evidence="\n".join(lines[-_LINES_SHOWN:]),
                remedy="Correct that, or set AUTOGPT_SEED_HOME to another folder.",
            )
    layout.unfinished.rename(layout.cluster)


def _end_of(initdb: subprocess.Popen[bytes]) -> int:
    """Its exit status. An interruption ends it with the servers that it has started."""
    try:
        return initdb.wait()
    except BaseException:
        with suppress(ProcessLookupError):
            os.killpg(initdb.pid, signal.SIGKILL)
        initdb.wait()
        raise


def remove_cluster(layout: Layout) -> None:
    """Remove the cluster, where there is one. No server may run."""
    if layout.cluster.exists():
        shutil.rmtree(layout.unfinished, ignore_errors=True)
        layout.cluster.rename(layout.unfinished)
    shutil.rmtree(layout.unfinished, ignore_errors=True)


def _initdb(binaries: Path, data: Path, password: Path, version: int) -> list[str]:
    command = [
        f"{binaries}/initdb",
        f"--pgdata={data}",
        f"--username={SUPERUSER}",
        f"--pwfile={password}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--no-locale",
        "--no-instructions",
        # The password is random: more rounds protect nothing, and cost 8 ms a session.
        "--set=scram_iterations=1",
    ]
    if version >= _BUILTIN_PROVIDER_SINCE:
        # Sorts by code point like C, and knows the upper and lower case of all letters.
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return command
