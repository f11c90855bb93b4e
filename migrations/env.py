"""Alembic's environment: which database, which schema, and how a transaction begins.

    alembic [-x url=URL] [-x schema=NAME] upgrade head

The database is the one of `-x url`, else of DIRECT_URL, DATABASE_URL or `.env`, else of
`sqlalchemy.url` in alembic.ini; the schema the one of `-x schema`, else of the URL, else
`platform`. Whoever calls Alembic as a library passes `connection` and `schema` as attributes of
the configuration, and commits. All migrations of a command share one transaction.
"""

from __future__ import annotations

import asyncio
import logging.config
import os
from pathlib import Path

from alembic import context
from alembic.util import CommandError
from sqlalchemy import Connection, inspect

from autogpt_seed.database.bookkeeping import BOOKKEEPING
from autogpt_seed.database.migrations.files import DEFAULT_SCHEMA, version_table
from autogpt_seed.database.migrations.running import preparation
from autogpt_seed.database.url import Target, find_target, parse_url
from autogpt_seed.errors import SeedError

DRIVER = "postgresql+asyncpg"


def main() -> None:
    """Run the command as the configuration asks for it."""
    attributes = context.config.attributes
    if connection := attributes.get("connection"):
        run(connection, attributes["schema"])
        return
    if context.config.config_file_name:
        logging.config.fileConfig(context.config.config_file_name, disable_existing_loggers=False)
    try:
        run_by_command_line(context.get_x_argument(as_dictionary=True))
    except SeedError as error:
        raise CommandError(str(error)) from error


def run_by_command_line(arguments: dict[str, str]) -> None:
    """Find database and schema ourselves; offline, a database need not be named."""
    target = find_target(arguments.get("url"), os.environ, Path.cwd())
    if target is None and (url := context.config.get_main_option("sqlalchemy.url")):
        target = parse_url(url)
    schema = arguments.get("schema") or (target and target.schema) or DEFAULT_SCHEMA
    if context.is_offline_mode():
        run(None, schema)
    elif target:
        asyncio.run(connect_and_run(target, schema))
    else:
        raise CommandError("Name a database: -x url=postgresql://…, or DATABASE_URL.")


async def connect_and_run(target: Target, schema: str) -> None:
    """Run it over a connection of our own, and commit."""
    async with target.engine().begin() as connection:
        await connection.run_sync(run, schema)


def run(connection: Connection | None, schema: str) -> None:
    """Run the command on `connection`, or without one write out the SQL that it stands for."""
    context.configure(
        connection=connection,
        dialect_name=DRIVER,
        literal_binds=connection is None,
        version_table=version_table(schema),
        version_table_schema=BOOKKEEPING,
    )
    existing = inspect(connection).get_schema_names() if connection else ()
    with context.begin_transaction():
        if not context.get_context().opts.get("dont_mutate"):
            for statement in preparation(schema, existing):
                context.execute(statement)
        context.run_migrations()


main()
