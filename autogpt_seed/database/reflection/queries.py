"""The catalog queries, one constant each. All take the schema's name as `:schema`.

Types of the catalog that drivers decode differently ("char", name, oid) are cast to plain ones.
Arrays are of text: others the driver would have to look up, which takes longer than most of these.
`to_jsonb(row)` reads columns of the catalog that only newer servers have.
"""

from autogpt_seed.database.bookkeeping import BOOKKEEPING

SCHEMAS_WITH_TABLES = f"""
SELECT n.nspname::text AS schema, array_agg(c.relname::text ORDER BY c.relname) AS tables
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f', 'v')
  AND n.nspname NOT IN ('information_schema', '{BOOKKEEPING}') AND n.nspname NOT LIKE 'pg\\_%'
GROUP BY n.nspname ORDER BY n.nspname
"""

HIDES_ROWS = """row_security_active(c.oid) AND (
           NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive
                       AND p.polcmd IN ('r', '*') AND pg_get_expr(p.polqual, c.oid) = 'true'
                       AND EXISTS (SELECT FROM unnest(p.polroles) AS role
                                   WHERE role = 0 OR pg_has_role(role, 'USAGE')))
           OR EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND NOT p.polpermissive
                      AND p.polcmd IN ('r', '*'))
       )"""
"""Whether policies may keep rows of the relation `c` from the role, by anything but `true`."""

KEY_COLUMNS = """ARRAY(
           SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS key (number, place)
           JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = key.number
           ORDER BY key.place
       )"""
REFERRED_COLUMNS = """ARRAY(
           SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS key (number, place)
           JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = key.number
           ORDER BY key.place
       )"""
"""The names of the columns of a constraint `k`, and of those that it refers to, in its order."""

UNREACHABLE = """WITH RECURSIVE unreachable (oid) AS (
    SELECT t.ftrelid FROM pg_foreign_table t JOIN pg_foreign_server s ON s.oid = t.ftserver
    JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw WHERE w.fdwhandler = 0
  UNION
    SELECT w.ev_class FROM unreachable u
    JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = u.oid
    JOIN pg_rewrite w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid AND w.ev_type = '1'
)"""
"""The foreign tables whose wrapper has no handler, and the views that read them: the server raises
an error where it is asked whether they take rows."""

RELATIONS = f"""
{UNREACHABLE}
SELECT c.relname::text AS name, c.relkind::text AS kind, c.relispopulated AS populated,
       c.relispartition AS partition,
       EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid) AS inherits,
       row_security_active(c.oid) AS row_security,
       {HIDES_ROWS} AS hides_rows,
       has_table_privilege(c.oid, 'SELECT') AS "select",
       has_any_column_privilege(c.oid, 'INSERT') AS "insert",
       pg_has_role(c.relowner, 'USAGE') AS owner,
       CASE WHEN c.oid IN (SELECT u.oid FROM unreachable u) THEN false
            ELSE c.relkind IN ('r', 'p') OR pg_relation_is_updatable(c.oid, true) & 8 <> 0
       END AS insertable,
       ARRAY(SELECT r.rulename::text FROM pg_rewrite r
             WHERE r.ev_class = c.oid AND r.ev_type = '3' ORDER BY r.rulename) AS rules,
       CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) ELSE '' END AS definition,
       (SELECT e.extname::text FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
          AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e') AS extension
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = :schema AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
ORDER BY c.relname
"""

COLUMNS = f"""
{UNREACHABLE}
SELECT c.relname::text AS relation, a.attname::text AS name, a.atttypid::bigint AS type,
       a.atttypmod AS modifier, format_type(a.atttypid, a.atttypmod) AS type_text,
       NOT a.attnotnull AS nullable, pg_get_expr(d.adbin, d.adrelid) AS "default",
       a.attgenerated <> '' AS generated, a.attidentity::text AS identity,
       CASE WHEN c.oid IN (SELECT u.oid FROM unreachable u) THEN false
            ELSE has_column_privilege(c.oid, a.attnum, 'INSERT') AND (c.relkind <> 'v'
                OR c.relhastriggers OR pg_column_is_updatable(c.oid, a.attnum, true))
       END AS insertable
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE n.nspname = :schema AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
  AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.relname, a.attnum
"""

