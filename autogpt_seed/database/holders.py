"""The sessions that hold locks on tables and views, and what they are doing."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_MOST = 5
_SHOWN = 60
"""Characters of a statement that are shown."""

_TOKEN = re.compile(
    r"""
    (?P<name> "(?:[^"]|"")*(?:"|\Z) )
  | (?P<comment> --[^\n]* | /\*.*?(?:\*/|\Z) )
  | (?P<value> \b[eE]'(?:[^'\\]|\\.|'')*(?:'|\Z) | '(?:[^']|'')*(?:'|\Z)
             | \$(?P<tag>(?:[^\W\d]\w*)?)\$.*?(?:\$(?P=tag)\$|\Z) | (?<![\w$])\d[\w.]* )
    """,
    re.DOTALL | re.VERBOSE,
)
"""What may hold a value, or hide where one begins (PostgreSQL docs, 4.1 Lexical Structure). It may
lack its end, because the server shows the first `track_activity_query_size` bytes only."""

HELD_BY_OTHERS = """FROM pg_locks l
JOIN pg_class c ON c.oid = l.relation
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'relation' AND l.granted AND l.pid <> pg_backend_pid()
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
"""The locks `l` that other sessions `a` hold on relations `c` of schemas `n` of this database."""

_HOLDERS = f"""
SELECT l.pid, string_agg(DISTINCT l.mode || ' on ' || quote_ident(c.relname), ', ') AS locks,
       COALESCE(NULLIF(a.application_name, ''), 'unnamed') AS application,
       COALESCE(a.usename::text, '?') AS role, COALESCE(host(a.client_addr), 'local') AS client,
       COALESCE(a.state, 'unknown') AS state, a.xact_start AS since, COALESCE(a.query, '') AS query,
       pg_blocking_pids(l.pid) AS waits_for
{HELD_BY_OTHERS}
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND c.relkind <> 'i'
GROUP BY l.pid, a.application_name, a.usename, a.client_addr, a.state, a.xact_start, a.query
ORDER BY a.xact_start NULLS LAST, l.pid LIMIT :most
"""


async def holders(connection: AsyncConnection) -> str:
    """The sessions that hold locks on tables or views of this database, the oldest first.

    Each on a line of its own: who it is, what it holds since when, what it does, and which session
    it waits for itself. Values in its statement are left out. "" where there are none.
    """
    rows = (await connection.execute(text(_HOLDERS), {"most": _MOST})).mappings()
    return "\n".join(
        f"Process {row['pid']} ({row['application']}, role {row['role']}, from {row['client']}) "
        f"holds {row['locks']}"
        + since(row["since"])
        + f"; it is {row['state']}: {_statement(row['query'])}"
        + (f"; it waits for process {row['waits_for'][0]}" if row["waits_for"] else "")
        for row in rows
    )


def since(moment: datetime | None) -> str:
    """Since when, for a sentence; "" where the role may not see that."""
    return f" since {moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if moment else ""


def _statement(query: str) -> str:
    """The beginning of a statement, on one line, without the values that stand in it."""
    bare = " ".join(_TOKEN.sub(_without_values, query).split())
    return bare if len(bare) <= _SHOWN else f"{bare[: _SHOWN - 1]}…"


def _without_values(token: re.Match[str]) -> str:
    return {"name": token[0], "comment": " "}.get(token.lastgroup or "", "'…'")
