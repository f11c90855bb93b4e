"""What was seeded, as records to pick from: the rows of the template, without a query for them.

The rows follow from the plan and the schema, so every process that knows both knows the rows, and
the raw API keys too, of which the database holds hashes only.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from statistics import fmean
from typing import Any, TypeVar
from uuid import UUID

from autogpt_seed.binding.bound import Bound
from autogpt_seed.binding.matching import match
from autogpt_seed.binding.names import actual_name
from autogpt_seed.database.reflection.reflect import reflect
from autogpt_seed.database.runs.record import read_records
from autogpt_seed.database.target import Target
from autogpt_seed.entities import ENTITIES
from autogpt_seed.entities.api_keys import KeyRing
from autogpt_seed.entities.world import STATUSES, World
from autogpt_seed.errors import ConfigurationError
from autogpt_seed.ids import RunTag
from autogpt_seed.plan import Plan
from autogpt_seed.preparation import bind_world, survey
from autogpt_seed.unit_of_work import UnitOfWork

T = TypeVar("T")
Id = str | int | UUID
"""Of the type that the schema's column has."""


@dataclass(frozen=True)
class SeededUser:
    """A user, with the numbers of what is theirs. `api_key` is the raw key, a secret."""

    id: Id
    email: str
    name: str
    username: str
    api_key: str = field(repr=False)
    graphs: int
    library_agents: int
    listings: int


@dataclass(frozen=True)
class SeededGraph:
    """A graph of version 1."""

    id: Id
    name: str
    owner: SeededUser
    executions: int


@dataclass(frozen=True)
class SeededListing:
    """A listing with its one version. `status` is PENDING, APPROVED or REJECTED."""

    id: Id
    slug: str
    status: str
    version_id: Id
    name: str
    owner: SeededUser
    graph: SeededGraph
    reviews: int
    rating: float | None

    @property
    def approved(self) -> bool:
        """Whether the store shows it."""
        return self.status == "APPROVED"


@dataclass(frozen=True)
class SeededWorld:
    """The users, graphs and listings of a template; `user()` and the like pick one by `random`.

    Each picks among those for which `where` is true and every wish that is not None is met, and
    raises `ConfigurationError` where there are none.
    """

    users: tuple[SeededUser, ...]
    graphs: tuple[SeededGraph, ...]
    listings: tuple[SeededListing, ...]
    random: Random = field(default_factory=lambda: Random(0), repr=False, compare=False)

    def drawing(self, seed: str) -> SeededWorld:
        """The same world, picking by another seed."""
        return replace(self, random=Random(seed))

    def user(
        self,
        where: Callable[[SeededUser], bool] = lambda _: True,
        *,
        library: bool | None = None,
        graphs: bool | None = None,
        listings: bool | None = None,
    ) -> SeededUser:
        """A user who has, or has not, agents in the library, graphs, or listings."""
        wishes = {"library_agents": library, "graphs": graphs, "listings": listings}
        return self._pick("user", self.users, where, wishes)

    def graph(
        self,
        where: Callable[[SeededGraph], bool] = lambda _: True,
        *,
        executions: bool | None = None,
    ) -> SeededGraph:
        """A graph that was run, or was not."""
        return self._pick("graph", self.graphs, where, {"executions": executions})

    def listing(
        self,
        where: Callable[[SeededListing], bool] = lambda _: True,
        *,
        approved: bool | None = None,
        reviews: bool | None = None,
    ) -> SeededListing:
        """A listing that is approved, or is not, and has reviews, or has none."""
        wishes = {"approved": approved, "reviews": reviews}
        return self._pick("listing", self.listings, where, wishes)

    def _pick(
        self,
        what: str,
        among: Sequence[T],
        where: Callable[[T], bool],
        wishes: Mapping[str, bool | None],
    ) -> T:
        said = {name: wish for name, wish in wishes.items() if wish is not None}
        found = [
            one
            for one in among
            if all(bool(getattr(one, name)) == wish for name, wish in said.items()) and where(one)
        ]
        if not found:
            wished = ", ".join(f"{'with' if wish else 'without'} {n}" for n, wish in said.items())
            raise ConfigurationError(
                f"No seeded {what} matches" + (f": {wished}." if wished else "."),
                evidence=f"There are {len(among)}.",
                remedy="Change the plan, such as library_agents_per_user = 0-4, or more users.",
            )
        return self.random.choice(found)


