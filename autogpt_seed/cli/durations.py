"""Durations as they are written on a command line."""

from __future__ import annotations

import re

from autogpt_seed.errors import ConfigurationError


def parse_duration(text: str, option: str) -> float:
    """Seconds, more than 0, from "90", "90s", "20m" or "1h". Raises `ConfigurationError`."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smh]?)", text.strip())
    seconds = float(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[match[2]] if match else 0
    if not seconds:
        raise ConfigurationError(
            f"{option} {text!r} is not a duration.", remedy="Write it like 90s, 20m or 1h."
        )
    return seconds
