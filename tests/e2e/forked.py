"""The command in a process that is forked where all that it needs is imported already.

What commands import only when they need it is imported here, and not looked for in the forks.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from pathlib import Path

from autogpt_seed import cleaning, migrating, seeding, updating, verification  # noqa: F401
from autogpt_seed.__main__ import main
from autogpt_seed.cli import populate_report  # noqa: F401

_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload([__name__])


def run(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], seconds: float
) -> tuple[int, str, str]:
    """The exit status, the output and the errors of the command in that folder. Importing takes
    half of a command's time: what the interpreter's start is part of is for `subprocess`."""
    output, errors = folder / "stdout", folder / "stderr"
    process = _FORKS.Process(target=_become, args=(arguments, folder, environment))
    process.start()
    process.join(seconds)
    if process.exitcode is None:
        process.kill()
        raise TimeoutError(f"{arguments} took more than {seconds} s")
    return process.exitcode, output.read_text(), errors.read_text()


def _become(arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
    """Be the command that a shell starts with these."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for descriptor, name in enumerate(("stdout", "stderr"), 1):
        os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), descriptor)
    sys.argv = ["autogpt-seed", *arguments]
    main()
