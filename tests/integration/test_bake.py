"""A baked file restores a database exactly, with psql, too, and refuses what it does not fit."""

from __future__ import annotations

import gzip
import os
import re
import resource
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from autogpt_seed.baking import bake
from autogpt_seed.database.url import parse_url
from autogpt_seed.errors import ConfigurationError, DatabaseUnsuitable, RefusedForSafety
from autogpt_seed.history import runs
from autogpt_seed.migrating import migrate
from autogpt_seed.restoring import restore
from tests.conftest import run_sync
from tests.databases import contents, everything, execute, facts, session
from tests.integration.embedded.tools import installed_package


async def test_a_database_is_restored_as_it_was(
    baked: Path, marketplace: str, database: str
) -> None:
    report = await restore(parse_url(database, {}), baked)
    assert report.migrated_to is None
    assert report.manifest.total_rows == 4886
    assert await everything(database) == await everything(marketplace)


async def test_a_schema_that_is_not_there_is_migrated_first_under_any_name(
    baked: Path, marketplace: str, empty: str
) -> None:
    report = await restore(parse_url(empty, {}), baked, schema='An "other"')
    assert report.migrated_to == "2026_01"
    assert await contents(empty, 'An "other"') == await contents(marketplace)
    made, restored = await runs(parse_url(marketplace, {})), await runs(parse_url(empty, {}))
    assert restored == (replace(made[0], schema='An "other"'),)
    assert report.manifest.runs[0]["tag"] == made[0].tag
    assert report.manifest.fingerprint == made[0].fingerprint


async def test_psql_alone_restores_it(baked: Path, marketplace: str, database: str) -> None:
    done = _psql(baked, database)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert await runs(parse_url(database, {})) == await runs(parse_url(marketplace, {}))
    assert await everything(database) == await everything(marketplace)


async def test_psql_writes_nothing_where_rows_are(baked: Path, database: str) -> None:
    await execute(database, _A_USER)
    before = await everything(database)
    done = _psql(baked, database)
    assert done.returncode == 3
    assert "Nothing was restored: the table User is not empty." in done.stderr
    assert await everything(database) == before


def _psql(baked: Path, url: str) -> subprocess.CompletedProcess[str]:
    script = gzip.decompress(baked.read_bytes()).decode()
    psql = installed_package() / "pginstall18" / "bin" / "psql"
    command = [str(psql), "--no-psqlrc", "--quiet", url]
    return subprocess.run(command, input=script, capture_output=True, text=True)


async def test_the_same_contents_are_the_same_bytes(
    baked: Path, empty: str, tmp_path: Path
) -> None:
    await restore(parse_url(empty, {}), baked)
    again = tmp_path / "again.sql.gz"
    await bake(parse_url(empty, {}), again)
    assert _lines(again) == _lines(baked)
    assert _bytes(again) == _bytes(baked)
    assert again.stat().st_mode & 0o777 == 0o600


async def test_the_order_of_rows_without_a_key_does_not_count(
    database: str, tmp_path: Path
) -> None:
    words = "('b', 1), ('a', 2), ('a', 10), (NULL, 3)", "(NULL, 3), ('a', 10), ('b', 1), ('a', 2)"
    files = tmp_path / "first", tmp_path / "second"
    await execute(database, "CREATE TABLE platform.plain (word text, n int)")
    for path, rows in zip(files, words, strict=True):
        await execute(database, "TRUNCATE platform.plain")
        await execute(database, f"INSERT INTO platform.plain VALUES {rows}")
        await bake(parse_url(database, {}), path)
    assert _lines(files[0]) == _lines(files[1])


def _lines(path: Path) -> list[bytes]:
    return gzip.decompress(_bytes(path)).splitlines()


def _bytes(path: Path) -> bytes:
    return path.read_bytes()


_A_USER = "INSERT INTO platform.\"User\" (id, email, \"updatedAt\") VALUES ('me', 'me@here', now())"


async def test_tables_with_rows_are_named(baked: Path, database: str) -> None:
    await execute(database, _A_USER)
    with pytest.raises(DatabaseUnsuitable, match="not empty") as caught:
        await restore(parse_url(database, {}), baked)
    assert caught.value.evidence == "There are rows in User."


async def test_of_many_tables_with_rows_some_are_named(baked: Path, marketplace: str) -> None:
    with pytest.raises(DatabaseUnsuitable, match="not empty") as caught:
        await restore(parse_url(marketplace, {}), baked)
    assert caught.value.evidence.endswith(" and 12 more.")


async def test_a_schema_made_for_a_file_that_then_does_not_fit_is_told(
    baked: Path, empty: str, tmp_path: Path
) -> None:
    older = tmp_path / "older"
    _damage(baked, older, lambda data: gzip.compress(gzip.decompress(data).replace(_NAME, b"", 1)))
    with pytest.raises(DatabaseUnsuitable, match="not the one") as caught:
        await restore(parse_url(empty, {}), older)
    assert caught.value.evidence == "column User.name: only in the database"
    assert caught.value.remedy == (
        "Both were made at 2026_01: one was changed since, or its server lacks an extension. "
        "Bake a database like this one. The schema that was made stays, at 2026_01."
    )


