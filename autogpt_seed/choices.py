"""The values of arguments that are choices. The help of the command line imports nothing else."""

from __future__ import annotations

from typing import Literal

Load = Literal["auto", "live", "suspended"]
"""What a load does with the keys of the tables. live: keep them. suspended: drop and rebuild them.
auto: whichever fits."""

OnExisting = Literal["append", "skip", "replace", "fail"]
"""append: make another run. skip: make none where one of the same plan and seed is there.
replace: remove all runs first. fail: refuse where any run is there."""

BlockSource = Literal["auto", "existing", "generate"]
"""Which blocks the nodes use. auto: those that exist, if any."""

Tables = Literal["known", "all"]
"""Which tables get rows. all: a few rows in those that no entity knows, too."""

Extent = Literal["auto", "all"]
"""Which tables verify compares before and after, besides all materialised views. auto: all, unless
they are large."""
