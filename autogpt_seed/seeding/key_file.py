"""The file for the raw API keys of a run: opened before the work, in its place after the commit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from autogpt_seed.atomic_file import AtomicFile, atomic_file
from autogpt_seed.errors import ConfigurationError


@contextmanager
def new_key_file(path: Path) -> Iterator[KeyFile]:
    """A file that appears at `path`, with mode 0600, when it is kept, and not at all otherwise.

    Raises `ConfigurationError` at once where it could not be written there.
    """
    remedy = "Give --api-keys-out a path in a folder that exists and that you may write to."
    with atomic_file(path, what="The file for the API keys", remedy=remedy) as file:
        yield KeyFile(file, path)


class KeyFile:
    """Each line holds a user's email, a tab and the raw key."""

    def __init__(self, file: AtomicFile, path: Path) -> None:
        self._file = file
        self._path = path

    def check(self) -> None:
        """Raise `ConfigurationError` where there is a file already: it may be the only copy of
        other keys."""
        if self._path.exists():
            raise ConfigurationError(
                f"The file for the API keys, {self._path}, already exists.",
                evidence="It may hold the only copy of another run's keys. Nothing was changed.",
                remedy="Give --api-keys-out another path, or remove the file.",
            )

    def write(self, keys: Iterable[tuple[str, str]]) -> None:
        """Write the keys. To be called before the commit, since there may be no room for them."""
        self._file.stream.writelines(f"{email}\t{key}\n".encode() for email, key in keys)
        self._file.stream.flush()

    def keep(self) -> None:
        """Put the file in its place. To be called after the commit."""
        try:
            self._file.keep()
        except ConfigurationError as error:
            raise ConfigurationError(
                error.sentence,
                evidence=f"{error.evidence}. The rows are committed, and their raw keys lost.",
                remedy="Clean that run, and populate again with a file in a folder that stays.",
            ) from error
