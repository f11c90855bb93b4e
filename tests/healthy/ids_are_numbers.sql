-- warns: view.columns view.present
DROP MATERIALIZED VIEW mv_review_stats, mv_agent_run_counts CASCADE; DROP VIEW IF EXISTS "StoreSubmission", "Creator", "StoreAgent";
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT conrelid::regclass AS t, conname FROM pg_constraint WHERE contype = 'f' AND connamespace = 'platform'::regnamespace LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.t, one.conname);
    END LOOP;
    FOR one IN SELECT format('ALTER TABLE %I ALTER %I TYPE bigint USING hashtextextended(%I, 0)', table_name, column_name, column_name) AS statement
               FROM information_schema.columns c WHERE table_schema = 'platform' AND data_type = 'text' AND column_default IS NULL
               AND (column_name IN ('id', 'userId', 'owningUserId', 'agentGraphId', 'storeListingId', 'storeListingVersionId', 'activeVersionId', 'reviewByUserId', 'agentPresetId'))
               AND table_name IN ('User', 'AgentGraph', 'AgentGraphExecution', 'StoreListing', 'StoreListingVersion', 'StoreListingReview', 'Profile', 'AgentPreset') LOOP
        EXECUTE one.statement;
    END LOOP;
END $$;
CREATE MATERIALIZED VIEW mv_agent_run_counts AS SELECT "agentGraphId", count(*) AS run_count FROM "AgentGraphExecution" GROUP BY 1;
CREATE UNIQUE INDEX ON mv_agent_run_counts ("agentGraphId");
CREATE MATERIALIZED VIEW mv_review_stats AS
SELECT l.id AS "storeListingId", count(r.id) AS review_count, avg(r.score) AS avg_rating
FROM "StoreListing" l JOIN "StoreListingVersion" v ON v."storeListingId" = l.id
LEFT JOIN "StoreListingReview" r ON r."storeListingVersionId" = v.id
WHERE NOT l."isDeleted" AND v."submissionStatus" = 'APPROVED' GROUP BY l.id;
CREATE UNIQUE INDEX ON mv_review_stats ("storeListingId");
CREATE VIEW "StoreAgent" AS SELECT l.id AS listing_id, COALESCE(run_count, 0) AS runs, COALESCE(avg_rating, 0) AS rating, l."owningUserId" AS creator_id
FROM "StoreListing" l LEFT JOIN mv_agent_run_counts c ON c."agentGraphId" = l."agentGraphId" LEFT JOIN mv_review_stats s ON s."storeListingId" = l.id
LEFT JOIN "Profile" p ON p."userId" = l."owningUserId"
WHERE NOT l."isDeleted" AND l."hasApprovedVersion";
CREATE VIEW "Creator" AS SELECT p."userId" AS user_id, count(DISTINCT l.id) AS num_agents
FROM "Profile" p LEFT JOIN "StoreListing" l ON l."owningUserId" = p."userId" AND NOT l."isDeleted" AND l."hasApprovedVersion" GROUP BY 1;
