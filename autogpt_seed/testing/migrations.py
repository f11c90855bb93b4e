"""What brings an empty database to the schema that tests want: one small class for each kind."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from autogpt_seed.database.migrations.files import DEFAULT_SCHEMA, migrations_folder
from autogpt_seed.database.target import Target
from autogpt_seed.errors import ConfigurationError, DatabaseUnsuitable, SeedError
from autogpt_seed.testing.protocols import Migrations
from autogpt_seed.testing.source_files import digest_of, read, script_folders, sources

if TYPE_CHECKING:
    from autogpt_seed.testing.alembic_process import Direction


class _Linear:
    """Migrations of which each needs all before it."""

    def revisions(self) -> tuple[str, ...]:
        raise NotImplementedError

    def up_to(self, revision: str) -> frozenset[str]:
        names = self.revisions()
        if revision not in names:
            raise ConfigurationError(
                f"There is no migration {revision!r}.",
                evidence=f"The last ones are {', '.join(names[-3:])}.",
                remedy="Name one as it is called there.",
            )
        return frozenset(names[: names.index(revision) + 1])

    def tops(self, revisions: Collection[str]) -> tuple[str, ...]:
        return tuple(name for name in self.revisions() if name in revisions)[-1:]


@dataclass(frozen=True)
class Platform(_Linear):
    """The platform's schema of one of `known_revisions()`, by the migrations of this package."""

    revision: str = "head"
    schema: str = DEFAULT_SCHEMA

    def origin(self) -> str:
        return f"{migrations_folder()}@{self.revision} {self.schema}"

    def digest(self) -> str:
        return digest_of(migrations_folder(), sources(migrations_folder()))

    def at(self, revision: str) -> Self:
        return replace(self, revision=revision)

    async def apply(self, target: Target) -> None:
        from autogpt_seed.migrating import migrate

        # A database for tests may be downgraded, whatever users it holds.
        await migrate(target, schema=self.schema, revision=self.revision, into=target.place)

    def revisions(self) -> tuple[str, ...]:
        from autogpt_seed.migrating import known_revisions

        return known_revisions()

    async def apply_one(self, target: Target, revision: str) -> None:
        await self.at(revision).apply(target)

    async def revert(self, target: Target, revision: str) -> None:
        names = "base", *self.revisions()
        await self.at(names[names.index(revision) - 1]).apply(target)


@dataclass(frozen=True)
class Alembic:
    """The migrations of an `alembic.ini`, run in a process of their own.

    `revision` is what Alembic takes for one, or several with commas between them. Their `env.py`
    finds the database in `sqlalchemy.url`, with the driver that the file names, and in the
    variables DATABASE_URL and DIRECT_URL.
    """

    ini: Path
    revision: str = "heads"
    schema: str = DEFAULT_SCHEMA

    def origin(self) -> str:
        return f"{self.ini.absolute()}@{self.revision} {self.schema}"

    def digest(self) -> str:
        files = [self.ini, *(file for f in script_folders(self.ini) for file in sources(f))]
        return digest_of(self.ini.parent, files)

    def at(self, revision: str) -> Self:
        return replace(self, revision=revision)

    async def apply(self, target: Target) -> None:
        await self._run("upgrade", target)

    async def forget(self, target: Target) -> None:
        await self._run("forget", target)

    def revisions(self) -> tuple[str, ...]:
        from autogpt_seed.testing.alembic_tree import all_revisions

        return all_revisions(self.ini)

    def up_to(self, revision: str) -> frozenset[str]:
        from autogpt_seed.testing.alembic_tree import with_those_below

        return with_those_below(self.ini, revision.split(","))

    def tops(self, revisions: Collection[str]) -> tuple[str, ...]:
        from autogpt_seed.testing.alembic_tree import tops

        return tops(self.ini, revisions)

    async def apply_one(self, target: Target, revision: str) -> None:
        await self.at(revision).apply(target)

    async def revert(self, target: Target, revision: str) -> None:
        await self.at(revision)._run("revert", target)

    async def _run(self, direction: Direction, target: Target) -> None:
        from autogpt_seed.testing.alembic_process import run_alembic

        await run_alembic(direction, self.ini, target.url(), self.revision)


