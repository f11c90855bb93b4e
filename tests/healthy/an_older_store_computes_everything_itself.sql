-- warns: view.present store.rule
DROP MATERIALIZED VIEW mv_agent_run_counts, mv_review_stats CASCADE;
DROP FUNCTION refresh_store_materialized_views();
CREATE VIEW "StoreAgent" AS
WITH reviews AS (
    SELECT l.id, avg(r.score::decimal) AS avg_rating FROM "StoreListing" l
    JOIN "StoreListingVersion" v ON v."storeListingId" = l.id
    JOIN "StoreListingReview" r ON r."storeListingVersionId" = v.id
    WHERE NOT l."isDeleted" GROUP BY l.id
), counts AS (
    SELECT "agentGraphId", count(*) AS run_count FROM "AgentGraphExecution" GROUP BY 1
)
SELECT l.id AS listing_id, v.id AS "storeListingVersionId",
       COALESCE(c.run_count, 0) AS runs, COALESCE(s.avg_rating, 0.0)::float8 AS rating
FROM "StoreListing" l
JOIN "StoreListingVersion" v ON v."storeListingId" = l.id AND v."submissionStatus" = 'APPROVED'
LEFT JOIN reviews s ON s.id = l.id LEFT JOIN counts c ON c."agentGraphId" = v."agentGraphId"
WHERE NOT l."isDeleted" AND l."hasApprovedVersion";
