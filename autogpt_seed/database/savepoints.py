"""Trying what may be broken or refused, such as reading a view that raises an error."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.database.failures import explain, sqlstate

T = TypeVar("T")

CIRCUMSTANCES = ("08", "40", "53", "55P03", "57")
"""SQLSTATEs, and classes of them, of errors that are not the fault of the statement."""


@dataclass(frozen=True)
class Failed:
    """It could not be done, and what the server said."""

    reason: str


async def attempt(connection: AsyncConnection, action: Callable[[], Awaitable[T]]) -> T | Failed:
    """Do something in a savepoint: if it fails, nothing of it stays, and the connection is usable.

    Raises errors that are not its fault: a lost connection, a time-out, a lock that is not free.
    """
    try:
        async with connection.begin_nested():
            return await action()
    except DBAPIError as error:
        if not is_refusal(error):
            raise
        return Failed(explain(error).evidence)


def is_refusal(error: DBAPIError) -> bool:
    """Whether the server refused the statement itself, so that trying again would not help."""
    return not (sqlstate(error) or "08").startswith(CIRCUMSTANCES)