TYPES = """
WITH RECURSIVE used (oid) AS (
    SELECT a.atttypid FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = :schema AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
      AND a.attnum > 0 AND NOT a.attisdropped
  UNION
    SELECT part.oid FROM used JOIN pg_type t ON t.oid = used.oid
    CROSS JOIN LATERAL (
        SELECT t.typelem WHERE t.typcategory = 'A'
        UNION ALL SELECT t.typbasetype
        UNION ALL SELECT r.rngsubtype FROM pg_range r WHERE t.oid IN (r.rngtypid, r.rngmultitypid)
        UNION ALL SELECT f.atttypid FROM pg_attribute f
                  WHERE f.attrelid = t.typrelid AND f.attnum > 0 AND NOT f.attisdropped
    ) AS part (oid)
    WHERE part.oid <> 0
)
SELECT t.oid::bigint AS oid, n.nspname::text AS schema, t.typname::text AS name,
       t.typtype::text AS kind, t.typcategory::text AS category,
       format_type(t.oid, NULL) AS text, t.typnotnull AS not_null, t.typtypmod AS modifier,
       format_type(t.typbasetype, t.typtypmod) AS base_text,
       array_of.oid IS NOT NULL AS is_array,
       CASE WHEN array_of.oid IS NOT NULL THEN array_of.oid::bigint
            WHEN t.typtype = 'd' THEN t.typbasetype::bigint
            ELSE (SELECT r.rngsubtype::bigint FROM pg_range r
                  WHERE t.oid IN (r.rngtypid, r.rngmultitypid)) END AS element,
       ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid
             ORDER BY e.enumsortorder) AS labels,
       ARRAY(SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k
             WHERE k.contypid = t.oid AND k.contype = 'c' ORDER BY k.conname) AS checks,
       ARRAY(SELECT f.attname::text FROM pg_attribute f WHERE f.attrelid = t.typrelid
             AND f.attnum > 0 AND NOT f.attisdropped ORDER BY f.attnum) AS attribute_names,
       ARRAY(SELECT f.atttypid::text FROM pg_attribute f WHERE f.attrelid = t.typrelid
             AND f.attnum > 0 AND NOT f.attisdropped ORDER BY f.attnum) AS attribute_types,
       ARRAY(SELECT f.atttypmod::text FROM pg_attribute f WHERE f.attrelid = t.typrelid
             AND f.attnum > 0 AND NOT f.attisdropped ORDER BY f.attnum) AS attribute_modifiers
FROM used JOIN pg_type t ON t.oid = used.oid JOIN pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_type array_of ON array_of.typarray = t.oid
"""

ENUMS = """
SELECT t.typname::text AS name,
       array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS labels
FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE n.nspname = :schema GROUP BY t.typname ORDER BY t.typname
"""

CONSTRAINTS = f"""
SELECT c.relname::text AS relation, k.conname::text AS name, k.contype::text AS kind,
       {KEY_COLUMNS} AS columns,
       rn.nspname::text AS referred_schema, r.relname::text AS referred_table,
       {REFERRED_COLUMNS} AS referred,
       pg_get_constraintdef(k.oid) AS definition, k.condeferrable AS deferrable
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class r ON r.oid = k.confrelid
LEFT JOIN pg_namespace rn ON rn.oid = r.relnamespace
WHERE n.nspname = :schema AND k.contype IN ('f', 'c', 'x') AND k.conparentid = 0
ORDER BY c.relname, k.conname
"""

INDEXES = """
SELECT c.relname::text AS relation, x.relname::text AS name, pg_get_indexdef(i.indexrelid)
       AS definition, i.indisunique AS "unique", i.indisprimary AS "primary",
       i.indisvalid AS valid, i.indpred IS NOT NULL AS partial,
       i.indexprs IS NOT NULL AS expressions,
       COALESCE(pg_get_expr(i.indpred, i.indrelid), '') AS predicate,
       ARRAY(SELECT pg_get_indexdef(i.indexrelid, n, false)
             FROM generate_series(1, i.indnkeyatts::int) AS n) AS terms,
       ARRAY(SELECT format('OPERATOR(%I.%s)', s.nspname, o.oprname)
             FROM pg_constraint k, unnest(k.conexclop) WITH ORDINALITY AS key (operator, place)
             JOIN pg_operator o ON o.oid = key.operator
             JOIN pg_namespace s ON s.oid = o.oprnamespace
             WHERE i.indisexclusion AND k.conindid = i.indexrelid AND k.contype = 'x'
             ORDER BY key.place) AS operators,
       COALESCE(NOT (to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, true) AS nulls_distinct,
       ARRAY(SELECT a.attname::text
             FROM unnest(i.indkey::smallint[]) WITH ORDINALITY AS key (number, place)
             JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = key.number
             WHERE key.place <= i.indnkeyatts ORDER BY key.place) AS columns
FROM pg_index i
JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = :schema AND c.relkind IN ('r', 'p', 'm')
ORDER BY c.relname, x.relname
"""

TRIGGERS = """
SELECT c.relname::text AS relation, t.tgname::text AS name, p.proname::text AS function,
       pg_get_triggerdef(t.oid) AS definition
FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_proc p ON p.oid = t.tgfoid
WHERE n.nspname = :schema AND NOT t.tgisinternal AND t.tgenabled <> 'D'
ORDER BY c.relname, t.tgname
"""

VIEW_DEPENDENCIES = """
SELECT DISTINCT v.relname::text AS view, r.relname::text AS depends_on
FROM pg_rewrite w
JOIN pg_class v ON v.oid = w.ev_class
JOIN pg_namespace n ON n.oid = v.relnamespace
JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
                AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> v.oid
JOIN pg_class r ON r.oid = d.refobjid
JOIN pg_namespace rn ON rn.oid = r.relnamespace
WHERE n.nspname = :schema AND rn.nspname = :schema AND v.relkind IN ('v', 'm')
"""

FUNCTIONS = """
SELECT p.proname::text AS name, pg_get_function_identity_arguments(p.oid) AS arguments,
       COALESCE(pg_get_function_result(p.oid), '') AS returns,
       has_function_privilege(p.oid, 'EXECUTE') AS executable, p.prosrc AS definition,
       p.pronargs = p.pronargdefaults AS bare, p.prokind = 'p' AS procedure
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = :schema
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass
                  AND d.objid = p.oid AND d.deptype = 'e')
ORDER BY p.proname
"""

SERVER = """
SELECT current_setting('server_version_num')::int AS version,
       ARRAY(SELECT extname::text FROM pg_extension ORDER BY extname) AS extensions
"""
