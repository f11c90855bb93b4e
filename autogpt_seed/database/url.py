"""Connection strings: what Prisma, libpq and SQLAlchemy write, read into a `Target`.

Sources: PostgreSQL's documentation of libpq, sections "Connection URIs", "Parameter Key Words"
and "Environment Variables"; Prisma's documentation of its PostgreSQL connector. A parameter of
the query takes precedence over the part before it, and that over the environment. No message shows
any part of a string that may be a password.
"""

from __future__ import annotations

import getpass
import logging
import math
import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from dotenv import dotenv_values

from autogpt_seed.database.target import DEFAULT_CONNECT_TIMEOUT, Pairs, Target
from autogpt_seed.errors import ConfigurationError

__all__ = ["Target", "find_target", "parse_url"]

logger = logging.getLogger(__name__)

URL_VARIABLES = ("DIRECT_URL", "DATABASE_URL")
"""The variables that may hold a connection string, first the one that leads past the pooler."""

_FROM_ENVIRONMENT = {
    "PGHOST": "host",
    "PGPORT": "port",
    "PGUSER": "user",
    "PGPASSWORD": "password",
    "PGDATABASE": "dbname",
    "PGAPPNAME": "application_name",
    "PGCONNECT_TIMEOUT": "connect_timeout",
    "PGOPTIONS": "options",
    "PGPASSFILE": "passfile",
    "PGSSLMODE": "sslmode",
    "PGSSLCERT": "sslcert",
    "PGSSLKEY": "sslkey",
    "PGSSLROOTCERT": "sslrootcert",
    "PGSSLCRL": "sslcrl",
    "PGTARGETSESSIONATTRS": "target_session_attrs",
}
_OURS = frozenset(
    {"host", "port", "user", "password", "dbname", "schema", "application_name"}
    | {"connect_timeout", "options"}
)
_TLS_FILES = ("sslcert", "sslkey", "sslrootcert", "sslcrl")
_DRIVERS = frozenset(
    {*_TLS_FILES, "sslmode", "sslpassword", "passfile", "target_session_attrs"}
    | {"ssl_min_protocol_version", "ssl_max_protocol_version"}
)
_ABOUT_POOLS = frozenset(
    {"connection_limit", "pool_timeout", "pgbouncer", "statement_cache_size"}
    | {"prepared_statement_cache_size", "socket_timeout", "max_connection_lifetime"}
    | {"max_idle_connection_lifetime", "single_use_connections"}
)
"""Limits for an application's pool and its short queries: right for it, without effect here."""

_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_SCHEME = re.compile(r"(?P<name>[a-z][a-z0-9.+-]{0,30})(://|:)", re.IGNORECASE)
_POSTGRES = re.compile(r"postgres(ql)?(\+\w+)?", re.IGNORECASE)
_HOST = re.compile(r"(\[(?P<address>[^\]]*)\]|(?P<name>[^\[\]:]*))(:(?P<port>\d*))?")
_OPTION = re.compile(r"(?:\\.|[^\\\s])+", re.DOTALL)
_SETTING = re.compile(r"(?:-c|--)(?P<name>[\w.-]+)=(?P<value>.*)", re.DOTALL)
_EXAMPLE = "Write it like postgresql://user:password@host:5432/database?schema=platform."
_ENCODE = "Special characters in it are percent-encoded: @ as %40, / as %2F, ? as %3F, : as %3A."


def find_target(url: str | None, environment: Mapping[str, str], folder: Path) -> Target | None:
    """The target that is named, or None where nothing names one.

    An explicit `url` takes precedence over `DIRECT_URL`, that over `DATABASE_URL`, and the
    environment over the file `.env` in `folder`, in which `${NAME}` is expanded.
    """
    if url is not None:
        return parse_url(url, environment)
    for place, variables in (("the environment", environment), (".env", _read_dotenv(folder))):
        for name in URL_VARIABLES:
            if value := (variables.get(name) or "").strip():
                logger.debug("The database is named by %s of %s.", name, place)
                return parse_url(value, environment, what=f"{name} of {place}")
    return None


