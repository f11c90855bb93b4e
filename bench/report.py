"""Samples -> medians and ratios, as a table and as JSON."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from bench.one import POPULATES, Sample
from bench.ways import WAYS

BASE = "limit"
"""The way to which the others are compared."""

NAMES = {way: name for way, (name, _) in (*WAYS.items(), *POPULATES.items())}


@dataclass(frozen=True)
class Result:
    """The medians of one way at one size. `ratio` is of seconds to those of the limit recipe."""

    way: str
    users: int
    rows: int
    runs: int
    seconds: float
    ratio: float | None
    cpu_seconds: float
    megabytes: float | None

    @property
    def rows_per_second(self) -> float:
        return self.rows / self.seconds


def results(samples: Iterable[Sample]) -> list[Result]:
    """The medians, by size and then in the order of the ways."""
    groups: dict[tuple[int, str], list[Sample]] = defaultdict(list)
    for sample in samples:
        groups[sample.users, sample.way].append(sample)
    seconds = {key: median(s.seconds for s in group) for key, group in groups.items()}
    order = sorted(groups, key=lambda key: (key[0], list(NAMES).index(key[1])))
    return [
        Result(
            way=way,
            users=users,
            rows=groups[users, way][0].rows,
            runs=len(groups[users, way]),
            seconds=seconds[users, way],
            ratio=seconds[users, way] / base if (base := seconds.get((users, BASE))) else None,
            cpu_seconds=median(s.cpu_seconds for s in groups[users, way]),
            megabytes=max((s.megabytes for s in groups[users, way] if s.megabytes), default=None),
        )
        for users, way in order
    ]


def as_table(found: Sequence[Result]) -> str:
    """A Markdown table."""
    lines = [
        "| users | way | rows | seconds | rows/s | to the limit | client memory |",
        "|--:|:--|--:|--:|--:|--:|--:|",
    ]
    for result in found:
        ratio = f"{result.ratio:.2f}" if result.ratio else ""
        memory = f"{result.megabytes:.0f} MB" if result.megabytes else ""
        lines.append(
            f"| {result.users:,} | {NAMES[result.way]} | {result.rows:,} | {result.seconds:.2f} "
            f"| {result.rows_per_second:,.0f} | {ratio} | {memory} |"
        )
    return "\n".join(lines)


def as_caption(circumstances: dict[str, Any]) -> str:
    """On what it was measured, in a sentence."""
    server = circumstances["server"]
    return (
        f"Measured on {circumstances['date']}: PostgreSQL {server['server_version']} "
        f"(shared_buffers {server['shared_buffers']}, fsync {server['fsync']}) and the client, "
        f"Python {circumstances['python']}, on the same {circumstances['cores']} cores."
    )


def as_document(samples: Sequence[Sample], circumstances: dict[str, Any]) -> dict[str, Any]:
    """Everything, to be written as JSON."""
    return {
        "circumstances": circumstances,
        "results": [{"name": NAMES[result.way], **asdict(result)} for result in results(samples)],
        "samples": [asdict(sample) for sample in samples],
    }
