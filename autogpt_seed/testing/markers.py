"""What the `autogpt_seed` markers on a test ask for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from autogpt_seed.errors import ConfigurationError
from autogpt_seed.plan import Plan, load_plan
from autogpt_seed.testing.protocols import Migrations

Isolation = Literal["clone", "savepoint"]


@dataclass(frozen=True)
class MarkerArguments:
    """The arguments of all `autogpt_seed` markers on a test, the nearest first."""

    given: Mapping[str, Any]

    @classmethod
    def of(cls, test: pytest.Item) -> MarkerArguments:
        """Those of `test`. Raises `ConfigurationError` for positional arguments."""
        given: dict[str, Any] = {}
        for mark in test.iter_markers("autogpt_seed"):
            if mark.args:
                raise ConfigurationError(
                    "The marker autogpt_seed takes keyword arguments only.",
                    evidence=f"It was given {mark.args!r}.",
                    remedy="Write it like @pytest.mark.autogpt_seed(users=20).",
                )
            given = {**mark.kwargs, **given}
        return cls(given)

    def plan(self, base: Plan) -> Plan:
        """The plan with the settings that are asked for."""
        settings = {k: v for k, v in self.given.items() if k not in ("isolation", "revision")}
        if not settings:
            return base
        flags = base.model_dump(exclude_unset=True) | settings
        return load_plan(flags=flags, flags_from="the marker")

    def migrations(self, base: Migrations) -> Migrations:
        """The migrations up to the revision that is asked for."""
        revision = self.given.get("revision")
        return base.at(str(revision)) if revision else base

    def isolation(self, owned: Collection[str]) -> Isolation:
        """How to isolate a test that uses the fixtures `owned`, which need a clone."""
        given = self.given.get("isolation") or ("clone" if owned else "savepoint")
        if given not in ("clone", "savepoint"):
            raise ConfigurationError(
                f"There is no isolation {given!r}.", remedy="Known: clone, savepoint."
            )
        if given == "savepoint" and owned:
            raise ConfigurationError(
                f"{', '.join(sorted(owned))} cannot be isolated by a savepoint.",
                evidence="What opens connections of its own is outside of the test's transaction.",
                remedy="Use autogpt_connection or autogpt_session, or isolation='clone'.",
            )
        return "clone" if given == "clone" else "savepoint"
