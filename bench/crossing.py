"""From which share of new rows on it pays to suspend the keys: `python -m bench.crossing URL`.

Adds marketplaces of several sizes to one that is there, either way, and prints the medians.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from dataclasses import replace
from statistics import median

from autogpt_seed.choices import Load
from autogpt_seed.database.url import parse_url
from autogpt_seed.plan import Plan
from autogpt_seed.seeding import populate
from bench.databases import copy_of, execute, template
from bench.one import AS_OF

_LOADS: tuple[Load, ...] = ("live", "suspended", "auto")


def main() -> None:
    """Measure, and print a line for each size."""
    parser = argparse.ArgumentParser(prog="python -m bench.crossing", description=__doc__)
    parser.add_argument("url", help="a server on which databases may be created")
    parser.add_argument("--present", type=int, default=1000, metavar="USERS")
    parser.add_argument(
        "--new", type=int, nargs="+", default=[50, 100, 200, 300, 500], metavar="USERS"
    )
    parser.add_argument("--repeat", type=int, default=3, metavar="N")
    asyncio.run(_measure(parser.parse_args()))


async def _measure(arguments: argparse.Namespace) -> None:
    print("| new rows, of those present | live | suspended | auto |\n|--:|--:|--:|--:|")
    async with template(arguments.url) as original:
        await _seconds(original, arguments.present, "suspended")
        await execute(original, "VACUUM ANALYZE")
        for users in arguments.new:
            samples: dict[Load, list[float]] = {load: [] for load in _LOADS}
            for _ in range(arguments.repeat):
                for load in _LOADS:
                    async with copy_of(original, arguments.url) as url:
                        samples[load].append(await _seconds(url, users, load))
            medians = " | ".join(f"{median(samples[load]):.2f} s" for load in _LOADS)
            print(f"| {users / arguments.present:.0%} | {medians} |", flush=True)


async def _seconds(url: str, users: int, load: Load) -> float:
    target = replace(parse_url(url, {}), embedded=True)  # elsewhere auto leaves full tables alone
    begun = time.perf_counter()
    await populate(target, Plan(users=users, as_of=AS_OF, api_key_hash="sha256"), load=load)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
