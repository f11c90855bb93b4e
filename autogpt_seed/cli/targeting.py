"""Which database a command works on, and bringing the embedded one up for it."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from autogpt_seed.cli.running import run
from autogpt_seed.database.migrations.files import DEFAULT_SCHEMA, newest_revision

if TYPE_CHECKING:
    from autogpt_seed.database.embedded import EmbeddedServer
    from autogpt_seed.database.url import Target

logger = logging.getLogger(__name__)

DATABASE = "autogpt"
"""The database of the embedded server that commands work on."""


@dataclass(frozen=True)
class ChosenTarget:
    """The target of a command, and how to call it in its output.

    `options` are those that another command needs for the same database, without secrets.
    """

    target: Target
    name: str
    options: str = ""

    def as_json(self, report: Mapping[str, object]) -> str:
        """A report on it as one JSON document, with times in ISO 8601."""
        return json.dumps({"target": self.name, **report}, default=_plain)

    def name_with(self, schema: str) -> str:
        """The name with the schema that was worked on, whatever the connection string says."""
        name = self.name if self.target.embedded else str(replace(self.target, schema=None))
        return f"{name}, schema {schema}"


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


@contextmanager
def choose_target(url: str | None, *, migrated: bool) -> Iterator[ChosenTarget]:
    """The database that `url`, the environment or `.env` names, else the embedded one.

    The embedded server is started, its database made and, if `migrated`, brought to the newest
    revision unless it is at another; it is stopped afterwards unless `db start` keeps it or another
    command uses it.
    """
    from autogpt_seed.database.url import find_target

    found = find_target(url, os.environ, Path.cwd())
    if found is not None:
        yield ChosenTarget(found, str(found), options=" --database-url …" if url else "")
        return
    with embedded_target(migrated=migrated) as chosen:
        yield chosen


@contextmanager
def embedded_target(*, migrated: bool) -> Iterator[ChosenTarget]:
    """The embedded server's database, started and made where it has to be."""
    from autogpt_seed.database.embedded import EmbeddedServer
    from autogpt_seed.database.url import parse_url

    embedded = EmbeddedServer()
    if not embedded.data_folder.exists():
        logger.warning("Creating an embedded PostgreSQL in %s, once.", embedded.data_folder)
    with embedded.running() as server:
        target = replace(parse_url(server.url(DATABASE), {}), embedded=True)
        run(_prepare(server, target, migrated=migrated))
        yield ChosenTarget(target, "the embedded PostgreSQL")


async def _prepare(server: EmbeddedServer, target: Target, *, migrated: bool) -> None:
    from autogpt_seed.database.migrations.recorded import recorded_revision

    await server.ensure_database(DATABASE)
    if not migrated:
        return
    revision, newest = await recorded_revision(target, DEFAULT_SCHEMA), newest_revision()
    if revision is None:
        from autogpt_seed.migrating import migrate

        await migrate(target, schema=DEFAULT_SCHEMA)
    elif revision != newest:
        logger.warning(_KEPT, revision, newest)


_KEPT = "The embedded database stays at revision %s; `autogpt-seed migrate` brings it to %s."
