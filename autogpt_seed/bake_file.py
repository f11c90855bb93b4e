"""The file of a baked database: a compressed script of SQL, with a manifest at its head.

It is a script for psql, so that `gunzip -c FILE | psql DATABASE_URL` restores it; its second line
is the manifest, as JSON behind a comment sign. Rows stand in the text form of COPY, each table's
between its COPY and a line with `\\.`. Two bakes of the same contents are the same byte for byte.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from autogpt_seed.errors import ConfigurationError

FORMAT = 1
"""The version of the format, the only one that is read."""

END_OF_ROWS = b"\\.\n"

_TITLE = "-- autogpt-seed bake, format "
_HINT = '-- To restore it without autogpt-seed: gunzip -c FILE | psql "$DATABASE_URL"\n'
_CHUNK = 1 << 16
"""The bytes of a chunk."""
_BROKEN = (EOFError, gzip.BadGzipFile, zlib.error)


@dataclass(frozen=True)
class BakedTable:
    """The rows of one table. `digest` is the SHA-256 of their text."""

    name: str
    columns: tuple[str, ...]
    rows: int
    digest: str


@dataclass(frozen=True)
class Manifest:
    """What is in the file, and what it fits to.

    `facts` are those of `schema_facts`, `fingerprint` is the schema's, `revision` that of
    `autogpt-seed migrate` where it made the schema. `runs` says which runs made the rows, with
    their plans. `tables` are in the order of the file, `records` the tables of the run record.
    `sequences` are those of the schema that were used, with their last value.
    """

    schema: str
    fingerprint: str
    facts: Mapping[str, str]
    revision: str | None
    server_version: int
    version: str
    runs: tuple[Mapping[str, Any], ...]
    tables: tuple[BakedTable, ...]
    records: tuple[BakedTable, ...]
    sequences: Mapping[str, int]

    @property
    def total_rows(self) -> int:
        """All rows of the schema's tables."""
        return sum(table.rows for table in self.tables)

    @property
    def rows(self) -> dict[str, int]:
        """How many rows each of the schema's tables has."""
        return {table.name: table.rows for table in self.tables}


def head(manifest: Manifest) -> bytes:
    """The beginning of the file, compressed."""
    document = json.dumps(asdict(manifest), separators=(",", ":"))
    return gzip.compress(f"{_TITLE}{FORMAT}\n-- {document}\n{_HINT}".encode(), mtime=0)


@contextmanager
def compressed(stream: IO[bytes]) -> Iterator[EvenChunks]:
    """Compress what is written into `stream`: the same contents always give the same bytes."""
    with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=stream, mtime=0) as zipped:
        chunks = EvenChunks(zipped)
        yield chunks
        chunks.close()


class EvenChunks:
    """Writes to a compressed file in chunks of one size.

    The output of zlib depends on the sizes of the chunks, and those from the server depend on the
    network.
    """

    def __init__(self, zipped: gzip.GzipFile) -> None:
        self._zipped = zipped
        self._buffer = bytearray()

    def write(self, data: bytes) -> None:
        """Write as many full chunks as there are, and keep the rest."""
        self._buffer += data
        full = len(self._buffer) // _CHUNK * _CHUNK
        for start in range(0, full, _CHUNK):
            self._zipped.write(self._buffer[start : start + _CHUNK])
        del self._buffer[:full]

    def close(self) -> None:
        """Write the rest."""
        self._zipped.write(self._buffer)


class BakedFile:
    """Reads a baked file. Raises `ConfigurationError` wherever that is damaged."""

    def __init__(self, path: Path, lines: gzip.GzipFile) -> None:
        self._path = path
        self._lines = lines
        self.manifest = self._manifest()

    def _manifest(self) -> Manifest:
        title = self._line()
        if not title.startswith(_TITLE.encode()):
            raise _not_a_bake(self._path)
        number = title.removeprefix(_TITLE.encode()).strip().decode(errors="replace")
        if number != str(FORMAT):
            raise ConfigurationError(
                f"{self._path} was baked by a newer version of autogpt-seed.",
                evidence=f"Its format is {number}; this version reads {FORMAT}.",
                remedy="Upgrade autogpt-seed, or restore the file with psql.",
            )
        try:
            document = json.loads(self._line().removeprefix(b"-- "))
            for part in ("tables", "records"):
                document[part] = tuple(
                    BakedTable(**{**table, "columns": tuple(table["columns"])})
                    for table in document[part]
                )
            return Manifest(**{**document, "runs": tuple(document["runs"])})
        except (ValueError, TypeError, KeyError) as error:
            raise self.damaged("its manifest cannot be read") from error

    async def rows(self, table: BakedTable, statement: str) -> AsyncIterator[bytes]:
        """The text of a table's rows, which stand behind `statement`.

        Tables must be asked for in their order. Raises `ConfigurationError` at the end where the
        rows are not those that were baked.
        """
        while (line := self._line()) != f"{statement}\n".encode():
            if not line:
                raise self.damaged(f"the rows of {table.name} are missing")
        digest, chunk = hashlib.sha256(), bytearray()
        while (line := self._line()) != END_OF_ROWS:
            if not line:
                raise self.damaged(f"it ends within the rows of {table.name}")
            chunk += line
            if len(chunk) >= _CHUNK:
                digest.update(chunk)
                yield bytes(chunk)
                chunk.clear()
        digest.update(chunk)
        yield bytes(chunk)
        if digest.hexdigest() != table.digest:
            raise self.damaged(f"the rows of {table.name} have another digest than was baked")

    def damaged(self, how: str) -> ConfigurationError:
        """The error that says `how` the file is damaged."""
        return ConfigurationError(
            f"{self._path} is damaged: {how}.",
            evidence="No rows were written to the database.",
            remedy="Copy it again, or bake a new one.",
        )

    def _line(self) -> bytes:
        try:
            return self._lines.readline()
        except _BROKEN as error:
            raise self.damaged(f"{error}".rstrip(".")) from error


@contextmanager
def opened(path: Path) -> Iterator[BakedFile]:
    """The baked file at `path`. Raises `ConfigurationError` where it is none."""
    with ExitStack() as stack:
        try:
            stream = stack.enter_context(gzip.open(path, "rb"))
            stream.peek(1)
        except _BROKEN as error:
            raise _not_a_bake(path) from error
        except OSError as error:
            raise ConfigurationError(
                f"{path} cannot be read.",
                evidence=error.strerror or str(error),
                remedy="Name a file made by `autogpt-seed bake FILE`.",
            ) from error
        yield BakedFile(path, stream)


def _not_a_bake(path: Path) -> ConfigurationError:
    return ConfigurationError(
        f"{path} is not a baked database.",
        remedy="Name a file made by `autogpt-seed bake FILE`.",
    )
