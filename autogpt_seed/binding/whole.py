"""All rows meet the whole catalog: what is filled, in which order, and what was done about it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from autogpt_seed.binding import build, counts, overridden, refusals
from autogpt_seed.binding.arranging import arrange
from autogpt_seed.binding.base import base_source
from autogpt_seed.binding.behind_views import through_views
from autogpt_seed.binding.bound import Bound, Note, table_note
from autogpt_seed.binding.draft import Draft, Existing, Filling
from autogpt_seed.binding.filling import fill_values
from autogpt_seed.binding.matching import hangs_on, match
from autogpt_seed.binding.parents import check_choices
from autogpt_seed.binding.relations import Relation, known_relations, unknown_relations
from autogpt_seed.binding.remarks import emptied
from autogpt_seed.binding.sources import Source
from autogpt_seed.binding.unknown import may_be_filled
from autogpt_seed.catalog import Catalog, ForeignKey, Table
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.rows import Rows


@dataclass(frozen=True, slots=True)
class Binding:
    """The tables in the order of filling, with all that was noted about them.

    `deferred` are the names of foreign keys that must be deferred until all is loaded.
    `unfilled` are the tables of the schema that could have rows and get none, `optional` those
    that are filled without any need, and may be left out.
    """

    bounds: tuple[Bound, ...]
    notes: tuple[Note, ...]
    deferred: tuple[str, ...] = ()
    unfilled: tuple[str, ...] = ()
    optional: frozenset[str] = frozenset()


class _CannotFill(Exception):
    """A table that may be left out cannot be filled."""

    def __init__(self, table: str, reason: DatabaseUnsuitable) -> None:
        super().__init__(table)
        self.table = table
        self.reason = reason


def bind_all(
    rows: Sequence[Rows],
    catalog: Catalog,
    filling: Filling,
    *,
    present: Sequence[Rows | Existing] = (),
    suspended: Collection[tuple[str, str]] = (),
    without: Mapping[str, str] = MappingProxyType({}),
) -> Binding:
    """Fit all `rows` to the tables of the catalog, and make what these require besides.

    `rows` come in an order in which they could be filled; `present` are rows that are in the
    database already and can be referred to. The foreign keys `suspended`, each a table and a
    name, are not there during the load. No row is made before it is asked for. Optional tables
    are left out `without` which it shall do, each for a reason. Raises
    `DatabaseUnsuitable` where the schema requires what cannot be given, by name, and
    `ConfigurationError` for overrides that do not fit.
    """
    left_out = {name: table_note("left out", name, why) for name, why in without.items()}
    while True:
        try:
            binding = _Binder(rows, catalog, filling, present, left_out).bind(suspended)
        except _CannotFill as refusal:
            why = refusal.reason.sentence
            left_out[refusal.table] = table_note("left out", refusal.table, why)
        else:
            return binding


def wanted_parents(
    rows: Sequence[Rows], catalog: Catalog, filling: Filling, present: Sequence[Rows]
) -> dict[str, tuple[str, ...]]:
    """The tables to which `rows` must refer, and of which there are none among them or the
    `present` ones, with the columns by which. Rows of them that exist can be given as `Existing`,
    else some are made."""
    return _Binder(rows, catalog, filling, present, {}).wanted()


class _Binder:
    """One attempt, step by step; the drafts are what it knows so far."""

    def __init__(
        self,
        rows: Sequence[Rows],
        catalog: Catalog,
        filling: Filling,
        present: Sequence[Rows | Existing],
        left_out: Mapping[str, Note],
    ) -> None:
        self.catalog = through_views(catalog)
        self.filling = filling
        self.left_out = left_out
        self.notes: list[Note] = list(left_out.values())
        self.drafts: dict[str, Draft] = {}
        self._draft_present(present)
        self._draft_known(rows)

    def bind(self, suspended: Collection[tuple[str, str]]) -> Binding:
        """Go through all steps."""
        overridden.check_tables(self.filling.overrides, self.catalog.tables)
        self._relate_known()
        self._draft_unknown()
        self._check_overrides()
        order, deferred = arrange(self.drafts, suspended)
        self._demand_columns(order)
        for draft in (draft for draft in order if not draft.present):
            with self._refusing(draft):
                draft.fills = fill_values(draft, self.filling)
        self._count(order)
        for draft in order:
            with self._refusing(draft):
                refusals.check_parents(draft, self.drafts)
                build.build(draft, self.drafts, self.filling)
        for draft in order:
            with self._refusing(draft):
                build.check_unique(draft)
                check_choices(draft, self.drafts)
        bounds = tuple(build.bound(draft) for draft in order)
        filled = {bound.table.name for bound in bounds if bound.count}
        return Binding(
            bounds,
            (*self.notes, *(note for bound in bounds for note in bound.notes)),
            tuple(edge.key.name for edge in deferred),
            tuple(n for n, t in self._tables() if n not in filled and not t.inherits),
            frozenset(name for name, draft in self.drafts.items() if draft.optional),
        )

    def _tables(self) -> Iterator[tuple[str, Table]]:
        """The tables that may have rows."""
        return (
            (name, table)
            for name, table in self.catalog.tables.items()
            if may_be_filled(table) or name in self.drafts
        )

    def wanted(self) -> dict[str, tuple[str, ...]]:
        """See `wanted_parents`. One row each would not do for a key that is unique."""
        self._relate_known()
        wanted: dict[str, set[str]] = {}
        for draft in list(self.drafts.values()):
            for relation in draft.relations:
                if relation.parent not in self.drafts and not counts.one_to_one(draft, relation):
                    wanted.setdefault(relation.parent, set()).update(relation.needed)
        return {name: tuple(sorted(columns)) for name, columns in wanted.items()}

    def _draft_present(self, present: Sequence[Rows | Existing]) -> None:
        for there in present:
            table = self.catalog.tables.get(there.table)
            count = there.count if isinstance(there, Rows) else len(there.records)
            if table is None or not count:
                continue
            draft = Draft(table, None, count=count, present=True, loaded=False)
            if isinstance(there, Rows):
                draft.rows = there
                draft.matches, _ = match(there, table)
                draft.sources = [base_source(there, draft.matches, {})]
            else:
                draft.sources = [Source(there.columns, partial(iter, there.records))]
            self.drafts[there.table] = draft

    def _draft_known(self, every: Sequence[Rows]) -> None:
        absent = {rows.table for rows in every if rows.table not in self.catalog.tables}
        for rows in every:
            table = self.catalog.tables.get(rows.table)
            if table is None:
                continue
            if rows.count == 0 and rows.table in self.drafts:
                there = self.drafts[rows.table] = self.drafts.pop(rows.table)
                there.loaded = True
                continue
            if owner := hangs_on(rows, table, absent):
                absent.add(rows.table)
                why = f"it belongs to {owner}, which is left out"
                self.notes.append(table_note("left out", rows.table, why))
                continue
            overrides = self.filling.overrides.get(rows.table, {})
            matches, notes = match(rows, table, overridden=overrides, absent=absent)
            self.drafts[rows.table] = Draft(
                table, rows, matches, overrides=overrides, count=rows.count, notes=notes
            )

    def _relate_known(self) -> None:
        """Relate all tables that have fields, again if a table lost the column of its ids by it."""
        known = [draft for draft in self.drafts.values() if not draft.present]
        matches = {draft.name: draft.matches for draft in known}
        while True:
            ids = self._id_columns()
            for draft in known:
                draft.relations, draft.matches, draft.empty = known_relations(
                    draft.table, matches[draft.name], draft.overrides, ids.get
                )
            if ids == self._id_columns():
                break
        for draft in known:
            draft.notes += emptied(draft, matches[draft.name])

    def _id_columns(self) -> dict[str, str]:
        return {name: draft.id_column for name, draft in self.drafts.items() if draft.rows}

    def _draft_unknown(self) -> None:
        """Draft the tables that others require or, if everything is wanted, all there are."""
        for name, table in list(self._tables()) if self.filling.everything else ():
            if name not in self.drafts and name not in self.left_out and not table.inherits:
                self.drafts[name] = self._unknown(table)
        queue = [draft for draft in self.drafts.values() if not draft.present]
        for draft in queue:
            if draft.rows is None and not draft.relations:
                with self._refusing(draft):
                    self._relate_unknown(draft)
            for relation in draft.relations:
                if relation.required and not self._is_settled(relation, draft):
                    with self._refusing(draft):
                        queue.append(self._required(relation, draft))

    def _unknown(self, table: Table, required_by: str = "") -> Draft:
        overrides = self.filling.overrides.get(table.name, {})
        return Draft(table, None, overrides=overrides, required_by=required_by)

    def _relate_unknown(self, draft: Draft) -> None:
        draft.relations = unknown_relations(draft.table, draft.overrides, self._parent)
        for key in draft.table.foreign_keys:
            if self._parent(key) is None and set(key.columns).isdisjoint(draft.overrides):
                nullable = [name for name in key.columns if draft.table.columns[name].nullable]
                if not nullable:
                    raise refusals.no_parent(draft.name, key)
                draft.empty += tuple(nullable)

    def _parent(self, key: ForeignKey) -> Table | None:
        """The table that a key refers to, where there are, or can be, rows of it in this run."""
        table = self.catalog.tables.get(key.table) if key.schema == self.catalog.schema else None
        if table is None or table.name in self.drafts:
            return table
        return table if may_be_filled(table) and table.name not in self.left_out else None

    def _is_settled(self, relation: Relation, draft: Draft) -> bool:
        """Whether nothing has to be done about the parent."""
        parent = self.drafts.get(relation.parent)
        return parent is not None and (draft.optional or not parent.optional)

    def _required(self, relation: Relation, draft: Draft) -> Draft:
        """The parent, as a draft that must not be left out."""
        by = f"{draft.name}.{', '.join(relation.columns)}"
        table = self._parent(relation.key)
        if table is None:
            raise refusals.no_parent(draft.name, relation.key)
        parent = self.drafts.setdefault(relation.parent, self._unknown(table))
        if not draft.optional:
            parent.required_by = by
        return parent

    def _check_overrides(self) -> None:
        for name, overrides in self.filling.overrides.items():
            draft = self.drafts.get(name)
            if draft is None or draft.present:
                raise overridden.not_filled(name)
            for key in (k for other in self.drafts.values() for k in other.foreign_keys()):
                if key.table == name and (column := overrides.keys() & set(key.referred)):
                    raise overridden.referred(name, min(column), key)

    def _demand_columns(self, order: Sequence[Draft]) -> None:
        """Tell each parent which columns must have values that are known."""
        for draft in order:
            for relation in draft.relations:
                parent = self.drafts[relation.parent]
                for name in relation.needed:
                    hidden = parent.table.columns[name].generated or name in parent.late
                    if hidden or (parent.present and name not in parent.given()):
                        with self._refusing(draft):
                            raise refusals.unknown_value(draft.name, relation.key, name)
                    parent.demanded.add(name)

    def _count(self, order: Sequence[Draft]) -> None:
        wanted = counts.demands(order, self.drafts)
        for draft in order:
            if draft.rows is None:
                number = wanted.get(draft.name, 0)
                with self._refusing(draft):
                    draft.count = counts.rows_of(draft, self.drafts, self.filling, number)
            if draft.required_by:
                why = f"{draft.count:,} rows, because {draft.required_by} requires them"
                draft.notes.append(table_note("made", draft.name, why))

    @contextmanager
    def _refusing(self, draft: Draft) -> Iterator[None]:
        """Tell apart whether what is refused may be left out."""
        try:
            yield
        except DatabaseUnsuitable as reason:
            if draft.optional:
                raise _CannotFill(draft.name, reason) from reason
            raise
