"""A larger run by hand: python -m tests.drift --count 500"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import re
import time
from collections import Counter

from autogpt_seed.database.embedded import EmbeddedServer
from autogpt_seed.database.sql import quote
from autogpt_seed.database.url import parse_url
from autogpt_seed.migrating import known_revisions, migrate
from tests.conftest import with_database
from tests.databases import execute
from tests.drift.mutations import FRIENDLY, HOSTILE
from tests.drift.running import Case, run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1000, help="the first of the seeds")
    parser.add_argument("--server", help="URL of a server; default: an embedded one")
    options = parser.parse_args()
    logging.getLogger("autogpt_seed").setLevel(logging.ERROR)
    seeds = range(options.seed, options.seed + options.count)
    if options.server:
        asyncio.run(run_all(options.server, seeds))
    else:
        with EmbeddedServer().running() as server:
            asyncio.run(run_all(server.url("postgres"), seeds))


async def run_all(server: str, seeds: range) -> None:
    """Run every case, print the faults as they come and the numbers at the end."""
    began, outcomes, changes = time.perf_counter(), Counter[str](), Counter[str]()
    for revision in known_revisions():
        await execute(server, f"DROP DATABASE IF EXISTS {quote(template(revision))} WITH (FORCE)")
        await execute(server, f"CREATE DATABASE {quote(template(revision))}")
        url = with_database(server, template(revision))
        await migrate(parse_url(url, {}), schema="platform", revision=revision)
    try:
        for seed in seeds:
            case = await run_one(server, seed)
            outcomes[outcome(case)] += 1
            changes.update(case.changes)
            if case.faults:
                print(case, *brief(case.statements), sep="\n  ")
                print(*(f"  FAULT {fault}" for fault in case.faults), sep="\n", flush=True)
    finally:  # also of what was done when it was interrupted
        for revision in known_revisions():
            await execute(server, f"DROP DATABASE {quote(template(revision))} WITH (FORCE)")
        never = {kind.__name__ for kind in FRIENDLY + HOSTILE} - changes.keys()
        print(f"{changes.total()} changes of {len(changes)} kinds; never: {never or 'none'}")
        print(dict(outcomes), f"in {time.perf_counter() - began:.0f} s")


async def run_one(server: str, seed: int) -> Case:
    """A case in a database of its own."""
    name, revision = f"drift_{seed}", random.Random(seed).choice(known_revisions())
    await execute(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await execute(server, f"CREATE DATABASE {name} TEMPLATE {quote(template(revision))}")
    try:
        return await run(with_database(server, name), seed)
    finally:
        await execute(server, f"DROP DATABASE {name} WITH (FORCE)")


def brief(statements: list[str]) -> list[str]:
    """The statements without those that only put views out of the way and back."""
    views = re.compile(r"(DROP|CREATE) (MATERIALIZED )?VIEW|CREATE UNIQUE INDEX \w+ ON \w+\.mv_")
    return [statement[:200] for statement in statements if not views.match(statement)]


def template(revision: str) -> str:
    return f"drift_template_{revision}"


def outcome(case: Case) -> str:
    if case.faults:
        return "faulty"
    late = ", late" if case.late else ""
    return f"refused by name{late}" if case.refusal else "seeded"


if __name__ == "__main__":
    main()
