"""Checks that a migration adds, of tables and of the domains of their columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autogpt_seed.catalog import CheckConstraint, Column, Table, condition_of
from autogpt_seed.data_types import DataType
from autogpt_seed.demands.demand import Demand, OfSameRow, Value
from autogpt_seed.demands.values import candidates, combined


def of_checks(old: Table, new: Table) -> Iterator[Demand]:
    """The checks of a table, over one column or several, then those of domains."""
    known = {check.definition for check in old.checks}
    for check in new.checks:
        there = [old.columns[name] for name in check.columns if name in old.columns]
        condition = condition_of(check.definition)
        if check.definition not in known and there and condition:
            yield _of_check(old.name, check, condition, there)
    for name, column in old.columns.items():
        if name in new.columns and not column.generated:
            yield from _of_domain(old.name, column, new.columns[name].type)


def _of_check(
    table: str, check: CheckConstraint, condition: str, there: Sequence[Column]
) -> Demand:
    text = f"a row against {check.name}, {check.definition}"
    proof = f"({condition}) IS FALSE"
    names = {column.name for column in there}
    if added := [name for name in check.columns if name not in names]:
        return Demand(table, text, (), unknown=f"{', '.join(added)} comes with the migration")
    settable = [column for column in there if not column.generated]
    values = [_values(column, settable, condition) for column in settable]
    return Demand(table, text, combined(settable, values), proof)


def _values(column: Column, others: Sequence[Column], condition: str) -> tuple[Value, ...]:
    """Values of a column: its own, then those that comparable columns have in the same row."""
    beside = (
        OfSameRow(other.name)
        for other in others
        if other is not column and other.type.base.category == column.type.base.category
    )
    return (*candidates(column, condition), *beside)


def _of_domain(table: str, column: Column, later: DataType) -> Iterator[Demand]:
    known = set(_domain_checks(column.type))
    for definition in _domain_checks(later):
        condition = condition_of(definition)
        if definition not in known and condition:
            text = f"a value in {column.name} against {later.text}, {definition}"
            attempts = combined([column], [candidates(column, condition)])
            yield Demand(table, text, attempts, f"({condition}) IS FALSE", value=column.name)


def _domain_checks(kind: DataType) -> tuple[str, ...]:
    below = _domain_checks(kind.element) if kind.element and kind.base is not kind else ()
    return (*kind.checks, *below)
