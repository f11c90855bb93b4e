"""Whether the role may refresh the views."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.catalog import Catalog
from autogpt_seed.database.views.refreshing import REFRESH_FUNCTION

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


async def refused_refreshes(connection: AsyncConnection, catalog: Catalog) -> list[str]:
    """The materialised views that the role may not refresh."""
    names = {"schema": catalog.schema}
    query = text(_ACTS_FOR_ITS_OWNER)
    function = {**names, "name": REFRESH_FUNCTION}
    if (await connection.execute(query, function)).scalar_one():
        return []
    granted = "AND NOT has_table_privilege(c.oid, 'MAINTAIN')"
    clause = granted if catalog.server_version >= _MAINTAIN_SINCE else ""
    return list(await connection.scalars(text(_REFUSED_VIEWS.format(clause)), names))
