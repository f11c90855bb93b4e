"""The columns that the plan overrides: their values, checked against the schema first."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from itertools import count, repeat
from typing import Any
from uuid import UUID

from autogpt_seed.binding.adapt import INTEGER_TYPES, JSON_TYPES, NUMBER_TYPES, TEXT_TYPES
from autogpt_seed.binding.fill.values import STRIDE, FilledColumn
from autogpt_seed.binding.sources import Source
from autogpt_seed.catalog import Column, ForeignKey, Table
from autogpt_seed.data_types import DataType, TypeKind
from autogpt_seed.errors import ConfigurationError
from autogpt_seed.overrides import Choice, Constant, Faked, Null, Numbered, Rule
from autogpt_seed.rows import Records

_BITS = {"int2": 15, "int4": 31, "int8": 63}


class _Misfit(ValueError):
    """The value does not fit the type; the message ends the sentence of `_unfit`."""


def check_tables(overrides: Mapping[str, object], tables: Mapping[str, Table]) -> None:
    """Raise `ConfigurationError` for overrides of tables that the schema lacks."""
    for name in overrides:
        if name not in tables:
            close = get_close_matches(name, tables, n=1)
            raise ConfigurationError(
                f'The plan overrides columns of "{name}", and the schema has no such table.',
                remedy=f"Did you mean {close[0]}?" if close else "Leave it out of the plan.",
            )


def override_source(table: Table, name: str, rule: Rule, filled: FilledColumn) -> Source:
    """The column's values by the rule. Raises `ConfigurationError` that names it."""
    column = table.columns.get(name)
    if column is None:
        close = get_close_matches(name, table.columns, n=1)
        raise ConfigurationError(
            f'The plan overrides "{name}" of "{table.name}", which has no such column.',
            remedy=f"Did you mean {close[0]}?" if close else f"It has {', '.join(table.columns)}.",
        )
    if column.generated:
        raise _unfit(table, column, ", but the database generates that column")
    try:
        return Source((name,), _values(column, rule, filled))
    except _Misfit as misfit:
        raise _unfit(table, column, str(misfit)) from None


def not_filled(table: str) -> ConfigurationError:
    """The error for overrides of a table that gets no rows."""
    return ConfigurationError(
        f'The plan overrides columns of "{table}", of which this run makes no rows.',
        remedy="Leave it out of the plan, or fill all tables: --tables all.",
    )


def referred(table: str, column: str, key: ForeignKey) -> ConfigurationError:
    """The error for an override of a column to whose values other rows refer."""
    return ConfigurationError(
        f'The plan overrides "{column}" of "{table}", to which other rows refer.',
        evidence=f'"{key.name}": {key.definition}.',
        remedy="Leave it out of the plan: rows that refer to it would not find it.",
    )


def _unfit(table: Table, column: Column, why: str) -> ConfigurationError:
    return ConfigurationError(
        f'The plan overrides "{column.name}" of "{table.name}"{why}.',
        evidence=f"The column is {column.type.text}{'' if column.nullable else ' NOT NULL'}.",
        remedy=f"Correct [columns.{table.name}] {column.name} in the plan.",
    )


def _values(column: Column, rule: Rule, filled: FilledColumn) -> Records:
    if isinstance(rule, Null):
        if not column.nullable:
            raise _Misfit(" with NULL, but the column is NOT NULL")
        return lambda: repeat((None,))
    if isinstance(rule, Constant):
        value = _fit(rule.constant, column.type)
        return lambda: repeat((value,))
    if isinstance(rule, Choice):
        choices = [(_fit(value, column.type),) for value in rule.choice]
        seed = filled.seed
        return lambda: (choices[(n * STRIDE + seed >> 7) % len(choices)] for n in count())
    if isinstance(rule, Numbered):
        text = rule.sequence
        _fit_text(text.replace("{n}", "1"), column.type)
        return lambda: ((text.replace("{n}", str(n)),) for n in count(1))
    return _faked(rule, column, filled)


def _faked(rule: Faked, column: Column, filled: FilledColumn) -> Records:
    """What Faker makes; it is imported here, because its import takes time."""
    from faker import Faker

    def start() -> Iterator[tuple[Any]]:
        faker = Faker()
        faker.seed_instance(filled.seed)
        provide = getattr(faker, rule.faker)
        while True:
            yield (_fit(_plain(provide(), column.type), column.type),)

    next(start())
    return start


