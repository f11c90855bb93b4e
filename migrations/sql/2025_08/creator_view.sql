-- Every profile, with the figures of what its user has in the store.

CREATE VIEW "Creator" AS
    WITH in_store AS (
        SELECT listing."owningUserId", listing.id AS listing_id, version.id AS version_id,
               version."agentGraphId", version.categories
            FROM "StoreListing" AS listing
            JOIN "StoreListingVersion" AS version ON version."storeListingId" = listing.id
            WHERE NOT listing."isDeleted" AND listing."hasApprovedVersion"
              AND version."submissionStatus" = 'APPROVED'
    ), agents AS (
        SELECT "owningUserId", count(DISTINCT listing_id) AS num_agents
            FROM in_store
            GROUP BY "owningUserId"
    ), ratings AS (
        SELECT "owningUserId", avg(review.score) AS agent_rating
            FROM in_store
            JOIN "StoreListingReview" AS review ON review."storeListingVersionId" = version_id
            GROUP BY "owningUserId"
    ), runs AS (
        -- Several versions of a listing are versions of one graph, whose runs count once.
        SELECT "owningUserId", sum(run_count) AS agent_runs
            FROM (SELECT DISTINCT "owningUserId", "agentGraphId" FROM in_store) AS graph
            JOIN mv_agent_run_counts USING ("agentGraphId")
            GROUP BY "owningUserId"
    ), topics AS (
        SELECT "owningUserId", array_agg(DISTINCT category ORDER BY category) AS top_categories
            FROM in_store
            CROSS JOIN unnest(categories) AS category
            GROUP BY "owningUserId"
    )
    SELECT profile.username, profile.name, profile."avatarUrl" AS avatar_url,
           profile.description, topics.top_categories, profile.links,
           profile."isFeatured" AS is_featured,
           COALESCE(agents.num_agents, 0) AS num_agents,
           COALESCE(ratings.agent_rating, 0.0) AS agent_rating,
           COALESCE(runs.agent_runs, 0) AS agent_runs
        FROM "Profile" AS profile
        LEFT JOIN agents ON agents."owningUserId" = profile."userId"
        LEFT JOIN ratings ON ratings."owningUserId" = profile."userId"
        LEFT JOIN runs ON runs."owningUserId" = profile."userId"
        LEFT JOIN topics ON topics."owningUserId" = profile."userId";
