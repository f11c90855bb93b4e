"""Which schema of a database is the platform's, and what there is where none is."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.database.reflection import queries
from autogpt_seed.database.sql import quote
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.spelling import folded

LANDMARKS = frozenset({"User", "AgentGraph"})
"""The tables by which a schema is recognised as the platform's."""


async def find_schema(connection: AsyncConnection, wanted: str | None) -> str:
    """The schema to work in: `wanted`, else the only one that holds the platform's tables.

    Raises `DatabaseUnsuitable`, listing what was seen, where there is none or more than one.
    """
    rows = (await connection.execute(text(queries.SCHEMAS_WITH_TABLES))).mappings()
    found: dict[str, list[str]] = {row["schema"]: row["tables"] for row in rows}
    candidates = [name for name, tables in found.items() if set(tables) >= LANDMARKS]
    if wanted is not None:
        if wanted in candidates:
            return wanted
        raise _not_the_platform(wanted, found, candidates)
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        raise DatabaseUnsuitable(
            "More than one schema holds the platform's tables.",
            evidence=f"Candidates: {_seen({name: found[name] for name in candidates})}.",
            remedy="Choose one with --schema NAME, or with ?schema=NAME in the URL.",
        )
    raise _no_platform_schema(found)


def _not_the_platform(
    wanted: str, found: dict[str, list[str]], candidates: list[str]
) -> DatabaseUnsuitable:
    if wanted not in found:
        evidence = f"Schemas with tables: {_seen(found) or 'none'}."
    else:
        evidence = f"It is {_seen({wanted: found[wanted]})}."
    remedy = _views_for({wanted: found.get(wanted, [])}) or (
        f"Use --schema {candidates[0]}." if candidates else _MIGRATE.format(wanted)
    )
    return DatabaseUnsuitable(
        f"Schema {wanted!r} does not hold the platform's tables.", evidence=evidence, remedy=remedy
    )


def _seen(found: dict[str, list[str]]) -> str:
    """The schemas, with how many tables they have and which of the platform's they lack."""
    lacking = {name: sorted(LANDMARKS - set(tables)) for name, tables in found.items()}
    return ", ".join(
        f"{name} ({len(tables)} tables"
        + (f", without {' and '.join(lacking[name])})" if lacking[name] else ")")
        for name, tables in found.items()
    )


_MIGRATE = "To make a test database of it, run: autogpt-seed migrate --database-url … --schema {}"


def _no_platform_schema(found: dict[str, list[str]]) -> DatabaseUnsuitable:
    if not found:
        return DatabaseUnsuitable(
            "The database is empty: it has no tables at all.",
            remedy="Make the platform's tables first: autogpt-seed migrate --database-url …",
        )
    return DatabaseUnsuitable(
        "No schema of this database holds the platform's tables.",
        evidence=f"Schemas with tables: {_seen(found)}.",
        remedy=_views_for(found)
        or "Name another database, or make the tables: autogpt-seed migrate --database-url …",
    )


def _views_for(found: dict[str, list[str]]) -> str:
    """What to do about a fork whose tables are spelt otherwise; "" where none is."""
    for schema, tables in found.items():
        spelt = {folded(table): table for table in tables}
        if spelt.keys() >= set(map(folded, LANDMARKS)):
            name = min(LANDMARKS.difference(tables))
            view, table = quote(schema, name), quote(schema, spelt[folded(name)])
            return (
                f"Tables are found by the platform's names, however {schema} spells its columns. "
                f"Make a view of each table: CREATE VIEW {view} AS TABLE {table};"
            )
    return ""
