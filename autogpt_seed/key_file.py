"""The file that raw API keys are written to: made sure of before the work, filled after it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from autogpt_seed.errors import ConfigurationError


@contextmanager
def key_file(path: Path) -> Iterator[KeyFile]:
    """A file that appears at `path`, with mode 0600, once it is filled, and not at all otherwise.

    Raises `ConfigurationError` where it could not be written, before anything else is done.
    """
    try:
        number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.absolute().parent)
    except OSError as error:
        raise ConfigurationError(
            f"The file for the API keys, {path}, cannot be written.",
            evidence=error.strerror or str(error),
            remedy="Give --api-keys-out a path in a folder that exists and that you may write to.",
        ) from error
    with os.fdopen(number, "w", encoding="utf-8") as stream:
        try:
            yield KeyFile(stream, Path(name), path)
        finally:
            Path(name).unlink(missing_ok=True)


class KeyFile:
    """One line a key: the user's email, a tab, the raw key."""

    def __init__(self, stream: IO[str], draft: Path, path: Path) -> None:
        self._stream = stream
        self._draft = draft
        self._path = path

    def fill(self, keys: Iterable[tuple[str, str]]) -> None:
        """Write the keys and put the file in its place, over one that is there."""
        self._stream.writelines(f"{email}\t{key}\n" for email, key in keys)
        self._stream.flush()
        self._draft.replace(self._path)
