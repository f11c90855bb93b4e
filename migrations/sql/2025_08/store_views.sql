-- What the store shows, and what creators see of their submissions.

-- One row per approved version of a listing. It was updated when that version was made.
CREATE VIEW "StoreAgent" AS
    WITH approved AS (
        SELECT "storeListingId", array_agg(version::text ORDER BY version) AS versions
            FROM "StoreListingVersion"
            WHERE "submissionStatus" = 'APPROVED'
            GROUP BY "storeListingId"
    )
    SELECT listing.id AS listing_id, version.id AS "storeListingVersionId",
           version."createdAt" AS updated_at, listing.slug, version.name AS agent_name,
           version."videoUrl" AS agent_video, version."imageUrls" AS agent_image,
           version."isFeatured" AS featured, creator.username AS creator_username,
           creator."avatarUrl" AS creator_avatar, version."subHeading" AS sub_heading,
           version.description, version.categories,
           COALESCE(runs.run_count, 0) AS runs,
           COALESCE(reviews.avg_rating, 0.0)::double precision AS rating,
           approved.versions
        FROM "StoreListing" AS listing
        JOIN "StoreListingVersion" AS version ON version."storeListingId" = listing.id
        JOIN "AgentGraph" AS graph
            ON (graph.id, graph.version) = (version."agentGraphId", version."agentGraphVersion")
        JOIN approved ON approved."storeListingId" = listing.id
        LEFT JOIN "Profile" AS creator ON creator."userId" = listing."owningUserId"
        LEFT JOIN mv_agent_run_counts AS runs ON runs."agentGraphId" = graph.id
        LEFT JOIN mv_review_stats AS reviews ON reviews."storeListingId" = listing.id
        WHERE NOT listing."isDeleted" AND listing."hasApprovedVersion"
          AND version."submissionStatus" = 'APPROVED';

-- One row per version of a listing, whatever its status, with figures of this moment.
CREATE VIEW "StoreSubmission" AS
    WITH runs AS (
        SELECT "agentGraphId", count(*) AS run_count
            FROM "AgentGraphExecution"
            GROUP BY "agentGraphId"
    ), reviews AS (
        SELECT "storeListingVersionId", avg(score) AS avg_rating
            FROM "StoreListingReview"
            GROUP BY "storeListingVersionId"
    )
    SELECT listing.id AS listing_id, listing."owningUserId" AS user_id,
           version."agentGraphId" AS agent_id, version."agentGraphVersion" AS agent_version,
           listing.slug, version.name, version."subHeading" AS sub_heading,
           version.description, version."imageUrls" AS image_urls,
           version."submittedAt" AS date_submitted, version."submissionStatus" AS status,
           COALESCE(runs.run_count, 0) AS runs,
           COALESCE(reviews.avg_rating, 0.0)::double precision AS rating,
           version.id AS store_listing_version_id, version."reviewerId" AS reviewer_id,
           version."reviewComments" AS review_comments,
           version."internalComments" AS internal_comments,
           version."reviewedAt" AS reviewed_at, version."changesSummary" AS changes_summary
        FROM "StoreListing" AS listing
        JOIN "StoreListingVersion" AS version ON version."storeListingId" = listing.id
        LEFT JOIN runs ON runs."agentGraphId" = version."agentGraphId"
        LEFT JOIN reviews ON reviews."storeListingVersionId" = version.id
        WHERE NOT listing."isDeleted";
