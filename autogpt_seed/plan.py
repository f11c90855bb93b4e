"""The plan: the validated configuration of a run, merged from flags, environment, file, profile."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
)

from autogpt_seed.choices import BlockSource, Tables
from autogpt_seed.errors import ConfigurationError
from autogpt_seed.overrides import Overrides, expand_dotted, merge_into
from autogpt_seed.settings import given, known_settings, what_is_wrong
from autogpt_seed.timestamps import as_text

ENVIRONMENT_PREFIX = "AUTOGPT_SEED_"
RESERVED_VARIABLES = frozenset({"HOME", "INTO", "CONFIG"})
"""The rest of the names of variables with the prefix that are no settings of the plan."""


class Range(NamedTuple):
    """A whole number drawn uniformly from `low` to `high`, both included."""

    low: int
    high: int

    def __str__(self) -> str:
        return f"{self.low}-{self.high}"


def _parse_range(value: object) -> object:
    """Accept `"1-5"`, `3` and `[1, 5]`."""
    if isinstance(value, str):
        low, dash, high = value.partition("-")
        value = [low, high if dash else low]
    elif isinstance(value, int) and not isinstance(value, bool):
        value = [value, value]
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValueError("a range is written like 1-5, or as one whole number")
    try:
        return Range(_whole(value[0]), _whole(value[1]))
    except ValueError:
        raise ValueError("a range is written like 1-5, with whole numbers") from None


def _whole(end: object) -> int:
    """A whole number. Raises `ValueError` for fractions and booleans, which `int` would accept."""
    if isinstance(end, bool) or not isinstance(end, int | str):
        raise ValueError
    return int(end)


def _check_range(value: Range) -> Range:
    if value.low < 0:
        raise ValueError("a range cannot hold a negative number")
    if value.low > value.high:
        raise ValueError(f"the range starts at {value.low}, above its end {value.high}")
    return value


def _refuse_truth(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("should be a whole number")
    return value


_ERA = "the as-of time must lie between the years 2000 and 2200"


def _parse_instant(value: object) -> object:
    """Accept a day as well as an instant; what has no zone is taken as UTC."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise ValueError("a time is written like 2026-01-31 or 2026-01-31T12:00:00Z") from None
    elif isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if isinstance(value, datetime):
        try:
            value = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        except OverflowError:
            raise ValueError(_ERA) from None
    return value


