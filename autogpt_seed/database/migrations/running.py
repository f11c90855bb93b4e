"""What Alembic needs to run the migrations, and where the record of them is kept.

Each platform schema has a version table of its own in the schema `autogpt_seed`, so that the
platform's schema holds nothing but what the platform's own migrations would have made, even where
it is `public`, and several schemas of one database can be at different revisions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from alembic import op
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Executable, func, inspect, select, text
from sqlalchemy.schema import CreateSchema

from autogpt_seed.database.bookkeeping import BOOKKEEPING
from autogpt_seed.database.migrations.files import migrations_folder, version_table
from autogpt_seed.database.reflection.schemas import LANDMARKS
from autogpt_seed.database.sql import quote
from autogpt_seed.database.statements import split


def recorded_revision(connection: Connection, schema: str) -> str | None:
    """The revision that the schema was brought to, by its version table."""
    options = {"version_table": version_table(schema), "version_table_schema": BOOKKEEPING}
    return MigrationContext.configure(connection, opts=options).get_current_revision()


def landmarks(connection: Connection, schema: str) -> list[str]:
    """The tables of the schema by which it is recognised as the platform's."""
    return sorted(LANDMARKS.intersection(inspect(connection).get_table_names(schema)))


def preparation(schema: str, existing: Collection[str]) -> Iterator[Executable]:
    """What comes before the first migration of a transaction: schemas and search path.

    Schemas that are `existing` are not created, which would take a right on the database. The
    path holds no second schema, so that no statement can touch objects of another.
    """
    for name in (BOOKKEEPING, schema):
        if name not in existing:
            yield CreateSchema(name, if_not_exists=True)
    yield select(func.set_config("search_path", quote(schema), True))


def run_scripts(version: str, *names: str) -> None:
    """Execute `migrations/sql/VERSION/NAME.sql`, one after the other. Called by revisions."""
    folder = migrations_folder() / "sql" / version
    for name in names:
        for statement in split((folder / f"{name}.sql").read_text("utf-8")):
            op.execute(text(statement.replace(":", r"\:")))
