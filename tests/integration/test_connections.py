"""Sessions with real servers and a real pooler, opened from connection strings."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import text

from autogpt_seed.database.embedded import EmbeddedServer
from autogpt_seed.database.target import Target
from autogpt_seed.database.url import parse_url
from autogpt_seed.errors import DatabaseUnreachable, SeedError
from autogpt_seed.migrating import migrate
from autogpt_seed.plan import Plan
from autogpt_seed.seeding import populate
from autogpt_seed.unit_of_work import UnitOfWork
from tests.conftest import run_sync
from tests.databases import PATIENCE, everything, session
from tests.integration.embedded.tools import free_port
from tests.integration.test_unit_of_work import At

ROLE, PASSWORD, DATABASE = "we ird@rôle", "p@:/?#%&=+ ss", 'Sh"op /?&'
LOGIN = f"{quote(ROLE, safe='')}:{quote(PASSWORD, safe='')}"
PATH = quote(DATABASE, safe="")
PREPARATION = (
    f"CREATE ROLE \"{ROLE}\" LOGIN PASSWORD '{PASSWORD}'",
    f'CREATE DATABASE "Sh""op /?&" OWNER "{ROLE}"',
    'REVOKE CONNECT ON DATABASE "Sh""op /?&" FROM PUBLIC',
    "CREATE ROLE nobody_else LOGIN PASSWORD 'pw'",
    "CREATE ROLE no_room LOGIN PASSWORD 'pw' CONNECTION LIMIT 0",
    "CREATE ROLE no_login PASSWORD 'pw'",
)
PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
OPENSSL = shutil.which("openssl")


@dataclass(frozen=True)
class Server:
    """Where a server listens that has ROLE and DATABASE."""

    port: int
    socket_folder: str


@dataclass(frozen=True)
class Pooler:
    """Where a PgBouncer in transaction mode listens, on IPv4 and IPv6, with TLS only."""

    port: int
    certificate: Path

    def url(self, query: str = "", host: str = "127.0.0.1") -> str:
        return f"postgresql://{LOGIN}@{host}:{self.port}/{PATH}?{query}"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with temporary_folder() as home, EmbeddedServer(home).running(port=free_port()) as embedded:
        administrator = parse_url(embedded.url("postgres"), {})
        folder = asyncio.run(prepare(administrator))
        yield Server(administrator.ports[0], folder)


@pytest.fixture(scope="module")
def pooler(server: Server) -> Iterator[Pooler]:
    with running_pooler(server) as (pooler, _):
        yield pooler


@contextmanager
def running_pooler(server: Server) -> Iterator[tuple[Pooler, subprocess.Popen[bytes]]]:
    if not PGBOUNCER or not OPENSSL:
        pytest.skip("needs the programs pgbouncer and openssl")
    with temporary_folder() as folder:
        pooler = Pooler(free_port(), folder / "certificate.pem")
        configure(pooler, server, folder)
        command = [PGBOUNCER, "--quiet", str(folder / "pgbouncer.ini")]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            try:
                wait_for(pooler.port)
                yield pooler, process
            finally:
                process.terminate()


async def prepare(administrator: Target) -> str:
    """Make roles and a database; the folder of the server's socket."""
    session = await administrator.connect()
    try:
        for statement in PREPARATION:
            await session.execute(statement)
        return str(await session.fetchval("SHOW unix_socket_directories")).strip('"')
    finally:
        await session.close()


