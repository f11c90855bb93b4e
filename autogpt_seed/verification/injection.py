"""What verify puts into the database: planned from what is there, known to the last row. Pure.

Whatever a view could count by is in it: runs by the graph's owner and by others, of graphs that
were there and of new ones, one of them with three versions; and listings of each kind that a view
must tell apart (`KINDS`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, zip_longest
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from autogpt_seed.database.candidates import Candidates, Graph, Reviewable
from autogpt_seed.ids import RunTag
from autogpt_seed.overrides import Overrides, Rule
from autogpt_seed.plan import Range, Size
from autogpt_seed.randomness import Stream
from autogpt_seed.settings import read_settings


class VerifySettings(BaseModel):
    """How much is injected, at most. `listings` are taken from the kinds in turn; `columns` are
    values for columns of which verify knows nothing, as in a plan."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    graphs: int = Field(default=5, ge=1, le=1000)
    executions_per_graph: Size = Range(2, 5)
    users: int = Field(default=5, ge=1, le=1000)
    listings: int = Field(default=6, ge=0, le=1000)
    reviews: int = Field(default=5, ge=0, le=1000)
    seed: int = Field(default=42, ge=0, lt=2**63)
    columns: Overrides = Field(default_factory=dict)


def load_settings(values: Mapping[str, object]) -> VerifySettings:
    """The settings from texts. Raises `ConfigurationError` that names each that is wrong."""
    return read_settings(VerifySettings, values, "verify")


class VersionKind(NamedTuple):
    """A version of a listing: its status, the version of its graph, how many reviews it gets."""

    status: str
    graph_version: int
    reviews: int


class ListingKind(NamedTuple):
    """Versions of a listing, whether it is deleted, and whether its graph may be run."""

    versions: tuple[VersionKind, ...]
    deleted: bool = False
    run: bool = True


KINDS = (
    ListingKind(
        (
            VersionKind("APPROVED", 1, 2),
            VersionKind("APPROVED", 2, 1),
            VersionKind("PENDING", 3, 1),
        )
    ),
    ListingKind((VersionKind("APPROVED", 1, 0),)),
    ListingKind((VersionKind("APPROVED", 1, 1),), run=False),
    ListingKind((VersionKind("APPROVED", 1, 1),), deleted=True),
    ListingKind((VersionKind("PENDING", 1, 1),)),
    ListingKind((VersionKind("REJECTED", 1, 1),)),
)
"""Several versions, none reviewed, never run, deleted, waiting, and turned down.

No two are of the same version of a graph, which older schemas do not allow.
"""


class RunKind(NamedTuple):
    """What tells a run from others: its status, whether it is deleted, of long ago, or has begun
    and ended at any time."""

    status: str = "COMPLETED"
    deleted: bool = False
    old: bool = False
    timed: bool = True


USUAL = RunKind()
ODD_RUNS = (
    RunKind(status="FAILED"),
    RunKind(deleted=True),
    RunKind(old=True),
    RunKind(timed=False),
)
"""The runs that a view may forget without a word, where all others are alike."""

_ODD_GRAPHS = 3


@dataclass(frozen=True, slots=True)
class Execution:
    """A run of `graph` by `user`."""

    graph: Graph
    user: str
    kind: RunKind = USUAL


@dataclass(frozen=True, slots=True)
class ListedVersion:
    """A version of a new listing."""

    id: str
    number: int
    graph: Graph
    status: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A listing of a new graph of its own, which is `run` or not."""

    id: str
    owner: str
    deleted: bool
    run: bool
    versions: tuple[ListedVersion, ...]

    @property
    def graphs(self) -> tuple[Graph, ...]:
        """The versions of its graph."""
        return tuple(dict.fromkeys(version.graph for version in self.versions))

    @property
    def active(self) -> str | None:
        """The version that the store would show."""
        approved = (v.id for v in reversed(self.versions) if v.status == "APPROVED")
        return next(approved, None)

    @property
    def in_store(self) -> bool:
        """Whether the store shows it."""
        return self.active is not None and not self.deleted


@dataclass(frozen=True, slots=True)
class Review:
    """A review of a version, `old` if it is of long ago. Every other one has a comment."""

    of: Reviewable
    score: int
    old: bool = False


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every row that is injected, and the values for other columns of theirs."""

    tag: RunTag
    seed: int
    now: datetime
    executions: tuple[Execution, ...]
    listings: tuple[Listing, ...]
    reviews: tuple[Review, ...]
    columns: Mapping[str, Mapping[str, Rule]] = field(default_factory=dict)

    def users(self) -> tuple[str, ...]:
        """Those who take part, each once."""
        return tuple(dict.fromkeys(execution.user for execution in self.executions))

    @property
    def odd(self) -> tuple[Execution | Review, ...]:
        """The rows that a schema may refuse; they refer to rows that were there before."""
        runs = (execution for execution in self.executions if execution.kind != USUAL)
        return (*runs, *(review for review in self.reviews if review.old))

    @property
    def recent(self) -> Ledger:
        """The ledger as it can be kept: without the rows of long ago, which may be older than the
        users and graphs that they refer to."""
        runs = [run for run in self.executions if run.kind.old]
        return self.without([*runs, *(review for review in self.reviews if review.old)])

    def alone(self, one: Execution | Review) -> Ledger:
        """The ledger with nothing but this row."""
        return replace(
            self,
            listings=(),
            executions=(one,) if isinstance(one, Execution) else (),
            reviews=(one,) if isinstance(one, Review) else (),
        )

    def without(self, refused: Collection[Execution | Review]) -> Ledger:
        """The ledger without these rows."""
        return replace(
            self,
            executions=tuple(run for run in self.executions if run not in refused),
            reviews=tuple(review for review in self.reviews if review not in refused),
        )

    @property
    def graphs(self) -> frozenset[str]:
        """The graphs that are run."""
        return frozenset(execution.graph.id for execution in self.executions)

    @property
    def versions(self) -> tuple[ListedVersion, ...]:
        """The versions of all new listings."""
        return tuple(version for listing in self.listings for version in listing.versions)