_NAME = b'"column User.name":"text",'


async def test_another_schema_is_refused_with_what_differs(baked: Path, database: str) -> None:
    await execute(
        database,
        'ALTER TABLE platform."User" ADD COLUMN nick text, DROP COLUMN "topUpConfig", '
        "ALTER COLUMN name TYPE varchar(99); CREATE TABLE platform.mine (id int);"
        'ALTER TABLE platform."StoreListingReview" ADD CHECK (score < 6)',
    )
    before = await everything(database)
    with pytest.raises(DatabaseUnsuitable, match=r"not the one that .* was baked from") as caught:
        await restore(parse_url(database, {}), baked)
    assert caught.value.evidence.splitlines() == [
        "check StoreListingReview_score_check of StoreListingReview: only in the database",
        "column User.name: text in the file, character varying(99) in the database",
        "column User.nick: only in the database",
        "column User.topUpConfig: only in the file",
        "table mine: only in the database",
    ]
    assert caught.value.remedy.startswith("Both were made at 2026_01: one was changed since")
    assert await everything(database) == before


async def test_an_older_version_is_refused(baked: Path, empty: str) -> None:
    await migrate(parse_url(empty, {}), revision="2025_08")
    with pytest.raises(DatabaseUnsuitable) as caught:
        await restore(parse_url(empty, {}), baked)
    lines = caught.value.evidence.splitlines()
    assert len(lines) == 21
    assert lines[-1].startswith("and ")
    assert "autogpt-seed migrate --to 2026_01" in caught.value.remedy


def _one_row_more(data: bytes, table: bytes) -> bytes:
    """The manifest says so."""
    pattern = rb'("name":"' + table + rb'",.*?"rows":)(\d+)'
    return gzip.compress(re.sub(pattern, rb"\g<1>9\g<2>", gzip.decompress(data), count=1))


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "is damaged: Compressed file ended": lambda data: data[: len(data) * 2 // 3],
    "have another digest": lambda data: gzip.compress(
        gzip.decompress(data).replace(b"@example.", b"@EXAMPLE.", 1)
    ),
    "the rows of StoreListing are missing": lambda data: gzip.compress(
        gzip.decompress(data).replace(b'COPY "platform"."StoreListing" ', b"COPY x ")
    ),
    "User does not have the number of rows": lambda data: _one_row_more(data, b"User"),
    "run does not have the number of rows": lambda data: _one_row_more(data, b"run"),
    "its manifest cannot be read": lambda data: gzip.compress(
        gzip.decompress(data).replace(b'"sequences":', b'"sequence":', 1)
    ),
    "not a baked database": lambda data: data[5:],
    "broken.gz is not a baked database": lambda data: data[:10] + b"\xff" * 90,
    "is not a baked database": lambda data: gzip.compress(b"SELECT 1;\n"),
    "newer version": lambda data: gzip.compress(
        gzip.decompress(data).replace(b"format 1", b"format 2", 1)
    ),
}


def _damage(whole: Path, damaged: Path, how: Callable[[bytes], bytes]) -> None:
    damaged.write_bytes(how(_bytes(whole)))


@pytest.mark.parametrize("what", DAMAGES)
async def test_a_damaged_file_is_noticed_and_nothing_is_written(
    baked: Path, database: str, tmp_path: Path, what: str
) -> None:
    damaged = tmp_path / "broken.gz"
    _damage(baked, damaged, DAMAGES[what])
    with pytest.raises(ConfigurationError, match=what):
        await restore(parse_url(database, {}), damaged)
    counted = await contents(database)
    assert not any(number for number, _ in counted.values())


async def test_a_file_that_is_not_there_and_one_that_cannot_be_written(
    marketplace: str, tmp_path: Path
) -> None:
    target = parse_url(marketplace, {})
    with pytest.raises(ConfigurationError, match="cannot be read") as missing:
        await restore(target, tmp_path / "none")
    assert missing.value.evidence == "No such file or directory"
    with pytest.raises(ConfigurationError, match="cannot be written"):
        await bake(target, tmp_path / "none" / "file")
    with pytest.raises(ConfigurationError, match="cannot be written") as caught:
        await bake(target, tmp_path)
    assert caught.value.evidence == "Is a directory"


@pytest.mark.parametrize(
    "content", [b"precious", gzip.compress(b"precious"), b""], ids=["text", "gzip", "empty"]
)
def test_a_file_that_is_no_bake_is_never_written_over(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "notes.txt"
    file.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"notes\.txt, already exists") as caught:
        run_sync(bake("postgresql://nobody@localhost:1/none", file))
    assert caught.value.evidence == f"{file} is not a baked database."
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [content]


def test_standard_output_is_refused_and_no_file_is_called_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError, match=r"The file for the baked database, -, cannot"):
        run_sync(bake("postgresql://nobody@localhost:1/none", Path("-")))
    assert not list(tmp_path.iterdir())


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(ConfigurationError, match="is not a regular file"):
        run_sync(bake("postgresql://nobody@localhost:1/none", pipe))
    assert list(tmp_path.iterdir()) == [pipe]


