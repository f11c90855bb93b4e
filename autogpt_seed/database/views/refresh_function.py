"""The platform's refresh function: what it refreshes, and whether this role may call it."""

from __future__ import annotations

import re

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.catalog import Catalog

REFRESH_FUNCTION = "refresh_store_materialized_views"

_REFRESHED = re.compile(
    r'REFRESH\s+MATERIALIZED\s+VIEW\s+(CONCURRENTLY\s+)?(?:[\w"]+\.)?("[^"]+"|(?!CONCURRENTLY)\w+)',
    re.IGNORECASE,
)

_MAINTAIN_SINCE = 170000

_REFUSED_VIEWS = """
SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = :schema AND c.relkind = 'm' AND NOT pg_has_role(c.relowner, 'USAGE')
  {} ORDER BY c.relname
"""

_ACTS_FOR_ITS_OWNER = """
SELECT COALESCE(bool_or(p.prosecdef), false)
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = :schema AND p.proname = :name
"""


def lost_views(catalog: Catalog) -> list[str]:
    """The views that the text of the function refreshes and that the schema lacks."""
    return [name for name in _named(catalog) if name not in catalog.views]


def lacking_index(catalog: Catalog) -> list[str]:
    """The views that the text of the function refreshes concurrently and that have no unique index,
    without which that fails."""
    function = catalog.callable(REFRESH_FUNCTION)
    if function is None:
        return []
    always = "CONCURRENTLY" in function.definition.upper()
    named = _named(catalog) or dict.fromkeys(catalog.views, always)
    return [
        view.name
        for view in catalog.materialized_views
        if named.get(view.name) and view.populated and not view.concurrently_refreshable
    ]


def plain_views(catalog: Catalog) -> list[str]:
    """The views that a refresh will probably not refresh concurrently, so that readers wait."""
    named = _named(catalog)
    return [
        view.name
        for view in catalog.materialized_views
        if (not named or view.name in named)
        and not (view.concurrently_refreshable and named.get(view.name, True))
    ]


async def refused_refreshes(connection: AsyncConnection, catalog: Catalog) -> list[str]:
    """The materialised views that the role may not refresh; none where the function does it with
    the rights of its owner."""
    if all(view.privileges.owner for view in catalog.materialized_views):
        return []
    values = {"schema": catalog.schema, "name": REFRESH_FUNCTION}
    if (await connection.execute(text(_ACTS_FOR_ITS_OWNER), values)).scalar_one():
        return []
    granted = "AND NOT has_table_privilege(c.oid, 'MAINTAIN')"
    clause = granted if catalog.server_version >= _MAINTAIN_SINCE else ""
    query = text(_REFUSED_VIEWS.format(clause))
    return list(await connection.scalars(query, {"schema": catalog.schema}))


def _named(catalog: Catalog) -> dict[str, bool]:
    """The views that the text of the function names to refresh, and whether it ever asks to do so
    concurrently. Empty without the function, and where it builds the names as it runs."""
    function = catalog.callable(REFRESH_FUNCTION)
    found: dict[str, bool] = {}
    for concurrently, quoted in _REFRESHED.findall(function.definition if function else ""):
        name = quoted.strip('"') if quoted.startswith('"') else quoted.lower()
        found[name] = found.get(name, False) or bool(concurrently)
    return found
