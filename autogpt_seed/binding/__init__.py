"""Fits the entities' rows to the reflected tables, and notes every difference.

`bind_all` does it for a whole catalog. Pure: it knows no connection, and makes no row before the
records of a `Bound` are asked for. `procedure` takes these steps, with a `Draft` of each table:

1. `drafting`: which tables take part. `matching` finds the column for each field of an entity (by
   `finding`, `names`, `labels`) and how its values fit (`adapt`); `relations` finds the foreign
   keys for which no field has the values.
2. `arranging`: the `order` of filling, and which columns are set later or stay empty.
3. `filling`: which other columns need values, which are made by `fill`; and `counts`: how many rows
   tables without an entity get.
4. `build`: the `sources` of all columns: `entity_records`, `substitutes`, `overridden`, `parents`,
   `filling` and `instants`, so that unique `keys` hold. `notes` and `refusals` say what was done,
   or cannot be.
"""

from __future__ import annotations

from autogpt_seed.binding.bound import Bound, Note, Update
from autogpt_seed.binding.context import Context
from autogpt_seed.binding.procedure import Binding, bind_all, unread_columns, wanted_parents
from autogpt_seed.catalog import Catalog
from autogpt_seed.entities.capabilities import Capabilities

__all__ = [
    "Binding",
    "Bound",
    "Context",
    "Note",
    "Update",
    "bind_all",
    "capabilities",
    "unread_columns",
    "wanted_parents",
]


def capabilities(catalog: Catalog) -> Capabilities:
    """What the entities may know of the schema."""
    known = Capabilities()
    key, onboarding = catalog.tables.get("APIKey"), catalog.tables.get("UserOnboarding")
    steps = onboarding.columns.get("completedSteps") if onboarding else None
    element = steps.type.base.element if steps else None
    return Capabilities(
        onboarding_steps=(element.base.labels if element else ()) or known.onboarding_steps,
        salted_keys=key is None or "salt" in key.columns,
    )
