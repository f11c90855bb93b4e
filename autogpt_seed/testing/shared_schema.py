"""Where no database may be created: one seeded schema, in which everybody undoes what they did.

The comment on the schema says that it is ours and what is in it, so nobody takes a half-made one
and nobody else's is touched.
"""

from __future__ import annotations

from dataclasses import replace

from autogpt_seed.database.maintenance import Maintenance
from autogpt_seed.database.runs.record import forget_all_runs
from autogpt_seed.database.target import Target
from autogpt_seed.errors import DatabaseUnsuitable, SeedError
from autogpt_seed.testing.protocols import Recording
from autogpt_seed.testing.template import MARK, Recipe, fill
from autogpt_seed.unit_of_work import UnitOfWork

_UNFINISHED = f"{MARK} unfinished"
_AGAIN = f"{MARK} unfinished, not for the first time"


async def ensure_schema(maintenance: Maintenance, server: Target, recipe: Recipe) -> Target:
    """The database of `server`, with the schema of the recipe made where it is missing.

    Who wants another in its place waits until nobody uses it any more, see `leave_schema`. Raises
    `DatabaseUnsuitable` where the schema is there and was not made by this.
    """
    schema = recipe.migrations.schema
    done = f"{MARK} {recipe.key(maintenance.facts.version)}"
    lock = _lock(server, recipe)
    await maintenance.share(lock)
    if await maintenance.schema_comment(schema) != done:
        await maintenance.unshare(lock)
        async with maintenance.locked(lock):
            if await maintenance.schema_comment(schema) != done:
                await _make(maintenance, server, recipe, done)
            await maintenance.share(lock)
    return replace(server, schema=schema)


async def leave_schema(maintenance: Maintenance, server: Target, recipe: Recipe) -> None:
    """Let others have another schema in the place of the one that `ensure_schema` gave."""
    await maintenance.unshare(_lock(server, recipe))


def _lock(server: Target, recipe: Recipe) -> str:
    return f"schema {server.database}.{recipe.migrations.schema}"


async def _make(maintenance: Maintenance, server: Target, recipe: Recipe, done: str) -> None:
    schema = recipe.migrations.schema
    comment = await maintenance.schema_comment(schema)
    if comment is not None and not comment.startswith(MARK):
        raise DatabaseUnsuitable(
            f"The role {server.user} may not create databases, and the schema {schema} of "
            f"database {server.database} is not one that was made for tests.",
            remedy=f"Let it: ALTER ROLE {server.user} CREATEDB; or name a database without it.",
        )
    # A record of migrations is ours to empty only if it told of a schema that was made here.
    again = comment not in (None, _UNFINISHED)
    await maintenance.drop_schema(schema)
    await maintenance.comment_schema(schema, _AGAIN if again else _UNFINISHED)
    await _forget_runs(server, schema)
    if again and isinstance(recipe.migrations, Recording):
        await recipe.migrations.forget(replace(server, schema=None))
    try:
        await fill(replace(server, schema=None), recipe)
    except SeedError as error:
        if f'schema "{schema}" already exists' in error.evidence:
            raise _there_before(error, server, schema) from error
        raise
    if not await maintenance.has_tables(schema):
        raise _nothing_made(server, schema)
    await maintenance.comment_schema(schema, done)


def _there_before(error: SeedError, server: Target, schema: str) -> SeedError:
    """What to say of a migration that is right to create the schema, and cannot here."""
    return DatabaseUnsuitable(
        f"Schema {schema} is there before the migrations, which create it: the role {server.user} "
        "may not create databases, so it was made first, with a comment that it is for tests.",
        evidence=f"{error.sentence}\n{error.evidence}",
        remedy="Create it with IF NOT EXISTS, or let the role create databases: "
        f"ALTER ROLE {server.user} CREATEDB.",
    )


def _nothing_made(server: Target, schema: str) -> SeedError:
    """A schema that holds nothing is not taken for one that was made here."""
    return DatabaseUnsuitable(
        f"The migrations made no table in schema {schema} of database {server.database}.",
        evidence="They may be recorded there as applied, in alembic_version or the like.",
        remedy="Name a database of its own for the tests, or let the role create databases: "
        f"ALTER ROLE {server.user} CREATEDB.",
    )


async def _forget_runs(server: Target, schema: str) -> None:
    """As the first run of its plan, the next one makes the rows that it makes everywhere."""
    async with UnitOfWork(server) as work:
        await forget_all_runs(work.connection, schema)
        await work.commit()
