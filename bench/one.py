"""One measurement, in a process of its own: `python -m bench.one WAY USERS URL` prints JSON."""

from __future__ import annotations

import asyncio
import gc
import json
import resource
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from autogpt_seed.choices import Load
from autogpt_seed.database.url import parse_url
from autogpt_seed.plan import Plan
from autogpt_seed.seeding import expected_rows, populate
from bench.prepared import prepare
from bench.ways import FIVE, WAYS

POPULATES: dict[str, tuple[str, Load]] = {
    "populate-live": ("populate --load live", "live"),
    "populate": ("populate", "auto"),
}
"""By their short names, with the long ones."""

AS_OF = datetime(2026, 1, 15, tzinfo=UTC)


@dataclass(frozen=True)
class Sample:
    """One measurement: wall and client CPU seconds, and the client's peak of resident memory."""

    way: str
    users: int
    rows: int
    seconds: float
    cpu_seconds: float
    megabytes: float | None
    """None where the rows were in memory before."""


async def measure(way: str, users: int, url: str) -> Sample:
    """Load the marketplace of so many users into the empty database of `url`, once."""
    plan = Plan(users=users, as_of=AS_OF, api_key_hash="sha256")
    rows = sum(expected_rows(plan).values())
    if way in POPULATES:
        target, load = parse_url(url, {}), POPULATES[way][1]
        begun = time.perf_counter(), time.process_time()
        await populate(target, plan, load=load)
    else:
        tables = await prepare(
            url, plan, whole=way.startswith("limit"), random_ids=way == "copy-random"
        )
        if way == "factories":
            tables = [table for table in tables if table.table in FIVE]
            rows = sum(len(table.records) for table in tables)
        gc.collect()
        gc.freeze()
        begun = time.perf_counter(), time.process_time()
        await WAYS[way][1](url, tables)
    seconds, cpu = time.perf_counter() - begun[0], time.process_time() - begun[1]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Sample(way, users, rows, seconds, cpu, memory if way in POPULATES else None)


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(measure(sys.argv[1], int(sys.argv[2]), sys.argv[3])))))