@dataclass(frozen=True)
class Prisma(_Linear):
    """A folder of Prisma migrations: each `*/migration.sql` in the order of the folders' names.

    `revision` is the name of the last one that counts, by default all.
    """

    folder: Path
    schema: str = DEFAULT_SCHEMA
    revision: str | None = None

    def origin(self) -> str:
        return f"{self.folder.absolute()}@{self.revision} {self.schema}"

    def digest(self) -> str:
        return digest_of(self.folder, self._files())

    def at(self, revision: str) -> Self:
        return replace(self, revision=revision)

    async def apply(self, target: Target) -> None:
        from autogpt_seed.database.migrations.scripts import run_prisma

        scripts = [(file.parent.name, read(file)) for file in self._files()]
        await run_prisma(target, self.schema, scripts)

    def revisions(self) -> tuple[str, ...]:
        return tuple(file.parent.name for file in self._files())

    async def apply_one(self, target: Target, revision: str) -> None:
        from autogpt_seed.database.migrations.scripts import run_prisma

        script = read(self.folder / revision / "migration.sql")
        await run_prisma(target, self.schema, [(revision, script)])

    def _files(self) -> list[Path]:
        files = sorted(self.folder.glob("*/migration.sql"))
        if not files:
            raise ConfigurationError(
                f"There are no Prisma migrations in {self.folder}.",
                evidence="They would be called */migration.sql.",
                remedy="Name the folder `migrations` beside schema.prisma.",
            )
        names = [file.parent.name for file in files]
        if self.revision is None:
            return files
        if self.revision not in names:
            raise ConfigurationError(
                f"There is no migration {self.revision!r} in {self.folder}.",
                evidence=f"The last one is {names[-1]}.",
                remedy="Name one of its folders.",
            )
        return files[: names.index(self.revision) + 1]


@dataclass(frozen=True)
class SqlFile:
    """A file of SQL, such as `pg_dump --schema-only` writes."""

    file: Path
    schema: str = DEFAULT_SCHEMA

    def origin(self) -> str:
        return f"{self.file.absolute()} {self.schema}"

    def digest(self) -> str:
        return digest_of(self.file.parent, [self.file])

    def at(self, revision: str) -> Self:
        raise _without_revisions(str(self.file), revision)

    async def apply(self, target: Target) -> None:
        from autogpt_seed.database.migrations.scripts import run_script

        await run_script(target, self.schema, (self.file.name, read(self.file)))


@dataclass(frozen=True)
class Function:
    """A function of the database's URL, async or not.

    `files` are those that it reads. The digest is of them and of the file that defines it.
    """

    function: Callable[[str], Awaitable[None] | None]
    schema: str = DEFAULT_SCHEMA
    files: tuple[Path, ...] = ()

    def origin(self) -> str:
        code = getattr(self.function, "__code__", None)
        return f"{self._name()}:{code.co_firstlineno if code else ''} {self.schema}"

    def digest(self) -> str:
        source = inspect.getsourcefile(self.function)
        return digest_of(Path(), [*([Path(source)] if source else []), *self.files])

    def at(self, revision: str) -> Self:
        raise _without_revisions(self._name(), revision)

    async def apply(self, target: Target) -> None:
        try:
            done = await asyncio.to_thread(self.function, target.url())
            if inspect.isawaitable(done):
                await done
        except SeedError:
            raise
        except Exception as error:
            raise DatabaseUnsuitable(
                f"{self._name()} failed.",
                # It was given the password, and may repeat it.
                evidence=f"{type(error).__name__}: {error}".replace(target.url(), str(target)),
                remedy="Correct it, then run this again.",
            ) from error

    def _name(self) -> str:
        return f"{self.function.__module__}.{self.function.__qualname__}()"


def migrations_from(path: Path, *, schema: str = DEFAULT_SCHEMA) -> Migrations:
    """What `path` is: an Alembic configuration (.ini), a file of SQL, a folder of Prisma's."""
    if not path.exists():
        raise ConfigurationError(
            f"There are no migrations at {path}.",
            remedy="Name an alembic.ini, a .sql file, or a folder of Prisma migrations.",
        )
    if path.is_dir():
        return Prisma(path, schema)
    if path.suffix == ".sql":
        return SqlFile(path, schema)
    return Alembic(path, schema=schema)


def _without_revisions(what: str, revision: str) -> ConfigurationError:
    return ConfigurationError(
        f"{what} has no revision {revision!r}.",
        remedy="Revisions are known of Alembic and Prisma migrations only.",
    )
