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
class Draft:
    """A file under way: `stream` takes its bytes, or raises `ConfigurationError`."""

    stream: IO[bytes]
    _draft: Path
    _final: _Final

    def keep(self) -> None:
        """Put the file in its place, over one that is there."""
        self.stream.flush()
        with self._final.writing():
            self._draft.replace(self._final.path)


@contextmanager
def draft_of(path: Path, *, what: str, remedy: str) -> Iterator[Draft]:
    """A file, readable by its owner alone, that appears at `path` once it is kept.

    Raises `ConfigurationError` where it could not be written, before anything else is done;
    `what` and `remedy` are for its message.
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
            yield Draft(stream, Path(name), final)
        finally:
            Path(name).unlink(missing_ok=True)


@dataclass(frozen=True)
class _Final:
    """What a draft is to become, and what is said where it cannot."""

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
    """The bytes on the disk, which may be full."""

    def __init__(self, number: int, final: _Final) -> None:
        super().__init__(number, "r+")
        self._final = final

    def write(self, data: ReadableBuffer, /) -> int:
        with self._final.writing():
            return super().write(data)