def parse_url(
    text: str, environment: Mapping[str, str] | None = None, *, what: str = "The connection string"
) -> Target:
    """Read a connection string; `environment` (default: the process's) gives what it leaves out.

    `what` names the string in messages. Raises `ConfigurationError`.
    """
    environment = os.environ if environment is None else environment
    defaults = {"sslmode": "prefer"} | {
        parameter: environment[variable]
        for variable, parameter in _FROM_ENVIRONMENT.items()
        if environment.get(variable)
    }
    authority, path, query = _split(text.strip().strip("\"'"), what)
    named = _read_authority(authority, what)
    if path:
        named["dbname"] = _decode(path, what)
    named |= _translate_prisma(_read_query(query, what), what)
    if not named.get("host") and (named.get("service") or environment.get("PGSERVICE")):
        problem = "it leaves the host to a service of libpq, whose file is not read"
        raise _malformed(what, problem, "Name the host in it, as it stands in pg_service.conf.")
    parameters = defaults | named
    if any("\0" in value for value in parameters.values()):
        raise _malformed(what, "it holds a zero byte (%00)", _EXAMPLE)
    return _make_target({name: value for name, value in parameters.items() if value}, what)


def _read_dotenv(folder: Path) -> Mapping[str, str | None]:
    file = folder / ".env"
    try:
        return dotenv_values(file) if file.is_file() else {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"The file {file} cannot be read.",
            evidence=str(error),
            remedy="Correct it, or name the database with --database-url.",
        ) from error


def _split(text: str, what: str) -> tuple[str, str, str]:
    """The string's authority, path without its slash, and query."""
    if "${" in text:
        remedy = "Write the values themselves, or put the variables into the .env file."
        raise _malformed(what, "it holds a ${…} that was not expanded", remedy)
    scheme = _SCHEME.match(text)
    if scheme is None:
        raise _malformed(what, "it does not begin with postgresql://", _EXAMPLE)
    name = scheme["name"].lower()
    if name.startswith("prisma"):
        raise _malformed(
            what,
            f"its scheme is {name}, which is a service of Prisma",
            "Name the database itself, as DIRECT_URL or with --database-url.",
        )
    if not _POSTGRES.fullmatch(name) or scheme[2] != "://":
        raise _malformed(what, f"it begins with {name}{scheme[2]}", _EXAMPLE)
    start, _, query = text[scheme.end() :].partition("?")
    authority, _, path = start.partition("/")
    if "@" in path or ("@" in query and authority):
        raise _malformed(what, "there is an @ after the name of the host", _ENCODE)
    return authority, path, query


def _read_authority(authority: str, what: str) -> dict[str, str]:
    """User, password, hosts and ports of `user:password@host1:port1,host2`."""
    login, _, places = authority.rpartition("@")
    user, _, password = login.partition(":")
    found = {"user": _decode(user, what), "password": _decode(password, what)}
    hosts, ports = [], []
    for place in places.split(","):
        match = _HOST.fullmatch(place)
        if match is None:
            raise _malformed(what, "its host or port cannot be read", f"{_EXAMPLE} {_ENCODE}")
        hosts.append(_decode(match["address"] or match["name"] or "", what))
        ports.append(match["port"] or "")
    found["host"] = ",".join(hosts)
    found["port"] = ",".join(ports) if any(ports) else ""
    return {name: value for name, value in found.items() if value}


def _read_query(query: str, what: str) -> dict[str, str]:
    found = {}
    for part in filter(None, query.split("&")):
        name, equals, value = part.partition("=")
        if not equals:
            raise _malformed(what, "a parameter after the ? has no value", f"{_EXAMPLE} {_ENCODE}")
        found[_decode(name, what)] = _decode(value, what)
    return found


