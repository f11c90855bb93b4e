"""The settings of a command, other than the plan of a populate, from the texts of `--set`, and the
words for what is wrong with a setting of either."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping
from typing import TypeVar, get_args

from pydantic import BaseModel, ValidationError

from autogpt_seed.errors import ConfigurationError

Settings = TypeVar("Settings", bound=BaseModel)


def read_settings(model: type[Settings], values: Mapping[str, object], command: str) -> Settings:
    """The settings of `command`. Raises `ConfigurationError` that names each that is wrong."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        problems = [
            f"{'.'.join(map(str, detail['loc']))} = {detail['input']}: "
            + (
                "unknown setting"
                if detail["type"] == "extra_forbidden"
                else in_plain_words(detail["msg"])
            )
            for detail in error.errors(include_url=False)
        ]
        unknown = any(detail["type"] == "extra_forbidden" for detail in error.errors())
        raise ConfigurationError(
            f"A setting of {command} is not valid: {problems[0]}.",
            evidence="\n".join(problems[1:]),
            remedy=list_settings(model.model_fields) if unknown else "",
        ) from None


def check_choice(name: str, value: str, choices: object) -> None:
    """Raise `ConfigurationError` where an argument is none of those that a `Literal` lists."""
    if value not in get_args(choices):
        raise ConfigurationError(
            f"Invalid value {value!r} for {name}.",
            remedy=f"Choose one of: {', '.join(get_args(choices))}.",
        )


def list_settings(names: Iterable[str]) -> str:
    """The settings that there are, on lines that fit into a message."""
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
    """What these say of a value, without the names of types and of errors in Python."""
    for said, instead in _PLAIN_WORDS:
        message = re.sub(said, instead, message)
    return message
