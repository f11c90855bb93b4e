"""Pools of test databases, for tests that run in any event loop or in none."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from autogpt_seed.database.target import Target
from autogpt_seed.errors import DatabaseUnreachable, SeedError
from autogpt_seed.plan import Plan
from autogpt_seed.testing.databases import TestDatabases
from autogpt_seed.testing.loop import Loop
from autogpt_seed.testing.protocols import Migrations

if TYPE_CHECKING:
    from autogpt_seed.testing.isolation import Sandbox
    from autogpt_seed.testing.world import SeededWorld

T = TypeVar("T")


class DatabasePool:
    """Databases from one template: one for each test that wants it, one that the others share.

    A template that cannot be made is not tried again: each test is told at once why.
    """

    def __init__(self, databases: TestDatabases, loop: Loop) -> None:
        self.databases = databases
        self._loop = loop
        self._cloned = False
        self._next: Future[Target] | None = None
        self._dropping: list[Future[None]] = []
        self._world: SeededWorld | None = None
        self._shared: Sandbox | None = None
        self._warned = False
        self._failure: SeedError | None = None
        loop.run(databases.__aenter__())

    def clone(self) -> Target:
        """A fresh copy. From the second on, the next one is made while the tests go on."""
        if self.databases.may_clone:  # where not, that is no reason against sharing
            self._made(self.databases.template)
        made = self._next or self._loop.start(self.databases.create())
        self._next = self._loop.start(self.databases.create()) if self._cloned else None
        target = self._loop.result(made)
        self._cloned = True
        return target

    def release(self, target: Target) -> None:
        """Drop a copy, while the tests go on."""
        for drop in self._dropping:
            if drop.done():
                drop.result()
        self._dropping = [drop for drop in self._dropping if not drop.done()]
        self._dropping.append(self._loop.start(self.databases.drop(target)))

    def keep(self, target: Target, why: str) -> None:
        """Leave a copy there after the session."""
        self._loop.run(self.databases.keep(target, why))

    @contextmanager
    def shared(self) -> Iterator[Sandbox]:
        """The place shared by the tests of this process that undo what they did, for one test."""
        try:
            yield self._sandbox()
        finally:
            self._leave()

    def _sandbox(self) -> Sandbox:
        if self._shared is None:
            from autogpt_seed.testing.isolation import Sandbox

            target = self._made(self.databases.shared)
            self._shared = Sandbox(target, fenced=True)
            self._warn(target)
        return self._shared

    def _leave(self) -> None:
        """Where there is one schema for all, let a test with another plan fill it anew."""
        if self._shared is not None and not self.databases.may_clone:
            self._shared.close()  # its connections know the types of a schema that may go
            self._shared = None
            self._loop.run(self.databases.leave())

    def _made(self, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What `make` returns. A failure that would recur is raised again without another try."""
        if self._failure is not None:
            raise self._failure
        try:
            return self._loop.run(make())
        except DatabaseUnreachable:
            raise
        except SeedError as error:
            self._failure = error
            raise

    def _warn(self, target: Target) -> None:
        """Warn once where the role may not create databases."""
        if not (self._warned or self.databases.may_clone):
            warnings.warn(
                f"The role {target.user} may not create databases: tests share schema "
                f"{target.schema} of database {target.database}, kept apart by savepoints only.",
                stacklevel=2,
            )
            self._warned = True

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
            if self._shared is not None:
                self._shared.close()
            # Their failures do not matter here: what they leave is dropped below.
            wait(self._dropping)
            wait([self._next] if self._next else [])
        finally:
            self._loop.run(self.databases.__aexit__(None, None, None))


class DatabasePools:
    """The pools of a session, one for each template that a test asks for."""

    def __init__(self, server: str, name: str) -> None:
        self._server = server
        self._name = name
        self._loop = Loop()
        self._pools: dict[str, DatabasePool] = {}

    def pool(self, migrations: Migrations, plan: Plan) -> DatabasePool:
        """The pool of databases with these migrations and this plan."""
        databases = TestDatabases(self._server, migrate=migrations, plan=plan, name=self._name)
        origin = databases.recipe.origin()
        if origin not in self._pools:
            self._pools[origin] = DatabasePool(databases, self._loop)
        return self._pools[origin]

    def close(self) -> None:
        """Drop everything that is not kept, and end."""
        try:
            for pool in self._pools.values():
                pool.close()
        finally:
            self._loop.close()