def _decode(text: str, what: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise _malformed(what, "its percent-encoding is not UTF-8", _ENCODE) from None


def _translate_prisma(query: dict[str, str], what: str) -> dict[str, str]:
    """The parameters of the query by libpq's names."""
    if "database" in query:
        query.setdefault("dbname", query.pop("database"))
    if "sslidentity" in query:
        raise _malformed(
            what,
            "its sslidentity is a PKCS #12 file, which the driver cannot read",
            "Split it with openssl pkcs12, and give sslcert and sslkey instead.",
        )
    if "sslcert" in query and not {"sslkey", "sslrootcert"} & query.keys():
        query["sslrootcert"] = query.pop("sslcert")  # Prisma's is the server's certificate
    if query.pop("sslaccept", "") == "strict" and query.get("sslmode") != "disable":
        query["sslmode"] = "verify-full"
        query.setdefault("sslrootcert", "system")
    return query


def _make_target(parameters: Mapping[str, str], what: str) -> Target:
    unknown = parameters.keys() - _OURS - _DRIVERS - _ABOUT_POOLS
    if unknown:
        logger.warning("%s has parameters without effect: %s", what, ", ".join(sorted(unknown)))
    _check_tls(parameters, what)
    settings, options = _read_options(parameters.get("options", ""))
    hosts, ports = _pair_hosts(parameters.get("host", ""), parameters.get("port", ""), what)
    user = parameters.get("user") or _account(what)
    return Target(
        user=user,
        database=parameters.get("dbname", user),
        hosts=hosts,
        ports=ports,
        password=parameters.get("password"),
        schema=parameters.get("schema"),
        connect_timeout=_read_seconds(parameters.get("connect_timeout"), what),
        application_name=parameters.get("application_name", "autogpt-seed"),
        settings=settings,
        startup_options=options,
        driver_parameters=tuple(
            (name, value) for name, value in parameters.items() if name in _DRIVERS
        ),
    )


def _pair_hosts(host: str, port: str, what: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The hosts and, for each of them, its port. Without hosts there is one port."""
    hosts = tuple(name.strip("[]") for name in host.split(",")) if host else ()
    ports = tuple(_read_port(number, what) for number in port.split(","))
    if len(ports) == 1 and hosts:
        ports *= len(hosts)
    if not all(hosts) or len(ports) != max(1, len(hosts)):
        raise _malformed(what, "there is not one port for each host", _EXAMPLE)
    return hosts, ports


def _read_port(text: str, what: str) -> int:
    if not text:
        return 5432
    if not (text.isdecimal() and 0 < int(text) < 65536):
        raise _malformed(what, "its port is not a number from 1 to 65535", f"{_EXAMPLE} {_ENCODE}")
    return int(text)


def _read_seconds(text: str | None, what: str) -> float:
    """The connect time-out; 0 and below mean none."""
    try:
        seconds = float(text or DEFAULT_CONNECT_TIMEOUT)
    except ValueError:
        remedy = "Write it in seconds, like connect_timeout=10."
        raise _malformed(what, "its connect_timeout is not a number", remedy) from None
    return seconds if seconds > 0 else math.inf


def _read_options(text: str) -> tuple[Pairs, str]:
    """The settings that `options` makes (`-c name=value`, `--name=value`), and the rest of it.

    Blanks separate, a backslash takes its meaning from the next character (libpq, `options`).
    """
    settings, rest = [], []
    for option in _OPTION.findall(re.sub(r"(^|\s)-c\s+", r"\1-c", text)):
        setting = _SETTING.fullmatch(re.sub(r"\\(.)", r"\1", option))
        if setting:
            settings.append((setting["name"].replace("-", "_"), setting["value"]))
        else:
            rest.append(option)
    return tuple(settings), " ".join(rest)


def _check_tls(parameters: Mapping[str, str], what: str) -> None:
    mode = parameters["sslmode"]
    if mode not in _SSL_MODES:
        raise _malformed(what, f"it has sslmode={mode}", f"Use one of {', '.join(_SSL_MODES)}.")
    for name in _TLS_FILES if mode != "disable" else ():
        file = parameters.get(name, "system")
        if file != "system" and not Path(file).is_file():
            raise _malformed(
                what,
                f"there is no file {file}, which it names for TLS",
                "Give the file's absolute path; a relative one starts at the working folder.",
            )


def _account(what: str) -> str:
    """The name of the operating system's account, libpq's default for the user."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        raise _malformed(what, "it names no user", _EXAMPLE) from None


def _malformed(what: str, problem: str, remedy: str) -> ConfigurationError:
    return ConfigurationError(f"{what} cannot be used: {problem}.", remedy=remedy)
