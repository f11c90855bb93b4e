"""A file that appears whole or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from autogpt_seed.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Draft:
    """A file under way: `stream` takes its bytes."""

    stream: IO[bytes]
    _draft: Path
    _path: Path

    def keep(self) -> None:
        """Put the file in its place, over one that is there."""
        self.stream.flush()
        self._draft.replace(self._path)


@contextmanager
def draft_of(path: Path, *, what: str, remedy: str) -> Iterator[Draft]:
    """A file, readable by its owner alone, that appears at `path` once it is kept.

    Raises `ConfigurationError` where it could not be written, before anything else is done;
    `what` and `remedy` are for its message.
    """
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.absolute().parent)
    except OSError as error:
        raise ConfigurationError(
            f"{what}, {path}, cannot be written.",
            evidence=error.strerror or str(error),
            remedy=remedy,
        ) from error
    with os.fdopen(number, "w+b") as stream:
        try:
            yield Draft(stream, Path(name), path)
        finally:
            Path(name).unlink(missing_ok=True)
