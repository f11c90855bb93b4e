"""The keys of tables as the server keeps them: indexes, their constraints, foreign keys.

For each of them the server writes the statements that drop it and that rebuild it exactly as it
was, and says why it must not be dropped, if there is a reason.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class KeyDefinition:
    """An index, with the primary key, unique or exclusion constraint that it may stand for.

    `restore` rebuilds it with its options, tablespace, statistics targets, comments, and
    what its table says of it. `obstacle` says why it must not be dropped; None: it may.
    """

    oid: int
    table: str
    name: str
    drop: str
    restore: tuple[str, ...]
    obstacle: str | None


@dataclass(frozen=True)
class ForeignKeyDefinition:
    """A foreign key of `table` onto `referred`, which relies on the index with the oid `key`.

    `obstacle` says why nobody must drop it, `missing_right` why this role cannot.
    """

    table: str
    name: str
    referred: str
    key: int
    drop: str
    restore: tuple[str, ...]
    obstacle: str | None
    missing_right: str | None


async def read_keys(
    connection: AsyncConnection, schema: str, tables: Collection[str]
) -> tuple[list[KeyDefinition], list[ForeignKeyDefinition]]:
    """The keys of the tables, and the foreign keys of and onto them, in the order of making.

    The statements name things as the present search path needs it: run them under the same.
    """
    values = {"schema": schema, "tables": list(tables)}
    keys = (await connection.execute(text(_KEYS), values)).mappings().all()
    foreign = (await connection.execute(text(_FOREIGN_KEYS), values)).mappings().all()
    return (
        [KeyDefinition(**{**row, "restore": tuple(row["restore"])}) for row in keys],
        [ForeignKeyDefinition(**{**row, "restore": tuple(row["restore"])}) for row in foreign],
    )


_EXTENSION = """(
    SELECT format('the extension %s needs it', e.extname)
    FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
    WHERE d.refclassid = 'pg_extension'::regclass
      AND (d.classid, d.objid) IN
          (('pg_class'::regclass, x.oid), ('pg_constraint'::regclass, k.oid)) LIMIT 1
)"""

# What depends on a key is its own index, its triggers and foreign keys, all dealt with, or
# something of which nothing is known here, such as a view that groups by it.
_DEPENDENT = """(
    SELECT format('%s relies on it', pg_describe_object(d.classid, d.objid, d.objsubid))
    FROM pg_depend d
    WHERE (d.refclassid, d.refobjid) IN
          (('pg_class'::regclass, x.oid), ('pg_constraint'::regclass, k.oid))
      AND NOT (d.classid = 'pg_class'::regclass AND d.objid = x.oid)
      AND NOT (d.classid = 'pg_trigger'::regclass AND EXISTS (
          SELECT FROM pg_trigger g WHERE g.oid = d.objid AND g.tgisinternal AND g.tgenabled = 'O'))
      AND NOT (d.classid = 'pg_constraint'::regclass AND EXISTS (
          SELECT FROM pg_constraint f WHERE f.oid = d.objid AND f.contype = 'f'))
    LIMIT 1
)"""

# An index names its columns when it is made: after a column of the table was renamed they differ.
# A column that stands in an index once more has a number behind its name there.
#
# The text of a constraint leaves out what its index was made with (fillfactor and the like), so
# the index is made first and then becomes the constraint's, where PostgreSQL has that.
_KEYS = f"""
SELECT x.oid::bigint AS oid, t.relname::text AS table, x.relname::text AS name,
       CASE WHEN k.oid IS NULL THEN format('DROP INDEX %I.%I', n.nspname, x.relname)
            ELSE format('ALTER TABLE %I.%I DROP CONSTRAINT %I',
                        n.nspname, t.relname, k.conname) END AS drop,
       array_remove(ARRAY[
           format('SET LOCAL default_tablespace = %L', COALESCE(s.spcname, '')),
           CASE WHEN k.oid IS NULL OR how.attached THEN pg_get_indexdef(x.oid) END,
           CASE WHEN how.attached THEN format(
                    'ALTER TABLE %I.%I ADD CONSTRAINT %I %s USING INDEX %I%s',
                    n.nspname, t.relname, k.conname,
                    CASE k.contype WHEN 'p' THEN 'PRIMARY KEY' ELSE 'UNIQUE' END, x.relname,
                    CASE WHEN k.condeferrable THEN ' DEFERRABLE' END ||
                    CASE WHEN k.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END)
                WHEN k.oid IS NOT NULL THEN format(
                    'ALTER TABLE %I.%I ADD CONSTRAINT %I %s',
                    n.nspname, t.relname, k.conname, pg_get_constraintdef(k.oid)) END,
           CASE WHEN about.index IS NOT NULL THEN format(
                    'COMMENT ON INDEX %I.%I IS %L', n.nspname, x.relname, about.index) END,
           CASE WHEN about.constraint IS NOT NULL THEN format(
                    'COMMENT ON CONSTRAINT %I ON %I.%I IS %L',
                    k.conname, n.nspname, t.relname, about.constraint) END,
           CASE WHEN i.indisclustered THEN format(
                    'ALTER TABLE %I.%I CLUSTER ON %I', n.nspname, t.relname, x.relname) END,
           CASE WHEN i.indisreplident THEN format(
                    'ALTER TABLE %I.%I REPLICA IDENTITY USING INDEX %I',
                    n.nspname, t.relname, x.relname) END
       ], NULL) || ARRAY(
           SELECT format('ALTER INDEX %I.%I ALTER COLUMN %s SET STATISTICS %s',
                         n.nspname, x.relname, a.attnum, a.attstattarget)
           FROM pg_attribute a WHERE a.attrelid = x.oid AND a.attstattarget >= 0
       ) || ARRAY(
           SELECT format('ALTER TABLE %I.%I RENAME COLUMN %I TO %I',
                         n.nspname, x.relname, c.attname, a.attname)
           FROM pg_attribute a
           JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum = i.indkey[a.attnum - 1]
           WHERE a.attrelid = x.oid AND a.attname <> c.attname
                 AND array_position(i.indkey::smallint[], c.attnum) = a.attnum - 1
       ) AS restore,
       CASE WHEN NOT (i.indisvalid AND i.indisready AND i.indislive) THEN 'it is invalid'
            WHEN (i.indisreplident OR i.indisprimary AND t.relreplident = 'd') AND EXISTS (
                SELECT FROM pg_publication_tables p
                WHERE p.schemaname = n.nspname AND p.tablename = t.relname)
            THEN 'it identifies the rows of a published table'
            WHEN s.oid IS NOT NULL AND NOT has_tablespace_privilege(s.oid, 'CREATE')
            THEN format('the role may not create in the tablespace %s', s.spcname)
            WHEN k.contype IN ('p', 'u') AND NOT how.attached AND x.reloptions IS NOT NULL
            THEN 'it is temporal, and its storage parameters would be lost'
            ELSE COALESCE({_EXTENSION}, {_DEPENDENT}) END AS obstacle
