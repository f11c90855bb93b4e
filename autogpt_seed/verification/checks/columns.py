"""Whether the store's views show the columns of the tables as they are. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autogpt_seed.catalog import View
from autogpt_seed.comparison import show
from autogpt_seed.database.views.row_comparison import ColumnDifference, RowComparison
from autogpt_seed.known_versions import is_known_column
from autogpt_seed.verification.report import Check, Outcome

_CODE = "store.columns"


def check_columns(view: View, found: RowComparison | None) -> tuple[Check, ...]:
    """Judge what was compared; nothing where nothing could be.

    A column must be right if a known version of the platform has it, and in the tables what it
    shows. Others may mean something else by their name.
    """
    if found is None or not found.rows:
        return ()
    known = [one for one in found.different if _is_known(view.name, one)]
    others = [one for one in found.different if one not in known]
    if not found.different:
        return (_right(view.name, found),)
    return tuple(_wrong(view.name, found, known, others))


def _is_known(view: str, one: ColumnDifference) -> bool:
    return is_known_column(view, one.column) and is_known_column(*one.source.split(".", 1))


def _right(name: str, found: RowComparison) -> Check:
    number = f"{len(found.equal)} columns match" if len(found.equal) > 1 else "1 column matches"
    matched = f"{number} {' and '.join(found.tables)}, {found.rows} rows in all."
    title = f"{name} shows its rows as they are"
    return Check(_CODE, title, Outcome.PASSED, (matched, *_left(found)), subject=name)


def _wrong(
    name: str,
    found: RowComparison,
    known: Sequence[ColumnDifference],
    others: Sequence[ColumnDifference],
) -> Iterator[Check]:
    if known:
        title, evidence = f"{name} does not show its rows as they are", _describe(known, found)
        remedy = f"Correct the definition of {name}."
        yield Check(_CODE, title, Outcome.FAILED, evidence, remedy, name)
    if others:
        title, evidence = f"{name} may not show its rows as they are", _describe(others, found)
        remedy = f"Look at the definition of {name}, if this is not meant."
        yield Check(_CODE, title, Outcome.WARNING, evidence, remedy, name)


def _describe(different: Sequence[ColumnDifference], found: RowComparison) -> tuple[str, ...]:
    return (*(line for one in different for line in _lines(one, found.rows)), *_left(found))


def _left(found: RowComparison) -> tuple[str, ...]:
    return (f"Not compared: {', '.join(found.unknown)}.",) if found.unknown else ()


def _lines(one: ColumnDifference, rows: int) -> Iterator[str]:
    yield f"{one.column}: {one.rows} of {rows} rows differ from {one.source}."
    key, expected, found = one.example.key, show(one.example.expected), show(one.example.found)
    if expected == found:
        yield f"{key}: both begin with {found}"
    else:
        yield f"{key}: expected {expected}, found {found}"
