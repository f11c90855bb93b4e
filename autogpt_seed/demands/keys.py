"""Unique keys and exclusion constraints that a migration adds: the rows that would break them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from autogpt_seed.catalog import Column, Index, Table
from autogpt_seed.demands.demand import Assignments, Demand, Duplicate, OfOtherRow
from autogpt_seed.demands.values import candidates, combined, mentioned

_CHANGES = {
    "S": ("upper({})", "lower({})", "initcap({})", "{} || ' '", "' ' || {}", "{} || 'x'"),
    "D": ("{} + interval '1 millisecond'", "{} + interval '1 minute'"),
    "N": ("- {}", "{} + 1"),
}
"""By type category, changes of a value that may not change an expression over it."""


def of_keys(old: Table, new: Table) -> Iterator[Demand]:
    """Rows that new keys treat as equal: partial ones, over expressions or several columns, with
    NULLs distinct or not. Terms over columns that the migration adds are left out."""
    known = {_identity(index) for index in old.indexes}
    for index in new.indexes:
        if not index.valid or not (index.unique or index.operators) or _identity(index) in known:
            continue
        terms = [term for term in index.terms if _was_there(term, old, new)]
        if terms and not _implied(old, index):
            yield _twins(old, new, index, terms)
        if terms and not index.nulls_distinct and not _nulls_implied(old, index):
            yield from _with_nulls(old, index, terms)


def _identity(index: Index) -> tuple[object, ...]:
    kept = index.unique, index.operators
    return index.terms, index.predicate, index.nulls_distinct, kept


def _was_there(text: str, old: Table, new: Table) -> bool:
    return all(column.name in old.columns for column in mentioned(text, new))


def _twins(old: Table, new: Table, index: Index, terms: Sequence[str]) -> Demand:
    condition = index.predicate if _was_there(index.predicate, old, new) else ""
    duplicate = Duplicate(
        tuple(terms),
        tuple(index.operators[index.terms.index(t)] if index.operators else "=" for t in terms),
        condition or "true",
        preparations=_preparations(old, terms, condition),
    )
    return Demand(
        old.name, _text(index, terms), tuple(_attempts(old, index, duplicate)), duplicate=duplicate
    )


def _text(index: Index, terms: Sequence[str]) -> str:
    where = f" where {index.predicate}" if index.predicate else ""
    if index.operators:
        pairs = zip(index.terms, index.operators, strict=True)
        return f"two rows that {index.name} excludes: {', '.join(map(' '.join, pairs))}{where}"
    return f"two rows with the same {', '.join(terms)}, which becomes unique{where}"


def _with_nulls(old: Table, index: Index, terms: Sequence[str]) -> Iterator[Demand]:
    """Two rows with the same NULLs, for a key that takes those for equal."""
    own = _columns(terms, old)
    empty = [column for column in own if column.nullable]
    if not empty:
        return
    names = " or ".join(column.name for column in empty)
    rest = f" and else the same {', '.join(terms)}" if len(terms) > 1 else ""
    text = f"two rows with NULL in {names}{rest}, of a key that treats NULLs as equal"
    condition = index.predicate or "true"
    operators = ("IS NOT DISTINCT FROM",) * len(terms)
    nulls = tuple(((column.name, "NULL"),) for column in empty)
    duplicate = Duplicate(tuple(terms), operators, condition, nulls=True, preparations=nulls)
    yield Demand(old.name, text, (_same(_settable(own)),), duplicate=duplicate)


def _attempts(old: Table, index: Index, duplicate: Duplicate) -> Iterator[Assignments]:
    """The columns of the key as in another row; then changed, or some of them only; then with
    those of the key's condition, and of conditions that take a row out of an old key."""
    of_terms = [_settable(mentioned(term, old)) for term in duplicate.terms]
    whole = _same(column for columns in of_terms for column in columns)
    first = [whole, *_changed(old, duplicate, whole)]
    if index.operators and len(of_terms) > 1:
        first += [_same(c for other in of_terms if other is not o for c in other) for o in of_terms]
    condition = _same(_settable(mentioned(duplicate.condition, old)))
    yield from filter(None, first)
    if condition:
        yield from (_merged(attempt, condition) for attempt in first)
    for escape in _escapes(old):
        yield _merged(whole, escape)


def _settable(columns: Sequence[Column]) -> list[Column]:
    return [column for column in columns if not column.generated]


def _same(columns: Iterable[Column]) -> Assignments:
    return tuple({column.name: OfOtherRow(column.name) for column in columns}.items())


def _merged(first: Assignments, second: Assignments) -> Assignments:
    """Both; a column that is in both gets what the first says."""
    return tuple((dict(second) | dict(first)).items())


def _changed(old: Table, duplicate: Duplicate, whole: Assignments) -> Iterator[Assignments]:
    """Changed values of the columns in expressions, such as the same text in capital letters."""
    for term in duplicate.terms:
        for column in _settable(mentioned(term, old)):
            if term.strip('"') == column.name:
                continue
            for change in _CHANGES.get(column.type.base.category, ()):
                yield _merged(((column.name, OfOtherRow(column.name, change)),), whole)


def _preparations(old: Table, terms: Sequence[str], condition: str) -> tuple[Assignments, ...]:
    """Assignments that may make a row fulfil the condition, and fill the NULLs in its key."""
    asked = mentioned(condition, old)
    empty = [column for column in _columns(terms, old) if column.nullable]
    columns = list({column.name: column for column in _settable([*asked, *empty])}.values())
    values = [[v for v in candidates(c, condition) if v != "NULL" or c in asked] for c in columns]
    return combined(columns, values)


def _escapes(old: Table) -> Iterator[Assignments]:
    """Assignments that may take a row out of an old partial key."""
    for index in old.indexes:
        if index.unique and index.predicate:
            columns = _settable(mentioned(index.predicate, old))
            yield from combined(columns, [candidates(c, index.predicate) for c in columns])


def _implied(old: Table, index: Index) -> bool:
    """Whether an old key allows no two such rows, except with NULLs."""
    return not index.operators and any(_covers(key, index) for key in old.indexes)


def _nulls_implied(old: Table, index: Index) -> bool:
    """Whether an old key allows no two such rows, not even with NULLs."""
    return any(
        _covers(key, index)
        and (not key.nulls_distinct or not any(c.nullable for c in _columns(key.terms, old)))
        for key in old.indexes
    )


def _covers(key: Index, index: Index) -> bool:
    return (
        key.unique
        and key.valid
        and set(key.terms) <= set(index.terms)
        and key.predicate in ("", index.predicate)
    )


def _columns(terms: Iterable[str], table: Table) -> list[Column]:
    return [column for term in terms for column in mentioned(term, table)]
