-- from: 2025_08
-- A fork. Every column is spelt as other tools spell it, and times know their zone.

DO $$
    DECLARE c record;
    BEGIN
        DROP VIEW "StoreAgent", "Creator", "StoreSubmission";
        DROP MATERIALIZED VIEW mv_agent_run_counts, mv_review_stats;
        DROP FUNCTION refresh_store_materialized_views();
        FOR c IN SELECT attrelid::regclass AS name, attname,
                        lower(regexp_replace(attname, '(?<=[a-z])(?=[A-Z])', '_', 'g')) AS spelt,
                        atttypid = 'timestamp'::regtype AS is_time
            FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
            WHERE relnamespace = 'platform'::regnamespace AND relkind = 'r' AND attnum > 0
        LOOP
            IF c.is_time THEN
                EXECUTE format('ALTER TABLE %s ALTER %I TYPE timestamptz', c.name, c.attname);
            END IF;
            IF c.spelt <> c.attname THEN
                EXECUTE format('ALTER TABLE %s RENAME %I TO %I', c.name, c.attname, c.spelt);
            END IF;
        END LOOP;
    END
$$;
CREATE VIEW "StoreAgent" AS
    SELECT l.id AS listing_id, v.id AS store_listing_version_id, l.slug, v.name AS agent_name,
           (SELECT count(*) FROM "AgentGraphExecution" e WHERE e.agent_graph_id = l.agent_graph_id)
               AS runs,
           (SELECT avg(r.score) FROM "StoreListingReview" r JOIN "StoreListingVersion" o
                ON o.id = r.store_listing_version_id WHERE o.store_listing_id = l.id
                AND o.submission_status = 'APPROVED') AS rating
        FROM "StoreListing" l
        JOIN "StoreListingVersion" v ON v.id = l.active_version_id
        WHERE NOT l.is_deleted AND l.has_approved_version;