def plan_injection(candidates: Candidates, settings: VerifySettings) -> Ledger:
    """Decide what is injected."""
    tag = RunTag.of(settings.model_dump_json(), settings.seed, candidates.now.isoformat(), 0)
    stream = Stream(settings.seed, "verify")
    listings = tuple(_listings(candidates.users, settings.listings, tag))
    new = [listing.graphs for listing in listings if listing.in_store and listing.run]
    # Old and new in turn, so that any number of graphs has some of both.
    old = [(graph,) for graph in candidates.graphs]
    turns = [graph for graph in chain(*zip_longest(old, new)) if graph][: settings.graphs]
    present = [versions[0] for versions in turns if versions in old]
    known = candidates.reviewable[: settings.reviews]
    new_ones = _of_new(candidates.users, listings)
    return Ledger(
        tag=tag,
        seed=settings.seed,
        now=candidates.now,
        executions=(
            *_executions(turns, candidates.users, settings, stream),
            *_odd_runs(present, candidates.users),
        ),
        listings=listings,
        reviews=tuple(_reviews(chain(known, new_ones), len(known), stream)),
        columns=settings.columns,
    )


def _listings(users: Sequence[str], number: int, tag: RunTag) -> Iterator[Listing]:
    graphs, ids = tag.ids("AgentGraph"), tag.ids("StoreListing")
    versions = iter(tag.ids("StoreListingVersion").ascending())
    for place in range(number):
        kind, owner = KINDS[place % len(KINDS)], users[place % len(users)]
        yield Listing(
            id=ids[place],
            owner=owner,
            deleted=kind.deleted,
            run=kind.run,
            versions=tuple(
                ListedVersion(
                    next(versions), n, Graph(graphs[place], v.graph_version, owner), v.status
                )
                for n, v in enumerate(kind.versions, 1)
            ),
        )


def _of_new(users: Sequence[str], listings: Sequence[Listing]) -> Iterator[Reviewable]:
    """The reviews of new versions, by their owners last, as far as there are users."""
    for place, listing in enumerate(listings):
        first = users.index(listing.owner) + 1
        for kind, version in zip(KINDS[place % len(KINDS)].versions, listing.versions, strict=True):
            for n in range(min(kind.reviews, len(users))):
                yield Reviewable(version.id, listing.id, users[(first + n) % len(users)])


def _executions(
    graphs: Sequence[Sequence[Graph]],
    users: Sequence[str],
    settings: VerifySettings,
    stream: Stream,
) -> Iterator[Execution]:
    """Of each graph some, by its owner first, if he is among the users, then by the others; of
    its versions in turn."""
    for versions in graphs:
        owner = versions[0].owner
        first = users.index(owner) if owner in users else 0
        for number in range(stream.integer(*settings.executions_per_graph)):
            user = users[(first + number) % len(users)]
            yield Execution(versions[number % len(versions)], user)


def _odd_runs(graphs: Sequence[Graph], users: Sequence[str]) -> Iterator[Execution]:
    """Each by somebody who does not own the graph, if there is anybody else. What rules of counting
    leave out is of different graphs, as far as there are so many."""
    for place, kind in enumerate(ODD_RUNS):
        graph = graphs[min(place, _ODD_GRAPHS - 1) % len(graphs)]
        others = [user for user in users if user != graph.owner]
        yield Execution(graph, others[0] if others else users[0], kind)


def _reviews(versions: Iterable[Reviewable], known: int, stream: Stream) -> Iterator[Review]:
    """One each. The last of those of versions that are `known`, so many, is an old one."""
    for place, version in enumerate(versions, 1):
        yield Review(version, stream.integer(3, 5), old=place == known)
