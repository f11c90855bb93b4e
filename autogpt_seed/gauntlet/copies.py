"""Databases of the gauntlet: copies of a template, and copies of copies."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count

from autogpt_seed.database.maintenance import Maintenance, opened
from autogpt_seed.database.target import Target
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.plan import Plan
from autogpt_seed.testing.databases import PREFIX, lasting
from autogpt_seed.testing.protocols import Migrations
from autogpt_seed.testing.template import Recipe, ensure_template


class Copies:
    """Makes copies, all of which are gone when the `copies` block ends.

    Their names are those of test databases, so that whoever makes such next drops what a killed
    process has left.
    """

    def __init__(self, maintenance: Maintenance, server: Target, owner: str) -> None:
        self._maintenance = maintenance
        self._server = server
        self._owner = owner
        self._numbers = count(1)

    async def migrated(self, migrations: Migrations, plan: Plan | None) -> Target:
        """A copy of a template that is migrated and, with a plan, seeded."""
        recipe = Recipe(migrations, lasting(plan) if plan else None)
        template = await ensure_template(self._maintenance, self._server, recipe, prefix=PREFIX)
        return await self._copy(template, migrations.schema)

    async def of(self, target: Target) -> Target:
        """A copy of a copy, to which nobody may be connected."""
        return await self._copy(target.database, target.schema)

    async def drop(self, target: Target) -> None:
        """Drop a copy before the end."""
        await self._maintenance.drop(target.database)

    async def _copy(self, template: str, schema: str | None) -> Target:
        name = f"{self._owner}_{next(self._numbers)}"
        await self._maintenance.create(name, template=template)
        return replace(self._server, database=name, schema=schema)


@asynccontextmanager
async def copies(server: Target) -> AsyncIterator[Copies]:
    """What makes copies on `server`, whose role may create databases."""
    owner = f"{PREFIX}_test_{secrets.token_hex(8)}"
    async with opened(server) as maintenance:
        if not maintenance.facts.may_create:
            raise DatabaseUnsuitable(
                f"The role {server.user} may not create databases, in which migrations are tried.",
                remedy=f"Let it: ALTER ROLE {server.user} CREATEDB. Or omit --server.",
            )
        await maintenance.share(owner)
        try:
            yield Copies(maintenance, server, owner)
        finally:
            for listed in await maintenance.databases(f"{owner}_"):
                await maintenance.drop(listed.name)
