"""How much happens on a day."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from autogpt_seed.overrides import Overrides
from autogpt_seed.plan import Instant, Range, Rate, Size, today
from autogpt_seed.settings import read_settings

Few = Annotated[int, Field(ge=0, le=1000)]


def _split(value: object) -> object:
    return value.split(",") if isinstance(value, str) else value


def _check_weights(weights: tuple[int, ...]) -> tuple[int, ...]:
    if min(weights) < 0 or not sum(weights):
        raise ValueError("weights must not be negative, and at least one must be positive")
    return weights


Weights = Annotated[
    tuple[int, int, int, int, int], BeforeValidator(_split), AfterValidator(_check_weights)
]
"""Of the scores 1 to 5, written like 5,10,20,40,25."""


class UpdateSettings(BaseModel):
    """What happens on each day, at most: the same settings, seed, as-of time and number of
    earlier updates make the same rows in the same database.

    The days end at `as_of`. Executions begin in the `window` days before a day's end, and only on
    the last day some are still running. Of `versions`, those that runs made, the featured
    flag and the categories change. `columns` are values for columns of which an update knows
    nothing, as in a plan.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: int = Field(default=1, ge=1, le=366)
    seed: int = Field(default=42, ge=0, lt=2**63)
    as_of: Instant = Field(default_factory=today)
    graphs: Few = 20
    executions_per_graph: Size = Range(5, 15)
    window: int = Field(default=7, ge=1, le=366)
    failed_rate: Rate = 0.2
    running_rate: Rate = 0.1
    listings: Few = 30
    reviews_per_listing: Size = Range(2, 5)
    score_weights: Weights = (5, 10, 20, 40, 25)
    comment_rate: Rate = 0.7
    versions: Few = 10
    credit_users: Few = 30
    transactions_per_user: Size = Range(1, 3)
    columns: Overrides = Field(default_factory=dict)

    def digest(self) -> str:
        """A digest of everything but the seed and the as-of time."""
        later = set() if self.columns else {"columns"}  # a digest stays when settings are added
        text = self.model_dump_json(exclude={"seed", "as_of", *later})
        return hashlib.sha256(f"update|{text}".encode()).hexdigest()


def load_settings(values: Mapping[str, object]) -> UpdateSettings:
    """The settings from texts. Raises `ConfigurationError` that names each that is wrong."""
    return read_settings(UpdateSettings, values, "update")
