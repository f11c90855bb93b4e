"""Many rounds of populate, update, verify and clean: python -m tests.soak --rounds 200"""

from __future__ import annotations

import argparse
import asyncio
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass

from autogpt_seed import Plan, clean, parse_url, populate, update, verify
from autogpt_seed.database.embedded import EmbeddedServer
from autogpt_seed.migrating import migrate
from autogpt_seed.updating import UpdateSettings
from tests.conftest import AS_OF, with_database
from tests.databases import contents, session

DATABASE = "soak"
SIZE = {"users": 10, "blocks": 10, "api_key_hash": "sha256", "as_of": AS_OF}
EVERY = 20
"""Rounds between two looks."""

_OWN = (
    'INSERT INTO platform."User" (id, email, "createdAt", "updatedAt") '
    "SELECT 'own-' || n, n || '@company.test', '2020-01-01', '2020-01-01' "
    "FROM generate_series(1, 5) AS n",
    'INSERT INTO platform."AgentGraph" (id, version, "userId", "createdAt", "updatedAt") '
    "SELECT 'graph-' || n, 1, 'own-' || n, '2020-01-01', '2020-01-01' "
    "FROM generate_series(1, 5) AS n",
)

_LEFT = """
SELECT (SELECT count(*) FROM pg_class WHERE relnamespace <> 'pg_toast'::regnamespace) AS relations,
       (SELECT count(*) FROM pg_type) AS types,
       (SELECT count(*) FROM pg_constraint) AS constraints,
       (SELECT count(*) FROM pg_proc) AS functions,
       (SELECT count(*) FROM pg_namespace WHERE nspname !~ '^pg_') AS schemas,
       (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS sessions,
       (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory') AS locks,
       (SELECT count(*) FROM pg_prepared_xacts) AS prepared,
       (SELECT count(*) FROM pg_ls_tmpdir()) AS temporary_files
"""


@dataclass(frozen=True)
class State:
    """What there is between two rounds: rows with a digest by table, and numbers of the rest."""

    rows: dict[str, tuple[int, str]]
    numbers: dict[str, int]


async def prepare(url: str) -> None:
    """Rows of somebody's own, and a marketplace that stays."""
    await migrate(parse_url(url, {}), schema="platform")
    async with session(url) as connection:
        for statement in _OWN:
            await connection.execute(statement)
    target = parse_url(url, {})
    await populate(target, Plan.model_validate(SIZE), into=target.place)


async def rounds(url: str, number: int, every: int = EVERY) -> AsyncIterator[State]:
    """Go round, and look before the first round and after each `every`."""
    target = parse_url(url, {})
    settings = UpdateSettings(as_of=AS_OF, graphs=5, versions=0)
    yield await look(url)
    for count in range(1, number + 1):
        plan = Plan.model_validate(SIZE | {"seed": count})
        made = await populate(target, plan, into=target.place)
        happened = await update(target, settings, into=target.place)
        assert (await verify(target)).ok
        await clean(target, [happened.run_tag, made.run_tag], into=target.place)
        if count % every == 0:
            yield await look(url)


async def look(url: str) -> State:
    """Count and compare everything."""
    rows = await contents(url) | await contents(url, "autogpt_seed")
    async with session(url) as connection:
        found = await connection.fetchrow(_LEFT)
    assert found
    return State(rows, dict(found))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()
    logging.getLogger("autogpt_seed").setLevel(logging.ERROR)
    with EmbeddedServer().running() as server:
        asyncio.run(report(server, options.rounds))


async def report(server: EmbeddedServer, number: int) -> None:
    """Print what there is as it goes, and what is not as it was at the beginning."""
    await server.ensure_database(DATABASE)
    url, begun = with_database(server.url("postgres"), DATABASE), time.monotonic()
    await prepare(url)
    states = []
    async for state in rounds(url, number):
        states.append(state)
        size = sum(count for count, _ in state.rows.values())
        print(f"{time.monotonic() - begun:6.0f} s  {size} rows  {state.numbers}", flush=True)
    first, last = asdict(states[0]), asdict(states[-1])
    print("as at the beginning" if first == last else f"NOT as at the beginning: {last}")


if __name__ == "__main__":
    main()
