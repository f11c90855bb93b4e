"""The file that raw API keys are written to: made sure of before the work, filled after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from autogpt_seed.draft_file import Draft, draft_of


@contextmanager
def key_file(path: Path) -> Iterator[KeyFile]:
    """A file that appears at `path`, with mode 0600, once it is filled, and not at all otherwise.

    Raises `ConfigurationError` where it could not be written, before anything else is done.
    """
    remedy = "Give --api-keys-out a path in a folder that exists and that you may write to."
    with draft_of(path, what="The file for the API keys", remedy=remedy) as draft:
        yield KeyFile(draft)


class KeyFile:
    """One line a key: the user's email, a tab, the raw key."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def fill(self, keys: Iterable[tuple[str, str]]) -> None:
        """Write the keys and put the file in its place, over one that is there."""
        self._draft.stream.writelines(f"{email}\t{key}\n".encode() for email, key in keys)
        self._draft.keep()
