"""The first steps of binding: which tables take part, and how they refer to each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

from autogpt_seed.binding import counts, refusals
from autogpt_seed.binding.application_tables import may_be_filled
from autogpt_seed.binding.bound import Note, table_note
from autogpt_seed.binding.context import Context
from autogpt_seed.binding.draft import Draft
from autogpt_seed.binding.entity_records import entity_source
from autogpt_seed.binding.matching import hangs_on, match
from autogpt_seed.binding.notes import emptied
from autogpt_seed.binding.relations import (
    Relation,
    kept_defaults,
    known_relations,
    unknown_relations,
)
from autogpt_seed.binding.sources import Source
from autogpt_seed.catalog import Catalog, Existing, ForeignKey, Table
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.rows import Rows


class CannotFill(Exception):
    """An optional table cannot be filled: binding starts again without it."""

    def __init__(self, table: str, reason: DatabaseUnsuitable) -> None:
        super().__init__(table)
        self.table = table
        self.reason = reason


@contextmanager
def refusing(draft: Draft) -> Iterator[None]:
    """Turn a `DatabaseUnsuitable` about the table into `CannotFill` where it may be left out."""
    try:
        yield
    except DatabaseUnsuitable as reason:
        if draft.optional:
            raise CannotFill(draft.name, reason) from reason
        raise


class Drafting:
    """One attempt at binding.

    `drafts` begin with the tables of `rows` and those whose rows are `present`. Then come the
    tables that these require, but none that is `left_out`.
    """

    def __init__(
        self,
        rows: Sequence[Rows],
        catalog: Catalog,
        context: Context,
        present: Sequence[Rows | Existing],
        left_out: Mapping[str, Note],
    ) -> None:
        self.catalog = catalog
        self.context = context
        self.left_out = left_out
        self.notes: list[Note] = list(left_out.values())
        self.drafts: dict[str, Draft] = {}
        self._draft_present([*self._there(), *present])
        self._draft_known(rows)

    def relate_known(self) -> None:
        """Relate all tables of entities to their parents.

        A relation can take from a table the column of its ids, by which others refer to it. Then
        all are related anew.
        """
        known = [draft for draft in self.drafts.values() if not draft.present]
        matches = {draft.name: draft.matches for draft in known}
        while True:
            ids = self._id_columns()
            for draft in known:
                draft.relations, draft.matches, draft.empty = known_relations(
                    draft.table, matches[draft.name], draft.settled, ids.get
                )
            if ids == self._id_columns():
                break
        for draft in known:
            draft.notes += emptied(draft, matches[draft.name])

    def draft_unknown(self) -> None:
        """Draft the tables that others require or, if `everything` is to be filled, all."""
        for name, table in list(self.tables()) if self.context.everything else ():
            if name not in self.drafts and name not in self.left_out and not table.inherits:
                self.drafts[name] = self._unknown(table)
        queue = [draft for draft in self.drafts.values() if not draft.present]
        for draft in queue:
            if draft.rows is None and not draft.relations:
                with refusing(draft):
                    self._relate_unknown(draft)
            for relation in draft.relations:
                if relation.required and not self._is_settled(relation, draft):
                    with refusing(draft):
                        queue.append(self._required(relation, draft))

    def wanted(self) -> dict[str, tuple[str, ...]]:
        """See `wanted_parents`. Not for one-to-one keys: there may be too few existing rows."""
        self.relate_known()
        wanted: dict[str, set[str]] = {}
        for draft in list(self.drafts.values()):
            for relation in draft.relations:
                if relation.parent not in self.drafts and not counts.one_to_one(draft, relation):
                    wanted.setdefault(relation.parent, set()).update(relation.needed)
        return {name: tuple(sorted(columns)) for name, columns in wanted.items()}

    def unread(self) -> dict[str, tuple[str, ...]]:
        """See `unread_columns`."""
        self.relate_known()
        unread: dict[str, set[str]] = {}
        for draft in self.drafts.values():
            for relation in draft.relations:
                parent = self.drafts.get(relation.parent)
                if parent and parent.present and parent.id_column:
                    missing = set(relation.needed) - parent.given()
                    unread.setdefault(parent.name, set()).update(missing)
        return {
            name: (self.drafts[name].id_column, *sorted(columns))
            for name, columns in unread.items()
            if columns
        }

    def tables(self) -> Iterator[tuple[str, Table]]:
        """The tables that may have rows."""
        return (
            (name, table)
            for name, table in self.catalog.tables.items()
            if may_be_filled(table) or name in self.drafts
        )

    def _there(self) -> Iterator[Existing]:
        """The existing rows of lookup tables, except of those that the plan overrides."""
        for name, table in self.catalog.tables.items():
            if table.lookup_rows is not None and name not in self.context.overrides:
                yield table.lookup_rows

    def _draft_present(self, present: Sequence[Rows | Existing]) -> None:
        for there in present:
            table = self.catalog.tables.get(there.table)
            count = there.count if isinstance(there, Rows) else len(there.records)
            if table is None or not count:
                continue
            draft = self.drafts.get(there.table)
            if draft and draft.rows and isinstance(there, Existing):
                draft.sources.append(Source(there.columns, partial(iter, there.records)))
                continue
            draft = Draft(table, None, count=count, present=True, loaded=False)
            if isinstance(there, Rows):
                draft.rows = there
                draft.matches, _ = match(there, table)
                draft.sources = [entity_source(there, draft.matches, {})]
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
            overrides = self.context.overrides.get(rows.table, {})
            if self.context.additional:
                given = {found.column.name for found in match(rows, table, absent=absent)[0]}
                overrides = {name: overrides[name] for name in overrides if name not in given}
            matches, notes = match(
                rows, table, overridden=overrides, absent=absent, raw_times=self.context.raw_times
            )
            self.drafts[rows.table] = Draft(
                table,
                rows,
                matches,
                overrides=overrides,
                defaults=kept_defaults(table, {*overrides, *(m.column.name for m in matches)}),
                count=rows.count,
                notes=notes,
            )

    def _id_columns(self) -> dict[str, str]:
        return {name: draft.id_column for name, draft in self.drafts.items() if draft.rows}

    def _unknown(self, table: Table, required_by: str = "") -> Draft:
        overrides = self.context.overrides.get(table.name, {})
        defaults = kept_defaults(table, overrides)
        return Draft(table, None, overrides=overrides, defaults=defaults, required_by=required_by)

    def _relate_unknown(self, draft: Draft) -> None:
        if draft.optional:
            refusals.check_identity(draft.table)
        draft.relations = unknown_relations(draft.table, draft.settled, self._parent)
        for key in draft.table.foreign_keys:
            if self._parent(key) is None and set(key.columns).isdisjoint(draft.settled):
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
        """Whether the parent is drafted, and no less required than the draft."""
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