def _check_instant(value: datetime) -> datetime:
    if not datetime(2000, 1, 1, tzinfo=UTC) <= value <= datetime(2200, 1, 1, tzinfo=UTC):
        raise ValueError(_ERA)
    return value.replace(microsecond=value.microsecond // 1000 * 1000)


def today() -> datetime:
    """Today at 00:00 UTC, the default as-of time."""
    return datetime.combine(datetime.now(UTC).date(), time(), UTC)


Size = Annotated[
    Range,
    BeforeValidator(_parse_range),
    AfterValidator(_check_range),
    PlainSerializer(str),
]
Number = Annotated[int, BeforeValidator(_refuse_truth)]
Rate = Annotated[float, Field(ge=0, le=1)]
Instant = Annotated[datetime, BeforeValidator(_parse_instant), AfterValidator(_check_instant)]


class Plan(BaseModel):
    """What a run makes: frozen, and valid, else pydantic raises a `ValidationError`.

    The same plan makes the same rows in every database with the same schema and as many earlier
    runs of it, except for API keys without `deterministic_keys`. The defaults are those of the
    classic profile; `load_plan` merges other sources.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    profile: str = "classic"
    seed: Number = Field(default=42, ge=0, lt=2**63)
    as_of: Instant = Field(default_factory=today)

    users: Number = Field(default=100, ge=1, le=10_000_000)
    blocks: Number = Field(default=100, ge=1, le=10_000_000)
    graphs_per_user: Size = Range(1, 5)
    nodes_per_graph: Size = Range(2, 5)
    presets_per_user: Size = Range(1, 5)
    library_agents_per_user: Size = Range(1, 10)
    executions_per_graph: Size = Range(1, 20)
    reviews_per_version: Size = Range(1, 5)
    webhooks_per_user: Size = Range(1, 3)

    video_rate: Rate = 0.3
    onboarding_rate: Rate = 0.7
    webhook_rate: Rate = 0.3

    block_source: BlockSource = "auto"
    for_user: str | None = None

    images: Literal["picsum", "none"] = "picsum"
    api_key_hash: Literal["auto", "scrypt", "sha256"] = "auto"
    deterministic_keys: bool = False

    tables: Tables = "known"
    columns: Overrides = Field(default_factory=dict)

    def digest(self) -> str:
        """A digest of the plan without its seed and as-of time, 64 hexadecimal digits.

        Settings that were added later count only where they are set, so that plans from before
        keep their digest, and with it their rows.
        """
        unset = {name for name in _LATER_SETTINGS if getattr(self, name) == _default(name)}
        text = self.model_dump_json(exclude={"seed", "as_of", "profile", *unset})
        return hashlib.sha256(text.encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """All settings, of types that `json` can write."""
        return self.model_dump(mode="json") | {"as_of": self.as_of_text()}

    def as_of_text(self) -> str:
        """The as-of time as `--as-of` takes it: a day where it is midnight, else an instant."""
        return as_text(self.as_of)


_LATER_SETTINGS = ("block_source", "for_user", "tables", "columns")


def _default(setting: str) -> object:
    return Plan.model_fields[setting].get_default(call_default_factory=True)


def load_plan(
    *,
    flags: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
    config: Path | None = None,
    flags_from: str = "the command line",
) -> Plan:
    """Merge flag > environment > file > profile into one plan.

    Raises `ConfigurationError` that names each setting that is unknown or out of range, and
    where it came from.
    """
    named = expand_dotted(flags or {})
    variables = expand_dotted(_from_environment(environment or {}))
    file = read_file(config) if config else {}
    sources = {flags_from: named, "the environment": variables, str(config): file}
    profile = next((s["profile"] for s in sources.values() if "profile" in s), "classic")
    merged = _from_profile(str(profile))
    for source in (file, variables, named):
        merge_into(merged, source)
    try:
        return Plan.model_validate(merged)
    except ValidationError as error:
        raise _explain(error, sources) from None


def profiles() -> list[str]:
    """The names of the shipped profiles."""
    folder = files("autogpt_seed").joinpath("profiles")
    return sorted(
        p.name.removesuffix(".toml") for p in folder.iterdir() if p.name.endswith(".toml")
    )


def _from_profile(name: str) -> dict[str, Any]:
    if name not in profiles():
        raise ConfigurationError(
            f"There is no profile {name!r}.",
            remedy=f"Known profiles: {', '.join(profiles())}.",
        )
    text = files("autogpt_seed").joinpath("profiles", f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text)


def read_file(path: Path) -> dict[str, Any]:
    """The settings of a TOML file. Raises `ConfigurationError` where it cannot be read."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigurationError(
            f"The configuration file {path} cannot be read.",
            evidence=error.strerror or str(error),
            remedy="Give the path of a TOML file to --config.",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"The configuration file {path} is not TOML.",
            evidence=str(error),
            remedy='Write one setting a line, such as: users = 50, or graphs_per_user = "1-3".',
        ) from error


def _from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    names = {
        name.removeprefix(ENVIRONMENT_PREFIX): value
        for name, value in environment.items()
        if name.startswith(ENVIRONMENT_PREFIX)
    }
    return {name.lower(): value for name, value in names.items() if name not in RESERVED_VARIABLES}


def parse_assignment(text: str, option: str = "--set") -> tuple[str, str]:
    """Split the `key=value` of one `--set`, or of another option or setting."""
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise ConfigurationError(
            f"{option} {text!r} is not an assignment.",
            remedy=f"Write it like {option} executions_per_graph=5-50.",
        )
    return key.strip(), value.strip()


def _explain(
    error: ValidationError, sources: Mapping[str, Mapping[str, Any]]
) -> ConfigurationError:
    problems = []
    for detail in error.errors(include_url=False):
        setting = str(detail["loc"][0])
        origin = next(name for name, values in sources.items() if setting in values)
        message = what_is_wrong(detail, Plan.model_fields)
        problems.append(f"{given(detail)} (from {origin}): {message}")
    return ConfigurationError(
        "The plan is not valid: " + problems[0] if len(problems) == 1 else "The plan is not valid.",
        evidence="" if len(problems) == 1 else "\n".join(f"- {problem}" for problem in problems),
        remedy=known_settings(error, Plan.model_fields),
    )
