"""The ledger: every row that verify adds. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from autogpt_seed.database.existing.candidates import Graph, Reviewable
from autogpt_seed.ids import RunTag
from autogpt_seed.overrides import Rule
from autogpt_seed.timestamps import MILLISECOND, timestamp
from autogpt_seed.verification.injection.kinds import USUAL, ListingKind, Owner, RunKind

_OLD = timedelta(days=30 * 365)
"""The age of what is of long ago."""


@dataclass(frozen=True)
class Execution:
    """A run of `graph` by `user`."""

    graph: Graph
    user: str
    kind: RunKind = USUAL


@dataclass(frozen=True)
class ListedVersion:
    """A version of a new listing."""

    id: str
    number: int
    graph: Graph
    status: str


@dataclass(frozen=True)
class Listing:
    """A listing of a new graph of its own, and who reviewed it for the store."""

    id: str
    slug: str
    owner: str
    reviewer: str
    kind: ListingKind
    versions: tuple[ListedVersion, ...]

    @property
    def graphs(self) -> tuple[Graph, ...]:
        """The versions of its graph that are listed."""
        return tuple(dict.fromkeys(version.graph for version in self.versions))

    @property
    def active(self) -> str | None:
        """The version that it names as the active one."""
        approved = [version for version in self.versions if version.status == "APPROVED"]
        return self._chosen(approved) if approved and self.kind.marked else None

    @property
    def active_anyway(self) -> str:
        """The version that it names as the active one where the schema requires one."""
        return self.active or self._chosen(self.versions)

    def _chosen(self, versions: Sequence[ListedVersion]) -> str:
        choose = max if self.kind.newest else min
        return choose(versions, key=lambda version: version.number).id

    @property
    def in_store(self) -> bool:
        """Whether the store shows it."""
        return self.active is not None and not self.kind.deleted


@dataclass(frozen=True)
class Review:
    """A review of a version, `old` if it is of long ago. Every other one has a comment."""

    of: Reviewable
    score: int
    old: bool


@dataclass(frozen=True)
class Kept:
    """A graph that `user` keeps, as an agent in the library or a preset, as `table` says; the
    `number` tells those of the same graph from each other."""

    table: str
    user: str
    graph: Graph
    number: int


Odd = Execution | Listing | Review | Kept
"""What a schema may refuse, such as by a check, a partition or a trigger."""


@dataclass(frozen=True)
class Ledger:
    """Every row that is injected, and `columns`, the values for columns of which verify knows
    nothing. The graphs that are `unlisted` are new and in no listing."""

    tag: RunTag
    seed: int
    now: datetime
    executions: tuple[Execution, ...]
    listings: tuple[Listing, ...]
    reviews: tuple[Review, ...]
    kept: tuple[Kept, ...]
    unlisted: tuple[Graph, ...]
    columns: Mapping[str, Mapping[str, Rule]]

    def time(self, milliseconds: int = 0, *, old: bool = False) -> int:
        """So many milliseconds before now or, for what is `old`, before thirty years ago.

        Rows use different numbers, so that a view which shows the wrong one of two times is found.
        """
        return timestamp(self.now - _OLD if old else self.now) - milliseconds * MILLISECOND

    @property
    def users(self) -> tuple[str, ...]:
        """The users who run something, each once."""
        return tuple(dict.fromkeys(execution.user for execution in self.executions))

    @property
    def odd(self) -> tuple[Odd, ...]:
        """What a schema may refuse, each after what it refers to. Where a listing has several
        versions, the schema may want fewer of them approved, or of their graph active."""
        return (
            *(one for one in self.listings if one.kind.odd or len(one.versions) > 1),
            *(run for run in self.executions if run.kind != USUAL),
            *(review for review in self.reviews if review.old),
            *self.kept,
        )

    @property
    def lasting(self) -> Ledger:
        """The ledger as it can be kept: without what is of long ago, which may be older than the
        users and graphs that it refers to, without what contradicts itself, and without what users
        would find among what they keep."""
        listings = [listing for listing in self.listings if not listing.kind.lasting]
        runs = [run for run in self.executions if not run.kind.lasting]
        old = [review for review in self.reviews if review.old]
        return self.without([*listings, *runs, *old, *self.kept])

    def without(self, refused: Collection[Odd]) -> Ledger:
        """The ledger without these, without what belongs to these listings, and without graphs in
        no listing that nobody runs then."""
        gone = [one for one in refused if isinstance(one, Listing)]
        ids, graphs = {one.id for one in gone}, {graph for one in gone for graph in one.graphs}
        executions = tuple(
            run for run in self.executions if run not in refused and run.graph not in graphs
        )
        run = {execution.graph for execution in executions}
        return replace(
            self,
            listings=tuple(listing for listing in self.listings if listing.id not in ids),
            executions=executions,
            reviews=tuple(
                one for one in self.reviews if one not in refused and one.of.listing not in ids
            ),
            kept=tuple(one for one in self.kept if one not in refused and one.graph not in graphs),
            unlisted=tuple(graph for graph in self.unlisted if graph in run),
        )

    @property
    def newcomers(self) -> Mapping[str, Owner]:
        """The users that are new, and what profiles they have."""
        return {
            listing.owner: listing.kind.owner
            for listing in self.listings
            if listing.kind.owner is not Owner.PRESENT
        }

    @property
    def graphs(self) -> frozenset[str]:
        """The graphs that are run."""
        return frozenset(execution.graph.id for execution in self.executions)

    @property
    def versions(self) -> tuple[ListedVersion, ...]:
        """The versions of all new listings."""
        return tuple(version for listing in self.listings for version in listing.versions)
