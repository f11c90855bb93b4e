"""A table while it is being bound: what is known so far of its rows and columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from autogpt_seed.binding.bound import Note
from autogpt_seed.binding.fill.values import Values
from autogpt_seed.binding.matching import Match
from autogpt_seed.binding.relations import Relation
from autogpt_seed.binding.sources import Source
from autogpt_seed.catalog import ForeignKey, Table, UniqueKey
from autogpt_seed.overrides import Rule
from autogpt_seed.rows import Rows


@dataclass
class Draft:
    """A table while it is bound. The steps of `procedure.bind_all` fill in the fields one after the
    other, in about this order."""

    table: Table
    rows: Rows | None
    """Those of its entity; None where no entity knows the table."""
    matches: list[Match] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    empty: tuple[str, ...] = ()
    """The columns of optional foreign keys that stay NULL."""
    overrides: Mapping[str, Rule] = field(default_factory=dict)
    defaults: Mapping[str, object] = field(default_factory=dict)
    """The columns of foreign keys that keep their default, with its value."""
    required_by: str = ""
    """The key that requires rows of a table without an entity."""
    present: bool = False
    """Whether its rows are in the database already, so that none is sent."""
    loaded: bool = True
    """Whether it is among the tables of the result, even without rows."""
    demanded: set[str] = field(default_factory=set)
    """The columns that other rows refer to."""
    fills: dict[str, Values] = field(default_factory=dict)
    """The columns that get made-up values."""
    count: int = 0
    late: frozenset[str] = frozenset()
    """The columns that are set by an UPDATE once the rows that they refer to are loaded."""
    doubtful: list[UniqueKey] = field(default_factory=list)
    """The keys that may be broken, so that the rows themselves must be looked through."""
    sources: list[Source] = field(default_factory=list)
    created: str | None = None
    """The column with the time at which a row was made."""
    notes: list[Note] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name of the table."""
        return self.table.name

    @property
    def optional(self) -> bool:
        """Whether the table may be left out: it has no entity, and no key requires it."""
        return self.rows is None and not self.required_by and not self.present

    @property
    def id_column(self) -> str:
        """The column that takes the ids of the entity's rows, or ""."""
        return next((match.column.name for match in self.matches if match.index == 0), "")

    @property
    def settled(self) -> set[str]:
        """The columns whose values come from the plan or from their defaults."""
        return self.overrides.keys() | self.defaults.keys()

    def promises(self, key: UniqueKey) -> bool:
        """Whether the entity guarantees that no two of its rows agree in the key."""
        columns = key.columns
        matched = [m for m in self.matches if m.column.name in columns and not m.lossy]
        fields = {match.field.name for match in matched}
        kept = [
            promised for promised in (self.rows.keys if self.rows else ()) if promised <= fields
        ]
        if key.nulls_distinct:
            return bool(kept)
        optional = {match.field.name for match in matched if match.field.optional}
        return any(promised.isdisjoint(optional) for promised in kept)

    def foreign_keys(self) -> list[ForeignKey]:
        """Those of the table, and those that only the names of columns imply."""
        names = {key.name for key in self.table.foreign_keys}
        implied = [r.key for r in self.relations if r.key.name not in names]
        return [*self.table.foreign_keys, *implied]

    def given(self) -> set[str]:
        """The columns that have values and need not be filled."""
        relations = {name for relation in self.relations for name in relation.columns}
        matched = {match.column.name for match in self.matches}
        there = {name for source in self.sources for name in source.columns if self.present}
        return matched | relations | there | self.settled

    def satisfied_keys(self) -> list[ForeignKey]:
        """The foreign keys whose columns are all given by fields that refer to their table."""
        matched = {match.column.name for match in self.matches}
        relations = {relation.key.name for relation in self.relations}
        return [
            key
            for key in self.table.foreign_keys
            if set(key.columns) <= matched and key.name not in relations
        ]


Drafts = Mapping[str, Draft]
"""All drafts, by the name of the table."""
