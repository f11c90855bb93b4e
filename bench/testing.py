"""How long a test waits for its database: `python -m bench.testing [URL]`, by default embedded.

Prints the median of each figure, and the least, in milliseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from statistics import median

from autogpt_seed.plan import Plan
from autogpt_seed.testing import TestDatabases
from autogpt_seed.testing.isolation import Sandbox, connected, connected_sync

PLAN = Plan(users=10, api_key_hash="sha256")
SUITE = "def test_first(autogpt_database):\n    pass\n"
_SETUP = re.compile(r"([\d.]+)s setup")


def main() -> None:
    """Measure, and print a line for each figure."""
    parser = argparse.ArgumentParser(prog="python -m bench.testing", description=__doc__)
    parser.add_argument("url", nargs="?", help="a server on which databases may be created")
    parser.add_argument("--repeat", type=int, default=30, metavar="N")
    arguments = parser.parse_args()
    asyncio.run(_measure(arguments.url, arguments.repeat))
    with tempfile.TemporaryDirectory() as folder:
        firsts = [_first_test(Path(folder), arguments.url) for _ in range(6)]
    _report("setup of a session's first test, warm", firsts[1:])


async def _measure(url: str | None, repeat: int) -> None:
    async with TestDatabases(url, plan=PLAN) as databases:
        await databases.template()
        sandbox = Sandbox(await databases.shared(), fenced=True)

        async def clone() -> None:
            async with databases.clone():
                pass

        async def savepoint() -> None:
            async with connected(sandbox):
                pass

        async def sync_savepoint() -> None:
            with connected_sync(sandbox):
                pass

        _report("a clone, made and dropped", await _times(repeat, clone))
        _report("a savepoint, with a new connection", await _times(repeat, savepoint))
        _report("a savepoint, psycopg", await _times(repeat, sync_savepoint))
        sandbox.sync_engine.dispose()


async def _times(repeat: int, work: Callable[[], Awaitable[None]]) -> list[float]:
    times = []
    for _ in range(repeat):
        begin = time.perf_counter()
        await work()
        times.append(time.perf_counter() - begin)
    return times


def _first_test(folder: Path, url: str | None) -> float:
    """Seconds for the server's start, the imports and the clone, as pytest measures them."""
    suite = folder / "test_first.py"
    suite.write_text(SUITE)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--durations=0", "-vv"]
    server = [f"--autogpt-seed-server={url}"] if url else []
    done = subprocess.run(
        [*command, "--rootdir", folder, *server, suite], capture_output=True, text=True, check=True
    )
    found = _SETUP.search(done.stdout)
    return float(found[1]) if found else 0.0


def _report(what: str, seconds: Sequence[float]) -> None:
    print(f"{what:40} {median(seconds) * 1000:8.1f} {min(seconds) * 1000:8.1f}")


if __name__ == "__main__":
    main()
