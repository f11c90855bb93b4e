from __future__ import annotations

import logging
import math
import os
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogpt_seed.database.target import Target, open_error
from autogpt_seed.database.url import find_target, parse_url
from autogpt_seed.errors import ConfigurationError, DatabaseUnreachable

SECRET = "s3cr3t"
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)


def encode(text: str) -> str:
    return quote(text, safe="")


@given(user=names, password=names, database=names, schema=names)
def test_percent_encoded_names_come_back_whole(
    user: str, password: str, database: str, schema: str
) -> None:
    target = parse_url(
        f"postgresql://{encode(user)}:{encode(password)}@db.example.org/{encode(database)}"
        f"?schema={encode(schema)}",
        {},
    )
    assert (target.user, target.password) == (user, password)
    assert (target.database, target.schema) == (database, schema)


@given(text=st.text())
def test_any_text_gives_a_target_or_one_kind_of_error(text: str) -> None:
    for string in (text, f"postgresql://{text}", f"postgresql://u@h/d?{text}"):
        with suppress(ConfigurationError):
            parse_url(string, {})


@given(password=st.text("0123456789abc@:/?#%[]&=", min_size=1))
def test_no_message_holds_a_password_that_was_not_encoded(password: str) -> None:
    password = f"{SECRET}{password}{SECRET}"
    try:
        shown = str(parse_url(f"postgresql://user:{password}@host/db", {}))
    except ConfigurationError as error:
        shown = str(error)
    assert SECRET not in shown


@pytest.mark.parametrize(
    ("url", "environment"),
    [
        ("postgresql:///db?service=production", {}),
        ("postgresql:///db", {"PGSERVICE": "production"}),
        ("postgresql:///db", {"PGSERVICE": "production", "PGHOST": "elsewhere"}),
    ],
)
def test_a_service_is_not_taken_for_the_local_server(url: str, environment: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="service") as caught:
        parse_url(url, environment)
    assert "pg_service.conf" in caught.value.remedy


def test_a_service_does_not_matter_where_the_host_is_named() -> None:
    assert parse_url("postgresql://u@db/d", {"PGSERVICE": "production"}).hosts == ("db",)


@pytest.mark.parametrize(
    "scheme", ["postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg2", "PostgreSQL"]
)
def test_schemes_of_postgresql_are_read(scheme: str) -> None:
    target = parse_url(f"{scheme}://user:pw@db.example.org:6543/shop", {})
    assert str(target) == "user@db.example.org:6543/shop"


@pytest.mark.parametrize(
    ("place", "hosts", "ports"),
    [
        ("db.example.org", ("db.example.org",), (5432,)),
        ("10.0.0.7:77", ("10.0.0.7",), (77,)),
        ("[::1]:77", ("::1",), (77,)),
        ("[fe80::1%25eth0]", ("fe80::1%eth0",), (5432,)),
        ("%2Fvar%2Frun%2Fpg:77", ("/var/run/pg",), (77,)),
        ("one:1,two:2,three", ("one", "two", "three"), (1, 2, 5432)),
        ("", (), (5432,)),
        (":77", (), (77,)),
    ],
)
def test_hosts_are_names_addresses_or_socket_folders(
    place: str, hosts: tuple[str, ...], ports: tuple[int, ...]
) -> None:
    target = parse_url(f"postgresql://user@{place}/db", {})
    assert (target.hosts, target.ports) == (hosts, ports)


@pytest.mark.parametrize(
    ("place", "query", "hosts", "ports"),
    [
        ("", "host=/tmp/pg", ("/tmp/pg",), (5432,)),
        ("localhost:77", "host=/tmp/pg", ("/tmp/pg",), (77,)),
        ("", "host=%2Ftmp%2Fa%20b&port=78", ("/tmp/a b",), (78,)),
        ("", "host=one,two&port=77", ("one", "two"), (77, 77)),
        ("", "host=::1", ("::1",), (5432,)),
    ],
)
def test_the_query_stands_above_the_part_before_it(
    place: str, query: str, hosts: tuple[str, ...], ports: tuple[int, ...]
) -> None:
    target = parse_url(f"postgresql://user@{place}/db?{query}", {})
    assert (target.hosts, target.ports) == (hosts, ports)


def test_user_password_and_database_may_stand_in_the_query() -> None:
    target = parse_url("postgresql://?user=ann@site&password=a%26b&dbname=shop", {})
    assert (target.user, target.password, target.database) == ("ann@site", "a&b", "shop")


def test_prismas_parameters_are_understood(caplog: pytest.LogCaptureFixture) -> None:
    target = parse_url(
        "postgresql://u:p@h/d?schema=platform&connection_limit=5&pool_timeout=10&socket_timeout=3"
        "&connect_timeout=60&pgbouncer=true&statement_cache_size=0&sslmode=require"
        "&application_name=shop",
        {},
    )
    assert target.schema == "platform"
    assert target.connect_timeout == 60
    assert target.application_name == "shop"
    assert dict(target.driver_parameters) == {"sslmode": "require"}
    assert caplog.records == []


