-- from: 2026_01
-- expected: refresh function is missing
-- A fork. The store itself is materialised over the figures, and refreshed by a
-- function of another name; a listing is of a graph, not of a version of it.

DROP VIEW "StoreAgent", "Creator", "StoreSubmission";
DROP FUNCTION refresh_store_materialized_views();
ALTER TABLE "StoreListing" DROP "agentGraphVersion" CASCADE;
ALTER TABLE "StoreListingVersion" ADD "releasedAt" timestamp(3) NOT NULL,
    ADD CHECK ("submissionStatus" <> 'APPROVED' OR "reviewedAt" IS NOT NULL),
    ADD CHECK ("reviewedAt" IS NULL OR "reviewedAt" >= "submittedAt");
CREATE MATERIALIZED VIEW "StoreAgent" AS
    SELECT sl.id AS listing_id, v.id AS "storeListingVersionId", sl.slug, p.username
               AS creator_username, v.name AS agent_name,
           COALESCE(c.run_count, 0) AS runs,
           COALESCE(s.avg_rating, 0.0)::double precision AS rating
        FROM "StoreListing" sl
        JOIN "StoreListingVersion" v ON v.id = sl."activeVersionId"
        JOIN "Profile" p ON p."userId" = sl."owningUserId"
        LEFT JOIN mv_agent_run_counts c ON c."agentGraphId" = sl."agentGraphId"
        LEFT JOIN mv_review_stats s ON s."storeListingId" = sl.id
        WHERE NOT sl."isDeleted" AND sl."hasApprovedVersion";
CREATE UNIQUE INDEX ON "StoreAgent" (listing_id);
CREATE FUNCTION refresh_everything() RETURNS void LANGUAGE sql AS
    'REFRESH MATERIALIZED VIEW mv_agent_run_counts; REFRESH MATERIALIZED VIEW mv_review_stats;
     REFRESH MATERIALIZED VIEW "StoreAgent"';