def test_a_bake_is_replaced_by_a_newer_one(baked: Path, marketplace: str, tmp_path: Path) -> None:
    older = tmp_path / "older.gz"
    older.write_bytes(baked.read_bytes()[:-100])
    run_sync(bake(parse_url(marketplace, {}), older))
    assert _lines(older) == _lines(baked)


def test_a_disk_that_fills_is_told_and_nothing_is_left(marketplace: str, tmp_path: Path) -> None:
    """A limit on the sizes of files stands for it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(ConfigurationError, match="cannot be written") as caught:
            run_sync(bake(parse_url(marketplace, {}), tmp_path / "large"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.evidence == "File too large"
    assert not list(tmp_path.iterdir())


async def test_a_callers_connection_can_be_baked_and_not_be_restored_on(
    baked: Path, seeded_database: str, tmp_path: Path
) -> None:
    async with parse_url(seeded_database, {}).engine().connect() as connection:
        await connection.execute(text('DELETE FROM platform."StoreListingReview"'))
        report = await bake(connection, tmp_path / "mine")
        assert {table.name: table.rows for table in report.manifest.tables}[
            "StoreListingReview"
        ] == 0
        with pytest.raises(RefusedForSafety):
            await restore(connection, baked)
        await connection.rollback()


ODD = """
CREATE TABLE platform.odd (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, parent bigint REFERENCES platform.odd,
    twice bigint GENERATED ALWAYS AS (n * 2) STORED, line text, floats float8[], bytes bytea,
    at timestamptz, span interval, document jsonb, "a "" name" text);
CREATE TABLE platform.parts (id int, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE platform.parts_1 PARTITION OF platform.parts DEFAULT;
CREATE TABLE platform.log (line text);
CREATE FUNCTION platform.note() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN INSERT INTO platform.log VALUES (NEW.line); RETURN NEW; END $$;
CREATE TRIGGER note AFTER INSERT ON platform.odd FOR EACH ROW EXECUTE FUNCTION platform.note();
ALTER TABLE platform.odd ENABLE ALWAYS TRIGGER note;
CREATE FUNCTION platform.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE 'refused'; END $$;
CREATE TRIGGER off BEFORE INSERT ON platform.odd FOR EACH ROW EXECUTE FUNCTION platform.refuse();
ALTER TABLE platform.odd DISABLE TRIGGER off;
CREATE FUNCTION platform.count() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN INSERT INTO platform.log VALUES ('part'); RETURN NEW; END $$;
CREATE TRIGGER count AFTER INSERT ON platform.parts FOR EACH ROW EXECUTE FUNCTION platform.count();
CREATE TABLE platform.older_log () INHERITS (platform.log);
"""
ODD_ROWS = r"""
INSERT INTO platform.odd (parent, line, floats, bytes, at, span, document, "a "" name") VALUES
    (2, E'tab\t line\n back\\slash \\.', '{0.1,NaN,NULL}', '\x00ff', 'infinity', '1 mon -1 day',
     '{"a": "\"\\"}', ''), (1, NULL, NULL, NULL, now(), NULL, 'null', '\N'), (3, E'\\.', '{}', '',
     NULL, '1 year', '[]', E'\nCOPY "platform"."odd" FROM stdin;\n\\.\n');
INSERT INTO platform.parts VALUES (1, '2026-01-01'), (2, '2026-02-01');
INSERT INTO platform.older_log VALUES ('long ago');
"""


async def test_rows_of_odd_tables_survive_and_triggers_do_not_fire_again(
    empty: str, database: str, tmp_path: Path
) -> None:
    await migrate(parse_url(empty, {}), schema="platform")
    for url in (empty, database):
        await execute(url, ODD)
    await execute(database, ODD_ROWS)
    path = tmp_path / "odd.sql.gz"
    await bake(parse_url(database, {}), path)
    await restore(parse_url(empty, {}), path)
    assert await everything(empty) == await everything(database)
    await execute(empty, "INSERT INTO platform.odd (line) VALUES ('next')")
    async with session(empty) as connection:
        assert await connection.fetchval("SELECT max(n) FROM platform.odd") == 4
        assert await connection.fetchval("SELECT count(*) FROM platform.log") == 7
    assert await facts(empty) == await facts(database)


async def test_psql_sets_sequences_without_a_word(
    empty: str, database: str, tmp_path: Path
) -> None:
    await migrate(parse_url(empty, {}), schema="platform")
    for url in (empty, database):
        await execute(url, 'CREATE SEQUENCE platform."it\'s"')
    await execute(database, "SELECT setval('platform.\"it''s\"', 41)")
    path = tmp_path / "sequence.sql.gz"
    await bake(parse_url(database, {}), path)
    done = _psql(path, empty)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    async with session(empty) as connection:
        assert await connection.fetchval("SELECT nextval('platform.\"it''s\"')") == 42
