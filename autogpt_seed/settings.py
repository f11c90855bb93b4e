"""The settings of a command, other than the plan of a populate, from the texts of `--set`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

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
                else detail["msg"].removeprefix("Value error, ")
            )
            for detail in error.errors(include_url=False)
        ]
        raise ConfigurationError(
            f"A setting of {command} is not valid: {problems[0]}.",
            evidence="\n".join(problems[1:]),
            remedy=f"Settings: {', '.join(model.model_fields)}.",
        ) from None
