"""Migrations cut into steps: what is there already, and what is pending."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from autogpt_seed.database.target import Target
from autogpt_seed.errors import ConfigurationError
from autogpt_seed.testing.migrations import Alembic, Migrations, Prisma, Reversible

Act = Callable[[Target], Awaitable[None]]


@dataclass(frozen=True)
class Step:
    """One migration; `revert` takes it back, where its tool can."""

    name: str
    apply: Act
    revert: Act | None = None


async def cut(
    migrations: Migrations, base: str | None, last: str | None
) -> tuple[Migrations, str, list[Step]]:
    """The migrations up to `base`, its name, and the steps after it up to `last`.

    Without `base` the last migration alone is pending, without `last` all after the base. Raises
    `ConfigurationError` where there are no such migrations.
    """
    if isinstance(migrations, Prisma):
        steps = [Step(name, partial(_prisma, migrations, name)) for name in migrations.names()]
    elif isinstance(migrations, Reversible):
        names = migrations.revisions()
        steps = [
            _reversible(migrations, name, below)
            for name, below in zip(names, ("base", *names), strict=False)
        ]
    else:
        raise ConfigurationError(
            "Migrations can be tried one by one where they are Alembic's or Prisma's.",
            remedy="Name an alembic.ini, or a folder of Prisma migrations.",
        )
    first, end = _bounds([step.name for step in steps], base, last)
    name = steps[first - 1].name
    return migrations.at(name), name, steps[first:end]


def _bounds(names: Sequence[str], base: str | None, last: str | None) -> tuple[int, int]:
    """Where the pending steps begin, and where they end."""
    for name in (base, last):
        if name is not None and name not in names:
            raise ConfigurationError(
                f"There is no migration {name!r}.",
                evidence=f"The last ones are {', '.join(names[-3:])}.",
                remedy="Name one with --from and --to as it is called there.",
            )
    end = len(names) if last is None else names.index(last) + 1
    first = end - 1 if base is None else names.index(base) + 1
    if not 1 <= first < end:
        raise ConfigurationError(
            "No migration is pending: there must be one to seed at, and one after it.",
            evidence=f"There are {len(names)}: {', '.join(names[-3:])}.",
            remedy="Name the last one that counts as applied with --from.",
        )
    return first, end


async def _prisma(migrations: Prisma, name: str, target: Target) -> None:
    await migrations.apply_one(target, name)


def _reversible(migrations: Reversible, name: str, below: str) -> Step:
    # Of several heads of Alembic's, the one before in the list may be on another branch.
    lower = f"{name}-1" if isinstance(migrations, Alembic) else below

    async def revert(target: Target) -> None:
        await migrations.downgrade(target, lower)

    return Step(name, migrations.at(name).apply, revert)
