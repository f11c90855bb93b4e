"""What verify puts into the database: planned from what is there, known to the last row. Pure.

Whatever a view could count by is in it: runs by the graph's owner and by others, of graphs that
were there and of new ones, listed and not, one of them with several versions; and listings of each
kind that a view must tell apart (`kinds`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, cycle, zip_longest

from pydantic import BaseModel, ConfigDict, Field

from autogpt_seed.database.existing.candidates import Candidates, Graph, Reviewable
from autogpt_seed.ids import RunTag
from autogpt_seed.overrides import Overrides
from autogpt_seed.plan import Range, Size
from autogpt_seed.randomness import Stream
from autogpt_seed.settings import read_settings
from autogpt_seed.verification.injection.kinds import KINDS, Owner, RunKind, odd_runs
from autogpt_seed.verification.injection.ledger import (
    Execution,
    Kept,
    Ledger,
    ListedVersion,
    Listing,
    Review,
)

_ODD_GRAPHS = 3
_UNLISTED_VERSION = 7
"""The version of a listed graph that is in no listing itself."""

_SCORES = (5, 4, 1, 3, 2)
"""The versions of a listing differ in their means, and these in that of all."""


class VerifySettings(BaseModel):
    """How much is injected, at most. `listings` are taken from the kinds in turn; `columns` are
    values for columns of which verify knows nothing, as in a plan."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    graphs: int = Field(default=5, ge=1, le=1000)
    executions_per_graph: Size = Range(2, 5)
    users: int = Field(default=5, ge=1, le=1000)
    listings: int = Field(default=len(KINDS), ge=0, le=1000)
    reviews: int = Field(default=5, ge=0, le=1000)
    seed: int = Field(default=42, ge=0, lt=2**63)
    columns: Overrides = Field(default_factory=dict)


def load_settings(values: Mapping[str, object]) -> VerifySettings:
    """The settings from texts. Raises `ConfigurationError` that names each that is wrong."""
    return read_settings(VerifySettings, values, "verify")


def plan_injection(candidates: Candidates, settings: VerifySettings) -> Ledger:
    """Decide what is injected."""
    users = candidates.users
    tag = RunTag.of(settings.model_dump_json(), settings.seed, candidates.now.isoformat(), 0)
    stream = Stream(settings.seed, "verify")
    listings = tuple(_listings(users, settings.listings, tag))
    usual = [listing for listing in listings if not listing.kind.odd]
    new = [listing.graphs for listing in usual if listing.in_store and listing.kind.run]
    # Old and new in turn, so that any number of graphs has some of both.
    old = [(graph,) for graph in candidates.graphs]
    turns = [graph for graph in chain(*zip_longest(old, new)) if graph][: settings.graphs]
    present = [versions[0] for versions in turns if versions in old]
    shown = [versions[0] for versions in turns if versions in new]
    unlisted = tuple(_unlisted(listings, users, tag))
    kinds = odd_runs(candidates.statuses)
    alone = tuple(_alone(listings, users, tag, kinds))
    others = [found.graphs[0] for found in listings if found.kind.run and found.graphs not in turns]
    known = candidates.reviewable[: settings.reviews]
    return Ledger(
        tag=tag,
        seed=settings.seed,
        now=candidates.now,
        executions=(
            *_executions(turns, users, settings, stream),
            *(Execution(graph, _runner(graph, users)) for graph in (*unlisted, *others)),
            *_odd_runs(present, users, kinds),
            *_odd_runs(shown, users, kinds),
            *alone,
        ),
        listings=listings,
        reviews=(*_known_reviews(known, stream), *_new_reviews(users, listings)),
        kept=tuple(_kept(listings, users)),
        unlisted=(*unlisted, *(run.graph for run in alone)),
        columns=settings.columns,
    )


def _listings(users: Sequence[str], number: int, tag: RunTag) -> Iterator[Listing]:
    graphs, ids, newcomers = tag.ids("AgentGraph"), tag.ids("StoreListing"), tag.ids("User")
    versions = iter(tag.ids("StoreListingVersion").ascending())
    for place in range(number):
        kind = KINDS[place % len(KINDS)]
        first = place - place % len(KINDS)
        turn = first + 1 if kind.namesake else place
        present = kind.owner is Owner.PRESENT
        owner = users[turn % len(users)] if present else newcomers[place]
        yield Listing(
            id=ids[place],
            slug=f"test-agent-{ids[first if kind.namesake and len(users) > 1 else place]}",
            owner=owner,
            reviewer=users[(place + 1) % len(users)],
            kind=kind,
            versions=tuple(
                ListedVersion(
                    next(versions), v.number, Graph(graphs[place], v.graph_version, owner), v.status
                )
                for v in kind.versions
            ),
        )


