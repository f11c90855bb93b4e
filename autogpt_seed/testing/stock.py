"""What a test session hands out, to tests that run in any event loop or in none."""

from __future__ import annotations

import warnings
from concurrent.futures import Future
from typing import TYPE_CHECKING

from autogpt_seed.database.target import Target
from autogpt_seed.plan import Plan
from autogpt_seed.testing.databases import TestDatabases
from autogpt_seed.testing.loop import Loop
from autogpt_seed.testing.migrations import Migrations

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from autogpt_seed.testing.world import SeededWorld


class Supply:
    """Databases from one template: one for each test that wants it, one that the others share."""

    def __init__(self, databases: TestDatabases, loop: Loop) -> None:
        self.databases = databases
        self._loop = loop
        self._dropping: list[Future[None]] = []
        self._world: SeededWorld | None = None
        self._sync_engine: Engine | None = None
        self._warned = False
        loop.run(databases.__aenter__())

    def clone(self) -> Target:
        """A fresh copy."""
        return self._loop.run(self.databases.create())

    def release(self, target: Target) -> None:
        """Drop a copy, while the tests go on."""
        self._dropping = [drop for drop in self._dropping if not drop.done() or drop.result()]
        self._dropping.append(self._loop.start(self.databases.drop(target)))

    def keep(self, target: Target, why: str) -> None:
        """Leave a copy there after the session."""
        self._loop.run(self.databases.keep(target, why))

    def shared(self) -> Target:
        """The database that all tests of this process work in who undo what they did."""
        target = self._loop.run(self.databases.shared())
        if not self.databases.may_clone and not self._warned:
            self._warned = True
            warnings.warn(
                f"The role {target.user} may not create databases: tests share schema "
                f"{target.schema} of database {target.database}, kept apart by savepoints only.",
                stacklevel=2,
            )
        return target

    def sync_engine(self) -> Engine:
        """A pool of psycopg's connections with the shared database."""
        if self._sync_engine is None:
            from autogpt_seed.testing.isolation import sync_engine

            self._sync_engine = sync_engine(self.shared(), pooled=True)
        return self._sync_engine

    def world(self, target: Target) -> SeededWorld:
        """What every copy holds; the catalog of `target`, one of them, is read once."""
        if self._world is None:
            from autogpt_seed.testing.world import read_world

            plan, schema = self.databases.recipe.plan, self.databases.recipe.migrations.schema
            self._world = self._loop.run(read_world(target, plan or Plan(), schema))
        return self._world

    def close(self) -> None:
        """Drop everything that is not kept."""
        try:
            if self._sync_engine is not None:
                self._sync_engine.dispose()
            for drop in self._dropping:
                drop.result()
        finally:
            self._loop.run(self.databases.__aexit__(None, None, None))


class Stock:
    """The supplies of a session, one for each template that a test asks for."""

    def __init__(self, server: str, name: str) -> None:
        self._server = server
        self._name = name
        self._loop = Loop()
        self._supplies: dict[str, Supply] = {}

    def supply(self, migrations: Migrations, plan: Plan) -> Supply:
        """The supply of databases that are migrated and seeded so."""
        databases = TestDatabases(self._server, migrate=migrations, plan=plan, name=self._name)
        origin = databases.recipe.origin()
        if origin not in self._supplies:
            self._supplies[origin] = Supply(databases, self._loop)
        return self._supplies[origin]

    def close(self) -> None:
        """Drop everything that is not kept, and end."""
        try:
            for supply in self._supplies.values():
                supply.close()
        finally:
            self._loop.close()
