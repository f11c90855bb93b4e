"""The embedded server as commands use it: shared while they run, stopped by the last of them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote

from autogpt_seed.database.embedded import file_locks, postmaster, signals
from autogpt_seed.database.embedded.account import server_account
from autogpt_seed.database.embedded.binaries import find_binaries
from autogpt_seed.database.embedded.cluster import SUPERUSER, create_cluster, remove_cluster
from autogpt_seed.database.embedded.layout import Layout, default_home, make_folder
from autogpt_seed.errors import ConfigurationError, DatabaseUnreachable, RefusedForSafety

SCRATCH = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
}
"""The settings of a server whose contents may be lost."""


class EmbeddedServer:
    """One PostgreSQL below `home`, with a data folder for each version.

    Any number of processes may use it at a time. None of the methods leaves a server running,
    except `start`. All raise `ConfigurationError` where the home or the binaries do not serve,
    and `DatabaseUnreachable` where the server does not come up.
    """

    def __init__(
        self, home: Path | None = None, *, version: int = 18, scratch: bool = False
    ) -> None:
        """With `scratch` what it holds may be lost: it is quick instead of durable, and after a
        crash, of which PostgreSQL could not recover then, it starts anew, empty."""
        self._scratch = scratch
        self._account = server_account()
        self._version = version
        self._layout = Layout((home or default_home()).absolute() / f"postgresql-{version}")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def data_folder(self) -> Path:
        """PostgreSQL's data folder; it exists once the server has been used."""
        return self._layout.data

    @contextmanager
    def running(self, port: int | None = None) -> Iterator[EmbeddedServer]:
        """A server for the length of the block: made and started where needed.

        At the end it is stopped, unless others use it or `start` asked to keep it; signals wait
        for that. With `port` it listens on 127.0.0.1 as well; raises `RefusedForSafety` where
        others use it without.
        """
        with ExitStack() as use:
            with self._transition() as transition:
                self._ensure(port, transition)
                use.enter_context(file_locks.shared(self._layout.users_lock))
            try:
                yield self
            finally:
                with signals.postponed(), self._transition():
                    use.close()
                    if not self._in_use() and not self._layout.kept.exists():
                        self._end()

    def start(self, port: int | None = None) -> bool:
        """Start the server and keep it running until `stop`; one that runs is kept from now on.

        Whether one that ran was started anew for the port, which ends its sessions; where that
        fails, it runs as before.
        """
        with self._transition() as transition:
            anew = self._ensure(port, transition)
            self._layout.kept.touch()
            return anew

    def stop(self) -> bool:
        """Stop the server; whether one ran. Raises `RefusedForSafety` while a command uses it."""
        with self._transition():
            return self._stop_unused()

    def reset(self) -> None:
        """Stop the server and delete all its data. Raises `RefusedForSafety` like `stop`."""
        with self._transition():
            self._stop_unused()
            remove_cluster(self._layout)
            self._layout.log.unlink(missing_ok=True)

    def url(self, database: str = "autogpt") -> str:
        """The running server's connection string, as libpq, asyncpg and SQLAlchemy read it.

        It holds the password. Raises `DatabaseUnreachable` where no server runs.
        """
        endpoint, password = self._access()
        login = f"{SUPERUSER}:{quote(password, safe='')}"
        name = quote(database, safe="")
        if endpoint.tcp_port is not None:
            return f"postgresql://{login}@{endpoint.host}:{endpoint.port}/{name}"
        folder = quote(os.fsencode(endpoint.socket_folder), safe="/")
        return f"postgresql://{login}@/{name}?host={folder}&port={endpoint.port}"

    async def ensure_database(self, name: str) -> None:
        """Create the database where it is missing, on the running server."""
        # The driver and SQLAlchemy take half a second to import, which the rest does not need.
        from autogpt_seed.database.embedded.databases import create_if_missing

        await create_if_missing(name, *self._access())

    @contextmanager
    def _transition(self) -> Iterator[int]:
        """Be the only one who makes, starts, stops or removes the server."""
        with self._file_errors_explained():
            make_folder(self._layout.folder, self._account)
            with file_locks.exclusive(self._layout.transition_lock) as descriptor:
                yield descriptor

    def _ensure(self, port: int | None, transition: int) -> bool:
        """Have a server run; whether one that ran was started anew."""
        running = postmaster.endpoint(self._layout)
        if running:
            if port is None or port == running.tcp_port:
                return False
            self._start_anew(port, running.tcp_port)
            return True
        self._layout.kept.unlink(missing_ok=True)
        if self._scratch and postmaster.crashed(self._layout):
            remove_cluster(self._layout)
        if not self._layout.cluster.exists():
            binaries = self._binaries()
            create_cluster(self._layout, self._account, binaries, self._version, transition)
        self._begin(port)
        return False

    def _start_anew(self, port: int, port_before: int | None) -> None:
        self._refuse_if_in_use(f"Port {port} cannot be opened now")
        postmaster.refuse_taken(port)
        self._end()
        try:
            self._begin(port)
        except BaseException:
            self._begin(port_before)
            raise

    def _begin(self, port: int | None) -> None:
        settings = SCRATCH if self._scratch else {}
        self._process = postmaster.start(
            self._layout, self._account, self._binaries(), port, settings
        )

    def _stop_unused(self) -> bool:
        self._refuse_if_in_use("The embedded PostgreSQL cannot be stopped now")
        self._layout.kept.unlink(missing_ok=True)
        if postmaster.endpoint(self._layout) is None:
            return False
        self._end()
        return True

    def _end(self) -> None:
        binaries = self._binaries()
        postmaster.stop(self._layout, self._account, binaries)
        if self._process is not None:
            self._process.wait()
            self._process = None

    def _binaries(self) -> Path:
        return find_binaries(self._version, self._layout.binaries, self._account)

    def _in_use(self) -> bool:
        return file_locks.is_held(self._layout.users_lock, exclusively=False)

    def _refuse_if_in_use(self, sentence: str) -> None:
        if self._in_use():
            raise RefusedForSafety(
                f"{sentence}: another command is using it.",
                remedy="Try again when that command has ended.",
            )

    def _access(self) -> tuple[postmaster.Endpoint, str]:
        with self._file_errors_explained():
            endpoint = postmaster.endpoint(self._layout)
            if endpoint is None:
                raise DatabaseUnreachable(
                    "The embedded PostgreSQL is not running.",
                    remedy="Start it with: autogpt-seed db start",
                )
            return endpoint, self._layout.password.read_text()

    @contextmanager
    def _file_errors_explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ConfigurationError(
                f"The folder of the embedded PostgreSQL, {self._layout.folder}, cannot be used.",
                evidence=str(error),
                remedy="Set AUTOGPT_SEED_HOME to another folder, or give a --database-url.",
            ) from error
