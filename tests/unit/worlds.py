"""Worlds of small plans and their rows, for the tests of the entities."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from autogpt_seed.entities import ENTITIES
from autogpt_seed.entities.api_keys import KeyRing
from autogpt_seed.entities.capabilities import Capabilities
from autogpt_seed.entities.world import World
from autogpt_seed.ids import RunTag
from autogpt_seed.plan import Plan
from autogpt_seed.rows import Kind, Record, Rows
from autogpt_seed.timestamps import moment

AS_OF = datetime(2026, 1, 15, tzinfo=UTC)

Row = dict[str, Any]
Tables = dict[str, list[Row]]


def make_world(
    *, earlier_runs: int = 0, capabilities: Capabilities | None = None, **settings: Any
) -> World:
    """The world of a plan with these settings, with keys whose hashes cost nothing."""
    plan = Plan.model_validate({"as_of": AS_OF, "api_key_hash": "sha256", **settings})
    tag = RunTag.of(plan.digest(), plan.seed, plan.as_of_text(), earlier_runs)
    capabilities = capabilities or Capabilities()
    return World(plan, tag, capabilities, KeyRing.of(plan, tag, salted=capabilities.salted_keys))


def make_rows(world: World) -> dict[str, Rows]:
    """What each entity makes, not yet iterated."""
    return {table: make(world) for table, make in ENTITIES.items()}


def table_of(rows: Rows) -> list[Row]:
    """All rows, by the names of their columns, with datetimes."""
    names = [field.name for field in rows.fields]
    return [dict(zip(names, record, strict=True)) for record in with_moments(rows)]


def with_moments(rows: Rows) -> Iterator[Record]:
    """The records, with datetimes for timestamps."""
    times = [field.kind is Kind.TIME for field in rows.fields]
    for record in rows.records():
        pairs = zip(record, times, strict=True)
        yield tuple(moment(v) if is_time and v is not None else v for v, is_time in pairs)


def make_tables(world: World) -> Tables:
    """All rows of all tables."""
    return {table: table_of(rows) for table, rows in make_rows(world).items()}


def by_id(rows: list[Row]) -> dict[str, Row]:
    """The rows by their id."""
    return {row["id"]: row for row in rows}
