"""How far users got in the introduction to the platform."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import partial

from autogpt_seed import texts
from autogpt_seed.entities.times import stamp
from autogpt_seed.entities.world import APPROVED, World
from autogpt_seed.randomness import Stream
from autogpt_seed.rows import Kind, Record, Rows, fields, keys, labels, optional, refers

_REASONS = ("personal", "business", "research", "learning")
_INTEGRATIONS = ("github", "google", "discord", "slack")


def onboardings(world: World) -> Rows:
    """One for `onboarding_rate` of the new users. All shares here are exact."""
    steps = labels(*world.capabilities.onboarding_steps, many=True)
    columns = fields(
        id=Kind.ID,
        userId=refers("User"),
        completedSteps=steps,
        notified=steps,
        rewardedFor=steps,
        walletShown=Kind.BOOLEAN,
        usageReason=optional(Kind.TEXT),
        integrations=Kind.TEXTS,
        otherIntegrations=optional(Kind.TEXT),
        selectedStoreListingVersionId=refers("StoreListingVersion", optional=True),
        onboardingAgentExecutionId=refers("AgentGraphExecution", optional=True),
        agentRuns=Kind.INTEGER,
        lastRunAt=optional(Kind.TIME),
        createdAt=Kind.TIME,
        updatedAt=Kind.TIME,
    )
    flags = world.stream("UserOnboarding.userId").share(world.new_users, world.plan.onboarding_rate)
    records = partial(_onboardings, world, flags)
    return Rows("UserOnboarding", columns, sum(flags), records, keys("id", "userId"))


def _onboardings(world: World, flags: bytearray) -> Iterator[Record]:
    stream, ids = world.stream("UserOnboarding"), world.ids("UserOnboarding")
    user_ids, version_ids = world.ids("User"), world.ids("StoreListingVersion")
    execution_ids = world.ids("AgentGraphExecution")
    shares = zip(
        *(stream.share(sum(flags), rate) for rate in (0.8, 0.7, 0.2, 0.5, 0.3)), strict=True
    )
    users = (user for user, flag in enumerate(flags) if flag)
    for onboarding, user in enumerate(users):
        begun, reasoned, others, selecting, running = next(shares)
        steps = _steps(stream, world.capabilities.onboarding_steps) if begun else []
        version = _approved(world, stream) if selecting and world.graphs else None
        graph = _graph_run(world, stream, user) if running and world.executions else None
        created = stream.integer(_earliest(world, user, version, graph), world.as_of)
        updated = stream.integer(created, world.as_of)
        runs = stream.integer(0, 10)
        yield (
            ids[onboarding],
            user_ids[user],
            steps,
            stream.sample(steps, 3),
            stream.sample(steps, 2),
            stream.chance(0.5),
            stream.pick(_REASONS) if reasoned else None,
            stream.sample(_INTEGRATIONS, stream.integer(0, 2)),
            texts.word(stream) if others else None,
            None if version is None else version_ids[version],
            None if graph is None else execution_ids[world.first_execution[graph]],
            runs,
            stamp(stream.integer(created, updated)) if runs else None,
            stamp(created),
            stamp(updated),
        )


def _steps(stream: Stream, known: tuple[str, ...]) -> list[str]:
    """At least one of the steps, in their order."""
    return stream.sample(known, stream.integer(1, len(known)))


def _approved(world: World, stream: Stream) -> int:
    """A version that the store shows: the next from a random one on, else version 0."""
    status = world.version_status
    found = status.find(APPROVED, stream.integer(0, world.graphs - 1))
    return max(found, 0)


def _graph_run(world: World, stream: Stream, user: int) -> int:
    """A graph that the user runs or, where there is none, that somebody runs."""
    if own := world.graphs_run_by(user):
        return stream.pick(own)
    return bisect_right(world.first_execution, stream.integer(0, world.executions - 1)) - 1


def _earliest(world: World, user: int, version: int | None, graph: int | None) -> int:
    """The time from which on the user, the approved version and the ended execution were there."""
    since = world.user_created[user]
    if version is not None:
        since = max(since, world.version_decided[version])
    return since if graph is None else max(since, _first_run_over(world, graph))


def _first_run_over(world: World, graph: int) -> int:
    """A time at which the first execution of `graph`, which must have one, has ended."""
    number = world.first_execution[graph + 1] - world.first_execution[graph]
    begin, schedule = world.runs_from[graph], world.schedule
    step = (schedule.runs_until - begin) // number + 1
    return begin + step + schedule.longest_delay + schedule.longest_run
