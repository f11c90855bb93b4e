"""A database that is named, and how a session with it is opened.

A session is the same whether a server or a pooler answers: no start-up parameter that PgBouncer
refuses, no statement cache, no prepared statement whose name another session could have.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import quote, urlencode
from uuid import uuid4

import asyncpg
from sqlalchemy import Connection, NullPool, event, func, select
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from autogpt_seed.database.failures import DRIVER_ERRORS, explain
from autogpt_seed.errors import ConfigurationError, DatabaseUnreachable, SeedError

Driver: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
"""A session of the driver."""

Pairs = tuple[tuple[str, str], ...]

DEFAULT_CONNECT_TIMEOUT = 15.0
"""Seconds, enough for a server that has to wake up."""

PLACE = "autogpt_seed_place"
"""The execution option in which the engine of a target carries its `place`."""

_OPEN_ERRORS = (*DRIVER_ERRORS, UnicodeError)
"""What opening a session may raise; `UnicodeError` where the host's name is impossible."""


@dataclass(frozen=True)
class Target:
    """One database of one server, or of the first that answers of several.

    `hosts` are names, addresses or socket folders, each with the port at its place; where there
    are none, the driver tries the usual socket folders, then localhost. `connect_timeout` is in
    seconds, infinite for no limit. Neither `str()`, which is for people, nor `repr()` holds a
    secret.
    """

    user: str
    database: str
    hosts: tuple[str, ...] = ()
    ports: tuple[int, ...] = (5432,)
    password: str | None = field(default=None, repr=False)
    schema: str | None = None
    connect_timeout: float = DEFAULT_CONNECT_TIMEOUT
    application_name: str = "autogpt-seed"
    embedded: bool = False
    """Whether it is the package's own server, on which nobody else depends."""
    settings: Pairs = ()
    """Settings of the server, set anew in each transaction."""
    startup_options: str = ""
    """What of `options` is no setting, for the few services that read something from it."""
    driver_parameters: Pairs = field(default=(), repr=False)
    """What asyncpg reads by libpq's names: TLS, password file, kind of session."""

    def __str__(self) -> str:
        schema = f", schema {self.schema}" if self.schema else ""
        return f"{self.user}@{self.address}/{self.database}{schema}"

    @property
    def address(self) -> str:
        """The hosts with their ports, such as `db.example.org:5432`."""
        return ",".join(
            f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
            for host, port in zip(self.hosts or ("localhost",), self.ports, strict=True)
        )

    @property
    def place(self) -> str:
        """DATABASE@HOST, by which a user says that this is the database that is meant.

        The host stands as in the URL, with its port unless that is 5432; several are divided by
        commas, a socket's folder is a host, the package's own server is called `embedded`.
        """
        pairs = zip(self.hosts or ("localhost",), self.ports, strict=True)
        hosts = (host if port == 5432 else f"{host}:{port}" for host, port in pairs)
        return f"{self.database}@{'embedded' if self.embedded else ','.join(hosts)}"

    def engine(self) -> AsyncEngine:
        """An engine whose sessions are this target's, opened when needed and never pooled.

        Opening one raises `DatabaseUnreachable` or `ConfigurationError`, see `open_error`.
        """
        engine = create_async_engine(
            "postgresql+asyncpg://",
            poolclass=NullPool,
            execution_options={PLACE: self.place},
            connect_args={
                "async_creator_fn": self.connect,
                "prepared_statement_cache_size": 0,
                "prepared_statement_name_func": lambda: f"autogpt_seed_{uuid4().hex}",
            },
        )
        if self.settings:
            event.listen(engine.sync_engine, "begin", self._apply_settings)
        return engine

    def url(self) -> str:
        """The connection string, as libpq, asyncpg and SQLAlchemy read it. It holds the password.

        The schema, which none of them knows, is not in it.
        """
        login = quote(self.user, safe="")
        if self.password is not None:
            login += f":{quote(self.password, safe='')}"
        place, parameters = "", dict[str, str]()
        if len(self.hosts) == 1 and "/" not in self.hosts[0]:
            place = self.address
        else:
            parameters["port"] = ",".join(map(str, self.ports))
            if self.hosts:
                parameters["host"] = ",".join(self.hosts)
        options = [f"-c {name}={_escaped(value)}" for name, value in self.settings]
        if all_options := " ".join(filter(None, [*options, self.startup_options])):
            parameters["options"] = all_options
        parameters |= {k: v for k, v in self.driver_parameters if (k, v) != ("sslmode", "prefer")}
        query = f"?{urlencode(parameters, quote_via=quote, safe='/,')}" if parameters else ""
        return f"postgresql://{login}@{place}/{quote(self.database, safe='')}{query}"

    async def connect(self) -> Driver:
        """A session of the driver, without the `settings`. Raises like `engine`."""
        parameters = dict(self.driver_parameters)
        system_roots = parameters.get("sslrootcert") == "system"
        startup = {"application_name": self.application_name}
        if self.startup_options:
            startup["options"] = self.startup_options
        try:
            return await asyncpg.connect(
                dsn=f"postgresql:///?{urlencode(parameters)}",
                host=list(self.hosts) or None,
                port=list(self.ports),
                user=self.user,
                password=self.password,
                database=self.database,
                ssl=True if system_roots else None,
                timeout=self.connect_timeout,
                statement_cache_size=0,
                server_settings=startup,
            )
        except _OPEN_ERRORS as error:
            raise open_error(error, self) from error

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Driver]:
        """What `connect` opens, for the length of the block. Its errors become `SeedError`s."""
        session = await self.connect()
        try:
            yield session
        except DRIVER_ERRORS as error:
            raise explain(error) from error
        finally:
            await session.close()

    def _apply_settings(self, connection: Connection) -> None:
        for name, value in self.settings:
            connection.execute(select(func.set_config(name, value, True)))
            if name.lower() == "default_transaction_read_only":
                # The transaction has begun: a default comes too late for it.
                connection.execute(select(func.set_config("transaction_read_only", value, True)))


