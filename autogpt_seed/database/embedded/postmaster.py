"""Starting and stopping the server's process, and what it tells about itself.

Whether it runs is told by a lock that the server inherits and holds until its last process has
ended, not by a process id, which may be another program's by now.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autogpt_seed.database.embedded import file_locks
from autogpt_seed.database.embedded.account import Account
from autogpt_seed.database.embedded.layout import Layout
from autogpt_seed.errors import DatabaseUnreachable

_LOOPBACK = "127.0.0.1"
_SOCKET_PORT = 5432
"""Names the socket's file where the server listens on no TCP port."""

_START_SECONDS = 120.0
"""Enough to recover from a crash in the middle of a large load."""
_STOP_SECONDS = 120.0
_PAUSE_SECONDS = 0.005
_LOG_LINES_SHOWN = 15


@dataclass(frozen=True)
class Endpoint:
    """Where the server listens: always on a socket, and on TCP loopback where `host` is given."""

    socket_folder: str
    port: int
    host: str

    @property
    def tcp_port(self) -> int | None:
        return self.port if self.host else None


def is_alive(layout: Layout) -> bool:
    """Whether a server runs, starts or stops."""
    return file_locks.is_held(layout.server_lock, exclusively=True)


def endpoint(layout: Layout) -> Endpoint | None:
    """Where the server takes connections; None where there is none.

    Waits for one that starts or stops. Raises `DatabaseUnreachable` where that takes too long.
    """
    deadline = time.monotonic() + _START_SECONDS
    while is_alive(layout):
        found = _ready_endpoint(layout)
        if found and _answers(found):
            return found
        if time.monotonic() > deadline:
            what = f"did not become ready in {_START_SECONDS:.0f} seconds"
            raise _failure(what, layout, "If it is still recovering, try again later.")
        time.sleep(_PAUSE_SECONDS)
    return None


def crashed(layout: Layout) -> bool:
    """Whether the server, which must not run, ended without a shutdown."""
    return (layout.data / "postmaster.pid").exists()


def start(
    layout: Layout,
    account: Account,
    binaries: Path,
    port: int | None,
    more: Mapping[str, str],
) -> subprocess.Popen[bytes]:
    """Start the server and wait until it takes connections. None may run.

    It keeps PostgreSQL's default settings, durability included, but for those that `more` makes:
    a start takes 30 ms as it is.
    A start that fails, or is interrupted, leaves no process, and raises `DatabaseUnreachable`
    with the end of the server's log, or with the port if that is in use.
    """
    layout.log.touch(mode=0o600)
    log_start = layout.log.stat().st_size
    process = _launch(layout, account, binaries, port, more)
    try:
        if endpoint(layout) is None:
            if port is not None:
                refuse_taken(port)
            raise _not_started(layout, log_start)
    except BaseException:
        _abort(process)
        _remove_socket_folder(layout)
        raise
    return process


def refuse_taken(port: int) -> None:
    """Raise `DatabaseUnreachable` where the port is in use."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as PostgreSQL does
        try:
            listener.bind((_LOOPBACK, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise DatabaseUnreachable(
                    f"Port {port} of {_LOOPBACK} is in use.", remedy="Choose another with --port."
                ) from error


def stop(layout: Layout, account: Account, binaries: Path) -> None:
    """Disconnect everybody, roll back what they had open, and wait until the server has ended."""
    command = [f"{binaries}/pg_ctl", "stop", f"-D{layout.data}", "--mode=fast", "--no-wait"]
    account.spawn(command, output=subprocess.DEVNULL).wait()
    deadline = time.monotonic() + _STOP_SECONDS
    while is_alive(layout):
        if time.monotonic() > deadline:
            what = f"did not stop in {_STOP_SECONDS:.0f} seconds"
            raise _failure(
                what, layout, "It is still shutting down: run `autogpt-seed db stop` again."
            )
        time.sleep(_PAUSE_SECONDS)
    _remove_socket_folder(layout)


def _launch(
    layout: Layout,
    account: Account,
    binaries: Path,
    port: int | None,
    more: Mapping[str, str],
) -> subprocess.Popen[bytes]:
    # No server runs, so these are left from one that was killed. Their process id may by now
    # be that of another program, which would keep PostgreSQL from starting.
    (layout.data / "postmaster.pid").unlink(missing_ok=True)
    _remove_socket_folder(layout)
    layout.socket_folder.mkdir(mode=0o700)
    account.give(layout.socket_folder)
    settings = {
        "listen_addresses": "" if port is None else _LOOPBACK,
        "port": str(_SOCKET_PORT if port is None else port),
        "unix_socket_directories": f'"{layout.socket_folder}"',
        "unix_socket_permissions": "0700",
        **more,
    }
    options = [f"--{name}={value}" for name, value in settings.items()]
    command = [f"{binaries}/postgres", f"-D{layout.data}", *options]
    with file_locks.exclusive(layout.server_lock) as lock, layout.log.open("ab") as log:
        return account.spawn(command, output=log, inherit=(lock,))


def _ready_endpoint(layout: Layout) -> Endpoint | None:
    """What postmaster.pid says (PostgreSQL's src/include/utils/pidfile.h has its lines)."""
    try:
        lines = os.fsdecode((layout.data / "postmaster.pid").read_bytes()).splitlines()
    except FileNotFoundError:
        return None
    if len(lines) < 8 or lines[7].strip() != "ready":
        return None
    return Endpoint(socket_folder=lines[4], port=int(lines[3]), host=lines[5].strip())


def _answers(where: Endpoint) -> bool:
    """Whether anything listens, which the last children of a killed server no longer do."""
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(f"{where.socket_folder}/.s.PGSQL.{where.port}")
        except OSError:
            return False
    return True


def _abort(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGQUIT)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _remove_socket_folder(layout: Layout) -> None:
    shutil.rmtree(layout.socket_folder, ignore_errors=True)


def _not_started(layout: Layout, log_start: int) -> DatabaseUnreachable:
    remedy = (
        "Correct what the log reports. Only if the data are damaged:\n"
        "`autogpt-seed db reset` deletes them all for a new start."
    )
    return _failure("did not start", layout, remedy, log_start)


def _failure(what: str, layout: Layout, remedy: str, log_start: int = 0) -> DatabaseUnreachable:
    with layout.log.open("rb") as log:
        log.seek(log_start)
        lines = log.read().decode(errors="replace").splitlines()
    return DatabaseUnreachable(
        f"The embedded PostgreSQL {what}.",
        evidence="\n".join([f"The end of {layout.log}:", *lines[-_LOG_LINES_SHOWN:]]),
        remedy=remedy,
    )
