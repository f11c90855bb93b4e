"""What migrations can do for tests, whatever tool they are written for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol, Self, runtime_checkable

from autogpt_seed.database.target import Target


@runtime_checkable
class Migrations(Protocol):
    """What makes a schema in an empty database. All members raise `ConfigurationError` where its
    files are missing."""

    @property
    def schema(self) -> str:
        """The schema that holds the platform's tables afterwards."""

    def origin(self) -> str:
        """What identifies it, whatever its files hold at the moment."""

    def digest(self) -> str:
        """A digest of its contents."""

    def at(self, revision: str) -> Self:
        """The same up to `revision`. Raises `ConfigurationError` where it has no revisions."""

    async def apply(self, target: Target) -> None:
        """Make the schema. Raises `DatabaseUnsuitable` that names the migration which failed."""


@runtime_checkable
class Recording(Migrations, Protocol):
    """Migrations whose tool records outside of their schema what was applied."""

    async def forget(self, target: Target) -> None:
        """Empty that record, where the schema is gone."""


@runtime_checkable
class Stepwise(Migrations, Protocol):
    """Migrations that can be applied one by one."""

    def revisions(self) -> tuple[str, ...]:
        """Each after those that it needs."""

    def up_to(self, revision: str) -> frozenset[str]:
        """`revision` and all that it needs. Raises `ConfigurationError` where there is none."""

    def tops(self, revisions: Collection[str]) -> tuple[str, ...]:
        """Those of the revisions whose application also applies all the others."""

    async def apply_one(self, target: Target, revision: str) -> None:
        """Apply one where all that it needs is applied."""


@runtime_checkable
class Reversible(Stepwise, Protocol):
    """Migrations that can be undone."""

    async def revert(self, target: Target, revision: str) -> None:
        """Take back a single one, which no other that is applied needs."""
