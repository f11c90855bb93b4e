"""What was reflected of a schema: frozen facts about its tables, types, keys, views, functions.

Knows no driver and executes nothing; `database.reflection` makes it.
DDL texts are the server's own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from autogpt_seed.data_types import DataType


@dataclass(frozen=True)
class Column:
    """A column of a table or view. `default` is the server's text of its expression."""

    name: str
    type: DataType
    nullable: bool
    default: str | None = None
    generated: bool = False
    identity: str = ""
    """"a" for GENERATED ALWAYS, "d" for BY DEFAULT, "" for no identity."""
    insertable: bool = True
    """Whether the session's role may insert values into it."""
    known_keys: tuple[tuple[str, Any], ...] = ()
    """Of a column that refers to a lookup table: the texts that name its rows, each with the key
    of that row, as far as `database.existing.lookups` has read them."""

    @property
    def required(self) -> bool:
        """Whether a row without a value for it is refused."""
        fills_itself = self.default is not None or self.generated or bool(self.identity)
        return not self.nullable and not fills_itself


@dataclass(frozen=True)
class ForeignKey:
    """A foreign key. `schema` and `table` name what it refers to.

    `default` is the key that the defaults of its columns give, where a row that no run made has
    it (`database.existing.lookups`).
    """

    name: str
    columns: tuple[str, ...]
    schema: str
    table: str
    referred: tuple[str, ...]
    definition: str
    deferrable: bool = False
    default: tuple[Any, ...] = ()


@dataclass(frozen=True)
class UniqueKey:
    """A primary key, unique constraint or unique index over plain columns.

    `partial` ones hold for a part of the rows only; keys over expressions are not listed here.
    `taken` are the values of existing rows, as text, where few values are possible
    (`database.existing.scarce`).
    """

    name: str
    columns: tuple[str, ...]
    primary: bool = False
    partial: bool = False
    nulls_distinct: bool = True
    taken: frozenset[str] = frozenset()


@dataclass(frozen=True)
class CheckConstraint:
    """A check or exclusion constraint, with the columns that it reads."""

    name: str
    columns: tuple[str, ...]
    definition: str


def condition_of(definition: str) -> str:
    """The condition of `CHECK (…)`, in brackets; "" for an exclusion constraint."""
    if not definition.startswith("CHECK "):
        return ""
    for suffix in (" NOT ENFORCED", " NOT VALID", " NO INHERIT"):  # from the last that is printed
        definition = definition.removesuffix(suffix)
    return definition.removeprefix("CHECK ")


@dataclass(frozen=True)
class Index:
    """An index, with the statement that makes it.

    `terms` are the columns and expressions that it is over and `predicate` the condition of a
    partial one, as the server writes them; `operators` are those by which an exclusion constraint
    compares its terms. `expressions` tells whether any of the terms is more than a column.
    """

    name: str
    definition: str
    unique: bool
    valid: bool
    terms: tuple[str, ...] = ()
    predicate: str = ""
    nulls_distinct: bool = True
    operators: tuple[str, ...] = ()
    expressions: bool = False


@dataclass(frozen=True)
class Trigger:
    """A user's trigger that is enabled."""

    name: str
    function: str
    definition: str


@dataclass(frozen=True)
class Privileges:
    """What the session's role may do with a table or view."""

    select: bool
    insert: bool
    owner: bool


