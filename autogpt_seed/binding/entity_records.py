"""From the records of an entity to the values of the columns that take them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from autogpt_seed.binding.adapt import Adapter
from autogpt_seed.binding.bound import Update
from autogpt_seed.binding.matching import Match
from autogpt_seed.binding.sources import Source, selector
from autogpt_seed.catalog import Table
from autogpt_seed.rows import Kind, Record, Records, Rows

Substitutes = Mapping[str, Callable[[], Iterator[Any]]]
"""By column, the values that replace None: one for each row, whether it is needed or not."""


def entity_source(rows: Rows, matches: Sequence[Match], substitutes: Substitutes) -> Source:
    """The values of the matched fields, adapted. Where nothing differs, the records themselves."""
    columns = tuple(match.column.name for match in matches)
    places = [match.index for match in matches]
    adapted = [(place, m.adapt) for place, m in enumerate(matches) if not m.passes]
    if not matches:
        return Source((), lambda: (() for _ in rows.records()))
    if substitutes:
        return Source(columns, _with_substitutes(rows, places, adapted, columns, substitutes))
    if adapted:
        return Source(columns, _adapted(rows, places, adapted))
    if places == list(range(len(rows.fields))):
        return Source(columns, rows.records)
    select = selector(places)
    return Source(columns, lambda: map(select, rows.records()))


def _adapted(rows: Rows, places: Sequence[int], adapters: Sequence[tuple[int, Adapter]]) -> Records:
    select = selector(places)

    def records() -> Iterator[Record]:
        for record in rows.records():
            values = list(select(record))
            for place, adapt in adapters:
                if values[place] is not None:
                    values[place] = adapt(values[place])
            yield tuple(values)

    return records


def _with_substitutes(
    rows: Rows,
    places: Sequence[int],
    adapters: Sequence[tuple[int, Adapter]],
    columns: Sequence[str],
    substitutes: Substitutes,
) -> Records:
    adapted = _adapted(rows, places, adapters)

    def records() -> Iterator[Record]:
        streams = [(columns.index(name), start()) for name, start in substitutes.items()]
        for record in adapted():
            values = list(record)
            for place, stream in streams:
                value = next(stream)
                if values[place] is None:
                    values[place] = value
            yield tuple(values)

    return records


def late_update(
    rows: Rows, table: Table, late: Match, beside: Sequence[Match], keys: Sequence[Match]
) -> Update:
    """The update of a column that refers to rows which are loaded later, and of the columns
    `beside` it, in all rows where it is not None."""
    sent = (*keys, late, *beside)

    def pairs() -> Iterator[tuple[Any, ...]]:
        for record in rows.records():
            if record[late.index] is not None:
                yield tuple(match.adapt(record[match.index]) for match in sent)

    names = tuple(match.column.name for match in beside)
    return Update(table, tuple(key.column.name for key in keys), late.column.name, names, pairs)


def without_late(rows: Rows, late: Match, beside: Sequence[Match]) -> Rows:
    """The rows as they are before the update of `late`: the fields `beside` it are false."""
    if not beside:
        return rows
    places = {match.index for match in beside}

    def records() -> Iterator[Record]:
        for record in rows.records():
            if record[late.index] is None:
                yield record
            else:
                yield tuple(False if n in places else v for n, v in enumerate(record))

    return replace(rows, records=records)


def row_times(rows: Rows, *, last: bool) -> Callable[[], Iterator[int]] | None:
    """For each row its first time, or its `last` one; None where the entity has no times."""
    places = [n for n, field in enumerate(rows.fields) if field.kind is Kind.TIME]
    if not places:
        return None

    def times() -> Iterator[int]:
        for record in rows.records():
            known = [record[place] for place in places if record[place] is not None]
            yield max(known) if last else min(known)

    return times
