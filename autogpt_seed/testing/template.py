"""The template: a database that was migrated and seeded once, for copying only.

Its name holds a digest of all that it depends on, so nobody takes one for another. It is made
under another name and renamed when it is complete, so nobody takes a half-made one. Whoever uses
one shares its lock, and whoever makes or drops one holds the lock alone.
"""

from __future__ import annotations

import hashlib
import logging
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

from autogpt_seed.database.maintenance import DatabaseComment, Maintenance
from autogpt_seed.database.target import Target
from autogpt_seed.errors import DatabaseUnsuitable, SeedError
from autogpt_seed.plan import Plan
from autogpt_seed.testing.protocols import Migrations

logger = logging.getLogger(__name__)

MARK = "autogpt-seed template"
"""How the comment on each template begins: nothing without it is ever dropped."""

_KEPT_FOR = timedelta(days=14)
"""How long a template is kept that nobody uses."""


@dataclass(frozen=True)
class Recipe:
    """How a template is made: migrated, and seeded unless the plan is None."""

    migrations: Migrations
    plan: Plan | None

    def origin(self) -> str:
        """A digest of what is asked for, whatever the migrations hold now."""
        return _digest(self.migrations.origin(), self._plan())

    def key(self, server_version: int) -> str:
        """A digest of everything that the template depends on, 16 hexadecimal digits."""
        package = version("autogpt-seed")
        parts = (self.origin(), self.migrations.digest(), package, str(server_version))
        return _digest(*parts)

    def _plan(self) -> str:
        plan = self.plan
        return f"{plan.digest()}|{plan.seed}|{plan.as_of_text()}" if plan else "empty"


async def ensure_template(
    maintenance: Maintenance, server: Target, recipe: Recipe, *, prefix: str
) -> str:
    """The name of the template. It is made where it is missing, by one of those who ask for it.

    It is safe from being dropped until the session of `maintenance` ends. Raises `SeedError` where
    it cannot be made; then nothing of it is left.
    """
    name = f"{prefix}_template_{recipe.key(maintenance.facts.version)}"
    await maintenance.share(name)
    if not await _exists(maintenance, name):
        # A shared lock cannot be upgraded: two who try would wait for each other.
        await maintenance.unshare(name)
        async with maintenance.locked(name):
            if not await _exists(maintenance, name):
                await _make(maintenance, server, recipe, name, prefix)
            await maintenance.share(name)
    await _prune(maintenance, recipe, name, prefix)
    return name


async def _make(
    maintenance: Maintenance, server: Target, recipe: Recipe, name: str, prefix: str
) -> None:
    """Make it, under its lock: what has the unfinished name was left by a process that died."""
    unfinished = name.replace(f"{prefix}_template_", f"{prefix}_unfinished_")
    logger.info("Making the template %s.", name)
    await maintenance.drop(unfinished)
    try:
        await maintenance.create(unfinished)
        await fill(replace(server, database=unfinished, schema=None), recipe)
        await maintenance.comment(unfinished, _comment(recipe))
        await maintenance.close(unfinished)
        await maintenance.rename(unfinished, name)
    except BaseException:
        with suppress(SeedError):  # what stopped it matters more; the next one drops it
            await maintenance.drop(unfinished)
        raise


async def fill(target: Target, recipe: Recipe) -> None:
    """Migrate and seed an empty database."""
    # They take most of a second to import, and are needed only where the template is missing.
    from autogpt_seed.database.migrations.scripts import analyze
    from autogpt_seed.seeding import populate

    await recipe.migrations.apply(target)
    if recipe.plan is not None:
        schema = recipe.migrations.schema
        await _require_platform(target, schema)
        await populate(target, recipe.plan, schema=schema, into=target.place)
    await analyze(target)


async def _require_platform(target: Target, schema: str) -> None:
    """Raise `DatabaseUnsuitable` where the migrations did not make the platform's tables there."""
    from autogpt_seed.database.reflection.schemas import find_schema
    from autogpt_seed.unit_of_work import UnitOfWork

    async with UnitOfWork(target, read_only=True) as work:
        try:
            await find_schema(work.connection, schema)
        except DatabaseUnsuitable as error:
            error.remedy = (
                "The migrations that are applied before the seeding must make them. Name a later "
                "one as the last of these (gauntlet: --from), or the schema that they make."
            )
            raise


async def _prune(maintenance: Maintenance, recipe: Recipe, name: str, prefix: str) -> None:
    """Drop earlier templates for the same recipe, and those that nobody has used for long."""
    oldest = datetime.now(UTC) - _KEPT_FOR
    for listed in await maintenance.databases(f"{prefix}_template_"):
        if listed.name == name:
            if listed.comment != _comment(recipe):
                await maintenance.comment(name, _comment(recipe))
        elif _stale(listed, recipe, oldest) and await maintenance.try_lock(listed.name):
            logger.info("Dropping the template %s.", listed.name)
            await maintenance.drop(listed.name)
            await maintenance.unlock(listed.name)
    await _drop_unfinished(maintenance, prefix)


async def _drop_unfinished(maintenance: Maintenance, prefix: str) -> None:
    """Drop what processes left that died while they made a template."""
    pattern = re.compile(rf"{re.escape(prefix)}_unfinished_([0-9a-f]{{16}})")
    for listed in await maintenance.databases(f"{prefix}_unfinished_"):
        match = pattern.fullmatch(listed.name)
        if match and await maintenance.try_lock(template := f"{prefix}_template_{match[1]}"):
            await maintenance.drop(listed.name)
            await maintenance.unlock(template)


def _stale(listed: DatabaseComment, recipe: Recipe, oldest: datetime) -> bool:
    if not listed.comment.startswith(f"{MARK} "):
        return False
    origin, _, used = listed.comment.removeprefix(f"{MARK} ").partition(" used ")
    return origin == recipe.origin() or used < f"{oldest:%Y-%m-%d}"


def _comment(recipe: Recipe) -> str:
    return f"{MARK} {recipe.origin()} used {datetime.now(UTC):%Y-%m-%d}"


async def _exists(maintenance: Maintenance, name: str) -> bool:
    return any(listed.name == name for listed in await maintenance.databases(name))


def _digest(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]
