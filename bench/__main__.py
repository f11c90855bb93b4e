"""The command: every way at every size, in turns, each in a process and a database of its own."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import asyncpg

from autogpt_seed.errors import SeedError
from bench.databases import copy_of, template
from bench.one import Sample
from bench.plot import as_svg
from bench.report import NAMES, as_caption, as_document, as_table, results

_BEGIN, _END = "<!-- measured -->", "<!-- end -->"
"""What stands around the table in performance.md."""

_PICTURE = "![Seconds against rows for each way](performance.svg)"

_SETTINGS = ("server_version", "shared_buffers", "fsync", "wal_level", "maintenance_work_mem")


def main() -> None:
    """Measure, and write what was found."""
    arguments = _arguments()
    try:
        samples, circumstances = asyncio.run(_measure(arguments))
    except SeedError as error:
        sys.exit(str(error))
    found = results(samples)
    print(as_table(found))
    if arguments.docs:
        renew(arguments.docs, samples, circumstances)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("url", help="a server on which databases may be created")
    parser.add_argument("--users", type=int, nargs="+", default=[100, 1000, 5000], metavar="N")
    parser.add_argument("--repeat", type=int, default=3, metavar="N")
    parser.add_argument("--ways", nargs="+", choices=list(NAMES), default=list(NAMES))
    parser.add_argument(
        "--patience",
        type=float,
        default=60,
        metavar="SECONDS",
        help="leave a way out at sizes at which it would take longer than this",
    )
    parser.add_argument(
        "--docs",
        type=Path,
        metavar="FOLDER",
        help="renew performance.json, performance.svg and the table of performance.md there",
    )
    arguments = parser.parse_args()
    if "factories" in arguments.ways and not find_spec("factory"):
        parser.error("factory_boy is not installed: pip install -e '.[bench]'")
    return arguments


def renew(docs: Path, samples: list[Sample], circumstances: dict[str, Any]) -> None:
    """Write what was measured into the files of the folder `docs` that are about it."""
    document = as_document(samples, circumstances)
    (docs / "performance.json").write_text(json.dumps(document, indent=1) + "\n")
    (docs / "performance.svg").write_text(as_svg(results(samples)))
    page = docs / "performance.md"
    before, begin, rest = page.read_text().partition(f"{_BEGIN}\n")
    _, end, after = rest.partition(_END)
    parts = (as_caption(circumstances), as_table(results(samples)), _PICTURE)
    page.write_text(before + begin + "\n\n".join(parts) + "\n\n" + end + after)


async def _measure(arguments: argparse.Namespace) -> tuple[list[Sample], dict[str, Any]]:
    samples: list[Sample] = []
    async with template(arguments.url) as original:
        circumstances = await _circumstances(original)
        for users in sorted(arguments.users):
            ways = [way for way in arguments.ways if _bearable(way, users, samples, arguments)]
            for turn in range(arguments.repeat):
                for way in ways:
                    async with copy_of(original, arguments.url) as url:
                        samples.append(_sample(way, users, url))
                    print(
                        f"{users} users, turn {turn + 1}, {NAMES[way]}: "
                        f"{samples[-1].seconds:.2f} s",
                        file=sys.stderr,
                    )
    return samples, circumstances


def _bearable(way: str, users: int, samples: list[Sample], arguments: argparse.Namespace) -> bool:
    """Whether a way would be done in time at this size, judged by the sizes before."""
    rates = [sample.seconds / sample.users for sample in samples if sample.way == way]
    return not rates or min(rates) * users <= float(arguments.patience)


def _sample(way: str, users: int, url: str) -> Sample:
    """A measurement in a fresh process, which nothing before it can have warmed or filled."""
    command = [sys.executable, "-m", "bench.one", way, str(users), url]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    return Sample(**json.loads(done.stdout))


async def _circumstances(url: str) -> dict[str, Any]:
    connection = await asyncpg.connect(url)
    try:
        settings = {name: await connection.fetchval(f"SHOW {name}") for name in _SETTINGS}
    finally:
        await connection.close()
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "server": settings,
    }


if __name__ == "__main__":
    main()