FROM pg_index i
JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
LEFT JOIN pg_tablespace s ON s.oid = x.reltablespace
LEFT JOIN pg_constraint k ON k.conindid = x.oid AND k.contype IN ('p', 'u', 'x')
CROSS JOIN LATERAL (
    SELECT k.contype IN ('p', 'u')
           AND NOT COALESCE((to_jsonb(k) ->> 'conperiod')::boolean, false) AS attached
) AS how
CROSS JOIN LATERAL (
    SELECT obj_description(x.oid, 'pg_class') AS index,
           obj_description(k.oid, 'pg_constraint') AS constraint
) AS about
WHERE n.nspname = :schema AND t.relname = ANY (CAST(:tables AS text[])) AND t.relkind = 'r'
  AND NOT t.relispartition
ORDER BY x.oid
"""

_FOREIGN_KEYS = """
SELECT t.relname::text AS table, k.conname::text AS name, r.relname::text AS referred,
       k.conindid::bigint AS key,
       format('ALTER TABLE %I.%I DROP CONSTRAINT %I', n.nspname, t.relname, k.conname) AS drop,
       array_remove(ARRAY[
           format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s',
                  n.nspname, t.relname, k.conname, pg_get_constraintdef(k.oid)),
           CASE WHEN about.constraint IS NOT NULL THEN format(
                    'COMMENT ON CONSTRAINT %I ON %I.%I IS %L',
                    k.conname, n.nspname, t.relname, about.constraint) END
       ], NULL) AS restore,
       CASE WHEN n.oid <> rn.oid THEN format('it joins schemas %s and %s', n.nspname, rn.nspname)
            WHEN NOT k.convalidated THEN 'rebuilt as NOT VALID, it would not check the new rows'
            WHEN t.relkind <> 'r' OR r.relkind <> 'r' OR k.conparentid <> 0 OR NOT k.conislocal
            THEN 'it belongs to a partitioned table'
            WHEN EXISTS (SELECT FROM pg_trigger g
                         WHERE g.tgconstraint = k.oid AND g.tgenabled <> 'O')
            THEN 'its triggers are not enabled as usual' END AS obstacle,
       CASE WHEN NOT pg_has_role(t.relowner, 'USAGE')
            THEN format('the role does not own the table %s', t.relname)
            WHEN NOT has_table_privilege(r.oid, 'REFERENCES')
            THEN format('the role may not refer to the table %s', r.relname)
            END AS missing_right
FROM pg_constraint k
JOIN pg_class t ON t.oid = k.conrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
JOIN pg_class r ON r.oid = k.confrelid
JOIN pg_namespace rn ON rn.oid = r.relnamespace
CROSS JOIN LATERAL (SELECT obj_description(k.oid, 'pg_constraint') AS constraint) AS about
WHERE k.contype = 'f'
  AND (n.nspname = :schema AND t.relname = ANY (CAST(:tables AS text[]))
       OR rn.nspname = :schema AND r.relname = ANY (CAST(:tables AS text[])))
ORDER BY k.oid
"""
