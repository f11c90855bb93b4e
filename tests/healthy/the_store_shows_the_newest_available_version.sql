-- first: INSERT INTO "StoreListingVersion" (id, version, "storeListingId", "agentGraphId", "agentGraphVersion", name, "subHeading", description, "imageUrls", categories) SELECT gen_random_uuid(), n, "storeListingId", "agentGraphId", "agentGraphVersion", name, "subHeading", description, "imageUrls", categories FROM "StoreListingVersion", generate_series(2, 3) AS n; UPDATE "StoreListingVersion" SET "submissionStatus" = 'APPROVED', "isAvailable" = (version < 3)
-- redefine: StoreAgent
SELECT DISTINCT ON (listing.id) listing.id AS listing_id, version.id AS "storeListingVersionId",
       COALESCE(runs.run_count, 0) AS runs, COALESCE(reviews.avg_rating, 0.0) AS rating
FROM "StoreListing" AS listing
JOIN "StoreListingVersion" AS version ON version."storeListingId" = listing.id
LEFT JOIN mv_agent_run_counts AS runs ON runs."agentGraphId" = listing."agentGraphId"
LEFT JOIN mv_review_stats AS reviews ON reviews."storeListingId" = listing.id
WHERE NOT listing."isDeleted" AND listing."hasApprovedVersion"
    AND version."submissionStatus" = 'APPROVED' AND version."isAvailable"
ORDER BY listing.id, version.version DESC
