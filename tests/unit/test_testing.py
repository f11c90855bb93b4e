"""The plugin for pytest: what it costs who does not use it, and what its guide says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from autogpt_seed import ConfigurationError, Plan
from autogpt_seed.pytest_plugin import OPTIONS
from autogpt_seed.testing.databases import AS_OF, lasting
from autogpt_seed.testing.world import SeededUser, SeededWorld

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/testing.md").read_text("utf-8")
HEAVY = ("sqlalchemy", "asyncpg", "alembic", "pydantic", "psycopg", "autogpt_seed.plan")


def test_the_plugin_imports_nothing_heavy_before_a_fixture_is_used() -> None:
    script = (
        "import sys, autogpt_seed.pytest_plugin, autogpt_seed.testing.async_fixtures\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_the_guide_names_every_fixture_and_option() -> None:
    plugin = (ROOT / "autogpt_seed/pytest_plugin.py").read_text("utf-8")
    fixtures = re.findall(r"@pytest\.fixture.*\ndef (autogpt_\w+)", plugin)
    assert len(fixtures) > 10
    assert [name for name in fixtures if name not in GUIDE] == []
    assert [name for name in OPTIONS if f"-{name} " not in GUIDE] == []


def test_a_plan_without_a_day_gets_one_so_that_its_template_lasts() -> None:
    assert lasting(Plan(users=3)).as_of == AS_OF
    named = Plan.model_validate({"as_of": "2025-05-05"})
    assert lasting(named).as_of == named.as_of
    assert lasting(named).deterministic_keys


def user(number: int, *, agents: int) -> SeededUser:
    return SeededUser(number, f"{number}@example.com", "N", "n", "secret", 1, agents, 0)


def test_one_is_picked_among_those_who_are_as_wished() -> None:
    world = SeededWorld(tuple(user(n, agents=n % 2) for n in range(20)), (), ())
    picked = {world.drawing(str(seed)).user(library=False).id for seed in range(30)}
    assert picked <= set(range(0, 20, 2))
    assert len(picked) > 3
    assert world.drawing("a").user() == world.drawing("a").user()
    assert world.user(lambda one: one.id == 7).id == 7


def test_a_wish_that_nobody_meets_is_told() -> None:
    world = SeededWorld((user(1, agents=3),), (), ())
    with pytest.raises(ConfigurationError, match="without library_agents"):
        world.user(library=False)
    assert "secret" not in repr(world)
