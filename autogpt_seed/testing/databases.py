"""Test databases: copies of a template, each gone when its test is over."""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Self

from autogpt_seed.database.maintenance import Maintenance, opened
from autogpt_seed.database.migrations.files import MAXIMUM_NAME
from autogpt_seed.database.target import Target
from autogpt_seed.database.url import parse_url
from autogpt_seed.errors import ConfigurationError, DatabaseUnsuitable
from autogpt_seed.plan import Plan
from autogpt_seed.testing.migrations import Function, Platform
from autogpt_seed.testing.protocols import Migrations
from autogpt_seed.testing.shared_schema import ensure_schema, leave_schema
from autogpt_seed.testing.template import Recipe, ensure_template

PREFIX = "autogpt_seed"
AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
"""The "now" of a test's marketplace whose plan names none, so that its template lasts."""

_LONGEST_SUFFIX = len("_unfinished_") + 16 + len("_123456")
_KEPT = "autogpt-seed kept: "


class TestDatabases:
    """Fresh databases from one template, which is made when it is first needed.

    `server` is the URL of any database of the server; its role may create databases. All who
    share templates name the same one, since locks are per database. None is the embedded server.
    `migrate` brings the schema, by default the platform's newest; a function gets the URL. The
    template is seeded by `plan`, unless it is None; where that leaves the as-of time open it is
    `AS_OF`, and its API keys always follow from its seed, so that every process knows them.

        async with TestDatabases(url, plan=Plan(users=20)) as databases:
            async with databases.clone() as target:
                ...

    Belongs to the event loop that entered it. Databases that a process left behind when it was
    killed are dropped by the next one that enters.
    """

    __test__ = False  # pytest takes classes of that name for its own

    def __init__(
        self,
        server: str | Target | None = None,
        *,
        migrate: Migrations | Callable[[str], Awaitable[None] | None] | None = None,
        plan: Plan | None = None,
        name: str = PREFIX,
    ) -> None:
        """`name` is what the names of all databases begin with."""
        _check_name(name)
        if migrate is None:
            migrations: Migrations = Platform()
        else:
            migrations = migrate if isinstance(migrate, Migrations) else Function(migrate)
        self.recipe = Recipe(migrations, lasting(plan) if plan else None)
        self._server = parse_url(server) if isinstance(server, str) else server
        self._prefix = name
        self._owner = f"{name}_test_{secrets.token_hex(8)}"
        self._numbers = count(1)
        self._stack = AsyncExitStack()
        self._template: str | None = None
        self._shared: Target | None = None

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            if self._server is None:
                from autogpt_seed.testing.server import scratch_server

                running = stack.enter_context(scratch_server().running())
                self._server = parse_url(running.url("postgres"), {})
            self._maintenance: Maintenance = await stack.enter_async_context(opened(self._server))
            self._clearance: Maintenance = await stack.enter_async_context(opened(self._server))
            await self._maintenance.share(self._owner)
            await self._drop_leftovers()
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            for listed in await self._maintenance.databases(f"{self._owner}_"):
                if not listed.comment.startswith(_KEPT):
                    await self._maintenance.drop(listed.name)
        finally:
            await self._stack.aclose()

    async def template(self) -> str:
        """The name of the template, to which nobody can connect; made where it is missing.

        Raises `SeedError` that says at which migration it failed.
        """
        if self._template is None:
            self._refuse_without_right()
            self._template = await ensure_template(
                self._maintenance, self.server, self.recipe, prefix=self._prefix
            )
        return self._template

    async def create(self) -> Target:
        """A fresh copy of the template."""
        return await self._copy(await self.template())

    async def copy(self, target: Target) -> Target:
        """A copy of a copy, to which nobody may be connected."""
        return await self._copy(target.database)

    async def _copy(self, database: str) -> Target:
        name = f"{self._owner}_{next(self._numbers)}"
        await self._maintenance.create(name, template=database)
        return replace(self.server, database=name, schema=self.recipe.migrations.schema)

    async def shared(self) -> Target:
        """One database for all who undo what they did there, gone when this ends.

        Where the role may not create databases it is the server URL's own, with a seeded schema
        that stays there. It can hold one plan at a time, so who wants another waits until all have
        called `leave`. Raises `DatabaseUnsuitable` where that schema is somebody's.
        """
        if self._shared is None and self.may_clone:
            self._shared = await self.create()
        elif self._shared is None:
            self._shared = await ensure_schema(self._maintenance, self.server, self.recipe)
        return self._shared

    async def leave(self) -> None:
        """Let others fill a shared schema anew, until `shared` is called again."""
        if self._shared is not None and not self.may_clone:
            self._shared = None
            await leave_schema(self._maintenance, self.server, self.recipe)

    @property
    def may_clone(self) -> bool:
        """Whether the role may create databases; where not, there is `shared` alone."""
        return self._maintenance.facts.may_create

    async def drop(self, target: Target) -> None:
        """Drop a copy, ending whatever is connected to it."""
        # That can take a tenth of a second, which the next copy shall not wait for.
        await self._clearance.drop(target.database)

    async def keep(self, target: Target, why: str) -> None:
        """Leave a copy there when this ends; `DROP DATABASE` is the caller's."""
        await self._maintenance.comment(target.database, f"{_KEPT}{why}")

    @asynccontextmanager
    async def clone(self) -> AsyncIterator[Target]:
        """A fresh copy of the template for the length of the block."""
        target = await self.create()
        try:
            yield target
        finally:
            await self.drop(target)

    @property
    def server(self) -> Target:
        """The server, by any database there; known once this is entered."""
        assert self._server is not None  # noqa: S101  entering has set it
        return self._server

    def _refuse_without_right(self) -> None:
        if not self.may_clone:
            raise DatabaseUnsuitable(
                f"The role {self.server.user} may not create databases, so no test can have "
                "one of its own.",
                remedy=f"Let it: ALTER ROLE {self.server.user} CREATEDB. Connections and "
                "sessions that are undone (isolation='savepoint') work without.",
            )

    async def _drop_leftovers(self) -> None:
        """Drop the databases of processes that are gone: nobody holds their lock."""
        owners: dict[str, list[str]] = {}
        pattern = re.compile(rf"({re.escape(self._prefix)}_test_[0-9a-f]{{16}})_\d+")
        for listed in await self._maintenance.databases(f"{self._prefix}_test_"):
            found = pattern.fullmatch(listed.name)
            if found and not listed.comment.startswith(_KEPT):
                owners.setdefault(found[1], []).append(listed.name)
        for owner, names in owners.items():
            if owner != self._owner and await self._maintenance.try_lock(owner):
                for name in names:
                    await self._maintenance.drop(name)
                await self._maintenance.unlock(owner)


def lasting(plan: Plan) -> Plan:
    """The plan with what keeps a template warm and its API keys known."""
    fixed: dict[str, object] = {"deterministic_keys": True}
    if "as_of" not in plan.model_fields_set:
        fixed["as_of"] = AS_OF
    return plan.model_copy(update=fixed)


def _check_name(name: str) -> None:
    if len(name.encode()) + _LONGEST_SUFFIX > MAXIMUM_NAME:
        raise ConfigurationError(
            f"The name {name!r} is too long for a database name prefix.",
            evidence=f"PostgreSQL keeps {MAXIMUM_NAME} bytes, of which the rest of the name "
            f"takes {_LONGEST_SUFFIX}.",
            remedy=f"Choose one of at most {MAXIMUM_NAME - _LONGEST_SUFFIX} bytes.",
        )
