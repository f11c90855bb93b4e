"""Everything that the system catalogs say of the tables, indexes and constraints of a schema.

Compared before and after, it finds any trace that dropping and rebuilding them would leave. The
rows of the catalogs are taken whole, without what is a number of an object or of a file.
"""

from __future__ import annotations

import json
from typing import Any

import asyncpg

from tests.databases import session

_RELATIONS = """
SELECT c.relname AS name, to_jsonb(c) - ARRAY['oid', 'relfilenode', 'relpages', 'reltuples',
       'relallvisible', 'relallfrozen', 'relfrozenxid', 'relminmxid', 'reltoastrelid', 'reltype']
       AS facts, obj_description(c.oid, 'pg_class') AS comment
FROM pg_class c WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'i', 'p', 'I')
"""
_INDEXES = """
SELECT x.relname AS name, pg_get_indexdef(x.oid) AS definition, to_jsonb(i) - ARRAY['indexrelid',
       'indrelid', 'indexprs', 'indpred', 'indcheckxmin'] AS facts
FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE x.relnamespace = $1::regnamespace
"""
_INDEX_COLUMNS = """
SELECT x.relname AS name, to_jsonb(a) - ARRAY['attrelid', 'attnotnull'] AS facts
FROM pg_attribute a JOIN pg_class x ON x.oid = a.attrelid
WHERE x.relnamespace = $1::regnamespace AND x.relkind IN ('i', 'I')
"""
_COLUMNS = """
SELECT c.relname AS name, to_jsonb(a) - ARRAY['attrelid', 'attmissingval'] AS facts
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'r' AND a.attnum > 0
"""
_CONSTRAINTS = """
SELECT k.conrelid::regclass::text || '.' || k.conname AS name, pg_get_constraintdef(k.oid)
       AS definition, to_jsonb(k) - ARRAY['oid', 'conindid', 'conbin'] AS facts,
       k.conindid::regclass::text AS index, obj_description(k.oid, 'pg_constraint') AS comment
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE c.relnamespace = $1::regnamespace OR k.confrelid IN (
    SELECT oid FROM pg_class WHERE relnamespace = $1::regnamespace)
"""
_TRIGGERS = """
SELECT t.tgrelid::regclass::text AS name, k.conname AS constraint, t.tgfoid::regproc::text
       AS function, to_jsonb(t) - ARRAY['oid', 'tgname', 'tgqual', 'tgconstrindid',
       'tgconstraint'] AS facts
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
LEFT JOIN pg_constraint k ON k.oid = t.tgconstraint WHERE c.relnamespace = $1::regnamespace
"""
_DEPENDENCIES = r"""
SELECT regexp_replace(pg_describe_object(d.classid, d.objid, d.objsubid),
       'ConstraintTrigger_(a_|c_|)[0-9]+', '\1') AS name,
       pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid) AS on, d.deptype
FROM pg_depend d
WHERE (d.classid, d.objid) IN (
    SELECT 'pg_class'::regclass, oid FROM pg_class WHERE relnamespace = $1::regnamespace
    UNION ALL SELECT 'pg_constraint'::regclass, oid FROM pg_constraint
              WHERE connamespace IS DISTINCT FROM to_regnamespace('autogpt_seed')
    UNION ALL SELECT 'pg_rewrite'::regclass, oid FROM pg_rewrite
    UNION ALL SELECT 'pg_trigger'::regclass, oid FROM pg_trigger)
"""
_QUERIES = {
    "relations": _RELATIONS,
    "indexes": _INDEXES,
    "index columns": _INDEX_COLUMNS,
    "columns": _COLUMNS,
    "constraints": _CONSTRAINTS,
    "triggers": _TRIGGERS,
    "dependencies": _DEPENDENCIES,
}


async def key_facts(url: str, schema: str = "platform") -> dict[str, list[str]]:
    """The facts by kind, each a list of lines in an order of their own."""
    async with session(url) as connection:
        found: dict[str, list[str]] = {}
        for kind, query in _QUERIES.items():
            rows = await connection.fetch(query, f'"{schema}"')
            found[kind] = sorted(map(_line, rows))
    return found


def _line(row: asyncpg.Record) -> str:
    facts: dict[str, Any] = {
        key: value.decode() if isinstance(value, bytes) else value for key, value in row.items()
    }
    return json.dumps(facts, sort_keys=True)
