"""Who owns a row: the user to whom it refers, or the owner of another row to which it does."""

from __future__ import annotations

from collections.abc import Iterator

from autogpt_seed.binding.draft import Draft, Drafts
from autogpt_seed.binding.sources import gives, projected
from autogpt_seed.catalog import ForeignKey

_OWNERS = "User"

_KEPT = 100_000
"""Rows of a larger table than this count as nobody's: their owners are not looked up."""


def owners(draft: Draft, drafts: Drafts) -> Iterator[object] | None:
    """For each row the key of its owner, None for a row without one. None where the table tells no
    owners.

    References are followed, if their columns are known by now: what belongs to a team of a user's
    organisation belongs to that user.
    """
    return _owners(draft, drafts, frozenset())


def _owners(draft: Draft, drafts: Drafts, passed: frozenset[str]) -> Iterator[object] | None:
    known = [key for key in draft.foreign_keys() if gives(draft.sources, key.columns)]
    known.sort(key=lambda key: draft.table.any_nullable(key.columns))
    for key in known:
        if (key.table, len(key.columns)) == (_OWNERS, 1):
            return (owner for (owner,) in _values(draft, key))
    for key in known:
        parent = drafts.get(key.table)
        if parent is None or parent.name in {draft.name, *passed} or parent.count > _KEPT:
            continue
        if not gives(parent.sources, key.referred):
            continue
        if theirs := _owners(parent, drafts, passed | {draft.name}):
            keys = projected(parent.sources, key.referred, parent.count)()
            found = dict(zip(keys, theirs, strict=True))
            return (found.get(values) for values in _values(draft, key))
    return None


def _values(draft: Draft, key: ForeignKey) -> Iterator[tuple[object, ...]]:
    return projected(draft.sources, key.columns, draft.count)()