async def read_world(target: Target, plan: Plan, schema: str) -> SeededWorld:
    """What the last run, of `plan`, made in `schema`: the catalog is read, and no row of it."""
    async with UnitOfWork(target, read_only=True) as work:
        await work.enter_schema(schema, exclusive=False)
        reflected = await reflect(work.connection, schema)
        catalog, abilities, _ = await survey(work.connection, reflected, plan)
        recorded = await read_records(work.connection, schema)
    last = next((run for run in reversed(recorded) if run.kind == "populate"), None)
    first = RunTag.of(plan.digest(), plan.seed, plan.as_of_text(), 0)
    tag, earlier = (RunTag(last.tag), last.n) if last else (first, 0)
    quick = plan.model_copy(update={"api_key_hash": "sha256"})  # the hashes are not wanted
    with KeyRing.of(quick, tag, salted=False) as keys:
        world = World(plan, tag, abilities, keys, earlier=earlier)
        bounds = {bound.table.name: bound for bound in bind_world(world, catalog).bounds}
        return _Reader(world, bounds).world()


class _Reader:
    """Makes the records from the rows of a world, as they were sent."""

    def __init__(self, world: World, bounds: Mapping[str, Bound]) -> None:
        self._world = world
        self._bounds = bounds

    def world(self) -> SeededWorld:
        users = self._users()
        graphs = self._graphs(users)
        return SeededWorld(users, graphs, self._listings(users, graphs))

    def _users(self) -> tuple[SeededUser, ...]:
        world = self._world
        graphs = Counter(world.graph_owner)
        listings = Counter(world.listing_owner if self._bound("StoreListing") else ())
        library = Counter(self._column("LibraryAgent", "userId"))
        rows = zip(
            self._column("User", "id"),
            self._column("User", "email"),
            self._column("User", "name"),
            self._column("Profile", "username", world.new_users),
            strict=True,
        )
        return tuple(
            SeededUser(
                identifier,
                email,
                name,
                username,
                world.keys.raw(user),
                graphs=graphs[user],
                library_agents=library[identifier],
                listings=listings[user],
            )
            for user, (identifier, email, name, username) in enumerate(rows)
        )

    def _graphs(self, users: Sequence[SeededUser]) -> tuple[SeededGraph, ...]:
        first, run = self._world.first_execution, self._bound("AgentGraphExecution") is not None
        identifiers, names = self._column("AgentGraph", "id"), self._column("AgentGraph", "name")
        return tuple(
            SeededGraph(
                identifier,
                name,
                users[self._world.graph_owner[graph]],
                executions=first[graph + 1] - first[graph] if run else 0,
            )
            for graph, (identifier, name) in enumerate(zip(identifiers, names, strict=True))
        )

    def _listings(
        self, users: Sequence[SeededUser], graphs: Sequence[SeededGraph]
    ) -> tuple[SeededListing, ...]:
        scores: defaultdict[Any, list[Any]] = defaultdict(list)
        reviews = self._column("StoreListingReview", "storeListingVersionId")
        for version, score in zip(
            reviews, self._column("StoreListingReview", "score"), strict=True
        ):
            scores[version].append(score)
        listings = tuple(self._column("StoreListing", "id"))
        if not listings:
            return ()
        rows = zip(
            listings,
            self._column("StoreListing", "slug"),
            self._column("StoreListingVersion", "id", len(listings)),
            self._column("StoreListingVersion", "name", len(listings)),
            strict=True,
        )
        return tuple(
            SeededListing(
                identifier,
                slug,
                STATUSES[self._world.version_status[listing]],
                version,
                name,
                users[self._world.listing_owner[listing]],
                graphs[listing],
                reviews=len(scores[version]),
                rating=_mean(scores[version]),
            )
            for listing, (identifier, slug, version, name) in enumerate(rows)
        )

    def _column(self, table: str, field: str, missing: int = 0) -> Iterator[Any]:
        """The values of the column that takes a field: empty texts where there is no such column,
        `missing` of them where there is no such table."""
        bound = self._bound(table)
        if bound is None:
            return iter([""] * missing)
        matches = match(ENTITIES[table](self._world), bound.table)[0]
        columns = [found.column.name for found in matches if found.field.name == field]
        if not columns:
            return ("" for _ in bound.records())
        place = bound.columns.index(columns[0])
        return (record[place] for record in bound.records())

    def _bound(self, table: str) -> Bound | None:
        return self._bounds.get(actual_name(table, self._bounds))


def _mean(scores: Sequence[Any]) -> float | None:
    """None where there are no reviews, or where the schema keeps no scores."""
    return fmean(scores) if scores and "" not in scores else None