def test_defaults_stand_where_the_string_says_nothing() -> None:
    target = parse_url("postgresql://ann@h", {})
    assert (target.database, target.schema, target.password) == ("ann", None, None)
    assert (target.application_name, target.connect_timeout) == ("autogpt-seed", 15)
    assert dict(target.driver_parameters) == {"sslmode": "prefer"}


def test_a_connect_timeout_of_0_is_none() -> None:
    assert parse_url("postgresql://h/d?connect_timeout=0", {}).connect_timeout == math.inf


def test_options_are_taken_apart_into_settings_and_the_rest() -> None:
    options = encode(r"-c search_path=a\ b --statement-timeout=5s endpoint=x -cjit=off")
    target = parse_url(f"postgresql://h/d?options={options}", {})
    assert target.settings == (("search_path", "a b"), ("statement_timeout", "5s"), ("jit", "off"))
    assert target.startup_options == "endpoint=x"


def test_unknown_parameters_are_named_in_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        parse_url("postgresql://u:p@h/d?zone=eu&channel_binding=require", {})
    assert [record.getMessage() for record in caplog.records] == [
        "The connection string has parameters without effect: channel_binding, zone"
    ]


def test_the_environment_gives_what_the_string_leaves_out() -> None:
    environment = {
        "PGHOST": "one,two",
        "PGPORT": "6000",
        "PGUSER": "ann",
        "PGPASSWORD": SECRET,
        "PGDATABASE": "shop",
        "PGAPPNAME": "app",
        "PGCONNECT_TIMEOUT": "7",
        "PGOPTIONS": "-c jit=off",
        "PGSSLMODE": "disable",
        "PGPASSFILE": "/tmp/passwords",
    }
    target = parse_url("postgresql://", environment)
    assert str(target) == "ann@one:6000,two:6000/shop"
    assert (target.password, target.application_name) == (SECRET, "app")
    assert (target.connect_timeout, target.settings) == (7, (("jit", "off"),))
    assert dict(target.driver_parameters) == {"sslmode": "disable", "passfile": "/tmp/passwords"}


def test_the_string_stands_above_the_environment() -> None:
    environment = {"PGHOST": "x", "PGPORT": "1", "PGUSER": "x", "PGPASSWORD": "x", "PGSSLMODE": "x"}
    target = parse_url("postgresql://u:p@h:2/d?sslmode=require", environment)
    assert (target.password, str(target)) == ("p", "u@h:2/d")
    assert dict(target.driver_parameters) == {"sslmode": "require"}


def test_prismas_sslcert_is_the_certificate_of_the_server(tmp_path: Path) -> None:
    file = tmp_path / "server.pem"
    file.touch()
    prismas = parse_url(f"postgresql://h/d?sslmode=require&sslcert={file}", {})
    assert dict(prismas.driver_parameters) == {"sslmode": "require", "sslrootcert": str(file)}
    libpqs = parse_url(f"postgresql://h/d?sslmode=require&sslcert={file}&sslkey={file}", {})
    assert dict(libpqs.driver_parameters)["sslcert"] == str(file)


