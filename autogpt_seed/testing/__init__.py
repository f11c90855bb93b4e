"""Test databases: migrated and seeded once, then a fresh copy for each test.

    async with TestDatabases(url, migrate=Prisma("prisma/migrations"), plan=Plan(users=20)) as made:
        async with made.clone() as target:
            ...

The names are imported when they are first used: pytest loads the plugin in every run.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autogpt_seed.testing.databases import TestDatabases
    from autogpt_seed.testing.migrations import (
        Alembic,
        Function,
        Platform,
        Prisma,
        SqlFile,
        migrations_from,
    )
    from autogpt_seed.testing.protocols import Migrations
    from autogpt_seed.testing.server import scratch_server
    from autogpt_seed.testing.template import Recipe
    from autogpt_seed.testing.world import SeededGraph, SeededListing, SeededUser, SeededWorld

__all__ = [
    "Alembic",
    "Function",
    "Migrations",
    "Platform",
    "Prisma",
    "Recipe",
    "SeededGraph",
    "SeededListing",
    "SeededUser",
    "SeededWorld",
    "SqlFile",
    "TestDatabases",
    "migrations_from",
    "scratch_server",
]

_HOMES = {
    "databases": ("TestDatabases",),
    "migrations": (
        "Alembic",
        "Function",
        "Platform",
        "Prisma",
        "SqlFile",
        "migrations_from",
    ),
    "protocols": ("Migrations",),
    "server": ("scratch_server",),
    "template": ("Recipe",),
    "world": ("SeededGraph", "SeededListing", "SeededUser", "SeededWorld"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


if not TYPE_CHECKING:  # a checker that saw it would take any misspelt name for one of these

    def __getattr__(name: str) -> object:
        if name not in _HOME_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
