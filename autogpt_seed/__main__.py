"""The program: the command `autogpt-seed`, which `python -m autogpt_seed` is as well."""

import atexit
import gc

_OBJECTS_BETWEEN_COLLECTIONS = 300_000
"""What is imported stays, some 150,000 objects, and commands hold many rows and make few cycles. At
Python's own figure, 700, looking through all of it again and again takes a tenth of the start, a
third of `verify`."""

gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
# A last look takes a tenth of a second, and frees what the end of the process frees anyway.
atexit.register(gc.freeze)

from autogpt_seed.cli import main  # noqa: E402  # the collector has to know before the imports

if __name__ == "__main__":
    main()
