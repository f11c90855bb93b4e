"""Decides where the columns of a draft come from: entity, overrides, parents, made-up values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from itertools import repeat
from typing import Any

from autogpt_seed.binding import keys
from autogpt_seed.binding.adapt import TEXT_TYPES
from autogpt_seed.binding.bound import Bound, Update
from autogpt_seed.binding.context import Context
from autogpt_seed.binding.draft import Draft, Drafts
from autogpt_seed.binding.entity_records import (
    entity_source,
    late_update,
    without_late,
)
from autogpt_seed.binding.fill.checks import NO_LIMITS, column_limits
from autogpt_seed.binding.instants import (
    follows_events,
    instants,
    is_instant,
    rank,
    with_raw_times,
)
from autogpt_seed.binding.matching import Match
from autogpt_seed.binding.notes import notes_on
from autogpt_seed.binding.overridden import override_source
from autogpt_seed.binding.parents import parent_source
from autogpt_seed.binding.sources import Source, joined, numbered, projected
from autogpt_seed.binding.substitutes import substitutes
from autogpt_seed.binding.text_form import carried
from autogpt_seed.catalog import UniqueKey
from autogpt_seed.data_types import TypeKind
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.rows import Kind, Records

_SPEAKER = "role"
"""The column with the speaker of a message. Messages are numbered, so that speakers take turns."""

_SUFFIX = 9
"""The length of a blank and the 8 characters by which the ids of a run differ."""


def build(draft: Draft, drafts: Drafts, context: Context) -> None:
    """Decide where each column of the table comes from. Parents must have been built, except those
    whose keys are deferred. Raises `DatabaseUnsuitable`, `ConfigurationError`."""
    if draft.present:
        return
    distinct = keys.make_distinct(draft, lambda table: drafts[table].count)
    suffixed = {key.name: found for key in distinct.doubtful if (found := _suffixable(draft, key))}
    draft.doubtful = [key for key in distinct.doubtful if key.name not in suffixed]
    draft.sources.extend(_entity_sources(draft, suffixed.values(), drafts, context))
    if draft.defaults:
        values = tuple(draft.defaults.values())
        draft.sources.append(Source(tuple(draft.defaults), lambda: repeat(values)))
    for name, rule in draft.overrides.items():
        filled = context.filled(draft.name, name)
        draft.sources.append(override_source(draft.table, name, rule, filled))
    to_others = [relation for relation in draft.relations if relation.parent != draft.name]
    to_itself = [relation for relation in draft.relations if relation.parent == draft.name]
    for relation in to_others:
        draft.sources.append(parent_source(relation, draft, drafts))
    draft.sources.extend(_filled(draft, distinct.divisors, drafts, context))
    for relation in to_itself:
        draft.sources.append(parent_source(relation, draft, drafts))
    draft.created = _created(draft)
    draft.notes += notes_on(draft, suffixed, drafts)


def bound(draft: Draft, *, raw_times: bool) -> Bound:
    """The rows of a draft that was built."""
    whole = joined(draft.sources)
    table = draft.table
    if raw_times:
        whole = with_raw_times(whole, table, {match.column.name for match in draft.matches})
    return Bound(
        table=table,
        columns=whole.columns,
        count=0 if draft.present else draft.count,
        records=(lambda: iter(())) if draft.present else whole.start,
        updates=tuple(_updates(draft)),
        notes=tuple(draft.notes),
        text=not all(carried(table.columns[name].type) for name in whole.columns),
        id_column=draft.id_column,
    )


def check_unique(draft: Draft) -> None:
    """Look through the rows for two that agree in one of the doubtful keys.

    Columns that no source gives are the same in all rows: NULL, or a constant default. Raises
    `DatabaseUnsuitable` that names table, key and values.
    """
    given = {name for source in draft.sources for name in source.columns}
    for key in draft.doubtful:
        if not draft.late.isdisjoint(key.columns):
            continue  # their values come later, and the server will see to them
        columns = [name for name in key.columns if name in given]
        records = projected(draft.sources, columns, draft.count)()
        found = keys.first_duplicate(records, nulls_distinct=key.nulls_distinct)
        if found is not None:
            values = dict(zip(columns, found, strict=True))
            shown = ", ".join(
                f"{n} = {values.get(n, draft.table.columns[n].default)}" for n in key.columns
            )
            raise DatabaseUnsuitable(
                f'Two rows of "{draft.name}" would agree in {" and ".join(key.columns)}, '
                f'against its unique key "{key.name}".',
                evidence=f"The first such values of the {draft.count:,} rows: {shown}.",
                remedy=f"Plan for fewer rows of it, or give other values: [columns.{draft.name}].",
            )


def _entity_sources(
    draft: Draft, suffixed: Collection[Match], drafts: Drafts, context: Context
) -> Iterator[Source]:
    """The columns that fields give, with a suffix to the `suffixed` ones, and those left empty."""
    rows = draft.rows
    if rows is None:
        yield Source((), lambda: repeat((), draft.count))
    else:
        loaded = [m for m in draft.matches if m.column.name not in draft.late]
        for late in _late(draft):
            rows = without_late(rows, late, _together(draft, late))
        plain = [match for match in loaded if match not in suffixed]
        yield entity_source(rows, plain, substitutes(rows, draft, plain, drafts, context))
        for match in loaded:
            if match in suffixed:
                once = entity_source(rows, [match], {})
                yield Source(once.columns, _with_suffix(once, match, draft, context))
    given = draft.given()
    for name in dict.fromkeys(draft.empty):
        if name not in given and draft.table.columns[name].default is not None:
            yield Source((name,), lambda: repeat((None,)))


def _suffixable(draft: Draft, key: UniqueKey) -> Match | None:
    """A text of the entity that can take a suffix, so that no two rows agree in the key."""
    related = {name for foreign in draft.table.foreign_keys for name in foreign.columns}
    for match in draft.matches:
        base, limits = match.column.type.base, column_limits(draft.table, match.column.name)
        room = base.length is None or base.length > _SUFFIX
        if (
            match.column.name in key.columns
            and match.field.kind is Kind.TEXT
            and match.column.name not in related | draft.late
            and (base.kind, limits) == (TypeKind.BASE, NO_LIMITS)
            and base.name in TEXT_TYPES
            and room
        ):
            return match
    return None


def _with_suffix(once: Source, match: Match, draft: Draft, context: Context) -> Records:
    ids = context.tag.ids(draft.name)
    most = match.column.type.base.length
    room = most - _SUFFIX if most is not None else None

    def start() -> Iterator[tuple[Any]]:
        for ordinal, (text,) in enumerate(once.start()):
            yield (None if text is None else f"{text[:room]} {ids.short(ordinal)}",)

    return start


def _filled(
    draft: Draft, divisors: dict[str, int], drafts: Drafts, context: Context
) -> Iterator[Source]:
    """The columns that are filled with made-up values. Those of times depend on each other."""
    columns = draft.table.columns
    times = [
        name
        for name in draft.fills
        if name not in divisors
        and follows_events(draft.table, columns[name], context.filled(draft.name, name))
    ]
    others = tuple(name for name in draft.fills if name not in times)
    if others:
        yield numbered(others, [_maker(draft, name, divisors, context) for name in others])
    if times:
        early = draft.rows is not None or bool(draft.required_by)
        chosen = [columns[name] for name in times]
        round_ = _round(draft, divisors)
        yield instants(draft, chosen, drafts, context, early=early, round_=round_)


def _round(draft: Draft, divisors: dict[str, int]) -> int:
    """After how many rows each parent has got one row more, if a column numbers the rows of each
    parent; else the number of all rows."""
    longest = max(divisors.values(), default=1)
    return longest if longest > 1 else max(1, draft.count)


def _maker(
    draft: Draft, name: str, divisors: dict[str, int], context: Context
) -> Callable[[int], Any]:
    values, seed = draft.fills[name], context.filled(draft.name, name).seed
    if name in divisors:
        return values.distinct(seed, divisors[name])
    if name.lower() == _SPEAKER and (round_ := _round(draft, divisors)) < draft.count:
        return values.by_turns(round_)
    return values.spread(seed)


def _created(draft: Draft) -> str | None:
    """The column that tells when a row was made."""
    given = [name for source in draft.sources for name in source.columns]
    times = [name for name in given if is_instant(draft.table.columns[name].type)]
    return min(times, key=rank, default=None)


def _updates(draft: Draft) -> Iterator[Update]:
    if draft.rows is None:
        return
    loaded = {m.column.name: m for m in draft.matches if m.column.name not in draft.late}
    primary = draft.table.primary_key
    if primary and loaded.keys() >= set(primary):
        identifying = [loaded[name] for name in primary]
    else:
        identifying = [match for match in loaded.values() if match.index == 0]
    for late in _late(draft):
        yield late_update(draft.rows, draft.table, late, _together(draft, late), identifying)


def _late(draft: Draft) -> list[Match]:
    return [match for match in draft.matches if match.column.name in draft.late]


def _together(draft: Draft, late: Match) -> list[Match]:
    """The booleans that a check connects with a late column: an approved listing, for example, must
    have an active version."""
    connected = {
        name
        for check in draft.table.checks
        if late.column.name in check.columns
        for name in check.columns
    }
    return [
        match
        for match in draft.matches
        if match.column.name in connected
        and match.field.kind is Kind.BOOLEAN
        and match.column.type.base.name == "bool"
    ]
