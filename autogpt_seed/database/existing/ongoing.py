"""Executions that earlier updates left running, and their ends."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.catalog import Catalog
from autogpt_seed.database.reflection.platform_tables import LONG_AGO, PlatformTable
from autogpt_seed.database.runs.recognising import Recognition, recognition
from autogpt_seed.database.runs.record import read_records, tables_with_keys
from autogpt_seed.database.sql import fetch

_RUN, _STEP = "AgentGraphExecution", "AgentNodeExecution"


@dataclass(frozen=True)
class Ongoing:
    """An execution that runs, or one of a node, since when, UTC without zone.

    `steps` are those of its nodes that have not ended, `done` how many have.
    """

    id: str
    since: datetime
    steps: tuple[Ongoing, ...] = ()
    done: int = 0


@dataclass(frozen=True)
class End:
    """How an execution, or one of a node, ends: when, with an offset, and with which stats."""

    id: str
    time: str
    stats: str


async def read_ongoing(connection: AsyncConnection, catalog: Catalog) -> tuple[Ongoing, ...]:
    """The running executions that recorded updates made.

    Other people's are not ours to end. Those of which no column tells when they began are left
    out, since that decides when they end.
    """
    records = await read_records(connection, catalog.schema)
    tags = [record.tag for record in records if record.kind == "update"]
    execution = PlatformTable(catalog, _RUN, "t")
    if not tags or not execution.find("endedAt"):
        return ()
    run = recognition(catalog, tags, tags, await tables_with_keys(connection, catalog.schema, tags))
    since = f"GREATEST({execution.instant('createdAt')}, {execution.instant('startedAt')})"
    query = (
        f"{run.head}SELECT {execution.text('id')}, {since} FROM {execution.sql} "
        f"WHERE {execution.has_label('executionStatus', 'RUNNING', 'false')} "
        f"AND {execution['endedAt']} IS NULL AND {since} > {LONG_AGO} "
        f"AND {run.condition(catalog.tables[_RUN]) or 'false'}"
    )
    found = await fetch(connection, query, *run.values)
    steps, done = await _steps(connection, run, [key for key, _ in found])
    return tuple(Ongoing(key, when, tuple(steps[key]), done[key]) for key, when in found)


async def _steps(
    connection: AsyncConnection, run: Recognition, executions: Sequence[str]
) -> tuple[Mapping[str, list[Ongoing]], Mapping[str, int]]:
    """The executions of nodes, by the execution that they belong to: those that have not ended,
    and how many have."""
    steps, done = defaultdict[str, list[Ongoing]](list), defaultdict[str, int](int)
    node = PlatformTable(run.catalog, _STEP, "t")
    if not executions or not (node.find("endedTime") and node.find("agentGraphExecutionId")):
        return steps, done
    values = (*run.values, list(executions))
    query = (
        f"{run.head}SELECT {node.text('agentGraphExecutionId')}, {node.text('id')}, "
        f"{node.instant('startedTime')}, {node['endedTime']} IS NULL FROM {node.sql} "
        f"WHERE {node.among('agentGraphExecutionId', len(values))} "
        f"AND {run.condition(run.catalog.tables[_STEP]) or 'false'} ORDER BY {node['id']}"
    )
    for execution, key, since, runs in await fetch(connection, query, *values):
        if runs:
            steps[execution].append(Ongoing(key, since))
        else:
            done[execution] += 1
    return steps, done


async def end_runs(
    connection: AsyncConnection, catalog: Catalog, ends: Sequence[End]
) -> frozenset[str]:
    """Complete executions, without the columns that the table lacks. Returns the ids of those that
    were completed: a trigger or policy may keep others from it."""
    return await _end(connection, PlatformTable(catalog, _RUN, "t"), ("endedAt", "updatedAt"), ends)


async def end_steps(connection: AsyncConnection, catalog: Catalog, ends: Sequence[End]) -> None:
    """Complete executions of nodes, without the columns that the table lacks."""
    await _end(connection, PlatformTable(catalog, _STEP, "t"), ("endedTime",), ends)


async def _end(
    connection: AsyncConnection, source: PlatformTable, times: Sequence[str], ends: Sequence[End]
) -> frozenset[str]:
    if not ends:
        return frozenset()
    values = {**dict.fromkeys(times, "c.time"), "stats": "c.stats"}
    sets = [source.set_label("executionStatus", "COMPLETED")]
    sets += [source.set(name, value) for name, value in values.items()]
    key = source.column("id").type.base.text
    ended = await connection.exec_driver_sql(
        f"UPDATE {source.sql} SET {', '.join(filter(None, sets))} "
        "FROM jsonb_to_recordset(CAST($1 AS jsonb)) AS c (id text, time text, stats text) "
        f"WHERE {source['id']} = CAST(c.id AS {key}) RETURNING c.id",
        (json.dumps([asdict(end) for end in ends]),),
    )
    return frozenset(ended.scalars())
