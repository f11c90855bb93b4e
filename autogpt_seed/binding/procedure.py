"""Binds all rows to the whole catalog: what is filled, in which order, with which notes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from autogpt_seed.binding import build, counts, overridden, refusals
from autogpt_seed.binding.arranging import arrange
from autogpt_seed.binding.bound import Bound, Note, table_note
from autogpt_seed.binding.context import Context
from autogpt_seed.binding.draft import Draft
from autogpt_seed.binding.drafting import CannotFill, Drafting, refusing
from autogpt_seed.binding.filling import fill_values
from autogpt_seed.binding.parents import check_choices
from autogpt_seed.catalog import Catalog, Existing
from autogpt_seed.rows import Rows


@dataclass(frozen=True)
class Binding:
    """The tables in the order of filling, with all that was noted about them.

    `deferred` are the names of foreign keys that must be deferred until all is loaded.
    `unfilled` are the tables of the schema that could have rows and have none, `optional` those
    that are filled without any need, and may be left out.
    """

    bounds: tuple[Bound, ...]
    notes: tuple[Note, ...]
    deferred: tuple[str, ...] = ()
    unfilled: tuple[str, ...] = ()
    optional: frozenset[str] = frozenset()


def bind_all(
    rows: Sequence[Rows],
    catalog: Catalog,
    context: Context,
    *,
    present: Sequence[Rows | Existing] = (),
    suspended: Collection[tuple[str, str]] = (),
    without: Mapping[str, str] = MappingProxyType({}),
) -> Binding:
    """Fit all `rows` to the tables of the catalog, and make what these require besides.

    `rows` come in an order in which they could be filled; `present` are rows that are in the
    database already and can be referred to, as are the `lookup_rows` of the catalog. The
    foreign keys `suspended`, each a table and a name, are not there during the load. No row is
    made before it is asked for. `without` names optional tables to leave out, each with a reason.
    Raises `DatabaseUnsuitable` that names what the schema requires and cannot be given, and
    `ConfigurationError` for overrides that do not fit.
    """
    left_out = {name: table_note("left out", name, why) for name, why in without.items()}
    while True:
        try:
            binding = _bind(Drafting(rows, catalog, context, present, left_out), suspended)
        except CannotFill as refusal:
            why = refusal.reason.sentence
            left_out[refusal.table] = table_note("left out", refusal.table, why)
        else:
            return binding


def wanted_parents(
    rows: Sequence[Rows], catalog: Catalog, context: Context, present: Sequence[Rows]
) -> dict[str, tuple[str, ...]]:
    """The tables to which `rows` must refer and of which no rows are known, with the columns that
    are referred to. Rows that exist there can be given to `bind_all` as `Existing`, else some are
    made."""
    return Drafting(rows, catalog, context, present, {}).wanted()


def unread_columns(
    rows: Sequence[Rows], catalog: Catalog, context: Context, present: Sequence[Rows]
) -> dict[str, tuple[str, ...]]:
    """By table, the column of the ids and, after it, those by which `rows` must refer to `present`
    ones and which these do not give. What they hold can be given after the `present` ones, as an
    `Existing` of the same rows in the same order."""
    return Drafting(rows, catalog, context, present, {}).unread()


def _bind(drafting: Drafting, suspended: Collection[tuple[str, str]]) -> Binding:
    """All steps of one attempt."""
    drafts, context = drafting.drafts, drafting.context
    overridden.check_tables(context.overrides, drafting.catalog.tables)
    drafting.relate_known()
    drafting.draft_unknown()
    _check_overrides(drafting)
    order, deferred = arrange(drafts, suspended)
    _demand_columns(drafting, order)
    for draft in (draft for draft in order if not draft.present):
        with refusing(draft):
            draft.fills = fill_values(draft, context)
    _count(drafting, order)
    for draft in order:
        with refusing(draft):
            refusals.check_parents(draft, drafts)
            build.build(draft, drafts, context)
    for draft in order:
        with refusing(draft):
            build.check_unique(draft)
            check_choices(draft, drafts)
    bounds = tuple(build.bound(draft, raw_times=context.raw_times) for draft in order)
    filled = {bound.table.name for bound in bounds if bound.count}
    return Binding(
        bounds=bounds,
        notes=(*drafting.notes, *(note for bound in bounds for note in bound.notes)),
        deferred=tuple(edge.key.name for edge in deferred),
        unfilled=tuple(
            name
            for name, table in drafting.tables()
            if name not in filled and not table.inherits and table.lookup_rows is None
        ),
        optional=frozenset(name for name, draft in drafts.items() if draft.optional),
    )


def _check_overrides(drafting: Drafting) -> None:
    for name, overrides in drafting.context.overrides.items():
        draft = drafting.drafts.get(name)
        if draft is None or draft.present:
            if drafting.context.additional:
                continue
            raise overridden.not_filled(name)
        for key in (k for other in drafting.drafts.values() for k in other.foreign_keys()):
            if key.table == name and (column := overrides.keys() & set(key.referred)):
                raise overridden.referred(name, min(column), key)


def _demand_columns(drafting: Drafting, order: Sequence[Draft]) -> None:
    """Tell each parent which of its columns must have values that the binding knows."""
    for draft in order:
        for relation in draft.relations:
            parent = drafting.drafts[relation.parent]
            for name in relation.needed:
                hidden = parent.table.columns[name].generated or name in parent.late
                if hidden or (parent.present and name not in parent.given()):
                    with refusing(draft):
                        raise refusals.unknown_value(draft.name, relation.key, name)
                parent.demanded.add(name)


def _count(drafting: Drafting, order: Sequence[Draft]) -> None:
    required = counts.required_rows(order)
    for draft in order:
        if draft.rows is None:
            least = required.get(draft.name, 0)
            with refusing(draft):
                draft.count = counts.rows_of(draft, drafting.drafts, drafting.context, least)
        if draft.required_by:
            why = f"{draft.count:,} rows, because {draft.required_by} requires them"
            draft.notes.append(table_note("made", draft.name, why))
