"""What callers choose among in Python and on the command line, whose help needs no more imports."""

from __future__ import annotations

from typing import Literal

Load = Literal["auto", "live", "suspended"]
"""What a load does with the keys of the tables."""

OnExisting = Literal["append", "skip", "replace", "fail"]
"""append: make another run. skip: make none where one of the same plan and seed is there.
replace: remove all runs first. fail: refuse where any run is there."""

BlockSource = Literal["auto", "existing", "generate"]
"""Which blocks the nodes use. auto: those that exist, if any."""

Tables = Literal["known", "all"]
"""Which tables get rows. all: a few rows of those that no entity knows, too."""

Extent = Literal["auto", "all"]
"""Whose digests verify compares, beside those of all materialised views: of every table, or, auto,
of every table unless they are large."""
