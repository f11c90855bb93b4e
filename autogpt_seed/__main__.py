"""The program: the command `autogpt-seed`, which `python -m autogpt_seed` is as well."""

import atexit
import gc
import sys

from autogpt_seed.interruption import Interrupted, handle_signals

_OBJECTS_BETWEEN_COLLECTIONS = 300_000
"""What is imported stays, some 150,000 objects, and commands hold many rows and make few cycles. At
Python's own figure, 700, looking through all of it again and again takes a tenth of the start, a
third of `verify`."""


def main() -> None:
    """Run the command line. A signal ends it at any moment, and is told in one line."""
    handle_signals()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    # A last look takes a tenth of a second, and frees what the end of the process frees anyway.
    atexit.register(gc.freeze)
    try:
        from autogpt_seed import cli  # takes a while: signals and collector are seen to by now

        cli.main()
    except Interrupted as interruption:
        sys.stderr.write(f"{interruption.sentence}\n")
        sys.exit(interruption.exit_status)


if __name__ == "__main__":
    main()
