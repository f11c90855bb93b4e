"""The fixtures that are awaited, for each plugin that runs asynchronous tests.

A connection belongs to the event loop that opened it, which must be the test's own. pytest-asyncio
chooses the loop by scope, anyio by its backend, so there is one fixture for each of these.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from types import ModuleType
from typing import TYPE_CHECKING, Literal

import pytest

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from autogpt_seed.testing.isolation import Sandbox

Scope = Literal["function", "class", "module", "package", "session"]
SCOPES: tuple[Scope, ...] = ("function", "class", "module", "package", "session")


def _connection() -> Callable[[Sandbox], AsyncIterator[AsyncConnection]]:
    """A new function for each fixture, since pytest marks the function that it makes into one."""

    async def connection(_autogpt_sandbox: Sandbox) -> AsyncIterator[AsyncConnection]:
        from autogpt_seed.testing.isolation import connected

        async with connected(_autogpt_sandbox) as found:
            yield found

    return connection


def fixture_name(runner: str) -> str:
    """The connection's fixture for `anyio`, or for a loop of pytest-asyncio of that scope."""
    return f"_autogpt_connection_{runner}"


def fixtures_of(config: pytest.Config) -> ModuleType:
    """A plugin with the fixtures for those of these plugins that are installed."""
    plugin = ModuleType("autogpt_seed_async_fixtures")
    if config.pluginmanager.hasplugin("asyncio"):
        import pytest_asyncio

        for scope in SCOPES:
            name = fixture_name(scope)
            make = pytest_asyncio.fixture(loop_scope=scope, name=name)
            setattr(plugin, name, make(_connection()))
    if config.pluginmanager.hasplugin("anyio"):
        name = fixture_name("anyio")
        setattr(plugin, name, pytest.fixture(name=name)(_connection()))
    return plugin


def runner_of(request: pytest.FixtureRequest) -> str:
    """What runs the test: `anyio`, or the scope of pytest-asyncio's loop."""
    if "anyio_backend" in request.fixturenames:
        if request.getfixturevalue("anyio_backend_name") != "asyncio":
            pytest.fail("The driver asyncpg needs anyio_backend = 'asyncio'.", pytrace=False)
        return "anyio"
    if not request.config.pluginmanager.hasplugin("asyncio"):
        pytest.fail(
            "autogpt_connection and autogpt_session need pytest-asyncio or anyio; tests without "
            "an event loop use autogpt_sync_connection and autogpt_sync_session.",
            pytrace=False,
        )
    marker = request.node.get_closest_marker("asyncio")
    said = (marker.kwargs.get("loop_scope") or marker.kwargs.get("scope")) if marker else None
    return str(said or request.config.getini("asyncio_default_test_loop_scope") or "function")
