"""Foreign keys that close a circle, checked when all rows are there rather than row by row."""

from __future__ import annotations

from collections.abc import Collection

from autogpt_seed.database.sql import quote
from autogpt_seed.database.target import Driver


async def defer(driver: Driver, schema: str, names: Collection[str]) -> None:
    """Let these constraints of the schema wait. They must be DEFERRABLE."""
    await _set(driver, schema, names, "DEFERRED")


async def check_deferred(driver: Driver, schema: str, names: Collection[str]) -> None:
    """Let the server check them now, and from now on at once. Raises its own error."""
    await _set(driver, schema, names, "IMMEDIATE")


async def _set(driver: Driver, schema: str, names: Collection[str], mode: str) -> None:
    if names:
        constraints = ", ".join(quote(schema, name) for name in names)
        await driver.execute(f"SET CONSTRAINTS {constraints} {mode}")
