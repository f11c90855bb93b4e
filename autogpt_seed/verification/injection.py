"""What verify puts into the database: planned from what is there, known to the last row. Pure.

Whatever a view could count by is in it: runs by the graph's owner and by others, graphs that had
runs and, where nothing is in the store, new ones. The ledger says what each of them adds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from autogpt_seed.database.market import Candidates, Graph, Reviewable, Tally
from autogpt_seed.ids import RunTag
from autogpt_seed.plan import Range, Size
from autogpt_seed.randomness import Stream


class VerifySettings(BaseModel):
    """How much is injected, at most."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    graphs: int = Field(default=5, ge=1, le=1000)
    executions_per_graph: Size = Range(2, 5)
    users: int = Field(default=5, ge=1, le=1000)
    listings: int = Field(default=3, ge=0, le=1000)
    reviews: int = Field(default=5, ge=0, le=1000)
    seed: int = Field(default=42, ge=0, lt=2**63)


@dataclass(frozen=True, slots=True)
class Execution:
    """A run of `graph` by `user`."""

    graph: Graph
    user: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A listing of a graph of its own, with one approved version."""

    id: str
    version: str
    graph: Graph


@dataclass(frozen=True, slots=True)
class Review:
    """A review of an approved version."""

    of: Reviewable
    score: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every row that is injected. Its tallies are what these rows add to each graph and listing."""

    tag: RunTag
    seed: int
    now: datetime
    executions: tuple[Execution, ...]
    listings: tuple[Listing, ...]
    reviews: tuple[Review, ...]

    def runs(self) -> dict[str, Tally]:
        """What is added to the runs of each graph."""
        return _added((execution.graph.id, Tally(1)) for execution in self.executions)

    def runs_of_others(self) -> dict[str, Tally]:
        """The same without the runs by the graph's owner."""
        others = (run for run in self.executions if run.user != run.graph.owner)
        return _added((execution.graph.id, Tally(1)) for execution in others)

    def review_stats(self) -> dict[str, Tally]:
        """What is added to the reviews of each listing; a new listing may have none."""
        new = ((listing.id, Tally(0)) for listing in self.listings)
        return _added((*new, *((r.of.listing, Tally(1, r.score)) for r in self.reviews)))


def plan_injection(candidates: Candidates, settings: VerifySettings) -> Ledger:
    """Decide what is injected: listings only where nothing that is listed can be reviewed."""
    tag = RunTag.of(settings.model_dump_json(), settings.seed, candidates.now.isoformat(), 0)
    listings = () if candidates.reviewable else _listings(candidates, settings, tag)
    new = tuple(listing.graph for listing in listings)
    graphs = (*new, *candidates.graphs)[: settings.graphs]
    reviewable = candidates.reviewable or _reviewable(candidates, listings)
    stream = Stream(settings.seed, "verify")
    return Ledger(
        tag=tag,
        seed=settings.seed,
        now=candidates.now,
        executions=tuple(_executions(graphs, candidates.users, settings, stream)),
        listings=listings,
        reviews=tuple(
            Review(version, stream.integer(3, 5)) for version in reviewable[: settings.reviews]
        ),
    )


def _listings(candidates: Candidates, settings: VerifySettings, tag: RunTag) -> tuple[Listing, ...]:
    graphs, listings = tag.ids("AgentGraph"), tag.ids("StoreListing")
    versions = tag.ids("StoreListingVersion")
    owners = candidates.users
    return tuple(
        Listing(listings[n], versions[n], Graph(graphs[n], 1, owners[n % len(owners)]))
        for n in range(settings.listings)
    )


def _reviewable(candidates: Candidates, listings: tuple[Listing, ...]) -> tuple[Reviewable, ...]:
    """The new versions, each with a user who, where there are two, does not own it."""
    users = candidates.users
    return tuple(
        Reviewable(new.version, new.id, users[(users.index(new.graph.owner) + 1) % len(users)])
        for new in listings
    )


def _executions(
    graphs: Iterable[Graph], users: tuple[str, ...], settings: VerifySettings, stream: Stream
) -> Iterator[Execution]:
    """Of each graph some, by its owner first, if he is among the users, then by the others."""
    for graph in graphs:
        first = users.index(graph.owner) if graph.owner in users else 0
        for number in range(stream.integer(*settings.executions_per_graph)):
            yield Execution(graph, users[(first + number) % len(users)])


def _added(additions: Iterable[tuple[str, Tally]]) -> dict[str, Tally]:
    tallies: dict[str, Tally] = {}
    for key, tally in additions:
        tallies[key] = tallies.get(key, Tally(0)).plus(tally)
    return tallies
