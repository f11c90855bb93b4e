-- warns: view.columns view.present
DROP MATERIALIZED VIEW mv_review_stats CASCADE; DROP VIEW IF EXISTS "StoreSubmission", "Creator", "StoreAgent"; ALTER TABLE "StoreListingVersion" ALTER "submissionStatus" DROP DEFAULT, ALTER "submissionStatus" TYPE text;
CREATE MATERIALIZED VIEW mv_review_stats AS
SELECT l.id AS "storeListingId", count(r.id) AS review_count, avg(r.score) AS avg_rating
FROM "StoreListing" l
JOIN "StoreListingVersion" v ON v."storeListingId" = l.id
LEFT JOIN "StoreListingReview" r ON r."storeListingVersionId" = v.id
WHERE NOT l."isDeleted" AND v."submissionStatus" = 'APPROVED'
GROUP BY l.id;
CREATE UNIQUE INDEX ON mv_review_stats ("storeListingId");
CREATE VIEW "StoreSubmission" AS SELECT v.id AS store_listing_version_id, l."owningUserId" AS user_id, v."submissionStatus" AS status,
 (SELECT count(*) FROM "AgentGraphExecution" e WHERE e."agentGraphId" = v."agentGraphId") AS runs
 FROM "StoreListing" l JOIN "StoreListingVersion" v ON v."storeListingId" = l.id WHERE NOT l."isDeleted";
CREATE VIEW "StoreAgent" AS SELECT l.id AS listing_id, COALESCE(run_count, 0) AS runs, COALESCE(avg_rating, 0) AS rating
FROM "StoreListing" l LEFT JOIN mv_agent_run_counts c ON c."agentGraphId" = l."agentGraphId" LEFT JOIN mv_review_stats s ON s."storeListingId" = l.id
WHERE NOT l."isDeleted" AND l."hasApprovedVersion";