def _plain(value: object, data_type: DataType) -> object:
    """What a provider of Faker made, in a form that the column may take."""
    if isinstance(value, Decimal):
        value = float(value)
    elif isinstance(value, tuple | set | frozenset):
        value = list(value)
    if data_type.base.name in TEXT_TYPES and data_type.base.kind is TypeKind.BASE:
        most = data_type.base.length
        return value if isinstance(value, str) and most is None else str(value)[:most]
    return value


def _fit(value: object, data_type: DataType) -> Any:
    """The value as COPY takes it for the type. Raises `_Misfit`."""
    base = data_type.base
    if base.kind is TypeKind.ARRAY and base.element:
        if not isinstance(value, list):
            raise _misfit(value, "a list")
        return [_fit(element, base.element) for element in value]
    if base.kind is TypeKind.ENUM:
        if value not in base.labels:
            raise _misfit(value, f"one of {', '.join(base.labels)}")
        return value
    if base.kind is not TypeKind.BASE:
        return _fit_literal(value, data_type)
    return _fit_scalar(value, base)


def _fit_scalar(value: object, base: DataType) -> Any:
    name = base.name
    if name in TEXT_TYPES:
        return _fit_text(value, base)
    if name in JSON_TYPES:
        return _fit_json(value)
    if name == "bool":
        if not isinstance(value, bool):
            raise _misfit(value, "true or false")
        return value
    if name in INTEGER_TYPES:
        if not isinstance(value, int) or isinstance(value, bool):
            raise _misfit(value, "a whole number")
        if not -(2 ** _BITS[name]) <= value < 2 ** _BITS[name]:
            raise _misfit(value, f"a number of {_BITS[name] + 1} bits")
        return value
    if name in NUMBER_TYPES:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise _misfit(value, "a number")
        return Decimal(str(value)) if name == "numeric" else float(value)
    if name in _INSTANTS:
        return _fit_instant(value, base)
    return _fit_literal(value, base)


def _fit_text(value: object, data_type: DataType) -> str:
    base = data_type.base
    if base.kind is not TypeKind.BASE or base.name not in TEXT_TYPES:
        raise _Misfit(f" with text, but the column takes {data_type.text}")
    if not isinstance(value, str):
        raise _misfit(value, "text")
    if base.length is not None and len(value) > base.length:
        raise _misfit(value, f"at most {base.length} characters")
    return value


def _fit_json(value: object) -> str:
    if not isinstance(value, str):
        return json.dumps(value, default=str)
    try:
        json.loads(value)
    except json.JSONDecodeError:
        raise _misfit(value, "JSON") from None
    return value


_INSTANTS: dict[str, Callable[[datetime], object]] = {
    "timestamp": lambda moment: moment.astimezone(UTC).replace(tzinfo=None),
    "timestamptz": lambda moment: moment,
    "date": lambda moment: moment.date(),
}


def _fit_instant(value: object, base: DataType) -> object:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise _misfit(value, "a time such as 2026-01-31T12:00:00Z") from None
    elif isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if not isinstance(value, datetime):
        raise _misfit(value, "a time such as 2026-01-31T12:00:00Z")
    return _INSTANTS[base.name](value if value.tzinfo else value.replace(tzinfo=UTC))


def _fit_literal(value: object, data_type: DataType) -> object:
    """Other types take PostgreSQL's text form of a value; times, UUIDs and bytes their own."""
    if data_type.base.name == "time" and isinstance(value, time):
        return value
    if data_type.base.name == "time" and isinstance(value, str):
        try:
            return time.fromisoformat(value)
        except ValueError:
            raise _misfit(value, "a time of day such as 12:30") from None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _misfit(value, f"text that PostgreSQL reads as {data_type.text}")
    if data_type.base.name == "uuid":
        try:
            return str(UUID(str(value)))
        except ValueError:
            raise _misfit(value, "a UUID") from None
    return str(value).encode() if data_type.base.name == "bytea" else str(value)


def _misfit(value: object, wanted: str) -> _Misfit:
    return _Misfit(f" with {value!r}, but the column takes {wanted}")
