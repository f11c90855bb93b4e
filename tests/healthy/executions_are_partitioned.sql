-- warns: view.present
DROP MATERIALIZED VIEW mv_agent_run_counts CASCADE; DROP VIEW "StoreSubmission";
ALTER TABLE "AgentGraphExecution" RENAME TO "Old";
CREATE TABLE "AgentGraphExecution" (LIKE "Old" INCLUDING DEFAULTS) PARTITION BY HASH (id);
CREATE TABLE part_0 PARTITION OF "AgentGraphExecution" FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE part_1 PARTITION OF "AgentGraphExecution" FOR VALUES WITH (MODULUS 2, REMAINDER 1);
ALTER TABLE "AgentGraphExecution" ADD PRIMARY KEY (id);
INSERT INTO "AgentGraphExecution" SELECT * FROM "Old";
DROP TABLE "Old" CASCADE;
CREATE MATERIALIZED VIEW mv_agent_run_counts AS SELECT "agentGraphId", count(*) AS run_count FROM "AgentGraphExecution" GROUP BY 1;
CREATE UNIQUE INDEX ON mv_agent_run_counts ("agentGraphId");
CREATE VIEW "StoreAgent" AS SELECT l.id AS listing_id, COALESCE(run_count, 0) AS runs, COALESCE(avg_rating, 0) AS rating
FROM "StoreListing" l LEFT JOIN mv_agent_run_counts c ON c."agentGraphId" = l."agentGraphId" LEFT JOIN mv_review_stats s ON s."storeListingId" = l.id
WHERE NOT l."isDeleted" AND l."hasApprovedVersion";
