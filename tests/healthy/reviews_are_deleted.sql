ALTER TABLE "StoreListingReview" ADD "isDeleted" boolean NOT NULL DEFAULT false;
UPDATE "StoreListingReview" SET "isDeleted" = true WHERE md5(id) < '5';
CREATE VIEW "KeptReview" AS SELECT * FROM "StoreListingReview" WHERE NOT "isDeleted";
CREATE TEMP TABLE made AS
    SELECT relkind, CASE relkind WHEN 'm' THEN 'MATERIALIZED ' ELSE '' END || format('VIEW %I', relname) AS view,
           replace(pg_get_viewdef(oid), '"StoreListingReview"', '"KeptReview"') AS definition
    FROM pg_class WHERE relnamespace = 'platform'::regnamespace AND relkind IN ('m', 'v') AND relname <> 'KeptReview';
DROP MATERIALIZED VIEW mv_agent_run_counts, mv_review_stats CASCADE;
DROP VIEW "StoreSubmission";
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT * FROM made ORDER BY relkind LOOP
        EXECUTE format('CREATE %s AS %s', one.view, one.definition);
    END LOOP;
END $$;
CREATE UNIQUE INDEX ON mv_agent_run_counts ("agentGraphId");
CREATE UNIQUE INDEX ON mv_review_stats ("storeListingId");
