"""Migrations cut into steps: what is there already, and what is pending."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from autogpt_seed.database.target import Target
from autogpt_seed.errors import ConfigurationError
from autogpt_seed.testing.protocols import Migrations, Reversible, Stepwise

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
    """The migrations up to `base`, what it is called, and the steps after it up to `last`.

    Applied are `base` and all that it needs; where Alembic has branches, `base` may name several
    migrations, with commas between them. Without `base` only the last migration is pending,
    without `last` all after `base` are. Raises `ConfigurationError` where there are none.
    """
    if not isinstance(migrations, Stepwise):
        raise ConfigurationError(
            "Migrations can be tried one by one where they are Alembic's or Prisma's.",
            remedy="Name an alembic.ini, or a folder of Prisma migrations.",
        )
    names = migrations.revisions()
    wanted = migrations.up_to(last) if last else frozenset(names)
    in_order = [name for name in names if name in wanted]
    applied = migrations.up_to(base) if base else frozenset(in_order[:-1])
    pending = [name for name in in_order if name not in applied]
    if not applied or not pending:
        raise ConfigurationError(
            "No migration is pending: there must be one to seed at, and one after it.",
            evidence=f"There are {len(names)}: {', '.join(names[-3:])}.",
            remedy="Name the last one that counts as applied with --from.",
        )
    start = ",".join(migrations.tops(applied))
    return migrations.at(start), start, [_step(migrations, name) for name in pending]


def _step(migrations: Stepwise, name: str) -> Step:
    apply = partial(migrations.apply_one, revision=name)
    if isinstance(migrations, Reversible):
        return Step(name, apply, partial(migrations.revert, revision=name))
    return Step(name, apply)
