"""Seeding from a user's own `env.py` of Alembic, after the migrations and apart from them.

Two lines make `alembic -x seed=classic upgrade head` migrate and then seed::

    from autogpt_seed.alembic_env import seed_if_asked

    seed_if_asked()     # the last line of the file

Two transactions, because a label that a migration adds to an enum cannot be used before its
commit. The profile stands behind `seed=`; any setting of a plan can follow: `-x seed.users=20`.
Without `-x seed=`, and in every command but `upgrade`, nothing happens.
"""

from __future__ import annotations

import asyncio
import os
import shlex
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from alembic import context
from alembic.util import CommandError

from autogpt_seed.database.bookkeeping import BOOKKEEPING
from autogpt_seed.database.url import Target, parse_url
from autogpt_seed.errors import DatabaseNotNamed, SeedError
from autogpt_seed.plan import load_plan
from autogpt_seed.seeding import PopulateReport, populate
from autogpt_seed.unit_of_work import Bind

__all__ = ["include_name", "seed_if_asked"]

T = TypeVar("T")

_KEY = "seed"
_SETTING = "seed."
_PROFILE = "classic"
"""What a bare `-x seed` stands for."""


def seed_if_asked(
    target: Bind | None = None, *, schema: str | None = None
) -> PopulateReport | None:
    """Seed the database that was migrated, if `-x seed=PROFILE` asks for it; else return None.

    It connects anew, to the database of the URL that the migrations' engine was made with, unless
    `target` names one. `schema` is the platform's, found by itself. The `env.py` may be sync or
    async, and called from the command line or in a running event loop. Raises `CommandError` for
    whatever is in the way: offline mode, a transaction of the migrations that is not over, or a
    `SeedError`. What was migrated and committed by then stays.
    """
    arguments = context.get_x_argument(as_dictionary=True)
    if _KEY not in arguments or _command() != "upgrade":
        return None
    if context.is_offline_mode():
        raise CommandError(
            "Rows cannot be written as SQL: -x seed needs a database.\n"
            "Run it without --sql, or use `autogpt-seed bake` for a file of rows."
        )
    if (connection := context.get_context().connection) and connection.in_transaction():
        raise CommandError(
            "The transaction of the migrations is not over, and seeding needs one of its own.\n"
            "Call seed_if_asked() after the commit: in the last line of env.py, or, where the "
            "connection is handed in from outside, call populate() there."
        )
    try:
        settings = _settings(arguments)
        into = settings.pop("into", os.environ.get("AUTOGPT_SEED_INTO"))
        plan = load_plan(flags=settings, environment=os.environ)
        report = _run(populate(target or _migrated(), plan, schema=schema, into=into))
    except DatabaseNotNamed as error:
        name = f"-x {_SETTING}into={shlex.quote(error.place)}"
        remedy = f"Nothing was seeded. If it is the one that you mean, name it: {name}"
        parts = (error.sentence, error.evidence, remedy)
        raise CommandError("\n".join(filter(None, parts))) from error
    except SeedError as error:
        raise CommandError(str(error)) from error
    context.config.print_stdout(
        "Seeded %s rows into schema %s: run %s",
        f"{report.total_rows:,}",
        report.schema,
        report.run_tag,
    )
    return report


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Whether `--autogenerate` is to look at it: not at the schema of our own records.

    For `context.configure(include_name=…)`, where `include_schemas` is set; without that Alembic
    looks at no schema but the default one, in which nothing is ours.
    """
    return (kind, name) != ("schema", BOOKKEEPING)


def _command() -> str:
    """The name of Alembic's command, which is the name of the function that it hands down."""
    return str(getattr(context.get_context().opts.get("fn"), "__name__", ""))


def _settings(arguments: dict[str, str]) -> dict[str, str]:
    """The settings that the command line names."""
    named = {
        key.removeprefix(_SETTING): value
        for key, value in arguments.items()
        if key.startswith(_SETTING)
    }
    return {"profile": arguments[_KEY] or _PROFILE} | named


def _migrated() -> Target:
    """The database of the migrations' engine."""
    connection = context.get_context().connection
    url = connection.engine.url if connection else None
    if url is None or not url.database:
        raise CommandError(
            "The engine of env.py was made without a URL that names its database.\n"
            "Name it: seed_if_asked('postgresql://…')."
        )
    return parse_url(url.render_as_string(hide_password=False))


def _run(work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, also where an event loop runs already, which then waits."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
