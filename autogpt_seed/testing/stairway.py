"""Every revision up, down and up again, with rows in the tables."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from autogpt_seed.database.migrations.running import landmarks
from autogpt_seed.database.target import Target
from autogpt_seed.errors import CheckFailed, ConfigurationError, SeedError
from autogpt_seed.plan import Plan
from autogpt_seed.seeding import populate
from autogpt_seed.testing.databases import TestDatabases, lasting
from autogpt_seed.testing.loop import run_in_thread
from autogpt_seed.testing.protocols import Migrations, Reversible
from autogpt_seed.unit_of_work import UnitOfWork


def climb(server: str, plan: Plan, migrations: Migrations) -> None:
    """Try the revisions, each after those that it needs, in a database that is dropped afterwards.

    Each goes up, down and up again. Before each one, as soon as the platform's tables are there,
    one more marketplace is seeded, so that tables which came late have rows as well. Raises
    `CheckFailed` for the first move that fails, and `ConfigurationError` where the migrations
    cannot be undone.
    """
    run_in_thread(_climb(server, plan, migrations))


async def _climb(server: str, plan: Plan, migrations: Migrations) -> None:
    if not isinstance(migrations, Reversible):
        raise ConfigurationError(
            f"{type(migrations).__name__} migrations cannot be undone, so there is nothing to "
            "climb down.",
            remedy="Leave this test out of those that you import.",
        )
    async with TestDatabases(server, migrate=_nothing) as databases, databases.clone() as target:
        for number, revision in enumerate(migrations.revisions()):
            await _seed(target, plan, number, migrations.schema)
            async with _named(revision, "upgrade"):
                await migrations.apply_one(target, revision)
            async with _named(revision, "downgrade"):
                await migrations.revert(target, revision)
            async with _named(revision, "second upgrade"):
                await migrations.apply_one(target, revision)


def _nothing(_url: str) -> None:
    """The way to an empty database."""


async def _seed(target: Target, plan: Plan, number: int, schema: str) -> None:
    async with UnitOfWork(target, read_only=True) as work:
        if not await work.connection.run_sync(landmarks, schema):
            return
    another = lasting(plan).model_copy(update={"seed": plan.seed + number})
    await populate(target, another, schema=schema, into=target.place)


@asynccontextmanager
async def _named(revision: str, move: str) -> AsyncIterator[None]:
    try:
        yield
    except SeedError as error:
        raise CheckFailed(
            f"The {move} of {revision} fails on seeded data.",
            evidence=f"{error.sentence}\n{error.evidence}",
            remedy=error.remedy,
        ) from error
