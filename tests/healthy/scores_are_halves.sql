-- warns: view.present
DROP MATERIALIZED VIEW mv_review_stats CASCADE; DROP VIEW IF EXISTS "StoreSubmission", "Creator", "StoreAgent";
ALTER TABLE "StoreListingReview" ALTER score TYPE numeric(3, 1); UPDATE "StoreListingReview" SET score = score - 0.5;
CREATE MATERIALIZED VIEW mv_review_stats AS
SELECT l.id AS "storeListingId", count(r.id) AS review_count, avg(r.score) AS avg_rating
FROM "StoreListing" l
JOIN "StoreListingVersion" v ON v."storeListingId" = l.id
LEFT JOIN "StoreListingReview" r ON r."storeListingVersionId" = v.id
WHERE NOT l."isDeleted" AND v."submissionStatus" = 'APPROVED'
GROUP BY l.id;
CREATE UNIQUE INDEX ON mv_review_stats ("storeListingId");
CREATE VIEW "StoreAgent" AS SELECT l.id AS listing_id, v.id AS "storeListingVersionId",
  COALESCE(run_count, 0) AS runs, COALESCE(avg_rating, 0) AS rating
FROM "StoreListing" l JOIN "StoreListingVersion" v ON v."storeListingId" = l.id AND v."submissionStatus" = 'APPROVED'
LEFT JOIN mv_agent_run_counts c ON c."agentGraphId" = v."agentGraphId" LEFT JOIN mv_review_stats s ON s."storeListingId" = l.id
WHERE NOT l."isDeleted" AND l."hasApprovedVersion";
