"""Alembic run in a process of its own, as its users run it.

An `env.py` may start an event loop, set up logging and change the module search path: none of that
may affect the process of the tests. Run as a program, this module is the other process.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from autogpt_seed.errors import DatabaseUnsuitable

Direction = Literal["upgrade", "revert", "forget"]

_PATIENCE = 3600.0
"""Seconds."""


async def run_alembic(direction: Direction, ini: Path, url: str, revision: str) -> None:
    """Bring the database of `url` up to `revision`, or take that single one back.

    An upgrade may be to several revisions, with commas between them; one that is reverted must not
    be needed by another that is applied. "forget" only empties the record of what was applied.

    Raises `DatabaseUnsuitable` that names the migration which failed, with the server's message,
    or says that Alembic did not end within an hour. Alembic is ended where the caller is cancelled.
    """
    succeeded, output, errors = await _run(direction, ini, url, revision)
    if succeeded:
        return
    try:
        failure = json.loads(output.splitlines()[-1])
    except (IndexError, ValueError):
        failure = {"migration": "", "message": errors.strip()[-1000:]}
    what = f"Migration {failure['migration']}" if failure["migration"] else "Alembic"
    raise DatabaseUnsuitable(
        f"{what} failed.",
        evidence=failure["message"].replace(url, "the database"),
        remedy=f"Correct it, then run this again. Alembic was run with {ini}.",
    )


async def _run(direction: Direction, ini: Path, url: str, revision: str) -> tuple[bool, str, str]:
    """Whether it succeeded, its output and its errors. It ends when the caller is cancelled."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "autogpt_seed.testing.alembic_process"),
        *(direction, str(ini), revision),
        env={**os.environ, "DATABASE_URL": url, "DIRECT_URL": url},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        output, errors = await asyncio.wait_for(process.communicate(), _PATIENCE)
    except TimeoutError as error:
        raise DatabaseUnsuitable(
            f"Alembic did not end within {_PATIENCE:.0f} s.",
            remedy=f"See what its migrations wait for. Alembic was run with {ini}.",
        ) from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode == 0, output.decode(errors="replace"), errors.decode(errors="replace")


def main(direction: str, ini: str, revision: str) -> int:
    """Run Alembic. A failure is printed as one line of JSON: at which migration, and why."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.runtime.migration import MigrationStep
    from alembic.script import ScriptDirectory
    from sqlalchemy import make_url

    config = Config(ini)
    given = config.get_main_option("sqlalchemy.url") or "postgresql+asyncpg://"
    driver = given.partition("://")[0]
    url = make_url(os.environ["DATABASE_URL"]).set(drivername=driver)
    text = url.render_as_string(hide_password=False)
    config.set_main_option("sqlalchemy.url", text.replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    known, targets = scripts.revision_map, tuple(revision.split(","))
    begun: list[str] = []

    def up(here: Any, _context: Any) -> Iterable[Any]:
        way = [*scripts.iterate_revisions(targets, here, implicit_base=True)]
        for script in reversed(way):
            begun.append(script.revision)
            yield MigrationStep.upgrade_from_script(known, script)

    def back(_here: Any, _context: Any) -> Iterable[Any]:
        script = scripts.get_revision(revision)
        begun.append(script.revision)
        yield MigrationStep.downgrade_from_script(known, script)

    def nothing(_here: Any, _context: Any) -> Iterable[Any]:
        return ()

    fn = {"upgrade": up, "revert": back, "forget": nothing}[direction]
    purge = direction == "forget"
    try:
        with EnvironmentContext(config, scripts, fn=fn, destination_rev=targets, purge=purge):
            scripts.run_env()
    except Exception as error:
        cause = getattr(error, "orig", None) or error
        message = f"{type(cause).__name__}: {cause}".replace(text, "the database")
        print(json.dumps({"migration": begun[-1] if begun else "", "message": message}))  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
