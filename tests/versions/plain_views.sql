-- from: 2025_08
-- May 2025. The store before its figures were materialised: three plain views, which count as they did
-- then.

DROP VIEW "StoreAgent", "Creator", "StoreSubmission";
DROP MATERIALIZED VIEW mv_agent_run_counts, mv_review_stats;
DROP FUNCTION refresh_store_materialized_views();

CREATE VIEW "StoreSubmission" AS
    SELECT sl.id AS listing_id, sl."owningUserId" AS user_id, slv."agentGraphId" AS agent_id,
           slv.version AS agent_version, sl.slug, COALESCE(slv.name, '') AS name,
           slv."subHeading" AS sub_heading, slv.description, slv."imageUrls" AS image_urls,
           slv."submittedAt" AS date_submitted, slv."submissionStatus" AS status,
           COALESCE(ar.run_count, 0::bigint) AS runs,
           COALESCE(avg(sr.score::numeric), 0.0)::double precision AS rating,
           slv.id AS store_listing_version_id, slv."reviewerId" AS reviewer_id,
           slv."reviewComments" AS review_comments, slv."internalComments" AS internal_comments,
           slv."reviewedAt" AS reviewed_at, slv."changesSummary" AS changes_summary
        FROM "StoreListing" sl
        JOIN "StoreListingVersion" slv ON slv."storeListingId" = sl.id
        LEFT JOIN "StoreListingReview" sr ON sr."storeListingVersionId" = slv.id
        LEFT JOIN (
            SELECT "agentGraphId", count(*) AS run_count FROM "AgentGraphExecution" GROUP BY 1
        ) ar ON ar."agentGraphId" = slv."agentGraphId"
        WHERE sl."isDeleted" = false
        GROUP BY sl.id, slv.id, ar.run_count;

CREATE VIEW "StoreAgent" AS
    WITH reviews AS (
        SELECT sl.id AS "storeListingId", count(sr.id) AS review_count,
               avg(sr.score::numeric) AS avg_rating
            FROM "StoreListing" sl
            JOIN "StoreListingVersion" slv ON slv."storeListingId" = sl.id
            JOIN "StoreListingReview" sr ON sr."storeListingVersionId" = slv.id
            WHERE sl."isDeleted" = false
            GROUP BY sl.id
    ), runs AS (
        SELECT "agentGraphId", count(*) AS run_count FROM "AgentGraphExecution" GROUP BY 1
    )
    SELECT sl.id AS listing_id, slv.id AS "storeListingVersionId", slv."createdAt" AS updated_at,
           sl.slug, COALESCE(slv.name, '') AS agent_name, slv."videoUrl" AS agent_video,
           COALESCE(slv."imageUrls", ARRAY[]::text[]) AS agent_image,
           slv."isFeatured" AS featured, p.username AS creator_username,
           p."avatarUrl" AS creator_avatar, slv."subHeading" AS sub_heading, slv.description,
           slv.categories, COALESCE(runs.run_count, 0::bigint) AS runs,
           COALESCE(reviews.avg_rating, 0.0)::double precision AS rating,
           array_agg(DISTINCT slv.version::text) AS versions
        FROM "StoreListing" sl
        JOIN "StoreListingVersion" slv
            ON slv."storeListingId" = sl.id AND slv."submissionStatus" = 'APPROVED'
        JOIN "AgentGraph" a ON a.id = slv."agentGraphId" AND a.version = slv."agentGraphVersion"
        LEFT JOIN "Profile" p ON p."userId" = sl."owningUserId"
        LEFT JOIN reviews ON reviews."storeListingId" = sl.id
        LEFT JOIN runs ON runs."agentGraphId" = a.id
        WHERE sl."isDeleted" = false AND sl."hasApprovedVersion" = true
        GROUP BY sl.id, slv.id, p.username, p."avatarUrl", runs.run_count, reviews.avg_rating;

CREATE VIEW "Creator" AS
    WITH stats AS (
        SELECT p.username, count(DISTINCT sl.id) AS num_agents,
               avg(COALESCE(sr.score, 0)::numeric) AS agent_rating,
               sum(COALESCE(runs.run_count, 0::bigint)) AS agent_runs
            FROM "Profile" p
            LEFT JOIN "StoreListing" sl ON sl."owningUserId" = p."userId"
            LEFT JOIN "StoreListingVersion" slv
                ON slv."storeListingId" = sl.id AND slv."submissionStatus" = 'APPROVED'
            LEFT JOIN "StoreListingReview" sr ON sr."storeListingVersionId" = slv.id
            LEFT JOIN (
                SELECT "agentGraphId", count(*) AS run_count FROM "AgentGraphExecution" GROUP BY 1
            ) runs ON runs."agentGraphId" = slv."agentGraphId"
            WHERE sl."isDeleted" = false AND sl."hasApprovedVersion" = true
            GROUP BY p.username
    )
    SELECT p.username, p.name, p."avatarUrl" AS avatar_url, p.description,
           array_agg(DISTINCT cats.c) FILTER (WHERE cats.c IS NOT NULL) AS top_categories, p.links,
           p."isFeatured" AS is_featured, COALESCE(stats.num_agents, 0::bigint) AS num_agents,
           COALESCE(stats.agent_rating, 0.0) AS agent_rating,
           COALESCE(stats.agent_runs, 0::numeric) AS agent_runs
        FROM "Profile" p
        LEFT JOIN stats ON stats.username = p.username
        LEFT JOIN LATERAL (
            SELECT unnest(slv.categories) AS c
                FROM "StoreListing" sl
                JOIN "StoreListingVersion" slv
                    ON slv."storeListingId" = sl.id AND slv."submissionStatus" = 'APPROVED'
                WHERE sl."owningUserId" = p."userId" AND sl."isDeleted" = false
                  AND sl."hasApprovedVersion" = true
        ) cats ON true
        GROUP BY p.id, stats.num_agents, stats.agent_rating, stats.agent_runs;
