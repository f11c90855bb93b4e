"""Reads the settings of commands, and says in plain words what is wrong with one, also in plans."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from autogpt_seed.errors import ConfigurationError

Settings = TypeVar("Settings", bound=BaseModel)

_UNKNOWN = "extra_forbidden"
"""Pydantic's name for the error that there is no such setting."""


def read_settings(model: type[Settings], values: Mapping[str, object], command: str) -> Settings:
    """The settings of `command`. Raises `ConfigurationError` that names each that is wrong."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        problems = [
            f"{given(detail)}: {what_is_wrong(detail, model.model_fields)}"
            for detail in error.errors(include_url=False)
        ]
        raise ConfigurationError(
            f"A setting of {command} is not valid: {problems[0]}"
            + ("" if problems[0].endswith("?") else "."),
            evidence="\n".join(problems[1:]),
            remedy=known_settings(error, model.model_fields),
        ) from None


def check_choice(name: str, value: str, choices: object) -> None:
    """Raise `ConfigurationError` where an argument is none of those that a `Literal` lists."""
    if value not in get_args(choices):
        raise ConfigurationError(
            f"Invalid value {value!r} for {name}.",
            remedy=f"Choose one of: {', '.join(get_args(choices))}.",
        )


def given(detail: ErrorDetails) -> str:
    """The setting and its value, or only the name of an unknown one: its value may be a secret."""
    name = ".".join(map(str, detail["loc"]))
    return name if detail["type"] == _UNKNOWN else f"{name} = {detail['input']!s}"


def what_is_wrong(detail: ErrorDetails, known: Iterable[str]) -> str:
    """The problem in plain words; for an unknown setting, which of the `known` may be meant."""
    if detail["type"] != _UNKNOWN:
        return in_plain_words(detail["msg"])
    close = get_close_matches(str(detail["loc"][0]), known, n=1)
    return "unknown setting" + (f", did you mean {close[0]}?" if close else "")


def known_settings(error: ValidationError, names: Iterable[str]) -> str:
    """All settings, on lines that fit into a message; "" where none of those given is unknown."""
    if all(detail["type"] != _UNKNOWN for detail in error.errors(include_url=False)):
        return ""
    return textwrap.fill(f"Settings: {', '.join(names)}.", 76, subsequent_indent="  ")


_PLAIN_WORDS = (
    (r"^Value error, |^Input |^List |^String ", ""),
    (r", unable to (?:parse string|interpret input).*", ""),
    (r" after validation, not \d+$", ""),
    (r"should match pattern .*", "has another form"),
    (r"a valid integer(?: range)?", "a whole number"),
    (r"a valid boolean", "true or false"),
    (r"a valid dictionary", "a table of settings"),
    (r"a valid ", "a "),
    (r"\bTrue\b", "true"),
)
"""What pydantic or click says, as regular expressions, and what is said instead."""


def in_plain_words(message: str) -> str:
    """The message without names of types and errors that only Python programmers know."""
    for said, instead in _PLAIN_WORDS:
        message = re.sub(said, instead, message)
    return message
