"""The kinds of rows that verify adds: one for each difference that a view may make."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum
from typing import NamedTuple

from autogpt_seed.binding.labels import nearest_label


class Owner(Enum):
    """Who owns a listing: an existing user, or a new one with this kind of profile."""

    PRESENT = "as it is"
    UNPROFILED = "none"
    PLAIN = "of long ago, with nothing in it"
    FEATURED = "featured, with much in it"


class VersionKind(NamedTuple):
    """A version of a listing: its status, how many reviews it gets, its number, the version of its
    graph, and whether the first review is the owner's."""

    status: str = "APPROVED"
    reviews: int = 1
    number: int = 1
    graph_version: int = 1
    by_owner: bool = False


class ListingKind(NamedTuple):
    """A listing of a graph of its own, by what is unusual about it.

    `run`: its graph may be run. `marked`: it says so where it has an approved version. `newest`:
    the newest of these is the active one. `available`: its versions are. `bare`: these have
    nothing that they need not have, and nobody reviewed them. `old`: it is of long ago. `retired`:
    its graph is not active. `forked`: its graph was made from another. `rich`: it has long texts
    and many pictures and categories. `namesake`: it has the slug of another owner's listing, and
    the name of one. `owner`: whose it is. A schema may refuse what is `odd`, or change it by a
    trigger.
    """

    versions: tuple[VersionKind, ...] = (VersionKind(),)
    deleted: bool = False
    run: bool = True
    odd: bool = False
    marked: bool = True
    newest: bool = True
    available: bool = True
    bare: bool = False
    old: bool = False
    retired: bool = False
    forked: bool = False
    rich: bool = False
    namesake: bool = False
    owner: Owner = Owner.PRESENT

    @property
    def lasting(self) -> bool:
        """Whether the platform could have made such a listing just now, for an existing user."""
        usual = self.marked and not self.old and not self.rich
        return usual and self.owner is Owner.PRESENT


_SEVERAL = (
    VersionKind(number=9, graph_version=4, reviews=2),
    VersionKind(number=10, graph_version=3, by_owner=True),
    VersionKind(number=2, graph_version=1, reviews=0),
    VersionKind("PENDING", number=11, graph_version=5),
    VersionKind("DRAFT", number=12, graph_version=6),
    VersionKind("REJECTED", number=5, graph_version=8, reviews=0),
)
"""Made in an order that is neither that of their numbers nor that of these as texts; the newest is
not of the newest version of the graph. Older schemas allow no two of one version of a graph."""

_TWO = (VersionKind(), VersionKind(number=2, graph_version=2))

KINDS = (
    ListingKind(_SEVERAL),
    ListingKind((VersionKind(reviews=0),)),
    ListingKind(run=False),
    ListingKind(deleted=True),
    ListingKind((VersionKind("PENDING"),)),
    ListingKind((VersionKind("REJECTED"),)),
    ListingKind(odd=True, marked=False),
    ListingKind(odd=True, available=False),
    ListingKind(_TWO, odd=True, newest=False),
    ListingKind(odd=True, bare=True),
    ListingKind(odd=True, old=True),
    ListingKind(odd=True, retired=True),
    ListingKind((VersionKind(reviews=3),), odd=True, rich=True),
    ListingKind(odd=True, forked=True),
    ListingKind(odd=True, namesake=True),
    ListingKind((VersionKind(reviews=2, by_owner=True),), odd=True, owner=Owner.UNPROFILED),
    ListingKind(odd=True, owner=Owner.FEATURED),
    ListingKind((VersionKind(reviews=2, by_owner=True),), odd=True, owner=Owner.PLAIN),
)
"""Several versions, none reviewed, never run, deleted, waiting, turned down; then the odd ones.
Each is unusual in one way: where a view leaves one out, no other reason explains it."""


class RunKind(NamedTuple):
    """What tells a run from others: its status, whether it is deleted, of long ago, begun and ended
    at any time, begun by another run, shared, or of a preset that is deleted by now."""

    status: str = "COMPLETED"
    deleted: bool = False
    old: bool = False
    timed: bool = True
    nested: bool = False
    shared: bool = False
    preset: bool = False

    @property
    def lasting(self) -> bool:
        """Whether the platform could have made such a run just now, for good: one that has not
        ended would seem stuck for ever, and a shared one would have a token."""
        return self.timed and not self.old and not self.shared


USUAL = RunKind()
ODD_RUNS = (
    RunKind(status="FAILED"),
    RunKind(deleted=True),
    RunKind(old=True),
    RunKind(timed=False),
    RunKind(nested=True),
    RunKind(shared=True),
    RunKind(preset=True),
    RunKind(status="TERMINATED"),
    *(RunKind(status=label, timed=False) for label in ("RUNNING", "QUEUED", "INCOMPLETE")),
)
"""The runs that a view may forget without a word, where all others are alike."""


def odd_runs(statuses: Collection[str]) -> tuple[RunKind, ...]:
    """`ODD_RUNS`, and a run of each other status that the schema has."""
    known = {nearest_label(kind.status, tuple(statuses)) for kind in (USUAL, *ODD_RUNS)}
    further = (label for label in statuses if label not in known)
    return (*ODD_RUNS, *(RunKind(status=label, timed=False) for label in further))
