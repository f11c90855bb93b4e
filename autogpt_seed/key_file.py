"""The file that raw API keys are written to: made sure of before the work, filled after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from autogpt_seed.draft_file import Draft, draft_of
from autogpt_seed.errors import ConfigurationError


@contextmanager
def key_file(path: Path) -> Iterator[KeyFile]:
    """A file that appears at `path`, with mode 0600, once it is filled, and not at all otherwise.

    Raises `ConfigurationError` where it could not be written, before anything else is done.
    """
    remedy = "Give --api-keys-out a path in a folder that exists and that you may write to."
    with draft_of(path, what="The file for the API keys", remedy=remedy) as draft:
        yield KeyFile(draft, path)


class KeyFile:
    """One line a key: the user's email, a tab, the raw key."""

    def __init__(self, draft: Draft, path: Path) -> None:
        self._draft = draft
        self._path = path

    def check(self) -> None:
        """Raise `ConfigurationError` where a file is there, since of its keys only hashes are
        stored elsewhere."""
        if self._path.exists():
            raise ConfigurationError(
                f"The file for the API keys, {self._path}, already exists.",
                evidence="It may hold the only copy of another run's keys. Nothing was changed.",
                remedy="Give --api-keys-out another path, or remove the file.",
            )

    def write(self, keys: Iterable[tuple[str, str]]) -> None:
        """Write the keys, before anything is committed: this fails where there is no room."""
        self._draft.stream.writelines(f"{email}\t{key}\n".encode() for email, key in keys)
        self._draft.stream.flush()

    def keep(self) -> None:
        """Put the file in its place, once the rows are committed."""
        try:
            self._draft.keep()
        except ConfigurationError as error:
            raise ConfigurationError(
                error.sentence,
                evidence=f"{error.evidence}. The rows are committed, and their raw keys lost.",
                remedy="Clean that run, and populate again with a file in a folder that stays.",
            ) from error