def test_prismas_strict_means_that_the_servers_name_is_verified() -> None:
    strict = parse_url("postgresql://h/d?sslmode=require&sslaccept=strict", {})
    assert dict(strict.driver_parameters) == {"sslmode": "verify-full", "sslrootcert": "system"}
    trusting = parse_url("postgresql://h/d?sslmode=require&sslaccept=accept_invalid_certs", {})
    assert dict(trusting.driver_parameters) == {"sslmode": "require"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"mysql://user:{SECRET}@h/d", "begins with mysql://"),
        ("sqlite:///file.db", "begins with sqlite://"),
        (f"jdbc:postgresql://h/d?password={SECRET}", "begins with jdbc:"),
        (f"prisma://accelerate.example.org/?api_key={SECRET}", "a service of Prisma"),
        (f"prisma+postgres://localhost/?api_key={SECRET}", "a service of Prisma"),
        (f"host=h password={SECRET}", "does not begin with postgresql://"),
        ("", "does not begin with postgresql://"),
        (f"postgresql:/user:{SECRET}@h/d", "begins with postgresql:"),
        (f"postgresql://user:{SECRET}@h:port/d", "host or port cannot be read"),
        (f"postgresql://user:{SECRET}@h:70000/d", "not a number from 1 to 65535"),
        (f"postgresql://user:{SECRET}@h/d?port=5e3", "not a number from 1 to 65535"),
        (f"postgresql://user:{SECRET}@a:1,b:2/d?port=1,2,3", "one port for each host"),
        (f"postgresql://user:{SECRET}@a,,b/d", "one port for each host"),
        (f"postgresql://user:{SECRET}@[::1/d", "host or port cannot be read"),
        (f"postgresql://user:1/{SECRET}@h/d", "an @ after the name of the host"),
        (f"postgresql://user:1?{SECRET}=1@h/d", "an @ after the name of the host"),
        (f"postgresql://user:1@?{SECRET}=1@h/d", "an @ after the name of the host"),
        (f"postgresql://user:{SECRET}%ff@h/d", "not UTF-8"),
        (f"postgresql://user:{SECRET}%00@h/d", "zero byte"),
        (f"postgresql://user:{SECRET}@h/d?schema", "has no value"),
        (f"postgresql://user:{SECRET}@${{DB_HOST}}/d", "was not expanded"),
        (f"postgresql://user:{SECRET}@h/d?sslmode=on", "sslmode=on"),
        (f"postgresql://user:{SECRET}@h/d?connect_timeout=long", "connect_timeout is not a number"),
        (f"postgresql://user:{SECRET}@h/d?sslrootcert=/no/file", "there is no file /no/file"),
        (f"postgresql://user:{SECRET}@h/d?sslidentity=/f&sslpassword={SECRET}", "PKCS #12"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(text: str, words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_url(text, {})
    assert words in caught.value.sentence
    assert caught.value.remedy
    assert SECRET not in str(caught.value)


def test_quotes_and_blanks_around_a_string_do_not_matter() -> None:
    assert str(parse_url(' "postgresql://u@h/d" \n', {})) == "u@h:5432/d"


def test_a_target_shows_no_secret() -> None:
    target = parse_url(f"postgresql://u:{SECRET}@[::1]/d?schema=a%20b&sslpassword={SECRET}", {})
    assert str(target) == "u@[::1]:5432/d, schema a b"
    assert SECRET not in repr(target) + str(target) + repr(target.engine()) + repr([target])


def test_an_explicit_string_stands_above_all_others(tmp_path: Path) -> None:
    environment = {"DIRECT_URL": "postgresql://direct", "DATABASE_URL": "postgresql://pooled"}
    target = find_target("postgresql://given", environment, tmp_path)
    assert target is not None
    assert target.hosts == ("given",)


@pytest.mark.parametrize(
    ("environment", "dotenv", "host"),
    [
        ({"DIRECT_URL": "direct", "DATABASE_URL": "pooled"}, {}, "direct"),
        ({"DIRECT_URL": "", "DATABASE_URL": "pooled"}, {}, "pooled"),
        ({"DATABASE_URL": "pooled"}, {"DIRECT_URL": "file"}, "pooled"),
        ({}, {"DIRECT_URL": "direct", "DATABASE_URL": "pooled"}, "direct"),
        ({}, {"DATABASE_URL": "pooled"}, "pooled"),
    ],
)
def test_direct_comes_before_pooled_and_the_environment_before_the_file(
    tmp_path: Path, environment: dict[str, str], dotenv: dict[str, str], host: str
) -> None:
    lines = [f'{name}="postgresql://{value}/db"\n' for name, value in dotenv.items()]
    (tmp_path / ".env").write_text("".join(lines))
    variables = {name: value and f"postgresql://{value}/db" for name, value in environment.items()}
    target = find_target(None, variables, tmp_path)
    assert target is not None
    assert target.hosts == (host,)


def test_nothing_named_is_none(tmp_path: Path) -> None:
    assert find_target(None, {"PGHOST": "db"}, tmp_path) is None


def test_variables_in_the_file_are_expanded_and_stay_there(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "DB_USER=ann\nDB_PASS='p ss'\nDB_HOST=db\nDB_SCHEMA=platform\n"
        'DATABASE_URL="postgresql://${DB_USER}:${DB_PASS}@${DB_HOST}:5433/shop?schema=${DB_SCHEMA}"'
    )
    before = dict(os.environ)
    target = find_target(None, {}, tmp_path)
    assert str(target) == "ann@db:5433/shop, schema platform"
    assert target is not None
    assert target.password == "p ss"
    assert dict(os.environ) == before


def test_an_error_says_which_variable_is_wrong(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"DATABASE_URL=mysql://user:{SECRET}@h/d")
    with pytest.raises(ConfigurationError, match=r"^DATABASE_URL of \.env cannot be used: it beg"):
        find_target(None, {}, tmp_path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"DATABASE_URL=\xff\xfe")
    with pytest.raises(ConfigurationError, match=r"\.env cannot be read"):
        find_target(None, {}, tmp_path)


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.CannotConnectNowError("the database system is starting up"),
        asyncpg.TooManyConnectionsError("sorry, too many clients already"),
        asyncpg.ProtocolViolationError("unsupported startup parameter: search_path"),
        OSError(113, "No route to host"),
        TimeoutError(),
    ],
)
def test_a_failure_to_open_a_session_names_the_place_and_the_evidence(error: Exception) -> None:
    translated = open_error(error, Target("u", "d", ("db.example.org",), password=SECRET))
    assert isinstance(translated, DatabaseUnreachable)
    assert "db.example.org:5432" in translated.sentence
    assert translated.evidence in (str(error), "TimeoutError")
    assert translated.remedy