def configure(pooler: Pooler, server: Server, folder: Path) -> None:
    key, users = folder / "key.pem", folder / "users.txt"
    subprocess.run(
        f"{OPENSSL} req -x509 -newkey rsa:2048 -nodes -days 2 -keyout {key}"
        f" -out {pooler.certificate} -subj /CN=localhost -addext subjectAltName=DNS:localhost",
        shell=True,
        check=True,
        capture_output=True,
    )
    users.write_text(f'"{ROLE}" "{PASSWORD}"\n')
    settings = {
        "listen_addr": "127.0.0.1,::1",
        "listen_port": pooler.port,
        "unix_socket_dir": "",
        "auth_type": "scram-sha-256",
        "auth_file": users,
        "pool_mode": "transaction",
        "default_pool_size": 2,
        "client_tls_sslmode": "require",
        "client_tls_cert_file": pooler.certificate,
        "client_tls_key_file": key,
    }
    if os.geteuid() == 0:
        settings["user"] = "nobody"
        for file in (key, users):
            os.chown(file, pwd.getpwnam("nobody").pw_uid, -1)
    lines = [f"{name} = {value}\n" for name, value in settings.items()]
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\n* = host=127.0.0.1 port={server.port}\n[pgbouncer]\n{''.join(lines)}"
    )


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder that the accounts of servers may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="autogpt-seed-tests-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def has_ipv6() -> bool:
    with socket.socket(socket.AF_INET6) as listener:
        try:
            listener.bind(("::1", 0))
        except OSError:
            return False
    return True


def wait_for(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"nothing listens on port {port}")


async def ask(target: Target, query: str) -> object:
    """The single value that `query` gives in a session of its own."""
    engine = target.engine()
    async with engine.connect() as connection:
        return (await connection.execute(text(query))).scalar_one()


async def refusal(url: str) -> SeedError:
    """The error of opening a session, once it is sure that no password shows in it."""
    with pytest.raises(SeedError) as caught:
        await ask(parse_url(url, {}), "SELECT 1")
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert PASSWORD not in shown
    assert quote(PASSWORD, safe="") not in shown
    assert caught.value.remedy
    return caught.value


async def test_a_session_over_tcp_has_the_role_database_and_name(server: Server) -> None:
    target = parse_url(f"postgresql://{LOGIN}@127.0.0.1:{server.port}/{PATH}", {})
    query = "SELECT current_user || '|' || current_database() || '|' || application_name FROM "
    seen = await ask(target, f"{query} pg_stat_activity WHERE pid = pg_backend_pid()")
    assert seen == f"{ROLE}|{DATABASE}|autogpt-seed"


async def test_a_session_over_a_socket(server: Server) -> None:
    folder = server.socket_folder
    place = quote(folder, safe="")
    for url in (
        f"postgresql://{LOGIN}@/{PATH}?host={folder}&port={server.port}",
        f"postgresql://{LOGIN}@{place}:{server.port}/{PATH}",
        f"postgresql://{LOGIN}@localhost:{server.port}/{PATH}?host={place}",
    ):
        assert await ask(parse_url(url, {}), "SELECT inet_client_addr() IS NULL") is True


async def test_the_first_host_that_answers_is_taken(server: Server) -> None:
    hosts = f"127.0.0.1:{free_port()},127.0.0.1:{server.port}"
    assert await ask(parse_url(f"postgresql://{LOGIN}@{hosts}/{PATH}", {}), "SELECT 1") == 1


async def test_the_password_may_come_from_a_password_file(server: Server, tmp_path: Path) -> None:
    file = tmp_path / "passwords"
    file.write_text(f"127.0.0.1:{server.port}:*:nobody_else:pw\n")
    file.chmod(0o600)
    target = parse_url(
        f"postgresql://nobody_else@127.0.0.1:{server.port}/postgres", {"PGPASSFILE": str(file)}
    )
    assert await ask(target, "SELECT current_user::text") == "nobody_else"


async def test_everything_may_come_from_libpqs_variables(server: Server) -> None:
    environment = {
        "PGHOST": server.socket_folder,
        "PGPORT": str(server.port),
        "PGUSER": ROLE,
        "PGPASSWORD": PASSWORD,
        "PGDATABASE": DATABASE,
        "PGAPPNAME": "variables",
    }
    target = parse_url("postgresql://", environment)
    assert await ask(target, "SELECT current_setting('application_name')") == "variables"


async def test_options_hold_in_every_transaction(server: Server) -> None:
    options = quote(r'-c work_mem=5MB --search_path="a\ b",public')
    url = f"postgresql://{LOGIN}@127.0.0.1:{server.port}/{PATH}?options={options}"
    engine = parse_url(url, {}).engine()
    query = text("SELECT current_setting('work_mem') || current_setting('search_path')")
    async with engine.connect() as connection:
        for _ in range(2):
            assert (await connection.execute(query)).scalar_one() == '5MB"a b",public'
            await connection.rollback()


