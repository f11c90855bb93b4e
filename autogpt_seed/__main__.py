"""The program: the command `autogpt-seed`, which `python -m autogpt_seed` is as well."""

import atexit
import gc
import sys

from autogpt_seed.interruption import Interrupted, handle_signals

_OBJECTS_BETWEEN_COLLECTIONS = 300_000
"""Imported modules stay, some 150,000 objects, and commands hold many rows with few cycles among
them. With Python's default, 700, the collector takes a tenth of the time of a start and a third of
that of `verify`."""


def main() -> None:
    """Run the command line. A signal ends it at any moment, with one line of output."""
    handle_signals()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    # Else a last collection takes a tenth of a second, and frees what the process frees anyway.
    atexit.register(gc.freeze)
    try:
        from autogpt_seed import cli  # slow to import, so after the signals and the collector

        cli.main()
    except Interrupted as interruption:
        sys.stderr.write(f"{interruption.sentence}\n")
        sys.exit(interruption.exit_status)


if __name__ == "__main__":
    main()
