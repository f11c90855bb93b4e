"""The use case bake(): a migrated and seeded database as one compressed file."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.atomic_file import atomic_file
from autogpt_seed.bake_file import (
    END_OF_ROWS,
    BakedTable,
    EvenChunks,
    Manifest,
    compressed,
    head,
    opened,
)
from autogpt_seed.binding.application_tables import is_own
from autogpt_seed.binding.order import Edge, preferred_order
from autogpt_seed.catalog import Catalog, Table
from autogpt_seed.database.baked.rows import (
    SETTINGS,
    copy_out,
    copy_statement,
    rows_of,
    sequences,
    unreadable_sequences,
)
from autogpt_seed.database.baked.script import epilogue, prologue, records_prologue
from autogpt_seed.database.bookkeeping import BOOKKEEPING, RECORDS, bookkeeping
from autogpt_seed.database.migrations.running import recorded_revision
from autogpt_seed.database.reflection.reflect import reflect
from autogpt_seed.database.runs.record import RunRecord, read_records
from autogpt_seed.errors import ConfigurationError, DatabaseUnsuitable
from autogpt_seed.progress import Progress, Silence
from autogpt_seed.quoting import literal
from autogpt_seed.schema_facts import fingerprint, schema_facts
from autogpt_seed.unit_of_work import Bind, Timeouts, UnitOfWork


@dataclass(frozen=True)
class BakeReport:
    """What was baked into which file, of how many bytes."""

    path: Path
    size: int
    manifest: Manifest

    def as_json(self) -> dict[str, Any]:
        """What was baked, of types that `json` can write."""
        return {
            "file": str(self.path),
            "bytes": self.size,
            "schema": self.manifest.schema,
            "fingerprint": self.manifest.fingerprint,
            "revision": self.manifest.revision,
            "runs": self.manifest.runs,
            "rows": self.manifest.rows,
            "total_rows": self.manifest.total_rows,
        }


async def bake(
    target: Bind,
    path: Path,
    *,
    schema: str | None = None,
    timeouts: Timeouts | None = None,
    progress: Progress | None = None,
) -> BakeReport:
    """Write all rows of the platform's schema of `target` to the file `path`, over a bake there.

    It is one snapshot, taken without hindering anybody (on a caller's connection: what it sees).
    The file appears when it is whole, readable by its owner alone. It holds what the tables
    hold, hashes and secrets of test accounts included, and no password of the connection; and
    the record of the runs. Records of migrations and tables of extensions stay out. `progress` is
    told each table, and its rows once they are baked. Raises
    `ConfigurationError` where the file cannot be written, or is there and no bake,
    `DatabaseUnsuitable` where rows or sequences cannot be read.
    """
    what = "The file for the baked database"
    remedy = "Name a file in a folder that exists, that has room and that you may write to."
    with (
        atomic_file(path, what=what, remedy=remedy) as file,
        atomic_file(path, what=what, remedy=remedy) as body,
    ):
        _refuse_to_replace(path)
        manifest = await _bake(target, schema, timeouts, progress or Silence(), body.stream)
        body.stream.seek(0)
        file.stream.write(head(manifest))
        shutil.copyfileobj(body.stream, file.stream)
        size = file.stream.tell()
        file.keep()
    return BakeReport(path, size, manifest)


def _refuse_to_replace(path: Path) -> None:
    """Raise `ConfigurationError` for a file that is no bake: it may be the only copy."""
    if not path.exists():
        return
    if not path.is_file():  # reading a pipe would wait for ever
        raise ConfigurationError(
            f"{path} is not a regular file, so a bake cannot replace it.",
            remedy="Name a file in a folder that exists.",
        )
    try:
        with opened(path):
            pass
    except ConfigurationError as error:
        raise ConfigurationError(
            f"The file for the baked database, {path}, already exists.",
            evidence=error.sentence,
            remedy="Only a baked file is overwritten. Name another file, or remove that one.",
        ) from error


async def _bake(
    target: Bind,
    schema: str | None,
    timeouts: Timeouts | None,
    progress: Progress,
    body: IO[bytes],
) -> Manifest:
    async with UnitOfWork(
        target, timeouts=timeouts, isolation="REPEATABLE READ", read_only=True
    ) as work:
        connection = work.connection
        name = await work.open_schema(schema, exclusive=False)
        for setting, value in SETTINGS.items():
            await work.set_local(setting, value)
        catalog = await reflect(connection, name)
        tables = _own_tables(catalog)
        await _refuse_unreadable_sequences(connection, name)
        with compressed(body) as stream:
            stream.write(await prologue(connection, catalog, tables))
            baked = [await _table(work, table, progress, stream) for table in tables]
            used = await sequences(connection, name)
            records = await _records(work, catalog, stream)
            stream.write(await epilogue(connection, catalog, baked, used))
        return Manifest(
            schema=name,
            fingerprint=fingerprint(catalog),
            facts=schema_facts(catalog),
            revision=await connection.run_sync(recorded_revision, name),
            server_version=catalog.server_version,
            version=version("autogpt-seed"),
            runs=tuple(map(_summary, await read_records(connection, name))),
            tables=tuple(baked),
            records=records,
            sequences=used,
        )


async def _table(
    work: UnitOfWork, table: Table, progress: Progress, stream: EvenChunks, only: str = "true"
) -> BakedTable:
    """Write the rows of a table, between the line that begins them and the one that ends them."""
    columns = tuple(column.name for column in table.columns.values() if not column.generated)
    progress.phase(table.name, 0)
    stream.write(f"{copy_statement(table.schema, table.name, columns)}\n".encode())
    rows, digest = await copy_out(await work.driver(), rows_of(table, columns, only), stream)
    stream.write(END_OF_ROWS)
    progress.advance(rows)
    return BakedTable(table.name, columns, rows, digest)


async def _records(
    work: UnitOfWork, catalog: Catalog, stream: EvenChunks
) -> tuple[BakedTable, ...]:
    """Write the record of the runs in the schema, if there is one."""
    if not (await bookkeeping(work.connection)).readable:
        return ()
    stream.write(records_prologue(catalog.schema))
    tables = (await reflect(work.connection, BOOKKEEPING)).tables
    only = f"schema = {literal(catalog.schema)}"
    return tuple([await _table(work, tables[name], Silence(), stream, only) for name in RECORDS])


def _summary(record: RunRecord) -> dict[str, Any]:
    """What a manifest says of a run."""
    names = "tag", "kind", "plan", "seed", "as_of", "n", "version"
    return {name: getattr(record, name) for name in names}


def _own_tables(catalog: Catalog) -> Sequence[Table]:
    """The tables to bake, each after those that it refers to, as far as that is possible."""
    own = {
        table.name: table
        for table in catalog.tables.values()
        if is_own(table) and table.relation in "rp" and not table.partition and table.columns
    }
    if hidden := [table.name for table in own.values() if table.row_security]:
        raise DatabaseUnsuitable(
            f"Row security may hide rows of {', '.join(hidden)} from this role.",
            remedy="Connect as the owner of the tables, or as a role with BYPASSRLS.",
        )
    edges = [
        Edge(table.name, key.table, key, required=True)
        for table in own.values()
        for key in table.foreign_keys
    ]
    return [own[name] for name in preferred_order(list(own), edges)]


async def _refuse_unreadable_sequences(connection: AsyncConnection, schema: str) -> None:
    """Without their last values, ids of restored rows would be given again."""
    if unreadable := await unreadable_sequences(connection, schema):
        raise DatabaseUnsuitable(
            f"This role may not read the sequences {', '.join(unreadable)}.",
            remedy="Connect as their owner, or as a role that was granted SELECT on them.",
        )
