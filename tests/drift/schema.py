"""What a change must know of the schema as it stands: names, types, keys. Read anew each time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from tests.catalog_facts import Session

_COLUMNS = """
SELECT c.relname::text AS "table", a.attname::text AS name, format_type(a.atttypid, a.atttypmod)
       AS type, t.typtype::text AS kind, a.attnotnull AS required,
       a.attgenerated <> '' AS generated, d.oid IS NOT NULL OR a.attidentity <> '' AS given
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.relnamespace = $1::text::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0
  AND NOT a.attisdropped AND NOT c.relispartition
ORDER BY c.relname, a.attnum
"""
_KEYS = """
SELECT c.relname::text AS "table", k.contype::text AS kind, r.relname::text AS parent,
       k.conname::text AS name, pg_get_constraintdef(k.oid) AS definition,
       ARRAY(SELECT a.attname::text FROM unnest(k.conkey) AS n
             JOIN pg_attribute a ON (a.attrelid, a.attnum) = (k.conrelid, n)) AS columns
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
LEFT JOIN pg_class r ON r.oid = k.confrelid
WHERE c.relnamespace = $1::text::regnamespace AND k.contype IN ('p', 'f', 'u')
  AND NOT c.relispartition
UNION ALL
SELECT c.relname::text, 'i', NULL, x.relname::text, pg_get_indexdef(i.indexrelid),
       ARRAY(SELECT a.attname::text FROM unnest(i.indkey) AS n
             JOIN pg_attribute a ON (a.attrelid, a.attnum) = (i.indrelid, n))
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
WHERE c.relnamespace = $1::text::regnamespace AND i.indisunique AND NOT i.indisprimary
ORDER BY 1, 4
"""
_ENUMS = """
SELECT t.typname::text AS name, array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS labels
FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid
WHERE t.typnamespace = $1::text::regnamespace GROUP BY t.typname ORDER BY t.typname
"""
_VIEWS = """
SELECT c.relname::text AS name, c.relkind::text AS kind, pg_get_viewdef(c.oid) AS definition,
       ARRAY(SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = c.oid) AS indexes,
       ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
             AND NOT a.attisdropped ORDER BY a.attnum) AS columns
FROM pg_class c WHERE c.relnamespace = $1::text::regnamespace AND c.relkind IN ('v', 'm')
ORDER BY c.oid
"""


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    kind: str
    required: bool
    generated: bool
    given: bool


@dataclass(frozen=True)
class Key:
    kind: str
    name: str
    columns: tuple[str, ...]
    parent: str | None
    definition: str


@dataclass(frozen=True)
class View:
    name: str
    materialized: bool
    definition: str
    indexes: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass
class Table:
    name: str
    columns: list[Column] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)

    @property
    def primary(self) -> tuple[str, ...]:
        return next((key.columns for key in self.keys if key.kind == "p"), ())

    @property
    def plain(self) -> list[Column]:
        """The columns in no key."""
        used = {name for key in self.keys for name in key.columns}
        return [c for c in self.columns if c.name not in used and not c.generated]


@dataclass(frozen=True)
class Schema:
    name: str
    tables: dict[str, Table]
    enums: dict[str, list[str]]
    views: list[View]


async def read(session: Session, name: str) -> Schema:
    """The schema as it is now. The search path must lead to it."""
    quoted = await session.fetchval("SELECT quote_ident($1)", name)
    tables: dict[str, Table] = defaultdict(lambda: Table(""))
    for row in await session.fetch(_COLUMNS, quoted):
        table = tables.setdefault(row["table"], Table(row["table"]))
        table.columns.append(Column(*[row[key] for key in Column.__dataclass_fields__]))
    for row in await session.fetch(_KEYS, quoted):
        key = Key(row["kind"], row["name"], tuple(row["columns"]), row["parent"], row["definition"])
        tables[row["table"]].keys.append(key)
    return Schema(
        name,
        dict(tables),
        {row["name"]: row["labels"] for row in await session.fetch(_ENUMS, quoted)},
        [
            View(
                r["name"],
                r["kind"] == "m",
                r["definition"],
                tuple(r["indexes"]),
                tuple(r["columns"]),
            )
            for r in await session.fetch(_VIEWS, quoted)
        ],
    )
