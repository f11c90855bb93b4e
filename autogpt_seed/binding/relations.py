"""Foreign keys whose columns no field gives: which parents they need, and how these are chosen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from autogpt_seed.binding.matching import Match
from autogpt_seed.catalog import ForeignKey, Table
from autogpt_seed.rows import Kind


@dataclass(frozen=True)
class Relation:
    """A foreign key whose columns must be filled with the keys of parents.

    `columns` get the values of the parent's columns `referred`. Parents are taken in turn, unless
    one of these says which: `by` pairs columns of the row with those of the parent that must be
    equal; `via` is the place of the field with the parent's id, where the key refers to another
    column than the id; `like` are columns that already hold the key of a suitable parent. `skip`
    is with which parent the turns begin, so that two keys to one table differ.
    """

    key: ForeignKey
    columns: tuple[str, ...]
    referred: tuple[str, ...]
    required: bool
    by: tuple[tuple[str, str], ...] = ()
    via: int | None = None
    like: tuple[str, ...] = ()
    skip: int = 0

    @property
    def parent(self) -> str:
        """The table that is referred to."""
        return self.key.table

    @property
    def chosen(self) -> bool:
        """Whether a row's other columns decide which parent it has."""
        return bool(self.by or self.like) or self.via is not None

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns of the parent that must be known."""
        return (*self.referred, *(name for _, name in self.by))


IdColumn = Callable[[str], str | None]
"""The column of a table that takes the ids by which fields refer to it: None where nothing is
known of the table, "" where no column takes them."""


ParentOf = Callable[[ForeignKey], Table | None]
"""The table that a key refers to, or None where it has no rows that could be referred to."""


class KnownRelations(NamedTuple):
    """The relations of a table that has fields, the matches that remain, and what stays empty."""

    relations: list[Relation]
    matches: list[Match]
    empty: tuple[str, ...]


def _is_satisfied(key: ForeignKey, matches: Sequence[Match], id_column: IdColumn) -> bool:
    """Whether the fields give all columns of the key, with values that rows of the parent have."""
    by_column = {match.column.name: match for match in matches}
    if not set(key.columns) <= by_column.keys():
        return False
    if len(key.columns) == 1 and by_column[key.columns[0]].looked_up:
        return True
    return any(
        (found := by_column[column]).field.kind is Kind.ID
        and found.field.refers in ("", key.table)
        and id_column(key.table) in (None, referred)
        for column, referred in zip(key.columns, key.referred, strict=True)
    )


def _names_row(
    key: ForeignKey, table: Table, matches: Sequence[Match], id_column: IdColumn
) -> bool:
    """Whether a required field holds the id of the row to which the key refers, and no other key of
    several columns contains the columns to be taken from that row."""
    by_column = {match.column.name: match for match in matches}
    wide = [other for other in table.foreign_keys if other is not key and len(other.columns) > 1]
    said = {name for other in wide for name in other.columns}
    return said.isdisjoint(set(key.columns) - by_column.keys()) and any(
        (found := by_column.get(column))
        and (found.field.kind, found.field.optional) == (Kind.ID, False)
        and (found.field.refers, id_column(key.table)) == (key.table, referred)
        for column, referred in zip(key.columns, key.referred, strict=True)
    )


def kept_defaults(table: Table, given: Collection[str]) -> dict[str, object]:
    """The columns of foreign keys that keep their default, with its value.

    The default must refer to an existing row to which all rows may refer. No column of the key may
    be `given`, nor belong to a required key without such a default, which decides about it.
    """
    required = [
        key for key in table.foreign_keys if not key.default and not table.any_nullable(key.columns)
    ]
    others = {*given, *(name for key in required for name in key.columns)}
    return {
        name: value
        for key in table.foreign_keys
        if key.default and others.isdisjoint(key.columns) and not table.is_unique(key.columns)
        for name, value in zip(key.columns, key.default, strict=True)
    }


def known_relations(
    table: Table, matches: Sequence[Match], overridden: Collection[str], id_column: IdColumn
) -> KnownRelations:
    """The relations of a table that has fields.

    An optional key stays empty, unless a field names the row to which it refers. A key whose
    columns all have fields with other values gets the key of a parent instead: of the one that a
    field names, if any does.
    """
    relations: list[Relation] = []
    remaining = list(matches)
    empty: list[str] = []
    satisfied = [key for key in table.foreign_keys if _is_satisfied(key, matches, id_column)]
    kept = {column for key in satisfied for column in key.columns}
    given: set[str] = set()
    # What belongs to a team of an organisation is of that organisation: the wider key decides.
    for key in sorted(table.foreign_keys, key=lambda key: -len(key.columns)):
        if key in satisfied or not set(key.columns).isdisjoint(overridden):
            continue
        free = [name for name in key.columns if name not in kept]
        nullable = [name for name in free if table.columns[name].nullable]
        if nullable and not _names_row(key, table, remaining, id_column):
            empty += nullable
            remaining = [match for match in remaining if match.column.name not in nullable]
        elif relation := _known_relation(key, remaining, id_column, kept, given):
            relation = replace(relation, required=not nullable)
            relations.append(_like_another(relation, table, satisfied))
            remaining = [m for m in remaining if m.column.name not in relation.columns]
            given |= set(relation.columns)
    return KnownRelations(relations, remaining, tuple(empty))


def _known_relation(
    key: ForeignKey,
    matches: Sequence[Match],
    id_column: IdColumn,
    kept: Collection[str],
    given: Collection[str],
) -> Relation | None:
    """The relation of a key; None where satisfied keys or other relations give all its columns."""
    pairs = dict(zip(key.columns, key.referred, strict=True))
    by_column = {match.column.name: match for match in matches if match.column.name in pairs}
    if pairs.keys() <= {*given, *kept}:
        return None
    if by_column.keys() == pairs.keys():
        naming = (m for m in by_column.values() if m.field.refers == key.table)
        via = next((match.index for match in naming if id_column(key.table)), None)
        return replace(_relation(key, pairs, required=True), via=via)
    free = {name: pairs[name] for name in pairs if name not in {*by_column, *given}}
    by = tuple((name, pairs[name]) for name in pairs if name not in free)
    return replace(_relation(key, free, required=True), by=by)


def _like_another(relation: Relation, table: Table, satisfied: Sequence[ForeignKey]) -> Relation:
    """The relation; where a satisfied key refers to the same table, such as to the owner, with its
    columns as `like`, unless the relation is chosen otherwise or its columns are unique."""
    free = not relation.chosen and not table.is_unique(relation.columns)
    for key in satisfied if free else ():
        same = key.table == relation.parent and key.referred == relation.referred
        if same and not table.any_nullable(key.columns):
            return replace(relation, like=key.columns)
    return relation


def unknown_relations(
    table: Table, overridden: Collection[str], parent_of: ParentOf
) -> list[Relation]:
    """The relations of a table that no entity knows. `parent_of` gives tables that can have rows.

    The columns of another key are taken from the parent's own row where that has them under the
    same names: what belongs to a user's graph belongs to that user.
    """
    wanted = [
        key
        for key in (*table.foreign_keys, *_implied_keys(table, parent_of))
        if parent_of(key) is not None and set(key.columns).isdisjoint(overridden)
    ]
    # What refers to its own table needs nothing from there that other keys do not give.
    wanted.sort(key=lambda key: (key.table == table.name, -len(_inherited(key, wanted, parent_of))))
    relations: list[Relation] = []
    given: set[str] = set()
    for key in wanted:
        required = not table.any_nullable(key.columns)
        pairs = dict(zip(key.columns, key.referred, strict=True))
        by = tuple((name, pairs[name]) for name in pairs if name in given)
        own = key.table == table.name
        # A row agrees with itself in what refers to the same column.
        free = {n: of for n, of in pairs.items() if n not in given and not (own and n == of)}
        if not free:
            continue
        if required and not own:
            inherited = _inherited(key, wanted, parent_of)
            free |= {name: name for name in inherited if name not in given and name not in free}
        skip = sum(other.parent == key.table for other in relations)
        relations.append(replace(_relation(key, free, required=required), by=by, skip=skip))
        given |= free.keys()
    return relations


def _implied_keys(table: Table, parent_of: ParentOf) -> list[ForeignKey]:
    """References without a constraint: `userId`, where there is a table "User" with an `id`.

    Without them the rows would belong to nobody, and no screen would show them.
    """
    keyed = {name for key in table.foreign_keys for name in key.columns}
    implied = []
    for name, column in table.columns.items():
        if not name.endswith("Id") or name in keyed:
            continue
        parent = name[:1].upper() + name[1:-2]
        text = f"the name of {table.name}.{name}"
        key = ForeignKey(name, (name,), table.schema, parent, ("id",), text)
        target = found.columns.get("id") if (found := parent_of(key)) else None
        if target is not None and target.type == column.type:
            implied.append(key)
    return implied


def _inherited(key: ForeignKey, others: Sequence[ForeignKey], parent_of: ParentOf) -> list[str]:
    """The columns of other keys that the parent has as well, referring to the same rows."""
    parent = parent_of(key)
    theirs = {(k.columns, k.table, k.referred) for k in (parent.foreign_keys if parent else ())}
    return [
        name
        for other in others
        if other is not key and (other.columns, other.table, other.referred) in theirs
        for name in other.columns
        if parent and not parent.columns[name].nullable
    ]


def _relation(key: ForeignKey, pairs: dict[str, str], *, required: bool) -> Relation:
    return Relation(key, tuple(pairs), tuple(pairs.values()), required)