def _escaped(value: str) -> str:
    """A value as `options` takes it, where blanks separate."""
    return value.replace("\\", "\\\\").replace(" ", "\\ ")


def open_error(error: BaseException, target: Target) -> SeedError:
    """What to tell the user about an `error` that opening a session with `target` brought."""
    evidence = f"{error}" or type(error).__name__
    if isinstance(error, asyncpg.exceptions.ClientConfigurationError):
        return ConfigurationError(
            f"The settings of the connection to {target} are not valid.",
            evidence=evidence,
            remedy="Correct the parameters of the connection string or the PG* variables.",
        )
    for kind, sentence, remedy in _REASONS:
        if isinstance(error, kind):
            return DatabaseUnreachable(
                sentence.format(target=target), evidence=evidence, remedy=remedy
            )
    return DatabaseUnreachable(
        f"The server refused a session with {target}.",
        evidence=evidence,
        remedy="Look at the server's own log for the reason.",
    )


_REASONS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str, str], ...] = (
    (
        asyncpg.InvalidPasswordError,
        "The server refused the password for {target.user}, connecting to {target}.",
        "Correct the password; in a URL its special characters are percent-encoded (@ as %40).",
    ),
    (
        asyncpg.InvalidAuthorizationSpecificationError,
        "The server rejects the role {target.user}, connecting to {target}.",
        "Check that the role exists and may log in, and the server's pg_hba.conf.",
    ),
    (
        asyncpg.InvalidCatalogNameError,
        "There is no database {target.database!r} on {target.address}.",
        "Create it (createdb), or correct the name in the connection string.",
    ),
    (
        asyncpg.InsufficientPrivilegeError,
        "The role {target.user} may not connect to {target}.",
        "Grant it CONNECT on the database, or use another role.",
    ),
    (
        asyncpg.TooManyConnectionsError,
        "The server has no free connection for {target}.",
        "Close other connections, or raise max_connections or the limit of the role or database.",
    ),
    (
        asyncpg.CannotConnectNowError,
        "The server is not accepting connections at the moment: {target}.",
        "It is starting, stopping or recovering; try again in a moment.",
    ),
    (
        TimeoutError,
        "{target.address} did not answer in time.",
        "Check host, port and firewall, or allow more seconds with connect_timeout=… in the URL.",
    ),
    (
        (socket.gaierror, UnicodeError),
        "The host name of {target} is not known.",
        "Correct the host in the connection string, or check the network.",
    ),
    (
        ssl.SSLError,
        "No encrypted session could be made with {target}.",
        "Check sslmode, sslrootcert, sslcert and sslkey of the connection string.",
    ),
    (
        (ConnectionRefusedError, FileNotFoundError),
        "Nothing is listening at {target.address}.",
        "Start the server, or correct host and port in the connection string.",
    ),
    (
        (ConnectionError, asyncpg.ConnectionDoesNotExistError),
        "What answers at {target.address} does not open a PostgreSQL session.",
        "Check the port, and whether the server accepts the sslmode of the connection string.",
    ),
    (
        OSError,
        "{target.address} cannot be reached.",
        "Start the server, or correct host and port in the connection string.",
    ),
)
"""The first that fits is taken, so what is more special stands first."""
