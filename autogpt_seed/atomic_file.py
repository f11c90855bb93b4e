"""A file that appears whole or not at all."""

from __future__ import annotations

import errno
import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from autogpt_seed.errors import ConfigurationError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


@dataclass(frozen=True)
class AtomicFile:
    """A file that is not in its place yet.

    `stream` takes its bytes. Where they cannot be written, it raises `ConfigurationError`.
    """

    stream: IO[bytes]
    _temporary: Path
    _final: _Final

    def keep(self) -> None:
        """Put the file in its place. It replaces one that is there."""
        self.stream.flush()
        with self._final.writing():
            self._temporary.replace(self._final.path)


@contextmanager
def atomic_file(path: Path, *, what: str, remedy: str) -> Iterator[AtomicFile]:
    """A file that appears at `path` when it is kept, and not at all otherwise.

    Only its owner can read it. Raises `ConfigurationError` at once where it could not be written
    there; `what` and `remedy` are parts of the message.
    """
    final = _Final(path, what, remedy)
    with final.writing():
        if str(path) == "-":
            raise OSError("Standard output is not supported.")
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.absolute().parent)
    with io.BufferedRandom(_Written(number, final)) as stream:
        try:
            yield AtomicFile(stream, Path(name), final)
        finally:
            Path(name).unlink(missing_ok=True)


@dataclass(frozen=True)
class _Final:
    """The place of the file, and what an error says about it."""

    path: Path
    what: str
    remedy: str

    @contextmanager
    def writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ConfigurationError(
                f"{self.what}, {self.path}, cannot be written.",
                evidence=error.strerror or str(error),
                remedy=self.remedy,
            ) from error


class _Written(io.FileIO):
    """The temporary file. The disk may be full, which is an error about the final one."""

    def __init__(self, number: int, final: _Final) -> None:
        super().__init__(number, "r+")
        self._final = final

    def write(self, data: ReadableBuffer, /) -> int:
        with self._final.writing():
            return super().write(data)
