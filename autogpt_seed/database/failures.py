"""What a server or driver raised -> a SeedError, by SQLSTATE (PostgreSQL docs, appendix A)."""

from __future__ import annotations

import re

import asyncpg
from sqlalchemy.exc import DBAPIError

from autogpt_seed.errors import DatabaseUnreachable, DatabaseUnsuitable, SeedError

DRIVER_ERRORS = (
    DBAPIError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
)
"""Everything that a statement or COPY on an open session may raise."""

_LOST_SESSION = (OSError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What the driver raises when the server has gone, even between two statements."""

INSUFFICIENT_PRIVILEGE = "42501"

_SENTENCES = {
    "25006": ("The database is read-only.", "Use the primary server, or a role that may write."),
    INSUFFICIENT_PRIVILEGE: (
        "The role lacks a right that this needs.",
        "Grant it, or connect as the owner.",
    ),
    "53100": ("The server's disk is full.", "Make room there and run the same command again."),
    "53200": ("The server is out of memory.", "Try fewer users, or a server with more memory."),
    "55P03": (
        "A lock was not free in time: another session is using the tables.",
        "Wait for it to finish, or allow more time with --lock-timeout.",
    ),
    "40P01": (
        "The server ended a deadlock with another session by cancelling this one.",
        "Run the same command again.",
    ),
    "40001": (
        "The server could not serialise this with another transaction.",
        "Run the same command again.",
    ),
    "57014": (
        "The server cancelled a statement: a time-out, or somebody asked it to.",
        "Allow more time with --statement-timeout.",
    ),
}
_LOCK_TIMEOUT = "55P03"
_LOST = ("08", "57P")
_DETAIL_HOLDS_A_ROW = ("23502", "23514")
"""Where the server's detail is the whole row, which may hold a secret."""

_COPIED = re.compile(r"(COPY .*?\d[^:]*):.*")
"""Where the server says which line of a COPY it was, in any language, and shows the line."""


def sqlstate(error: BaseException) -> str:
    """The state that the server gave one of `DRIVER_ERRORS`; "" where it was not the server's."""
    return str(getattr(_driver_error(error), "sqlstate", None) or "")


def is_role_change(error: BaseException) -> bool:
    """Whether the server refused to change the role inside a function with its owner's rights.

    The message is in the server's language, so it is told by the file of the server's source.
    """
    found = _driver_error(error)
    where = getattr(found, "server_source_filename", None) or ""
    names_it = re.search(r"\b(role|session_authorization)\b", str(found))
    lacks_a_right = sqlstate(error) == INSUFFICIENT_PRIVILEGE
    return lacks_a_right and where.endswith("guc.c") and names_it is not None


def is_lock_timeout(error: BaseException | None) -> bool:
    """Whether the server gave up waiting for a lock."""
    return isinstance(error, DRIVER_ERRORS) and sqlstate(error) == _LOCK_TIMEOUT


def is_lost(error: BaseException) -> bool:
    """Whether the server has gone, or has ended the session, as `DRIVER_ERRORS` tell it."""
    return sqlstate(error).startswith(_LOST) or isinstance(_driver_error(error), _LOST_SESSION)


def explain(error: BaseException, more: str = "") -> SeedError:
    """The `SeedError` for one of `DRIVER_ERRORS`, with `more` evidence.

    It says that nothing was kept: whoever raises it lets the transaction be undone.
    """
    state = sqlstate(error)
    evidence = "\n".join(filter(None, (_evidence(_driver_error(error), state), more)))
    if state in _SENTENCES:
        sentence, remedy = _SENTENCES[state]
        return DatabaseUnsuitable(sentence, evidence=evidence, remedy=remedy)
    if is_lost(error):
        return DatabaseUnreachable(
            "The connection to the database was lost; the transaction is undone.",
            evidence=evidence,
            remedy="Look at the server, then run the same command again.",
        )
    if state.startswith("23"):
        return DatabaseUnsuitable(
            "A row breaks a rule of the schema.",
            evidence=evidence,
            remedy="Nothing was kept. Please report the constraint, with the schema's version.",
        )
    return DatabaseUnsuitable(
        "The server refused a statement.", evidence=evidence, remedy="Nothing was kept."
    )


def _driver_error(error: BaseException) -> BaseException:
    """asyncpg's own error below the wrappings of SQLAlchemy."""
    while isinstance(error, DBAPIError) and error.orig is not None:
        error = error.orig
    return error.__cause__ if hasattr(error, "pgcode") and error.__cause__ else error


def _evidence(cause: BaseException, state: str) -> str:
    message = cause.args[0] if state and cause.args else cause
    lines = [f"{message}".strip() + (f" (SQLSTATE {state})" if state else "")]
    for label, attribute in (("Detail", "detail"), ("Hint", "hint"), ("Where", "context")):
        if attribute == "detail" and state in _DETAIL_HOLDS_A_ROW:
            continue
        if value := getattr(cause, attribute, None):
            shown = _COPIED.sub(r"\1", str(value).splitlines()[0])
            lines.append(f"{label}: {shown}")
    return "\n".join(lines)