@pytest.mark.parametrize(
    ("login", "database", "words"),
    [
        (f"{quote(ROLE)}:wrong", PATH, "refused the password"),
        ("nobody:pw", "postgres", "refused the password"),
        (LOGIN, "missing", "There is no database 'missing'"),
        ("nobody_else:pw", PATH, "may not connect"),
        ("no_room:pw", "postgres", "no free connection"),
        ("no_login:pw", "postgres", "rejects the role no_login"),
    ],
)
async def test_a_server_that_refuses_is_quoted(
    server: Server, login: str, database: str, words: str
) -> None:
    error = await refusal(f"postgresql://{login}@127.0.0.1:{server.port}/{database}")
    assert isinstance(error, DatabaseUnreachable)
    assert words in error.sentence
    assert f"127.0.0.1:{server.port}" in error.sentence
    assert error.evidence


async def test_a_unit_of_work_passes_the_reason_on(server: Server) -> None:
    target = parse_url(f"postgresql://{LOGIN}@127.0.0.1:{server.port}/missing", {})
    with pytest.raises(DatabaseUnreachable, match="There is no database 'missing'"):
        async with UnitOfWork(target.engine()):
            pass


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("127.0.0.1:{port}", "Nothing is listening at 127.0.0.1:{port}"),
        ("localhost:{port}", "localhost:{port}"),
        ("%2Ftmp%2Fno-such-folder", "Nothing is listening at /tmp/no-such-folder:5432"),
        ("no-such-host.invalid", "is not known"),
        ("no..host", "is not known"),
        (f"%2Ftmp%2F{'long' * 30}", "cannot be reached"),
    ],
)
async def test_a_server_that_is_not_there_is_named(place: str, words: str) -> None:
    port = free_port()
    error = await refusal(f"postgresql://{LOGIN}@{place.format(port=port)}/db")
    assert isinstance(error, DatabaseUnreachable)
    assert words.format(port=port) in error.sentence


async def test_a_server_that_never_answers_is_given_up() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        error = await refusal(f"postgresql://{LOGIN}@127.0.0.1:{port}/db?connect_timeout=0.2")
    assert error.sentence == f"127.0.0.1:{port} did not answer in time."


@pytest.mark.parametrize("mode", ["disable", "prefer", "require"])
async def test_what_speaks_another_protocol_is_no_server(mode: str) -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as other:
        port = other.sockets[0].getsockname()[1]
        error = await refusal(f"postgresql://{LOGIN}@127.0.0.1:{port}/db?sslmode={mode}")
    assert error.sentence.startswith(
        f"What answers at 127.0.0.1:{port} does not open a PostgreSQL session"
    )


async def test_a_server_without_tls_is_refused_where_it_is_required(server: Server) -> None:
    error = await refusal(f"postgresql://{LOGIN}@127.0.0.1:{server.port}/{PATH}?sslmode=require")
    assert isinstance(error, DatabaseUnreachable)
    assert "sslmode" in error.remedy
    assert "rejected SSL" in error.evidence


async def test_tls_may_verify_the_server_by_a_certificate(pooler: Pooler) -> None:
    for query in (
        f"sslmode=verify-full&sslrootcert={pooler.certificate}",
        f"sslmode=require&sslaccept=strict&sslcert={pooler.certificate}",
    ):
        assert await ask(parse_url(pooler.url(query, "localhost"), {}), "SELECT 1") == 1


async def test_a_server_that_nobody_vouches_for_is_refused(pooler: Pooler) -> None:
    error = await refusal(pooler.url("sslmode=require&sslaccept=strict", "localhost"))
    assert error.sentence.startswith("No encrypted session could be made")
    error = await refusal(pooler.url(f"sslmode=verify-full&sslrootcert={pooler.certificate}"))
    assert "certificate" in error.evidence