@dataclass(frozen=True)
class Existing:
    """Rows that are in the database already, as far as they were read."""

    table: str
    columns: tuple[str, ...]
    records: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Table:
    """A table that rows can be put into, or what stands in the place of one.

    `relation` is `pg_class.relkind`: "r" table, "p" partitioned, "f" foreign, "v" view.
    `row_security` is true where policies apply to the session's role, `hides_rows` where these may
    keep rows from it.
    """

    schema: str
    name: str
    relation: str
    columns: dict[str, Column]
    privileges: Privileges
    unique_keys: tuple[UniqueKey, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[CheckConstraint, ...] = ()
    indexes: tuple[Index, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    row_security: bool = False
    hides_rows: bool = False
    partition: bool = False
    """Whether it is a part of a partitioned table, which is filled through its parent."""
    inherits: bool = False
    """Whether its rows are rows of another table as well."""
    extension: str | None = None
    insertable: bool = True
    """Whether rows can be inserted at all: false for some foreign tables."""
    rules: tuple[str, ...] = ()
    """The rules on INSERT, which COPY passes by."""
    lookup_rows: Existing | None = None
    """The rows of a lookup table that no run made, if it has any (`database.existing.lookups`)."""

    @property
    def primary_key(self) -> tuple[str, ...]:
        """The columns of the primary key, or nothing."""
        return next((key.columns for key in self.unique_keys if key.primary), ())

    def any_nullable(self, columns: Iterable[str]) -> bool:
        """Whether any of these columns may be NULL."""
        return any(self.columns[name].nullable for name in columns)

    def is_unique(self, columns: Collection[str]) -> bool:
        """Whether a unique key, be it partial, keeps rows from agreeing in all of these columns."""
        return any(set(key.columns) <= set(columns) for key in self.unique_keys)

    @property
    def identity(self) -> tuple[str, ...]:
        """The columns of the primary key, else of another that holds for every row, or nothing."""
        whole = (
            key.columns
            for key in self.unique_keys
            if not (key.partial or self.any_nullable(key.columns))
        )
        return self.primary_key or next(whole, ())


@dataclass(frozen=True)
class View:
    """A view or materialised view. `depends_on` are the views and tables that it reads.

    `insertable` ones pass rows on to a table, by triggers INSTEAD OF INSERT or by being simple.
    """

    schema: str
    name: str
    materialized: bool
    columns: dict[str, Column]
    definition: str
    privileges: Privileges
    depends_on: frozenset[str] = frozenset()
    populated: bool = True
    indexes: tuple[Index, ...] = ()
    insertable: bool = False
    triggers: tuple[Trigger, ...] = ()

    @property
    def concurrently_refreshable(self) -> bool:
        """Whether REFRESH … CONCURRENTLY can run: it needs a valid unique index over plain columns,
        of all rows, and to be populated."""
        plain = (
            index.unique and index.valid and not (index.predicate or index.expressions)
            for index in self.indexes
        )
        return self.materialized and self.populated and any(plain)


@dataclass(frozen=True)
class Function:
    """A function of the schema. `arguments` as `pg_get_function_identity_arguments` prints them."""

    schema: str
    name: str
    arguments: str
    returns: str
    executable: bool
    definition: str = ""
    bare: bool = True
    """Whether it can be called without arguments: it has none, or each has a default."""
    procedure: bool = False


@dataclass(frozen=True)
class Catalog:
    """One schema as the session's role sees it."""

    schema: str
    server_version: int
    tables: dict[str, Table]
    views: dict[str, View]
    functions: tuple[Function, ...] = ()
    enums: dict[str, tuple[str, ...]] = field(default_factory=dict)
    extensions: frozenset[str] = frozenset()

    @cached_property
    def materialized_views(self) -> tuple[View, ...]:
        """The materialised views, such that each stands after those that it reads."""
        waiting = {view.name: view for view in self.views.values() if view.materialized}
        ordered: list[View] = []
        while waiting:
            ready = [v for v in waiting.values() if not any(self.reads(v.name, w) for w in waiting)]
            stuck = list(waiting.values())
            ordered.extend(waiting.pop(view.name) for view in ready or stuck)
        return tuple(ordered)

    def reads(self, view: str, other: str) -> bool:
        """Whether `view` reads `other`, directly or through further views."""
        seen: set[str] = set()
        queue = [view]
        while queue:
            current = self.views.get(queue.pop())
            for name in current.depends_on - seen if current else ():
                seen.add(name)
                queue.append(name)
        return other in seen

    def readable(self, view: View) -> bool:
        """Whether it can be read: no materialised view in or below it waits to be populated."""
        return all(
            other.populated or not (other.name == view.name or self.reads(view.name, other.name))
            for other in self.materialized_views
        )

    def callable(self, name: str) -> Function | None:
        """The function or procedure of that name that can be called without arguments, or None.

        One that has no arguments goes before one whose arguments all have defaults.
        """
        found = [f for f in self.functions if f.name == name and f.bare]
        return min(found, key=lambda f: f.arguments != "", default=None)