def _unlisted(listings: Sequence[Listing], users: Sequence[str], tag: RunTag) -> Iterator[Graph]:
    """A graph in no listing, and a version of one of which other versions are listed."""
    if listings:
        yield Graph(tag.ids("AgentGraph")[len(listings)], 1, users[0])
        first = listings[0].graphs[0]
        yield Graph(first.id, _UNLISTED_VERSION, first.owner)


def _kept(listings: Sequence[Listing], users: Sequence[str]) -> Iterator[Kept]:
    """Two versions of a graph in the libraries of two users, and two presets of one version: each
    more than once, so that a view which joins them counts more than once, too."""
    graphs = listings[0].graphs[:2] if listings else ()
    for user in dict.fromkeys(users[:2]):
        for number, graph in enumerate(graphs, 1):
            yield Kept("LibraryAgent", user, graph, number)
            yield Kept("AgentPreset", user, graphs[0], number)


def _alone(
    listings: Sequence[Listing], users: Sequence[str], tag: RunTag, kinds: Sequence[RunKind]
) -> Iterator[Execution]:
    """A run of each kind as the only one of a graph in no listing, so that evidence which names the
    graph tells the kind."""
    ids, first = tag.ids("AgentGraph"), len(listings) + 1
    for place, kind in enumerate(kinds if listings else ()):
        graph = Graph(ids[first + place], 1, users[place % len(users)])
        yield Execution(graph, _stranger(graph, users), kind)


def _executions(
    graphs: Sequence[Sequence[Graph]],
    users: Sequence[str],
    settings: VerifySettings,
    stream: Stream,
) -> Iterator[Execution]:
    """Some runs of each graph: of its versions in turn, by its owner first, if that is one of the
    users, then by the others."""
    for versions in graphs:
        owner = versions[0].owner
        first = users.index(owner) if owner in users else 0
        for number in range(stream.integer(*settings.executions_per_graph)):
            user = users[(first + number) % len(users)]
            yield Execution(versions[number % len(versions)], user)


def _odd_runs(
    graphs: Sequence[Graph], users: Sequence[str], kinds: Sequence[RunKind]
) -> Iterator[Execution]:
    """Each by somebody who does not own the graph, if there is anybody else. The first kinds, which
    known rules leave out, get a graph each, if there are enough."""
    for place, kind in enumerate(kinds if graphs else ()):
        graph = graphs[min(place, _ODD_GRAPHS - 1) % len(graphs)]
        yield Execution(graph, _stranger(graph, users), kind)


def _runner(graph: Graph, users: Sequence[str]) -> str:
    """The owner, if that is a new user, who runs nothing else; else somebody else."""
    return _stranger(graph, users) if graph.owner in users else graph.owner


def _stranger(graph: Graph, users: Sequence[str]) -> str:
    """Somebody who does not own the graph, if there is anybody else."""
    return next((user for user in users if user != graph.owner), users[0])


def _known_reviews(versions: Sequence[Reviewable], stream: Stream) -> Iterator[Review]:
    """One of each version that was there, the last of them an old one."""
    for place, version in enumerate(versions, 1):
        yield Review(version, stream.integer(3, 5), old=place == len(versions))


def _new_reviews(users: Sequence[str], listings: Iterable[Listing]) -> Iterator[Review]:
    """The reviews of new versions, each by another user: the owner comes first, or last if at all.
    The very first review is an old one."""
    scores, old = cycle(_SCORES), True
    for listing in listings:
        crowd = tuple(dict.fromkeys([*users, listing.owner]))
        own = crowd.index(listing.owner)
        for kind, version in zip(listing.kind.versions, listing.versions, strict=True):
            first = own if kind.by_owner else own + 1
            for n in range(min(kind.reviews, len(crowd))):
                reviewer = crowd[(first + n) % len(crowd)]
                of = Reviewable(version.id, listing.id, reviewer)
                yield Review(of, next(scores), old)
                old = False
