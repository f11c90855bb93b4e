"""Reads a live schema into the shape of tests/reference/schema-*.json, and those files.

The queries are the tests' own, so that they also find what the project's reflection would miss.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg

if TYPE_CHECKING:
    Session: TypeAlias = asyncpg.Connection[asyncpg.Record]
else:
    Session = asyncpg.Connection

Facts = dict[str, Any]

REFERENCE = Path(__file__).parent / "reference"
NOT_NEEDED = frozenset(
    {
        "add_user_and_profile_to_platform",
        "add_user_to_platform",
        "generate_username",
        "migrate_text_column_to_json",
    }
)
"""Functions of the real database that have no use without its other parts."""

_OWN = "NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = {}.oid AND d.deptype = 'e')"

_ENUMS = """
SELECT t.typname AS name, array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS labels
FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid
WHERE t.typnamespace = $1 GROUP BY t.typname
"""
_COLUMNS = """
SELECT c.relname AS relation, c.relkind::text AS kind, a.attname AS name,
       format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS nullable,
       pg_get_expr(d.adbin, d.adrelid) AS "default"
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = $1 AND c.relkind NOT IN ('i', 'S', 'c', 't')
ORDER BY a.attname COLLATE "C"
"""
_CONSTRAINTS = """
SELECT c.relname AS relation, k.conname AS name, pg_get_constraintdef(k.oid) AS definition
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE k.connamespace = $1 AND k.contype <> 'n'
"""
_INDEXES = """
SELECT c.relname AS relation, x.relname AS name, pg_get_indexdef(x.oid) AS definition
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
WHERE x.relnamespace = $1
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.oid AND k.contype IN ('p', 'u'))
"""
_FUNCTIONS = f"""
SELECT p.proname AS name, pg_get_function_arguments(p.oid) AS arguments,
       pg_get_function_result(p.oid) AS returns
FROM pg_proc p WHERE p.pronamespace = $1 AND {_OWN.format("p")}
"""
_TRIGGERS = """
SELECT t.tgrelid::regclass::text AS "table", t.tgname AS name, p.proname AS function
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE c.relnamespace = $1 AND NOT t.tgisinternal ORDER BY 1, 2
"""
_LEFTOVERS = f"""
SELECT relkind::text || ' ' || relname FROM pg_class c WHERE relnamespace = $1
    AND {_OWN.format("c")}
UNION ALL
SELECT 'type ' || typname FROM pg_type t WHERE typnamespace = $1 AND typelem = 0
    AND {_OWN.format("t")}
UNION ALL
SELECT 'function ' || proname FROM pg_proc p WHERE pronamespace = $1 AND {_OWN.format("p")}
"""
_ENTER = """
SELECT set_config('search_path', concat_ws(', ', quote_ident(n.nspname),
    (SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = 'vector')), false)
FROM pg_namespace n WHERE n.oid = $1
"""


async def catalog_facts(session: Session, schema: str) -> Facts:
    """What the schema holds. Types and constraints are printed as seen from within it."""
    namespace = await session.fetchval("SELECT oid FROM pg_namespace WHERE nspname = $1", schema)
    await session.fetchval(_ENTER, namespace)
    columns = await session.fetch(_COLUMNS, namespace)
    constraints = await session.fetch(_CONSTRAINTS, namespace)
    indexes = await session.fetch(_INDEXES, namespace)

    def relations(kind: str, *parts: str) -> dict[str, Facts]:
        names = sorted({row["relation"] for row in columns if row["kind"] == kind})
        every: dict[str, dict[str, Any]] = {
            name: {
                "columns": [_column(row) for row in columns if row["relation"] == name],
                "constraints": _definitions(constraints, name),
                "indexes": _definitions(indexes, name),
            }
            for name in names
        }
        return {name: {part: facts[part] for part in parts} for name, facts in every.items()}

    return {
        "enums": {row["name"]: row["labels"] for row in await session.fetch(_ENUMS, namespace)},
        "tables": relations("r", "columns", "constraints", "indexes"),
        "materialized_views": relations("m", "columns", "indexes"),
        "views": relations("v", "columns"),
        "functions": {
            row["name"]: {"arguments": row["arguments"], "returns": row["returns"]}
            for row in await session.fetch(_FUNCTIONS, namespace)
        },
        "triggers": [dict(row) for row in await session.fetch(_TRIGGERS, namespace)],
    }


async def tuples(session: Session, query: str) -> list[tuple[Any, ...]]:
    """The rows that a query brings."""
    return [tuple(row) for row in await session.fetch(query)]


async def leftovers(session: Session, schema: str) -> list[str]:
    """Every relation, type and function of the schema that belongs to no extension."""
    namespace = await session.fetchval("SELECT oid FROM pg_namespace WHERE nspname = $1", schema)
    return [row[0] for row in await session.fetch(_LEFTOVERS, namespace)]


def reference(revision: str, schema: str, *, vector: bool) -> Facts:
    """What the schema shall hold; without `vector`, all but the table that needs it."""
    text = (REFERENCE / f"schema-{revision.replace('_', '-')}.json").read_text("utf-8")
    facts: Facts = json.loads(text)
    del facts["about"], facts["schema"]
    plain = schema.isidentifier() and schema.islower()
    prefix = schema if plain else '"{}"'.format(schema.replace('"', '""'))
    for relation in (*facts["tables"].values(), *facts["materialized_views"].values()):
        for name, definition in relation["indexes"].items():
            relation["indexes"][name] = definition.replace(" ON platform.", f" ON {prefix}.")
    for name in NOT_NEEDED:
        del facts["functions"][name]
    if not vector:
        facts["tables"].pop("UnifiedContentEmbedding", None)
        facts["functions"].pop("update_unified_tsvector_column", None)
        facts["triggers"].clear()
    return facts


def _column(row: asyncpg.Record) -> Facts:
    return {key: row[key] for key in ("name", "type", "nullable", "default")}


def _definitions(rows: list[asyncpg.Record], relation: str) -> dict[str, str]:
    return {row["name"]: row["definition"] for row in rows if row["relation"] == relation}
