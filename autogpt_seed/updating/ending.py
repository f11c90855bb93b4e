"""The ends of executions that earlier updates left running. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from autogpt_seed.database.existing.ongoing import End, Ongoing
from autogpt_seed.randomness import Stream
from autogpt_seed.updating.day import GOING_ON, LONGEST, node_stats, run_stats

_MILLISECOND = timedelta(milliseconds=1)


def ends(ongoing: Sequence[Ongoing], until: datetime) -> Iterator[tuple[End, tuple[End, ...]]]:
    """The executions that have ended by `until`, UTC without zone, each with the ends of its nodes.

    An execution ends after the as-of time of its update. When depends on nothing but the execution.
    """
    for run in ongoing:
        stream = Stream(0, f"end|{run.id}")
        end = run.since + GOING_ON + stream.integer(1, LONGEST) * _MILLISECOND
        if end <= until:
            nodes = run.done + len(run.steps)
            stats = run_stats((end - run.since) // _MILLISECOND, nodes, "COMPLETED", stream)
            yield _end(run, end, stats), tuple(_step(step, end) for step in run.steps)


def _step(step: Ongoing, end: datetime) -> End:
    return _end(step, end, node_stats((end - step.since) // _MILLISECOND, "COMPLETED"))


def _end(what: Ongoing, time: datetime, stats: str) -> End:
    return End(what.id, time.replace(tzinfo=UTC).isoformat(), stats)
