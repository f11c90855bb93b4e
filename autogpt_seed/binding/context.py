"""What the binding knows of the run whose rows it fits to the schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from autogpt_seed.binding.fill.values import FilledColumn
from autogpt_seed.ids import RunTag
from autogpt_seed.overrides import Rule
from autogpt_seed.plan import Plan


@dataclass(frozen=True)
class Context:
    """What the binding knows of the run whose rows it fits.

    `as_of` is UTC without a zone, `users` how many there are. With `everything` tables that no
    entity knows are filled, too. With `raw_times` the timestamps of the rows are the numbers of
    `timestamps` instead of datetimes. With `additional` the rows are added to those of another run:
    `overrides` apply only to columns that the rows do not give, and to tables that get rows.
    """

    tag: RunTag
    as_of: datetime
    users: int
    everything: bool = False
    overrides: Mapping[str, Mapping[str, Rule]] = field(default_factory=dict)
    raw_times: bool = False
    additional: bool = False

    @classmethod
    def of(cls, plan: Plan, tag: RunTag, *, raw_times: bool = False) -> Context:
        """That of a populate."""
        as_of = plan.as_of.replace(tzinfo=None)
        everything = plan.tables == "all"
        return cls(tag, as_of, plan.users, everything, plan.columns, raw_times=raw_times)

    def filled(self, table: str, column: str) -> FilledColumn:
        """A column that is filled, which determines its values."""
        return FilledColumn(self.tag, self.as_of, table, column)
