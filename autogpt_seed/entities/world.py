"""The arithmetic of a marketplace that its entities share: how many, whose, and when.

What is looked up by user or graph is in compact arrays, made when they are first asked for. What
is only read in order is generated at each iteration, always the same; executions are, too.

Names tell what indexes what: `graph_owner[graph]` is a user, `first_node[graph]` a node. The nodes
of a graph begin with `first_node[graph]` and end before `first_node[graph + 1]`. A graph, its
listing and that listing's version share one ordinal. Times are milliseconds since 1970 UTC.

Graph 0, of user 0, is the store's showcase: it is always listed and approved and, where the plan
allows it, run and reviewed by somebody who does not own it. Where an existing user takes part,
that is the last user, and the first of its graphs is another showcase: listed, approved and run by
its owner.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice

from autogpt_seed import texts
from autogpt_seed.entities.api_keys import KeyRing
from autogpt_seed.entities.capabilities import Capabilities
from autogpt_seed.entities.groups import Groups, parents, starts
from autogpt_seed.entities.schedule import USERS_FROM, USERS_UNTIL, Schedule
from autogpt_seed.entities.sizes import extents, scaled, showcased
from autogpt_seed.entities.times import milliseconds
from autogpt_seed.ids import Ids, RunTag
from autogpt_seed.plan import Plan, Range
from autogpt_seed.randomness import Scattered, Stream

STATUSES = ("PENDING", "APPROVED", "REJECTED")
"""`World.version_status` holds places in this tuple."""

PENDING, APPROVED, REJECTED = range(len(STATUSES))


class World:
    """What one run's entities have in common. The same plan and tag give the same world.

    `earlier` is how many runs of the plan there were: all have the same size, and other contents.
    """

    def __init__(
        self,
        plan: Plan,
        tag: RunTag,
        capabilities: Capabilities,
        keys: KeyRing | None,
        *,
        earlier: int = 0,
    ) -> None:
        self.plan, self.tag, self.capabilities = plan, tag, capabilities
        self._keys, self._earlier = keys, earlier
        self.as_of = milliseconds(plan.as_of)
        self.new_users = plan.users
        existing = capabilities.existing_user
        self.users = self.new_users + (existing is not None)
        room = self.as_of - existing.created if existing else USERS_UNTIL
        self.schedule = Schedule(self.as_of, min(room, USERS_UNTIL))

    def stream(self, name: str) -> Stream:
        """The stream of that name, from its beginning. Each run of a plan has different ones."""
        return Stream(self.plan.seed, self._own(name))

    def _own(self, name: str) -> str:
        """The name of a stream that differs in each run of a plan."""
        return f"{name}.{self._earlier}" if self._earlier else name

    def ids(self, table: str) -> Ids:
        """The ids of this run in `table`, with the existing id for the row of an existing user."""
        ids, existing = self.tag.ids(table), self.capabilities.existing_user
        given = existing.ids.get(table) if existing else None
        return ids.with_given(self.new_users, given) if given else ids

    def numbers(self, table: str, size: Range) -> Iterator[int]:
        """How many rows of `table` each parent has, without end: evenly spread."""
        return scaled(Stream(self.plan.seed, f"{table}.number").evenly(), size)

    @property
    def keys(self) -> KeyRing:
        """The API keys. A world made without any can only count them: raises `ValueError`."""
        if self._keys is None:
            raise ValueError("this world was made without a key ring")
        return self._keys

    # Users

    @cached_property
    def user_created(self) -> array[int]:
        """When each user registered, in order; an existing one, the last, not before others can."""
        random = self.stream("User.createdAt").random
        begin, step = self.as_of - USERS_FROM, (USERS_FROM - USERS_UNTIL) / self.new_users
        times = array("q", (begin + int((u + random()) * step) for u in range(self.new_users)))
        if existing := self.capabilities.existing_user:
            times.append(max(begin, existing.created))
        return times

    @property
    def profiles(self) -> int:
        """How many profiles to make: those of the first users, in order."""
        existing = self.capabilities.existing_user
        return self.users - (existing is not None and "Profile" in existing.ids)

    # Graphs and nodes

    @cached_property
    def first_graph(self) -> array[int]:
        """The first graph of each user."""
        size = self.plan.graphs_per_user
        numbers = islice(self.numbers("AgentGraph", size), self.users)
        return starts("AgentGraph", showcased(numbers, size, {0, self.new_users}))

    @property
    def graphs(self) -> int:
        """How many graphs there are, and as many listings and versions."""
        return self.first_graph[-1]

    @cached_property
    def showcases(self) -> tuple[int, ...]:
        """The graphs that the store always shows; none in a plan without graphs."""
        if not self.graphs:
            return ()
        owners = (0,) if self.capabilities.existing_user is None else (0, self.new_users)
        return tuple(self.first_graph[owner] for owner in owners)

    @cached_property
    def graph_owner(self) -> array[int]:
        """The user to whom each graph belongs."""
        return array("I", parents(self.first_graph))

    @cached_property
    def graph_created(self) -> array[int]:
        """When each graph was made."""
        integer = self.stream("AgentGraph.createdAt").integer
        until = self.schedule.graphs_until
        return array("q", (integer(self.user_created[user], until) for user in self.graph_owner))

    def topics(self) -> Iterator[texts.Topic]:
        """The topics of all graphs, in order."""
        return map(self.topic, range(self.graphs))

    def topic(self, graph: int) -> texts.Topic:
        """What all texts about a graph and its listing agree on, such as its name."""
        return texts.topic(self._topics[graph])

    @cached_property
    def _topics(self) -> Scattered:
        return Scattered(self.plan.seed, self._own("AgentGraph.topic"))

    @cached_property
    def first_node(self) -> array[int]:
        """The first node of each graph."""
        large = (extent for extent, _ in islice(self._extents(), self.graphs))
        return starts("AgentNode", scaled(large, self.plan.nodes_per_graph))

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return self.first_node[-1]

    def _extents(self) -> Iterator[tuple[float, float]]:
        return extents(Stream(self.plan.seed, "AgentGraph.extents"))

    # Presets

    @cached_property
    def first_preset(self) -> array[int]:
        """The first preset of each user."""
        size = self.plan.presets_per_user if self.graphs else Range(0, 0)
        return starts("AgentPreset", islice(self.numbers("AgentPreset", size), self.users))

    @property
    def presets(self) -> int:
        """How many presets there are."""
        return self.first_preset[-1]

    def presets_made(self) -> Iterator[tuple[int, int, int]]:
        """For each preset its owner, its graph, and when it was made. The graph is one that the
        owner of the preset runs, or any where there is none."""
        choose = self.stream("AgentPreset.agentGraphId").pick
        time = self.stream("AgentPreset.createdAt").integer
        every, until = range(self.graphs), self.schedule.presets_until
        for owner in parents(self.first_preset):
            graph = choose(self.graphs_run_by(owner) or every)
            since = max(self.user_created[owner], self.graph_created[graph])
            yield owner, graph, time(since, until)

    def presets_of(self, graph: int) -> Sequence[int]:
        """The presets that `graph` is run with: its runner's or, where there is none, anybody's."""
        runner, presets = self.graph_runner[graph], self._presets_by_graph[graph]
        own = range(self.first_preset[runner], self.first_preset[runner + 1])
        return [preset for preset in presets if preset in own] or presets

    @cached_property
    def _presets_by_graph(self) -> Groups:
        return Groups(array("I", (graph for _, graph, _ in self.presets_made())), self.graphs)

    # Executions

    @cached_property
    def first_execution(self) -> array[int]:
        """The first execution of each graph."""
        size = self.plan.executions_per_graph
        busy = (extent for _, extent in islice(self._extents(), self.graphs))
        numbers = showcased(scaled(busy, size), size, self.showcases)
        return starts("AgentGraphExecution", numbers)

    @property
    def executions(self) -> int:
        """How many executions of graphs there are."""
        return self.first_execution[-1]

    @cached_property
    def graph_runner(self) -> array[int]:
        """The user who runs each graph."""
        integer, last = self.stream("AgentGraphExecution.userId").integer, self.users - 1
        runners = array("I", (integer(0, last) for _ in range(self.graphs)))
        for graph in self.showcases:
            runners[graph] = integer(1, last) if graph == 0 < last else self.graph_owner[graph]
        return runners

    @cached_property
    def _graphs_by_runner(self) -> Groups:
        return Groups(self.graph_runner, self.users)

    def graphs_run_by(self, user: int) -> list[int]:
        """The graphs of which `user` has executions."""
        first, graphs = self.first_execution, self._graphs_by_runner[user]
        return [graph for graph in graphs if first[graph] < first[graph + 1]]

    @cached_property
    def runs_from(self) -> array[int]:
        """The time from which each graph can run: it, its runner and its presets are there."""
        origins = zip(self.graph_created, self.graph_runner, strict=True)
        year = self.schedule.runs_from
        times = array("q", (max(year, made, self.user_created[user]) for made, user in origins))
        for _, graph, made in self.presets_made():
            times[graph] = max(times[graph], made)
        return times

    def runs(self) -> Iterator[tuple[int, int, int, int]]:
        """For each execution its graph and when it was created, started and ended, in order.

        The executions of a graph ascend in time, and part the time from `runs_from` evenly.
        """
        random = self.stream("AgentGraphExecution.startedAt").random
        first, schedule = self.first_execution, self.schedule
        until, delay, shortest = schedule.runs_until, schedule.longest_delay, schedule.shortest_run
        spread = schedule.longest_run - shortest
        for graph, begin in enumerate(self.runs_from):
            number = first[graph + 1] - first[graph]
            for run in range(number):
                created = begin + int((run + random()) * (until - begin) / number)
                started = created + int(random() * delay)
                share = random()  # its cube is mostly small: most runs are short
                ended = started + shortest + int(share * share * share * spread)
                yield graph, created, started, ended

    # The store

    @cached_property
    def listing_owner(self) -> array[int]:
        """The user who lists each graph."""
        integer, last = self.stream("StoreListing.owningUserId").integer, self.users - 1
        owners = array("I", (integer(0, last) for _ in range(self.graphs)))
        for graph in self.showcases:
            owners[graph] = self.graph_owner[graph]
        return owners

    def listings_made(self) -> Iterator[int]:
        """When each listing was made, and its version submitted: what is pending not long ago."""
        integer, schedule = self.stream("StoreListing.createdAt").integer, self.schedule
        origins = zip(self.listing_owner, self.graph_created, self.version_status, strict=True)
        for user, made, status in origins:
            earliest = schedule.pending_from if status == PENDING else made
            yield integer(max(self.user_created[user], made, earliest), schedule.listings_until)

    @cached_property
    def version_status(self) -> bytearray:
        """`PENDING`, `APPROVED` or `REJECTED`, for the version of each listing."""
        random = self.stream("StoreListingVersion.submissionStatus").random
        status = bytearray(int(random() * 3) for _ in range(self.graphs))
        for graph in self.showcases:
            status[graph] = APPROVED
        return status

    @cached_property
    def version_decided(self) -> array[int]:
        """When each version is, or would have been, approved or rejected."""
        integer = self.stream("StoreListingVersion.reviewedAt").integer
        longest = self.schedule.longest_decision
        return array("q", (made + integer(0, longest) for made in self.listings_made()))
