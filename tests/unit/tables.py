"""Small catalogs written by hand, for the tests of the binding."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from autogpt_seed.binding import Binding, Bound, Context, bind_all
from autogpt_seed.catalog import (
    Catalog,
    CheckConstraint,
    Column,
    ForeignKey,
    Privileges,
    Table,
    UniqueKey,
)
from autogpt_seed.data_types import DataType, TypeKind
from autogpt_seed.ids import RunTag
from autogpt_seed.rows import Field, Record, Rows
from autogpt_seed.timestamps import timestamp

TAG = RunTag("0123456789abcde")
AS_OF = datetime(2026, 1, 15)  # noqa: DTZ001  # rows hold naive times
SCHEMA = "platform"
_ALL = Privileges(select=True, insert=True, owner=True)
_SIZED = re.compile(r"(\w+)\((\d+)(?:,(\d+))?\)")


def scalar(text: str) -> DataType:
    """A type of pg_catalog, with its modifier: `varchar(5)`, `numeric(6,2)`, `bit(3)`, `int4[]`."""
    if text.endswith("[]"):
        element = scalar(text.removesuffix("[]"))
        modifier, bare = element.modifier, replace(element, modifier=-1)
        return DataType(
            "pg_catalog", element.name, text, TypeKind.ARRAY, "A", modifier, element=bare
        )
    name, modifier = text, -1
    if sized := _SIZED.fullmatch(text):
        name, first = sized[1], int(sized[2])
        modifier = first
        if name == "numeric":
            modifier = (first << 16 | int(sized[3] or 0)) + 4
        elif name in ("varchar", "bpchar"):
            modifier = first + 4
    return DataType("pg_catalog", name, text, TypeKind.BASE, "U", modifier)


def enum(*labels: str) -> DataType:
    """An enum of the schema."""
    return DataType(SCHEMA, "Mood", '"Mood"', TypeKind.ENUM, "E", labels=labels)


def domain(base: DataType, *checks: str) -> DataType:
    """A domain with checks on VALUE."""
    return DataType(SCHEMA, "dom", "dom", TypeKind.DOMAIN, "U", element=base, checks=checks)


def column(name: str, kind: str | DataType = "text", *, null: bool = False, **facts: Any) -> Column:
    """A column, NOT NULL unless it is said."""
    data_type = scalar(kind) if isinstance(kind, str) else kind
    return Column(name, data_type, null, **facts)


def key(columns: str, parent: str, referred: str = "id", *, deferrable: bool = False) -> ForeignKey:
    """A foreign key; several columns are parted by blanks."""
    own, theirs = tuple(columns.split()), tuple(referred.split())
    text = f"FOREIGN KEY ({', '.join(own)}) REFERENCES {parent}({', '.join(theirs)})"
    name = f"{'_'.join(own)}_fkey"
    return ForeignKey(name, own, SCHEMA, parent, theirs, text, deferrable)


def table(
    name: str,
    *columns: Column,
    unique: Sequence[str] = (),
    keys: Sequence[ForeignKey] = (),
    checks: Sequence[tuple[str, str]] = (),
    primary: str = "id",
    **facts: Any,
) -> Table:
    """A table; `unique` keys and the `primary` one name their columns, parted by blanks, and a
    check comes with the column that it reads."""
    uniques = [UniqueKey(f"{name}_pkey", tuple(primary.split()), primary=True)] if primary else []
    uniques += [UniqueKey(f"{name}_{u}_key", tuple(u.split())) for u in unique]
    return Table(
        SCHEMA,
        name,
        "r",
        {c.name: c for c in columns},
        _ALL,
        unique_keys=tuple(uniques),
        foreign_keys=tuple(keys),
        checks=tuple(CheckConstraint(f"{name}_check", (c,), text) for c, text in checks),
        **facts,
    )


def catalog(*tables: Table) -> Catalog:
    """A schema with nothing but these."""
    return Catalog(SCHEMA, 180_000, {t.name: t for t in tables}, {})


def rows(
    name: str, columns: tuple[Field, ...], records: Sequence[Record], *, keys: Sequence[str] = ()
) -> Rows:
    """What an entity hands over, where `records` have datetimes."""
    promised = tuple(frozenset(k.split()) for k in ("id", *keys))
    made = [tuple(timestamp(v) if isinstance(v, datetime) else v for v in r) for r in records]
    start: Callable[[], Iterator[Record]] = lambda: iter(made)  # noqa: E731
    return Rows(name, columns, len(records), start, promised)


def filling(
    *, users: int = 3, everything: bool = False, overrides: Any = None, raw_times: bool = False
) -> Context:
    """What the tests fill with."""
    return Context(TAG, AS_OF, users, everything, overrides or {}, raw_times)


def bind(made: Sequence[Rows], schema: Catalog, **facts: Any) -> Binding:
    """`bind_all`, with the filling's facts as keywords."""
    return bind_all(made, schema, filling(**facts))


def bound(binding: Binding, name: str) -> Bound:
    """The rows of one table."""
    return next(b for b in binding.bounds if b.table.name == name)


def values(binding: Binding, name: str, column: str) -> list[Any]:
    """One column of one table."""
    found = bound(binding, name)
    place = found.columns.index(column)
    return [record[place] for record in found.records()]


def texts(binding: Binding) -> list[str]:
    """The sentences of all notes."""
    return [note.text for note in binding.notes]