async def test_a_file_without_certificate_is_a_wrong_setting(
    pooler: Pooler, tmp_path: Path
) -> None:
    (tmp_path / "empty.pem").touch()
    error = await refusal(pooler.url(f"sslmode=verify-ca&sslrootcert={tmp_path}/empty.pem"))
    assert error.sentence.startswith("No encrypted session could be made")


async def test_a_pooler_that_wants_tls_says_so(pooler: Pooler) -> None:
    error = await refusal(pooler.url("sslmode=disable"))
    assert "SSL required" in error.evidence


async def test_an_ipv6_address_stands_in_brackets(pooler: Pooler) -> None:
    if not has_ipv6():
        pytest.skip("needs IPv6")
    assert await ask(parse_url(pooler.url(host="[::1]"), {}), "SELECT 1") == 1


async def test_many_sessions_share_a_poolers_few(pooler: Pooler) -> None:
    engine = parse_url(pooler.url("pgbouncer=true&connection_limit=1"), {}).engine()

    async def work(number: int) -> None:
        for _ in range(3):
            async with UnitOfWork(engine) as unit:
                query = text("SELECT pg_backend_pid(), CAST(:number AS integer)")
                first, _ = (await unit.connection.execute(query, {"number": number})).one()
                await unit.connection.execute(text("CREATE TEMPORARY TABLE t (n int)"))
                driver = await unit.driver()
                rows = [(number,)] * 100
                await driver.copy_records_to_table("t", records=rows)
                counted = text("SELECT pg_backend_pid(), sum(n) FROM t")
                assert (await unit.connection.execute(counted)).one() == (first, 100 * number)

    await asyncio.gather(*(work(number) for number in range(12)))


async def test_options_reach_no_other_session_through_a_pooler(pooler: Pooler) -> None:
    mine = parse_url(pooler.url("options=-c%20work_mem%3D5MB"), {})
    others = parse_url(pooler.url(), {})
    query = "SELECT current_setting('work_mem')"
    for _ in range(4):
        assert await ask(mine, query) == "5MB"
        assert await ask(others, query) == "4MB"


async def test_no_statement_is_remembered_beyond_its_transaction(pooler: Pooler) -> None:
    target = parse_url(pooler.url(), {})
    mine, other = await target.connect(), await target.connect()
    query = "SELECT pg_backend_pid() + $1"
    async with mine.transaction():
        before = await mine.fetchval(query, 0)
    async with other.transaction():
        assert await other.fetchval("SELECT pg_backend_pid()") == before
        async with mine.transaction():
            assert await mine.fetchval(query, 0) != before
    await mine.close()
    await other.close()


async def test_a_marketplace_is_made_through_a_pooler(pooler: Pooler) -> None:
    target = parse_url(pooler.url("schema=platform&pgbouncer=true"), {})
    await migrate(target, schema="platform")
    report = await populate(target, Plan(users=3, api_key_hash="sha256"))
    assert report.committed
    assert await ask(target, 'SELECT count(*) FROM platform."User"') == 3


@pytest.mark.parametrize("lost", ["the pooler", "the session behind it"])
async def test_a_populate_whose_pooler_drops_it_leaves_nothing(server: Server, lost: str) -> None:
    direct = f"postgresql://{LOGIN}@127.0.0.1:{server.port}/{PATH}"
    await migrate(parse_url(direct, {}), schema="platform")
    before = await everything(direct)
    with running_pooler(server) as (pooler, process):

        def drop() -> None:
            if lost == "the pooler":
                process.kill()
                process.wait()
            else:
                run_sync(end_session(direct))

        target = parse_url(pooler.url("schema=platform&pgbouncer=true"), {})
        plan = Plan(users=3, api_key_hash="sha256")
        with pytest.raises(DatabaseUnreachable, match="lost; the transaction is undone"):
            await populate(target, plan, progress=At("AgentNodeExecution", drop))
    assert await everything(direct) == before


async def end_session(url: str) -> None:
    """End what works in the database for a pooler."""
    async with session(url) as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
            "AND datname = current_database() AND backend_xid IS NOT NULL"
        )
