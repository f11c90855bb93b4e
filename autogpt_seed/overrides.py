"""What a plan may say of single columns: `[columns.User] timezone = "Europe/Paris"`.

Instead of a value: `{choice = ["a", "b"]}`, `{null = true}`, `{faker = "city"}` for what a
provider of Faker makes, `{sequence = "x-{n}"}` for texts that count from 1.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from datetime import date, datetime, time
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    field_validator,
)

from autogpt_seed.settings import in_plain_words

Plain = bool | int | float | str | datetime | date | time | list[Any]
"""A value that TOML can write, other than a table."""


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Constant(_Rule):
    """The same value for every row."""

    constant: Plain


class Choice(_Rule):
    """One of these, in an order that looks random."""

    choice: list[Plain] = Field(min_length=1)


class Null(_Rule):
    """NULL."""

    null: Literal[True]


class Faked(_Rule):
    """What this provider of Faker makes."""

    faker: str = Field(pattern="^[a-z][a-z0-9_]*$")

    @field_validator("faker")
    @classmethod
    def _provided(cls, name: str) -> str:
        from faker import Faker  # only here and where it is used: its import takes time

        providers = Faker()
        if not callable(getattr(providers, name, None)):
            close = get_close_matches(name, dir(providers), n=1)
            meant = f" ({close[0]!r} is one)" if close else ""
            raise ValueError(f"{name!r} is no provider of Faker{meant}")
        return name


class Numbered(_Rule):
    """The text with {n} replaced by 1, 2, 3 …"""

    sequence: str = Field(pattern=r"\{n\}")


Rule = Constant | Choice | Null | Faked | Numbered
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_RULES: dict[str, type[Rule]] = {
    "choice": Choice,
    "null": Null,
    "faker": Faked,
    "sequence": Numbered,
}
_FORMS = (
    'write a value, JSON as its text, or one of {choice = ["a", "b"]}, {null = true}, '
    '{faker = "city"}, {sequence = "x-{n}"}'
)


def _parse_rule(value: object) -> object:
    if isinstance(value, Rule):
        return value
    if not isinstance(value, Mapping):
        return _validated(Constant, {"constant": value})
    name = next(iter(value), "")
    if len(value) != 1 or name not in _RULES:
        raise ValueError(_FORMS)
    return _validated(_RULES[name], dict(value))


def _validated(rule: type[Rule], fields: dict[str, object]) -> Rule:
    try:
        return rule.model_validate(fields)
    except ValidationError as error:
        said = in_plain_words(error.errors(include_url=False)[0]["msg"])
        raise ValueError(f"{said}; {_FORMS}") from None


def _written(rule: Rule) -> object:
    """The rule as it is written in a configuration file."""
    return rule.constant if isinstance(rule, Constant) else rule.model_dump()


def _parse_columns(value: object) -> object:
    """Accept JSON, which is how an environment variable or `--set columns=…` can say it."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        raise ValueError('write it as JSON: {"User": {"timezone": "Europe/Paris"}}') from None


Override = Annotated[Rule, BeforeValidator(_parse_rule), PlainSerializer(_written)]
Overrides = Annotated[dict[str, dict[str, Override]], BeforeValidator(_parse_columns)]
"""By table and column."""


def toml_key(*names: str) -> str:
    """The names as a dotted key of TOML: `User.timezone`, `"New Table".name`."""
    return ".".join(name if _BARE.fullmatch(name) else json.dumps(name) for name in names)


def expand_dotted(values: Mapping[str, Any]) -> dict[str, Any]:
    """Turn `{"columns.User.timezone": "UTC"}` into nested tables, quoting as TOML does.

    A text that is a TOML value, such as `5` or `{null = true}`, is taken as that value, and the
    text of `columns` itself, in JSON, as the tables that it names.
    """
    expanded: dict[str, Any] = {}
    for key, value in values.items():
        dotted = key.startswith("columns.")
        merge_into(expanded, _nested(key, value) if dotted else {key: _read_tables(key, value)})
    return expanded


def merge_into(settings: dict[str, Any], others: Mapping[str, Any], depth: int = 2) -> None:
    """Put `others` over `settings`; tables are merged as deep as to the columns of `columns`."""
    for key, value in others.items():
        if depth and isinstance(value, Mapping) and isinstance(settings.get(key), dict):
            merge_into(settings[key], value, depth - 1)
        else:
            settings[key] = deepcopy(value)


def _read_tables(key: str, value: object) -> object:
    try:
        return _parse_columns(value) if key == "columns" else value
    except ValueError:
        return value  # the plan will say what is wrong with it


def _nested(key: str, value: object) -> dict[str, Any]:
    try:
        nested = tomllib.loads(f"{key} = 0")
    except tomllib.TOMLDecodeError:
        return {key: value}  # an unknown setting, as the plan will say
    inner = nested
    while isinstance(next(iter(inner.values())), dict):
        inner = next(iter(inner.values()))
    inner[next(iter(inner))] = _toml_value(value)
    return nested


def _toml_value(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        read = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return value
    return value if read == {} else read  # no rule, but the empty object of JSON
