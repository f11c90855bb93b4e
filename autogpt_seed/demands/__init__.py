"""What a migration demands of rows that exist, and rows that would break it. Pure.

The demands are read off two catalogs, before and after the migration ran on empty tables, so that
nobody has to understand its SQL. A migration that takes care of such rows passes all the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from autogpt_seed.catalog import Catalog
from autogpt_seed.demands.checks import of_checks
from autogpt_seed.demands.columns import of_columns, of_foreign_keys, of_labels
from autogpt_seed.demands.demand import Assignments, Demand, Duplicate, OfOtherRow, OfSameRow, Value
from autogpt_seed.demands.keys import of_keys

__all__ = ["Assignments", "Demand", "Duplicate", "OfOtherRow", "OfSameRow", "Value", "demands"]


def demands(before: Catalog, after: Catalog) -> list[Demand]:
    """What the schema demands after the migration and did not before, of columns that were there.

    Demands that no row is known to break are among them and say so. What is demanded of a
    partitioned table is not repeated for its partitions.
    """
    whole = [d for name in after.tables for d in _of_table(name, before, after, partition=False)]
    told = {demand.text for demand in whole if after.tables[demand.table].relation == "p"}
    parts = [d for name in after.tables for d in _of_table(name, before, after, partition=True)]
    return whole + [demand for demand in parts if demand.text not in told]


def _of_table(name: str, before: Catalog, after: Catalog, *, partition: bool) -> Iterator[Demand]:
    old, new = before.tables.get(name), after.tables[name]
    if old and old.relation in "rp" and new.relation in "rp" and new.partition is partition:
        yield from of_columns(old, new)
        yield from of_keys(old, new)
        yield from of_checks(old, new)
        yield from of_foreign_keys(old, new)
        yield from of_labels(old, before, after)
