-- What the store shows, and what creators see of their submissions.

-- One row per listing: its approved version with the greatest number, updated when that was made.
CREATE VIEW "StoreAgent" AS
    WITH approved AS (
        SELECT "storeListingId", max(version) AS latest,
               array_agg(version::text ORDER BY version) AS versions,
               array_agg(DISTINCT "agentGraphVersion" ORDER BY "agentGraphVersion")::text[]
                   AS graph_versions
            FROM "StoreListingVersion"
            WHERE "submissionStatus" = 'APPROVED'
            GROUP BY "storeListingId"
    )
    SELECT listing.id AS listing_id, version.id AS "storeListingVersionId",
           version."createdAt" AS updated_at, listing.slug, version.name AS agent_name,
           version."videoUrl" AS agent_video, version."agentOutputDemoUrl" AS agent_output_demo,
           version."imageUrls" AS agent_image, version."isFeatured" AS featured,
           creator.username AS creator_username, creator."avatarUrl" AS creator_avatar,
           version."subHeading" AS sub_heading, version.description, version.categories,
           COALESCE(runs.run_count, 0) AS runs,
           COALESCE(reviews.avg_rating, 0.0)::double precision AS rating,
           approved.versions, version."agentGraphId",
           approved.graph_versions AS "agentGraphVersions",
           version."isAvailable" AS is_available, listing."useForOnboarding"
        FROM "StoreListing" AS listing
        JOIN approved ON approved."storeListingId" = listing.id
        JOIN "StoreListingVersion" AS version
            ON version."storeListingId" = listing.id AND version.version = approved.latest
        JOIN "AgentGraph" AS graph
            ON (graph.id, graph.version) = (version."agentGraphId", version."agentGraphVersion")
        LEFT JOIN "Profile" AS creator ON creator."userId" = listing."owningUserId"
        LEFT JOIN mv_agent_run_counts AS runs ON runs."agentGraphId" = graph.id
        LEFT JOIN mv_review_stats AS reviews ON reviews."storeListingId" = listing.id
        WHERE NOT listing."isDeleted" AND listing."hasApprovedVersion";

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
           version.description, version.instructions, version."imageUrls" AS image_urls,
           version."submittedAt" AS date_submitted, version."submissionStatus" AS status,
           COALESCE(runs.run_count, 0) AS runs,
           COALESCE(reviews.avg_rating, 0.0)::double precision AS rating,
           version.id AS store_listing_version_id, version."reviewerId" AS reviewer_id,
           version."reviewComments" AS review_comments,
           version."internalComments" AS internal_comments,
           version."reviewedAt" AS reviewed_at, version."changesSummary" AS changes_summary,
           version."videoUrl" AS video_url, version.categories
        FROM "StoreListing" AS listing
        JOIN "StoreListingVersion" AS version ON version."storeListingId" = listing.id
        LEFT JOIN runs ON runs."agentGraphId" = version."agentGraphId"
        LEFT JOIN reviews ON reviews."storeListingVersionId" = version.id
        WHERE NOT listing."isDeleted";
